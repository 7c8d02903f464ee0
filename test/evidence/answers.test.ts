import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as checks from '../../src/findings/checks/index.ts'
import { conclude } from '../../src/findings/conclude.ts'
import { expandedAnswer, readFrames } from '../../src/evidence/answer.ts'
import { frameNameOf } from '../../src/evidence/collector.ts'
import { probesOf, readEvidence, type Evidence, type ProbeId } from '../../src/evidence/evidence.ts'

const fixtures = path.join(import.meta.dirname, '../fixtures')
const BOUNDARY = '5eed5eed5eed5eed5eed5eed5eed5eed'
// A Debian test box with a process that leaks sockets in CLOSE_WAIT and one with a hot thread; npm run record -- answer.
const answer = readFileSync(path.join(fixtures, 'answers/web-1.txt'))
const asked = probesOf('fast')
const read = (bytes: Uint8Array): Evidence => readEvidence(bytes, BOUNDARY, asked, { beganAtMs: 1_800_000_000_000 })
const whole = read(answer)

describe('a recorded answer', () => {
  it('is seen by every probe that was asked', () => {
    const ids = new Set(asked.map(({ id }) => id))
    const notSeen = Object.entries(whole).filter(
      ([id, { kind }]) => ids.has(id) && kind !== 'seen' && id !== 'kernel-log',
    )
    expect(notSeen).toEqual([])
  })

  it('names --deep for what only that asks, and not for what an older recording does not have', () => {
    const none = readEvidence(answer, BOUNDARY, [], { beganAtMs: 0 })
    expect(none['process-memory']).toEqual({ kind: 'blind', why: 'not asked', hint: 'ask with --deep' })
    expect(none.disks).toEqual({ kind: 'blind', why: 'not asked', hint: '' })
  })

  it('says what was on the box', () => {
    expect(whole.identity).toMatchObject({
      value: { hostname: 'web-1', user: 'root', uid: 0, os: 'Debian GNU/Linux 12 (bookworm)' },
    })
    expect(whole['hot-threads']).toMatchObject({
      value: [{ name: 'hot-loop', state: 'R' }, ...Array.from({ length: 9 }, () => ({}))],
    })
    const found = conclude(Object.values(checks), whole, { box: 'web-1' }).findings.map(({ check }) => check)
    expect(found).toContain('close-wait-leak')
    expect(found).toContain('hot-thread')
  })

  it.each(['zstd', 'gzip'] as const)('means the same compressed with %s, and expands to itself', (kind) => {
    const packed = compressed(kind)
    expect(read(packed)).toEqual(whole)
    expect(expandedAnswer(packed, BOUNDARY).trim()).toBe(expandedAnswer(answer, BOUNDARY).trim())
  })
})

describe('an answer that is cut off', () => {
  /** What is seen has to be what the whole answer says, or come from fewer whole samples: never from a part of one. */
  function expectNothingInvented(cut: Uint8Array): void {
    const evidence = read(cut)
    const frames = readFrames(cut, BOUNDARY).filter(({ ended }) => ended.how === 'exited')
    for (const probe of asked) {
      const reading = evidence[probe.id as ProbeId]
      const name = frameNameOf(probe)
      const moments = probe.moments.filter((moment) =>
        frames.some((frame) => frame.probe === name && frame.moment === moment),
      )
      if (moments.length === 0) expect(reading.kind).not.toBe('seen')
      if (moments.length === probe.moments.length) expect(reading).toEqual(whole[probe.id as ProbeId])
    }
    const { state, cleared } = conclude(Object.values(checks), evidence, { box: 'web-1' })
    if (evidence.cpu.kind !== 'seen' || evidence.filesystems.kind !== 'seen') expect(state).not.toBe('ok')
    if (evidence.sockets.kind !== 'seen') expect(cleared.map(({ check }) => check)).not.toContain('close-wait-leak')
  }

  it('anywhere never throws and never gives a value from half a sample', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: answer.length }), (at) => expectNothingInvented(answer.subarray(0, at))),
      { numRuns: 150 },
    )
  })

  it('at every byte around each frame mark does neither', () => {
    const mark = Buffer.from(BOUNDARY)
    const places: number[] = []
    for (let at = answer.indexOf(mark); at >= 0; at = answer.indexOf(mark, at + 1)) places.push(at)
    expect(places.length).toBeGreaterThan(40)
    for (const place of places.filter((_, index) => index % 9 === 0)) {
      for (let at = place - 2; at < place + 40; at += 3) expectNothingInvented(answer.subarray(0, at))
    }
  })

  it.each(['zstd', 'gzip'] as const)('in the middle of %s gives what came before', (kind) => {
    const packed = compressed(kind)
    for (let at = 0; at < packed.length; at += Math.ceil(packed.length / 120))
      expect(() => read(packed.subarray(0, at))).not.toThrow()
    // The block after the window is lost, the one before it is whole.
    const second = packed.indexOf(Buffer.from(`\n${BOUNDARY} [ `), packed.indexOf(Buffer.from(`\n${BOUNDARY} ]`)))
    const half = read(packed.subarray(0, second + 60))
    expect(half.identity.kind).toBe('seen')
    expect(half['open-files']).toEqual(whole['open-files'])
  })
})

describe('an answer of any bytes', () => {
  it('never throws, whatever is changed in it', () => {
    const change = fc.record({ at: fc.nat(answer.length - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) })
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), (changes) => {
        const mutated = Uint8Array.from(answer)
        for (const { at, bytes } of changes) mutated.set(bytes.subarray(0, mutated.length - at), at)
        expect(() => conclude(Object.values(checks), read(mutated), { box: 'web-1' })).not.toThrow()
      }),
      { numRuns: 60 },
    )
  })

  it('of which nothing is an answer is blind, not fine', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const evidence = read(bytes)
        expect(Object.values(evidence).every(({ kind }) => kind === 'blind')).toBe(true)
        expect(conclude(Object.values(checks), evidence, { box: 'web-1' }).state).toBe('unknown')
      }),
    )
  })

  it('is read by each probe without an end: a value or an error', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        'self 1 2.0',
        '==> stat <==',
        'cpu  1 2 3 4',
        '1 (a) S 1 1',
        'U 0',
        'F 1 2 3',
        'end',
        'at 1.0',
        '@ x',
        'mount a b ext4 rw',
        'size 1 1 1 1 1 1 /',
      ),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const sample = { atSeconds: 1, text: lines.join('\n') }
        for (const probe of asked) {
          try {
            expect(
              probe.parse(
                { first: sample, during: sample, middle: sample, last: { ...sample, atSeconds: 2 } },
                { beganAtMs: 0 },
              ),
            ).toBeDefined()
          } catch (error) {
            expect(error).toBeInstanceOf(Error)
          }
        }
      }),
    )
  })
})

function compressed(kind: 'zstd' | 'gzip'): Buffer {
  const pack = kind === 'zstd' ? zstdCompressSync : gzipSync
  const opening = Buffer.from(`\n${BOUNDARY} [ cat\n`)
  const closing = Buffer.from(`\n${BOUNDARY} ]\n`)
  const parts: Buffer[] = []
  let position = 0
  for (let start = answer.indexOf(opening); start >= 0; start = answer.indexOf(opening, position)) {
    const end = answer.indexOf(closing, start)
    parts.push(Buffer.from(`\n${BOUNDARY} [ ${kind}\n`), pack(answer.subarray(start + opening.length, end)), closing)
    position = end + closing.length - 1
  }
  return Buffer.concat([...parts, answer.subarray(position + 1)])
}
