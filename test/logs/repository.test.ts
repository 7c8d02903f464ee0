import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { halligan } from '../record/command.ts'

// `halligan.yaml` names the repository of a service: the first pattern is traced to the code without `--repo`, from the log of a Java program.

const CODE = `package com.acme.orders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public class OrderService {
  private static final Logger log = LoggerFactory.getLogger(OrderService.class);

  void place(Order order) {
    log.info("order {} was placed by {}", order.id(), order.customer());
    try {
      stock.take(order);
    } catch (StockException e) {
      log.error("order {} of {} could not be shipped from {}", order.id(), order.customer(), stock.name(), e);
    }
  }
}
`
const STOCK = `package com.acme.stock;

public class Stock {
  void take(Order order) {
    if (shelf.isEmpty())
      throw new StockException("shelf is empty");
  }
}
`
const ONSET = Date.UTC(2026, 2, 1, 10, 30)

/** As log4j2 writes it with `%d{ISO8601} %-5level [%t] %c - %msg%n`: a failure every ten seconds since the onset. */
function javaLog(): string {
  return Array.from({ length: 360 }, (_, at) => {
    const time = new Date(ONSET - 1_800_000 + at * 10_000).toISOString().slice(0, -1).replace('.', ',')
    const customer = ['acme', 'bolt', 'core'][at % 3]
    const fine = `${time} INFO  [http-${at % 4}] com.acme.orders.OrderService - order ${1000 + at} was placed by ${customer}\n`
    if (at < 180) return fine
    return `${fine}${time} ERROR [http-${at % 4}] com.acme.orders.OrderService - order ${1000 + at} of ${customer} could not be shipped from north
com.acme.stock.StockException: shelf is empty
\tat com.acme.stock.Stock.take(Stock.java:6)
\tat com.acme.orders.OrderService.place(OrderService.java:11)
\tat org.eclipse.jetty.server.Server.handle(Server.java:516)
`
  }).join('')
}

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'halligan-repository-'))
  const java = path.join(folder, 'code/src/main/java/com/acme')
  for (const each of ['orders', 'stock', '../../../../../empty']) mkdirSync(path.join(java, each), { recursive: true })
  writeFileSync(path.join(java, 'orders/OrderService.java'), CODE)
  writeFileSync(path.join(java, 'stock/Stock.java'), STOCK)
  writeFileSync(path.join(folder, 'orders.log'), javaLog())
})
afterAll(() => rmSync(folder, { recursive: true }))

function logs(yaml: string, ...words: readonly string[]): { readonly template: string; readonly source?: string } {
  writeFileSync(path.join(folder, 'halligan.yaml'), yaml)
  const args = [
    'logs',
    'local',
    ...words,
    '--compare',
    new Date(ONSET).toISOString(),
    '--since',
    '2026-03-01T10:00:00Z',
  ]
  const { stdout, stderr } = halligan(path.join(folder, 'home'), [...args, '--json'])
  const answer: unknown = JSON.parse(stdout || '{}')
  const { patterns } = answer as {
    readonly patterns?: readonly { readonly template: string; readonly source?: string }[]
  }
  expect(patterns, stderr).toBeDefined()
  return patterns?.[0] ?? { template: '' }
}

const service = (name: string, repository: string, log: string): string =>
  `  ${name}:\n    logs: [${path.join(folder, log)}]\n    repository: ${repository}\n`

describe('the repository of a service in halligan.yaml', () => {
  it('is searched when the service is named', () => {
    const { template, source } = logs(
      `services:\n${service('orders', './code', 'orders.log')}${service('mail', './empty', 'mail.log')}`,
      'orders',
    )
    expect(template).toMatch(/could not be shipped from north$/)
    expect(source).toBe('src/main/java/com/acme/orders/OrderService.java:13')
  })

  it('is searched when it is the only one', () => {
    const { source } = logs(`services:\n${service('orders', './code', 'orders.log')}`, path.join(folder, 'orders.log'))
    expect(source).toBe('src/main/java/com/acme/orders/OrderService.java:13')
  })
})
