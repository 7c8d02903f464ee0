import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatOf, formats } from '../../src/evidence/logs/detect.ts'
import { layoutOf } from '../../src/evidence/logs/layout/layout.ts'
import { createRecordStream } from '../../src/evidence/logs/layout/record-stream.ts'
import { createMiner } from '../../src/evidence/logs/mining/miner.ts'
import type { BoxTime } from '../../src/evidence/logs/time/box-time.ts'
import { patternsOf } from '../../src/findings/logs/patterns/patterns-of.ts'

/** In a zone with summer time. */
const TIME: BoxTime = {
  nowMs: Date.UTC(2026, 0, 15, 12, 0, 0),
  zone: 'Europe/Vienna',
  bootedAtMs: Date.UTC(2026, 0, 15),
}

// The text of a format is spoiled byte by byte, as a disk, a crash or an attacker would, and goes the whole way from bytes to patterns.
describe('bytes of a log in the form of', () => {
  test.each(formats.map((format) => [format.id, format] as const))(
    '%s that are spoiled are all counted',
    (_, format) => {
      const log = Buffer.from(`${format.samples.map(({ text }) => text).join('\n')}\n`)
      fc.assert(
        fc.property(
          fc.array(damage(log.length), { minLength: 1, maxLength: 8 }),
          fc.integer({ min: 1, max: 400 }),
          (hurts, cut) => {
            const bytes = hurts.reduce<Uint8Array>((so, hurt) => hurt(so), log)
            const lines = Buffer.from(bytes)
              .toString('utf8')
              .split('\n')
              .map((line) => line.replace(/\r$/, ''))
              .filter((line) => line !== '')
            expect(recordLines(bytes, cut)).toEqual(lines)
            const layout = layoutOf(bytes, TIME)
            const miner = createMiner(layout)
            for (let at = 0; at < bytes.length; at += cut) miner.feed(bytes.slice(at, at + cut))
            const mined = miner.finish()
            expect(mined.bytes).toBe(bytes.length)
            expect(mined.rows.reduce((sum, { count }) => sum + count, mined.other)).toBe(mined.records)
            const whole = { box: 'b', source: 's', mined, format: formatOf(bytes, TIME), time: TIME, skewMs: 0 }
            const { patterns } = patternsOf([whole])
            expect(patterns.reduce((sum, { count }) => sum + count, 0)).toBe(mined.records)
            for (const { template } of patterns) expect(template.length).toBeLessThanOrEqual(bytes.length + 1_000)
          },
        ),
        { numRuns: 8 },
      )
    },
  )
})

/** Lines of all records, without blank ones. */
function recordLines(bytes: Uint8Array, cut: number): readonly string[] {
  const texts: string[] = []
  const stream = createRecordStream(layoutOf(bytes, TIME), (text) => texts.push(text))
  for (let at = 0; at < bytes.length; at += cut) stream.feed(bytes.slice(at, at + cut))
  stream.finish()
  return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '')
}

type Damage = (bytes: Uint8Array) => Uint8Array

/** What is odd in a log: NUL, no UTF-8, an escape of a terminal, line ends where there are none, quotes and brackets. */
const ODD = fc.constantFrom(
  [0],
  [0xff, 0xfe],
  [0xc3],
  [0x1b, 0x5b, 0x33, 0x31, 0x6d],
  [0x0d],
  [0x0a],
  [0x22],
  [0x7b],
  [0x5d],
  [0x39, 0x39, 0x39, 0x39],
)

function damage(length: number): fc.Arbitrary<Damage> {
  const place = fc.nat({ max: length })
  const put = (bytes: Uint8Array, from: number, to: number, between: readonly number[]): Uint8Array =>
    Uint8Array.from(Buffer.concat([bytes.subarray(0, from), Uint8Array.from(between), bytes.subarray(to)]))
  return fc.oneof(
    fc.tuple(place, fc.nat({ max: 255 })).map(
      ([at, byte]): Damage =>
        (bytes) =>
          put(bytes, at, at + 1, [byte]),
    ),
    fc.tuple(place, ODD).map(
      ([at, odd]): Damage =>
        (bytes) =>
          put(bytes, at, at, odd),
    ),
    fc.tuple(place, fc.nat({ max: 60 })).map(
      ([at, many]): Damage =>
        (bytes) =>
          put(bytes, at, at + many, []),
    ),
    fc.tuple(place, fc.nat({ max: 80 })).map(
      ([at, many]): Damage =>
        (bytes) =>
          put(bytes, at, at, [...bytes.subarray(at, at + many)]),
    ),
    place.map(
      (at): Damage =>
        (bytes) =>
          bytes.slice(0, at),
    ),
  )
}
