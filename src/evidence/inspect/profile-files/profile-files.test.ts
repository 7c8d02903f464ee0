import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../frame.ts'
import type { Profile, WeightedStack } from '../profile.ts'
import { collapsedOf, readCollapsed } from './collapsed.ts'
import { pprofOf } from './pprof.ts'
import { readSpeedscope, speedscopeOf } from './speedscope.ts'

const profileOf = (stacks: readonly WeightedStack[], more: Partial<Profile> = {}): Profile => ({
  of: 'cpu',
  unit: 'samples',
  tookMs: 1_000,
  intervalUs: 10_101,
  idle: 0,
  notes: [],
  stacks,
  ...more,
})

const main: Frame = { function: 'main', file: '/srv/cart.js', line: 3, own: true }
const total: Frame = { function: 'total', file: '/srv/cart.js', line: 12, own: true }
const read: Frame = { function: 'read', module: '/usr/lib/libc.so.6', own: false }
const SMALL = profileOf([
  { thread: 'worker 1', frames: [total, main], weight: 3 },
  { frames: [read, main], weight: 2 },
])

/** Names as a hostile program may have them. */
const name = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc.constantFrom('operator()(int) const', '(anonymous)', 'a;b', '100%', 'x\n y 5', '%3b', '</script>', 'f (a/b)'),
)
const frame: fc.Arbitrary<Frame> = fc.record(
  { function: name, file: fc.constantFrom('/srv/a.js', 'node:events'), line: fc.integer({ min: 1, max: 99_999 }) },
  { requiredKeys: ['function', 'file'] },
)
const stack: fc.Arbitrary<WeightedStack> = fc.record({
  frames: fc.array(frame, { minLength: 1, maxLength: 5 }),
  weight: fc.integer({ min: 1, max: 1_000_000 }),
})
const stacks = fc.array(stack, { minLength: 1, maxLength: 6 })

describe("speedscope's format", () => {
  it('has frames once, samples from the outermost one on, and a profile for each thread', () => {
    const file = JSON.parse(speedscopeOf(SMALL, 'web-1 orders'))
    expect(file).toMatchObject({
      $schema: 'https://www.speedscope.app/file-format-schema.json',
      shared: {
        frames: [
          { name: 'main', file: '/srv/cart.js', line: 3 },
          { name: 'total', file: '/srv/cart.js', line: 12 },
          { name: 'read', file: '/usr/lib/libc.so.6' },
        ],
      },
      profiles: [
        { type: 'sampled', name: 'worker 1', unit: 'microseconds', startValue: 0, endValue: 30_303, samples: [[0, 1]] },
        { type: 'sampled', name: 'web-1 orders', weights: [20_202], samples: [[0, 2]] },
      ],
    })
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(stacks, (all) => {
        const written = speedscopeOf(profileOf(all, { unit: 'bytes' }), 'x')
        const reading = readSpeedscope(written)
        const expected = all.map(({ frames, weight }) => ({ thread: 'x', frames, weight }))
        expect(reading).toEqual({ kind: 'seen', value: { stacks: expected, idle: 0 } })
      }),
      { numRuns: 200 },
    )
  })

  it('survives any text and any JSON', () => {
    const part = fc.constantFrom('frames', 'profiles', 'samples', 'weights', 'type', 'shared', 'name')
    const json = fc.jsonValue().chain((value) =>
      fc.dictionary(part, fc.constant(value)).map((each) => ({
        shared: { frames: [each] },
        profiles: [each, { type: 'sampled', samples: [value, [0, 9, -1, 'x']], weights: [1, -1, 2] }],
      })),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          json.map((each) => JSON.stringify(each)),
        ),
        (text) => {
          expect(['seen', 'garbled']).toContain(readSpeedscope(text).kind)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('collapsed stacks', () => {
  it('have a line for each stack, the outermost frame first; threads are merged', () => {
    const twice = profileOf([...SMALL.stacks, { thread: 'worker 2', frames: [total, main], weight: 4 }])
    expect(collapsedOf(twice)).toBe(
      'main (/srv/cart.js:3);total (/srv/cart.js:12) 7\nmain (/srv/cart.js:3);read (/usr/lib/libc.so.6) 2\n',
    )
  })

  it('are read back as they were written, whatever the names', () => {
    fc.assert(
      fc.property(stacks, (all) => {
        const text = collapsedOf(profileOf(all))
        const reading = readCollapsed(text)
        if (reading.kind !== 'seen') throw new Error(reading.why)
        expect(collapsedOf({ stacks: reading.value.stacks })).toBe(text)
        expect(new Set(reading.value.stacks.flatMap(({ frames }) => frames.map((each) => each.function)))).toEqual(
          new Set(all.flatMap(({ frames }) => frames.map((each) => each.function.toWellFormed()))),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('of other tools are read: names alone, and carriage returns', () => {
    expect(readCollapsed('main;operator()(int) const;[libc.so.6] 5\r\nnothing\n')).toEqual({
      kind: 'seen',
      value: {
        idle: 0,
        stacks: [
          { weight: 5, frames: ['[libc.so.6]', 'operator()(int) const', 'main'].map((each) => ({ function: each })) },
        ],
      },
    })
  })

  it('survive any text', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom(';', ' 5\n', '%', '%zz', ' (a:0)', '\r\n', ' 0\n'))
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(['seen', 'garbled']).toContain(readCollapsed(pieces.join('')).kind)
      }),
      { numRuns: 200 },
    )
  })
})

describe("pprof's format", () => {
  it('says the same as the profile, in whatever names', () => {
    fc.assert(
      fc.property(stacks, (all) => {
        const read = readPprof(pprofOf(profileOf(all), 1_700_000_000_000))
        expect(read.samples).toEqual(
          all.map(({ frames, weight }) => ({
            frames: frames.map((each) => [each.function.toWellFormed(), each.file, each.line ?? 0]),
            values: [weight, weight * 10_101_000],
            labels: [],
          })),
        )
        expect(read.types).toEqual(['samples/count', 'cpu/nanoseconds'])
        expect(read.strings[0]).toBe('')
      }),
      { numRuns: 150 },
    )
  })

  it('names threads, times and the period', () => {
    const read = readPprof(pprofOf(SMALL, 1_700_000_000_000))
    expect(read.samples.map(({ labels }) => labels)).toEqual([['thread=worker 1'], []])
    expect([read.timeNs, read.durationNs, read.periodNs]).toEqual([
      1_700_000_000_000_000_000n,
      1_000_000_000n,
      10_101_000n,
    ])
  })
})

type Field = readonly [field: number, value: bigint | Buffer]

/** The fields of a message, by the rules of the encoding alone. */
function fieldsOf(bytes: Buffer): readonly Field[] {
  const out: Field[] = []
  const cursor = { at: 0 }
  while (cursor.at < bytes.length) {
    const key = varintAt(bytes, cursor)
    const field = Number(key >> 3n)
    const value = varintAt(bytes, cursor)
    if ((key & 7n) === 0n) out.push([field, value])
    else if ((key & 7n) === 2n) {
      out.push([field, bytes.subarray(cursor.at, cursor.at + Number(value))])
      cursor.at += Number(value)
    } else throw new Error(`wire type ${key & 7n}`)
  }
  return out
}

function varintAt(bytes: Buffer, cursor: { at: number }): bigint {
  let value = 0n
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[cursor.at]
    if (byte === undefined) throw new Error('the message ends within a number')
    cursor.at += 1
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return value
  }
}

function readPprof(file: Uint8Array) {
  const top = fieldsOf(gunzipSync(file))
  const messages = (field: number) =>
    top.flatMap(([which, value]) => (which === field && Buffer.isBuffer(value) ? [value] : []))
  const numberIn = (message: readonly Field[], field: number): number => {
    const value = message.find(([which]) => which === field)?.[1]
    return typeof value === 'bigint' ? Number(value) : 0
  }
  const packedIn = (message: readonly Field[], field: number): readonly number[] => {
    const value = message.find(([which]) => which === field)?.[1]
    const out: number[] = []
    const cursor = { at: 0 }
    if (Buffer.isBuffer(value)) while (cursor.at < value.length) out.push(Number(varintAt(value, cursor)))
    return out
  }
  const strings = messages(6).map((each) => each.toString('utf8'))
  const functions = new Map(
    messages(5)
      .map(fieldsOf)
      .map((each) => [numberIn(each, 1), [strings[numberIn(each, 2)], strings[numberIn(each, 4)]]]),
  )
  const locations = new Map(
    messages(4)
      .map(fieldsOf)
      .map((each) => {
        const line = each.find(([which]) => which === 4)?.[1]
        const fields = Buffer.isBuffer(line) ? fieldsOf(line) : []
        return [numberIn(each, 1), [...(functions.get(numberIn(fields, 1)) ?? []), numberIn(fields, 2)]]
      }),
  )
  const big = (field: number): bigint => {
    const value = top.find(([which]) => which === field)?.[1]
    return typeof value === 'bigint' ? value : -1n
  }
  return {
    strings,
    types: messages(1)
      .map(fieldsOf)
      .map((each) => `${strings[numberIn(each, 1)]}/${strings[numberIn(each, 2)]}`),
    samples: messages(2)
      .map(fieldsOf)
      .map((each) => ({
        frames: packedIn(each, 1).map((id) => locations.get(id)),
        values: packedIn(each, 2),
        labels: each.flatMap(([which, value]) =>
          which === 3 && Buffer.isBuffer(value)
            ? [`${strings[numberIn(fieldsOf(value), 1)]}=${strings[numberIn(fieldsOf(value), 2)]}`]
            : [],
        ),
      })),
    timeNs: big(9),
    durationNs: big(10),
    periodNs: big(12),
  }
}
