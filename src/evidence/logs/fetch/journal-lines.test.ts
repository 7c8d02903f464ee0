import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JOURNAL_LINES } from './journal-lines.ts'

/** What a field of the journal may hold: line breaks, NUL, `=`, bytes that are no UTF-8. */
type Entry = Readonly<Record<string, Buffer>>

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'halligan-journal-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** As journald writes it: a value that is not one printable line is preceded by its length. systemd.io/JOURNAL_EXPORT_FORMATS. */
function exported(entries: readonly Entry[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => [
      ...Object.entries(entry).flatMap(([name, value]) => {
        if (!value.some((byte) => byte < 0x20)) return [Buffer.from(`${name}=`), value, Buffer.from('\n')]
        const size = Buffer.alloc(8)
        size.writeBigUInt64LE(BigInt(value.length))
        return [Buffer.from(`${name}\n`), size, value, Buffer.from('\n')]
      }),
      Buffer.from('\n'),
    ]),
  )
}

/** Through the shell text, with a journalctl that hands out these entries. `knows`: it has `--output-fields`. */
function lines(entries: readonly Entry[], knows = true): Buffer {
  writeFileSync(path.join(folder, 'entries'), exported(entries))
  const program = path.join(folder, 'journalctl')
  const refusal = knows ? '' : 'case $* in *--output-fields*) exit 1;; esac\n'
  writeFileSync(program, `#!/bin/sh\n${refusal}case $* in *export*) cat ${folder}/entries;; esac\n`)
  chmodSync(program, 0o755)
  const { stdout, stderr } = spawnSync('sh', ['-c', `${JOURNAL_LINES}\njournal --since=@1`], {
    env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` },
  })
  expect(stderr.toString()).toBe('')
  return stdout
}

function entry(fields: Readonly<Record<string, string>>): Entry {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, Buffer.from(value)]))
}

const USUAL = { __REALTIME_TIMESTAMP: '1709630142120345', _HOSTNAME: 'web-1', SYSLOG_IDENTIFIER: 'orders', _PID: '812' }

describe('lines of the journal', () => {
  it('bear the priority, the time of the source and who wrote them', () => {
    const entries = [
      entry({ ...USUAL, PRIORITY: '3', MESSAGE: 'order failed: a=b "c"' }),
      entry({ ...USUAL, PRIORITY: '4', MESSAGE: 'two\nlines', _SOURCE_REALTIME_TIMESTAMP: '1709630141000001' }),
      entry({ __REALTIME_TIMESTAMP: '1709630142120347', _HOSTNAME: 'web-1', _COMM: 'sh', MESSAGE: 'no priority' }),
      entry({ __REALTIME_TIMESTAMP: '1709630142120348', _HOSTNAME: 'web-1', SYSLOG_PID: '7', MESSAGE: '' }),
      entry({ __REALTIME_TIMESTAMP: '1709630142120349', _HOSTNAME: 'web-1', PRIORITY: '6' }),
    ]
    const wanted = `<3>1709630142.120345 web-1 orders[812]: order failed: a=b "c"
<4>1709630141.000001 web-1 orders[812]: two
    lines
<>1709630142.120347 web-1 sh: no priority
<>1709630142.120348 web-1 unknown[7]: 
`
    expect(lines(entries).toString()).toBe(wanted)
    expect(lines(entries, false).toString()).toBe(wanted)
  })

  it('hold any message, byte by byte', () => {
    const message = fc.oneof(
      fc.string({ maxLength: 40 }).map((text) => Buffer.from(text)),
      // The length itself has a line break in it: 10, 2560.
      fc.constantFrom(10, 266, 2560).map((size) => Buffer.from('ab\n\n'.repeat(700)).subarray(0, size)),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom('PRIORITY=0\n\nMESSAGE=x', '\n', '\n\n\n', 'MESSAGE', '\u0001').map((text) => Buffer.from(text)),
    )
    fc.assert(
      fc.property(fc.array(message, { minLength: 50, maxLength: 100 }), (messages) => {
        const entries = messages.map((said) => ({ ...entry({ ...USUAL, PRIORITY: '6' }), MESSAGE: said }))
        const wanted = messages.map(
          (said) => `<6>1709630142.120345 web-1 orders[812]: ${said.toString('latin1').replaceAll('\n', '\n    ')}\n`,
        )
        expect(lines(entries).toString('latin1')).toBe(wanted.join(''))
      }),
      { numRuns: 10 },
    )
  })
})
