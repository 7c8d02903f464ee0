import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BoxTime } from './time/box-time.ts'
import { formatOf } from './detect.ts'
import { layoutOf } from './layout/layout.ts'
import { recordsOf } from './layout/records.ts'

const TIME: BoxTime = { nowMs: Date.UTC(2026, 0, 15, 12, 0, 0), zone: 'UTC' }

function read(log: string) {
  const bytes = new TextEncoder().encode(log)
  const format = formatOf(bytes, TIME)
  return { id: format.id, events: recordsOf(bytes, layoutOf(bytes, TIME)).map(({ text }) => format.read(text, TIME)) }
}

const TRACEBACK = [
  'ERROR:orders:order failed for acme',
  'Traceback (most recent call last):',
  '  File "/srv/app/orders.py", line 88, in place',
  '    raise NoStock(item)',
  'shop.errors.NoStock: 12',
]

describe('the format of a log', () => {
  test('reads what only the other of two libraries writes, when its first lines could be of either', () => {
    const lines = Array.from(
      { length: 20 },
      (_, at) => `2026-01-15 06:02:${at + 10},239 INFO orders.http: served ${at}`,
    )
    const format = formatOf(Buffer.from(lines.join('\n')), TIME)
    for (const [level, severity] of [
      ['ERROR', 'error'],
      ['WARNING', 'warning'],
    ] as const) {
      const text = [`2026-01-15 06:03:00,239 ${level} orders.mail: mail was lost`, ...TRACEBACK.slice(1)].join('\n')
      const event = format.read(text, TIME)
      expect(event).toMatchObject({ severity, message: 'mail was lost', logger: 'orders.mail' })
      expect(event?.trace).toContain('line 88, in place')
    }
  })

  test('of no bytes, of noise and of plain text is unknown', () => {
    expect(formatOf(new Uint8Array(), TIME).id).toBe('unknown')
    expect(formatOf(new Uint8Array([0, 255, 10, 7, 10]), TIME).id).toBe('unknown')
    expect(read('one\ntwo\nthree\nfour\nfive\nsix\n').id).toBe('unknown')
  })

  test('is not that of one line among many', () => {
    const { id, events } = read(`${'plain words\n'.repeat(20)}E0105 10:15:42.120345     812 kubelet.go:1432] failed\n`)
    expect(id).toBe('unknown')
    expect(events.length).toBe(21)
  })

  test('what one format does not read is read by the next', () => {
    const json = '{"level":50,"time":1709630142120,"msg":"order failed"}\n'
    const python = '2024-03-05 10:15:42,120 WARNING orders.api: stock is low\n'
    const { id, events } = read(json.repeat(6) + python.repeat(3) + 'listening\n')
    expect(id).toBe('json-lines')
    expect(events.map((event) => event?.message)).toEqual([
      ...Array.from({ length: 6 }, () => 'order failed'),
      ...Array.from({ length: 3 }, () => 'stock is low'),
      'listening',
    ])
  })

  test('what an application logs into the journal is read by its own format', () => {
    const lines = TRACEBACK.map((line) => `Jan 05 10:15:42 web-1 orders[812]: ${line}`)
    const { id, events } = read([...lines, ...lines, ''].join('\n'))
    expect(id).toBe('syslog')
    expect(events.length).toBe(2)
    expect(events[0]).toEqual({
      atMs: Date.UTC(2026, 0, 5, 10, 15, 42),
      severity: 'error',
      message: 'order failed for acme',
      host: 'web-1',
      program: 'orders',
      pid: 812,
      logger: 'orders',
      trace: TRACEBACK.slice(1).join('\n'),
    })
  })

  test('what an application logs into a container is read by its own format', () => {
    const line = '{"level":50,"time":1709630142120,"customer":"acme","msg":"order failed"}'
    const docker = JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2024-03-05T09:15:42.5Z' })
    const cri = `2024-03-05T09:15:42.5Z stdout F ${line}`
    for (const log of [docker, cri]) {
      const { events } = read(`${log}\n${log}\n`)
      expect(events).toEqual(
        Array.from({ length: 2 }, () => ({
          atMs: Date.UTC(2024, 2, 5, 9, 15, 42, 500),
          severity: 'error',
          message: 'order failed',
          fields: { stream: 'stdout', customer: 'acme' },
        })),
      )
    }
  })

  test('a container of a container: JSON in CRI in Docker', () => {
    const cri = '2024-03-05T09:15:42.5Z stdout F {"level":"error","message":"order failed"}'
    const docker = JSON.stringify({ log: `${cri}\n`, stream: 'stdout', time: '2024-03-05T09:15:42.5Z' })
    expect(read(`${docker}\n${docker}\n`).events[0]?.message).toBe('order failed')
  })

  test('the graver severity counts where the message is of no known form', () => {
    const entry = (priority: string, MESSAGE: string) =>
      JSON.stringify({ __REALTIME_TIMESTAMP: '1709630142120345', PRIORITY: priority, MESSAGE })
    const { events } = read(`${entry('6', 'it is [error] here')}\n${entry('3', 'plain')}\n`)
    expect(events.map((event) => event?.severity)).toEqual(['error', 'error'])
  })

  test('reads any record, whatever the sample was', () => {
    const told = [
      '',
      'Jan 05 10:15:42 web-1 orders[812]: x\n',
      '{"log":"a\\n","stream":"stdout","time":"2024-03-05T09:15:42.5Z"}\n',
      '2024-03-05T09:15:42.5Z stdout F {"msg":"x"}\n',
      '2024-03-05 10:15:42,120 WARNING orders.api: stock is low\n',
    ].map((sample) => formatOf(new TextEncoder().encode(sample), TIME))
    const anyText = fc.array(fc.integer({ max: 0xff_ff, min: 0 }), { maxLength: 200 })
    fc.assert(
      fc.property(fc.constantFrom(...told), anyText, (format, codes) => {
        const event = format.read(String.fromCharCode(...codes), TIME)
        expect(typeof event?.message).toBe('string')
      }),
      { numRuns: 150 },
    )
  })
})
