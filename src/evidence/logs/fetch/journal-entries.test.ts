import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { journalEntries } from './journal-entries.ts'

const HEAD = { __REALTIME_TIMESTAMP: '1709630142120345', _HOSTNAME: 'web-1', SYSLOG_IDENTIFIER: 'orders', _PID: '812' }

function lines(...entries: readonly object[]): string {
  const json = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
  return Buffer.from(journalEntries().push(Buffer.from(json))).toString('latin1')
}

describe('entries of the journal that are followed', () => {
  it('become lines like those that the box makes of others', () => {
    expect(
      lines(
        { ...HEAD, PRIORITY: '3', MESSAGE: 'order failed' },
        { ...HEAD, PRIORITY: '4', MESSAGE: 'two\nlines', _SOURCE_REALTIME_TIMESTAMP: '1709630141000001' },
        { ...HEAD, PRIORITY: '6', MESSAGE: [27, 91, 51, 49, 109, 255] },
        { __REALTIME_TIMESTAMP: '1709630142120347', _HOSTNAME: 'web-1', _COMM: 'sh', MESSAGE: ['a', 'b'] },
        { ...HEAD, PRIORITY: '6' },
      ),
    ).toBe(`<3>1709630142.120345 web-1 orders[812]: order failed
<4>1709630141.000001 web-1 orders[812]: two
    lines
<6>1709630142.120345 web-1 orders[812]: \u001b[31m\u00ff
<>1709630142.120347 web-1 sh: b
`)
  })

  it('are given as they are where they are no entries', () => {
    const text = 'Failed to open the journal: Permission denied\n{"a":1}\n{\n'
    expect(Buffer.from(journalEntries().push(Buffer.from(text))).toString()).toBe(text)
  })

  it('are the same however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 20 }), fc.array(fc.nat(200)), (messages, cuts) => {
        const all = Buffer.from(messages.map((MESSAGE) => `${JSON.stringify({ ...HEAD, MESSAGE })}\n`).join(''))
        const entries = journalEntries()
        const got: Uint8Array[] = []
        let at = 0
        for (const cut of [...cuts, all.length]) {
          got.push(entries.push(all.subarray(at, at + cut)))
          at += cut
        }
        expect(Buffer.concat(got)).toEqual(Buffer.from(journalEntries().push(all)))
        expect(Buffer.concat(got).toString().split('<>1709630142.120345 web-1 orders[812]: ')).toHaveLength(
          messages.length + 1,
        )
      }),
      { numRuns: 100 },
    )
  })
})
