import fc from 'fast-check'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { BoxTime } from '../../src/evidence/logs/time/box-time.ts'
import { formatOf, formatOfRecords, formats } from '../../src/evidence/logs/detect.ts'
import type { FormatSample, LogEvent, LogFormat } from '../../src/evidence/logs/format.ts'
import { layoutOf } from '../../src/evidence/logs/layout/layout.ts'
import { recordsOf } from '../../src/evidence/logs/layout/records.ts'
import { expectGolden } from '../golden.ts'

const FOLDER = path.join(import.meta.dirname, '../fixtures/log-formats')
/** A box in Vienna, early in January: lines without a year that say December are of last year. */
const TIME: BoxTime = {
  nowMs: Date.UTC(2026, 0, 15, 12, 0, 0),
  zone: 'Europe/Vienna',
  bootedAtMs: Date.UTC(2026, 0, 15, 6, 0, 0),
}

describe('every format', () => {
  test.each(formats.map((format) => [format.id, format] as const))('%s reads its own samples', (id, format) => {
    expect(format.samples.length).toBeGreaterThanOrEqual(2)
    for (const { text, origin } of format.samples) {
      expect(format.read(text, TIME), text).toBeDefined()
      expect(origin.length).toBeGreaterThan(10)
    }
    expectGolden(
      `${id}.txt`,
      format.samples.map((sample) => shown(sample.text, format.read(sample.text, TIME))).join('\n'),
      FOLDER,
    )
  })

  test.each(formats.map((format) => [format.id, format] as const))('%s is told by its samples', (id, format) => {
    expect(
      formatOfRecords(
        format.samples.map(({ text }) => text),
        TIME,
      ).id,
    ).toBe(id)
  })

  test('has a golden, and every golden a format', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(formats.map(({ id }) => `${id}.txt`).toSorted())
  })

  test('gives an event or undefined for any text', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        for (const format of formats) isSound(format, text)
      }),
      { numRuns: 200 },
    )
  })

  test('gives an event or undefined for its samples cut, doubled, swapped and spoiled', () => {
    const sample = fc.constantFrom(...formats.flatMap(({ samples }) => samples.map(({ text }) => text)))
    fc.assert(
      fc.property(sample, fc.array(mutation(), { minLength: 1, maxLength: 4 }), (text, mutations) => {
        const spoiled = mutations.reduce((so, mutate) => mutate(so), text)
        for (const format of formats) isSound(format, spoiled)
      }),
      { numRuns: 300 },
    )
  })

  test('is found in bytes that are spoiled, and its records are read', () => {
    const logs = formats.map(({ samples }) => new TextEncoder().encode(samples.map(({ text }) => `${text}\n`).join('')))
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.constantFrom('set', 'cut', 'double'))
    fc.assert(
      fc.property(fc.constantFrom(...logs), fc.array(change, { minLength: 1, maxLength: 6 }), (log, changes) => {
        const spoiled = changes.reduce(spoiledBytes, log)
        const format = formatOf(spoiled, TIME)
        for (const { text } of recordsOf(spoiled, layoutOf(spoiled, TIME))) isSound(format, text)
      }),
      { numRuns: 100 },
    )
  })

  test('reads lines of a megabyte', () => {
    for (const format of formats) {
      const [{ text }] = format.samples as readonly [FormatSample]
      for (const filler of FILLERS) isSound(format, text + filler.repeat(Math.ceil(1_000_000 / filler.length)))
    }
  })
})

/** Of any code units, half surrogates too. */
function anyText(): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 300 })
    .map((codes) => String.fromCharCode(...codes))
}

/** What has made expressions of formats slow elsewhere: repeated quotes, brackets, keys, spaces, frames. */
const FILLERS = ['a', '-', ' ', '\\"', '[', 'a=b ', '{"a":', '\n\tat a.b(C.java:1)']

function mutation(): fc.Arbitrary<(text: string) => string> {
  const inserted = fc.constantFrom(
    '\0',
    '\u001b[31m',
    '\ufffd',
    '\n',
    '"',
    '\\',
    '{',
    ']',
    ' ',
    '=',
    ':',
    '\u2028',
    '\ud800',
  )
  return fc.oneof(
    fc.nat().map((at) => (text: string) => text.slice(0, at % (text.length + 1))),
    fc.nat().map((at) => (text: string) => text.slice(at % (text.length + 1))),
    fc.nat().map((at) => (text: string) => text + text.slice(at % (text.length + 1))),
    fc.tuple(fc.nat(), inserted).map(([at, extra]) => (text: string) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + extra + text.slice(place)
    }),
    fc.tuple(fc.nat(), fc.nat()).map(
      ([one, other]) =>
        (text: string) =>
          swapped(text, one, other),
    ),
  )
}

function spoiledBytes(bytes: Uint8Array, [at, byte, how]: readonly [number, number, string]): Uint8Array {
  const place = at % (bytes.length + 1)
  if (how === 'set') return bytes.with(Math.min(place, bytes.length - 1), byte)
  return how === 'cut' ? bytes.slice(0, Math.max(1, place)) : Buffer.concat([bytes, bytes.subarray(place)])
}

function swapped(text: string, one: number, other: number): string {
  const words = text.split(' ')
  const first = one % words.length
  const second = other % words.length
  const [kept = ''] = [words[first]]
  words[first] = words[second] ?? ''
  words[second] = kept
  return words.join(' ')
}

function isSound(format: LogFormat, text: string): void {
  const event = format.read(text, TIME)
  if (event === undefined) return
  expect(typeof event.message).toBe('string')
  for (const figure of [event.atMs, event.pid, event.access?.status, event.access?.durationMs, event.access?.bytes]) {
    expect(figure === undefined || Number.isFinite(figure), `${format.id}: ${text.slice(0, 200)}`).toBe(true)
  }
  for (const value of Object.values(event.fields ?? {})) expect(typeof value).toBe('string')
}

/** The record, and below it what was read, a line for each field. */
function shown(text: string, event: LogEvent | undefined): string {
  const { atMs, fields, access, ...rest } = event ?? { message: '(not read)' }
  const lines = [
    ...(atMs === undefined ? [] : [`at       ${new Date(atMs).toISOString()}`]),
    ...Object.entries(rest).map(([name, value]) => `${name.padEnd(8)} ${indented(String(value))}`),
    ...Object.entries(fields ?? {}).map(([name, value]) => `field    ${name} = ${indented(value)}`),
    ...Object.entries(access ?? {}).map(([name, value]) => `access   ${name} = ${String(value)}`),
  ]
  return `${text.replaceAll(/^/gm, '| ')}\n${lines.map((line) => `  ${line}`).join('\n')}\n`
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n           ')
}
