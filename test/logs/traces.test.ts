import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { halligan } from '../record/command.ts'

// Stack traces as runtimes write them into a log, read from a file and from standard input. Their forms: go.dev (runtime/debug), learn.microsoft.com
// (Exception.ToString, AggregateException), docs.ruby-lang.org (Logger::Formatter, Exception#full_message), systemd.exec(5) for lines of the journal.

const folder = mkdtempSync(path.join(tmpdir(), 'halligan-traces-'))
const home = path.join(folder, 'home')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const traces = [
  ['go-panic', 5, { type: 'panic', frame: { file: '/app/shop/main.go', line: 31 } }],
  ['go-deadlock', 3, { type: 'fatal error', frame: { file: '/app/shop/main.go', line: 12 } }],
  [
    'dotnet-logged',
    3,
    { type: 'System.InvalidOperationException', root: { type: 'System.Net.Sockets.SocketException' } },
  ],
  ['dotnet-unhandled', 4, { type: 'System.AggregateException' }],
  ['ruby-full-message', 3, { type: 'Shop::NoPrice', message: 'no price for A7', frame: { file: 'app/prices.rb' } }],
] as const

describe('a stack trace', { timeout: 60_000 }, () => {
  it.each(traces)('of %s stays one record, and is grouped by its type', (name, records, exception) => {
    const file = path.resolve(import.meta.dirname, `../fixtures/traces/${name}.log`)
    for (const { stdout } of [
      halligan(home, ['logs', 'local', file, '--json']),
      halligan(home, ['logs', '-', '--json'], readFileSync(file, 'utf8')),
    ]) {
      const { sources, exceptions } = JSON.parse(stdout)
      expect(sources).toMatchObject([{ records }])
      expect(exceptions).toHaveLength(1)
      expect(exceptions).toMatchObject([exception])
    }
  })

  it('of the journal, an entry a line, is one exception, traced to the statements', () => {
    const shop = path.join(folder, 'shop')
    mkdirSync(shop)
    const orders = [
      'import logging',
      '',
      'def take(order):',
      '    try:',
      '        price = of(order)',
      '    except NoPrice:',
      '        logging.exception("order %d failed", order)',
      '',
    ]
    writeFileSync(path.join(shop, 'orders.py'), orders.join('\n'))
    const file = path.resolve(import.meta.dirname, '../fixtures/traces/journald-python.log')
    const { stdout } = halligan(home, ['logs', 'local', file, '--json', '--repo', shop])
    const { exceptions, patterns, sources } = JSON.parse(stdout)
    expect(sources).toMatchObject([{ format: 'journalctl' }])
    expect(exceptions).toMatchObject([
      { type: 'prices.NoPrice', message: 'A7', frame: { file: '/app/prices.py', line: 41, function: 'of' } },
    ])
    const failed = patterns.find(({ template }: { readonly template: string }) => template === 'order <*> failed')
    expect(failed).toMatchObject({ severity: 'error' })
    expect(JSON.stringify(failed.source)).toContain('orders.py:7')
  })
})
