import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coreSays } from '../../src/findings/inspect/core-says.ts'
import { coreBytes, programPage, type CoreParts } from './core-bytes.ts'
import {
  comparedModule,
  coreFile,
  firstPages,
  notesRange,
  restOfTable,
  type CoreFile,
} from '../../src/evidence/inspect/core/core-file.ts'
import { rangeIn, unpackerOf } from '../../src/evidence/inspect/core/core-script.ts'
import { buildIdIn, elfOf, notesIn } from '../../src/evidence/inspect/core/elf.ts'
import { signalMeaning } from '../../src/evidence/inspect/core/signal-meaning.ts'

const FILES = [
  { start: 0x400000n, end: 0x401000n, pages: 0n, path: '/srv/orders/orders-api' },
  { start: 0x401000n, end: 0x48b000n, pages: 1n, path: '/srv/orders/orders-api' },
  { start: 0x7f00_0000_0000n, end: 0x7f00_0000_2000n, pages: 0n, path: '/usr/lib/libc.so.6' },
]
const facts = { path: '/var/tmp/core', bytes: 1_000_000, writtenAtMs: 0 }

function read(bytes: Uint8Array): CoreFile | undefined {
  const range = notesRange(bytes)
  const notes = range ? bytes.subarray(range.offset, range.offset + range.bytes) : new Uint8Array(0)
  return coreFile(bytes, notes, facts)
}

describe('a core', () => {
  it('says who it was, what it died of, which thread, and what was mapped', () => {
    const core = read(
      coreBytes({
        files: FILES,
        threads: [
          { tid: 814, instruction: 0x401282n },
          { tid: 812, instruction: 0x7f00_0000_1010n },
        ],
      }),
    )
    expect(core).toMatchObject({
      architecture: 'x86_64',
      process: { pid: 812, ppid: 1, uid: 1_000, name: 'orders-api', commandLine: 'orders-api --port 8080' },
      signal: { number: 11, code: 1, address: 0n },
      threads: [
        { tid: 814, place: '/srv/orders/orders-api+0x1282' },
        { tid: 812, place: '/usr/lib/libc.so.6+0x1010' },
      ],
      program: '/srv/orders/orders-api',
      missingBytes: 0,
    })
    expect(core?.files.map(({ path, start, end }) => [path, start, end])).toEqual([
      ['/srv/orders/orders-api', 0x400000n, 0x48b000n],
      ['/usr/lib/libc.so.6', 0x7f00_0000_0000n, 0x7f00_0000_2000n],
    ])
    expect(core && coreSays(core)).toEqual([
      {
        state: 'critical',
        says: 'Thread 814 died of SIGSEGV, at /srv/orders/orders-api+0x1282: it touched memory that it may not touch: address 0x0, a null pointer.',
      },
    ])
  })

  it('that was taken of a living process has no signal', () => {
    const core = read(coreBytes({ signal: 0 }))
    expect(core?.signal).toBeUndefined()
    expect(core && coreSays(core)[0]?.state).toBe('ok')
  })

  it('that was cut says how much is missing', () => {
    const bytes = coreBytes({ files: FILES, pages: [{ address: 0x400000n, page: programPage('aa'.repeat(20)) }] })
    const head = bytes.subarray(0, bytes.length - 4096)
    const core = coreFile(head, head.subarray(notesRange(head)?.offset), { ...facts, bytes: head.length })
    expect(core?.missingBytes).toBe(4096)
    expect(core && coreSays(core)[1]?.says).toMatch(/^4\.0 KiB of the core are missing/)
  })

  it('tells whether its program is still the same build', () => {
    const page = programPage('ab'.repeat(20))
    const bytes = coreBytes({ files: FILES, pages: [{ address: 0x400000n, page }] })
    const core = read(bytes)
    const [range, none] = firstPages(bytes, core?.files ?? [])
    expect(none).toBeUndefined()
    const own = bytes.subarray(range?.offset, (range?.offset ?? 0) + 4096)
    const [module] = core?.files ?? []
    if (!core || !module) throw new Error('it was read')
    expect(comparedModule(module, own, page)).toMatchObject({ now: 'same', buildId: 'ab'.repeat(20) })
    expect(comparedModule(module, own, undefined).now).toBe('gone')
    expect(comparedModule(module, own, new Uint8Array(0)).now).toBeUndefined()
    const other = comparedModule(module, own, programPage('cd'.repeat(20)))
    expect(other.now).toBe('other')
    expect(coreSays({ ...core, files: [other] })[1]).toEqual({
      state: 'critical',
      says: `/srv/orders/orders-api is another build now: the core was made by ${'ab'.repeat(6)}, the file has ${'cd'.repeat(6)}; names and lines of its stacks would be wrong.`,
    })
  })

  it.each<[CoreParts, RegExp]>([
    [{ signal: 11, code: 1, address: 0x18n }, /a member or element of a null pointer/],
    [{ signal: 11, code: 2, address: 0x7f0012340000n }, /is there, but not for this/],
    [{ signal: 11, code: 128 }, /not canonical/],
    [{ signal: 6, code: -6, sender: { pid: 812, uid: 1_000 } }, /gave up by itself/],
    [{ signal: 15, code: 0, sender: { pid: 77, uid: 0 } }, /asked it to end \(sent by process 77 of user 0\)/],
    [{ signal: 8, code: 1, address: 0x401000n }, /divided a whole number by zero/],
    [{ signal: 7, code: 2, address: 0x7f00n }, /nothing behind it.*\(at 0x7f00\)/],
    [{ signal: 34, code: 0 }, /has no handler/],
  ])('%o means what it means', (parts, meaning) => {
    const signal = read(coreBytes(parts))?.signal
    expect(signal && signalMeaning(signal)).toMatch(meaning)
  })

  it('whose table goes beyond what was read is asked for all of it', () => {
    const bytes = coreBytes({
      files: FILES,
      pages: FILES.map(({ start }) => ({ address: start, page: new Uint8Array(0) })),
    })
    expect(restOfTable(bytes)).toBeUndefined()
    expect(restOfTable(bytes.subarray(0, 100))).toEqual({ offset: 0, bytes: 64 + 4 * 56 })
    expect(rangeIn(bytes, { offset: 4096 * 3 + 5, bytes: 10 })).toEqual(bytes.subarray(5, 15))
  })

  it('that is packed is named by what unpacks it', () => {
    expect(unpackerOf(Buffer.from('28b52ffd0000', 'hex'))).toBe('zstd -d')
    expect(unpackerOf(coreBytes())).toBeUndefined()
  })
})

describe('whatever bytes', () => {
  const survives = (bytes: Uint8Array): void => {
    const core = read(bytes)
    if (core) coreSays(core)
    restOfTable(bytes)
    buildIdIn(bytes)
    notesIn(bytes)
    elfOf(bytes)
    for (const range of firstPages(bytes, core?.files ?? [])) expect(range?.offset ?? 0).toBeGreaterThanOrEqual(0)
  }

  it('a core that somebody spoiled is read as far as it goes', () => {
    const whole = coreBytes({ files: FILES, pages: [{ address: 0x400000n, page: programPage('ab'.repeat(20)) }] })
    const change = fc.record({ at: fc.nat(1_600), value: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), fc.nat(whole.length), (changes, end) => {
        const bytes = Buffer.from(whole)
        for (const { at, value } of changes) bytes[at] = value
        survives(bytes)
        survives(bytes.subarray(0, end))
      }),
      { numRuns: 300 },
    )
  })

  it('bytes of anybody are no core, or one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        survives(bytes)
        survives(Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), bytes]))
      }),
      { numRuns: 200 },
    )
  })
})
