import { gzipSync } from 'node:zlib'
import type { Frame } from '../frame.ts'
import type { Profile } from '../profile.ts'

/**
 * A profile in the format of pprof: a message `Profile` of profile.proto, in gzip. Of its fields these are written (their numbers in brackets):
 *
 *     Profile    sample_type [1], sample [2], location [4], function [5], string_table [6], time_nanos [9], duration_nanos [10], period_type [11], period [12]
 *     ValueType  type [1], unit [2]                              both of the string table
 *     Sample     location_id [1], the innermost first, value [2], label [3]
 *     Label      key [1], str [2]                                the name of the thread
 *     Location   id [1], line [4]        Line      function_id [1], line [2]
 *     Function   id [1], name [2], system_name [3], filename [4]
 *
 * Source: proto/profile.proto of github.com/google/pprof; the encoding: protobuf.dev/programming-guides/encoding.
 */
export function pprofOf(profile: Profile, startedAtMs: number): Uint8Array {
  const strings = tableOf<string>((text) => text, 0)
  strings.of('')
  const functions = tableOf<Frame>(({ function: called, file, module }) => JSON.stringify([called, file ?? module]), 1)
  const locations = tableOf<Frame>(
    ({ function: called, file, line, module }) => JSON.stringify([called, file ?? module, line]),
    1,
  )
  const timed = profile.unit === 'samples' && profile.intervalUs !== undefined
  const types = [[profile.unit, UNITS[profile.unit]] as const, ...(timed ? [['cpu', 'nanoseconds'] as const] : [])]
  const valueType = ([type, unit]: readonly [string, string]): Uint8Array =>
    message(number(1, strings.of(type)), number(2, strings.of(unit)))
  const periodNs = Math.round((profile.intervalUs ?? 0) * 1_000)
  const samples = profile.stacks.map(({ thread, frames, weight }) => {
    const count = Math.max(1, Math.round(weight))
    return message(
      packed(
        1,
        frames.map((frame) => locations.of(frame)),
      ),
      packed(2, timed ? [count, count * periodNs] : [count]),
      ...(thread === undefined
        ? []
        : [bytes(3, message(number(1, strings.of('thread')), number(2, strings.of(thread))))]),
    )
  })
  const lines = [...locations.all].map(([frame, id]) =>
    message(number(1, id), bytes(4, message(number(1, functions.of(frame)), number(2, frame.line ?? 0)))),
  )
  const called = [...functions.all].map(([frame, id]) => {
    const name = strings.of(frame.function)
    return message(
      number(1, id),
      number(2, name),
      number(3, name),
      number(4, strings.of(frame.file ?? frame.module ?? '')),
    )
  })
  const parts = [
    ...types.map((type) => bytes(1, valueType(type))),
    ...samples.map((each) => bytes(2, each)),
    ...lines.map((each) => bytes(4, each)),
    ...called.map((each) => bytes(5, each)),
    number(9, BigInt(Math.round(startedAtMs)) * 1_000_000n),
    number(10, BigInt(Math.round(profile.tookMs)) * 1_000_000n),
    ...(timed ? [bytes(11, valueType(['cpu', 'nanoseconds'])), number(12, periodNs)] : []),
  ]
  // Last, when all strings are known.
  return gzipSync(message(...parts, ...[...strings.all].map(([text]) => bytes(6, Buffer.from(text)))))
}

const UNITS = { samples: 'count', milliseconds: 'milliseconds', bytes: 'bytes' } as const

interface Table<T> {
  readonly all: ReadonlyMap<T, number>
  /** The place of a value, which it gets when it is asked for first. */
  readonly of: (value: T) => number
}

function tableOf<T>(keyOf: (value: T) => string, first: number): Table<T> {
  const all = new Map<T, number>()
  const places = new Map<string, number>()
  return {
    all,
    of: (value) => {
      const key = keyOf(value)
      const place = places.get(key) ?? places.size + first
      if (!places.has(key)) all.set(value, place)
      places.set(key, place)
      return place
    },
  }
}

/** Parts one behind the other. */
function message(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

/** A field of a number (wire type 0). */
function number(field: number, value: number | bigint): Uint8Array {
  return Buffer.from([...varint(field << 3), ...varint(value)])
}

/** A field of a message, a text, or packed numbers (wire type 2). */
function bytes(field: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(content.length)]), content])
}

function packed(field: number, values: readonly (number | bigint)[]): Uint8Array {
  return bytes(field, Buffer.from(values.flatMap(varint)))
}

/** Seven bits a byte, the lowest first; all but the last have the highest bit. Not below 0. */
function varint(value: number | bigint): readonly number[] {
  const out: number[] = []
  let rest = BigInt(value)
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  return [...out, Number(rest)]
}
