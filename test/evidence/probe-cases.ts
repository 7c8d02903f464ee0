import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { frameNameOf } from '../../src/evidence/collector.ts'
import { probesOf, readEvidence, type ProbeId } from '../../src/evidence/evidence.ts'
import type { Moment, Probe } from '../../src/evidence/probe.ts'
import type { Reading } from '../../src/evidence/reading.ts'

/**
 * One answer of one probe, as a text that a person can read and edit: `test/fixtures/probes/PROBE/NAME.txt`; what it must be read as
 * is beside it in `NAME.json` (`npm run record -- goldens` writes it).
 *
 *   # Debian box, as root; recorded by scripts/record-probes.ts          <- where it came from
 *   # console clock 1795474228123 ms                                     <- only where it matters (clock); 0 without it
 *   --- first at 9429.58 s                                               <- moment, seconds since boot
 *   what the probe printed
 *   --- last at 9430.60 s, exit 1                                        <- or `cut off`, or `ended after 4 s`
 */
export interface ProbeCase {
  readonly probe: Probe<unknown> & { readonly id: ProbeId }
  readonly name: string
  readonly head: readonly string[]
  readonly moments: readonly CaseMoment[]
}

export interface CaseMoment {
  readonly moment: Moment
  readonly atSeconds: string
  /** `exit 1`, `cut off`, `ended after 4 s`; empty: it went well. */
  readonly ending: string
  readonly text: string
}

export const casesFolder = path.join(import.meta.dirname, '../fixtures/probes')
export const allProbes = probesOf('deep') as readonly (Probe<unknown> & { readonly id: ProbeId })[]

export function casesOf(probe: ProbeCase['probe']): readonly ProbeCase[] {
  const folder = path.join(casesFolder, probe.id)
  if (!existsSync(folder)) return []
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
  return files.map((file) =>
    readCase(probe, path.basename(file, '.txt'), readFileSync(path.join(folder, file), 'utf8')),
  )
}

const MARK = /^--- (first|during|middle|last) at (\S+) s(?:, (.+))?\n/m

export function readCase(probe: ProbeCase['probe'], name: string, text: string): ProbeCase {
  const [head = '', ...parts] = text.split(new RegExp(MARK, 'm'))
  const moments = Array.from({ length: parts.length / 4 }, (_, index) => {
    const [moment, atSeconds = '', ending, body = ''] = parts.slice(4 * index, 4 * index + 4)
    return { moment: moment as Moment, atSeconds, ending: ending ?? '', text: body.replace(/\n$/, '') }
  })
  return { probe, name, head: head.split('\n').filter((line) => line !== ''), moments }
}

export function writtenCase({ head, moments }: Pick<ProbeCase, 'head' | 'moments'>): string {
  const parts = moments.map(
    ({ moment, atSeconds, ending, text }) =>
      `--- ${moment} at ${atSeconds} s${ending === '' ? '' : `, ${ending}`}\n${text}\n`,
  )
  return [...head.map((line) => `${line}\n`), ...parts].join('')
}

const BOUNDARY = 'ca5eca5eca5eca5eca5eca5eca5eca5e'

/** What the case is read as: by the whole way, from the bytes that a box sends. */
export function readingOf(one: ProbeCase): Reading<unknown> {
  const beganAtMs = Number(/console clock (\d+) ms/.exec(one.head.join('\n'))?.[1] ?? 0)
  return readEvidence(answerOf(one), BOUNDARY, [one.probe], { beganAtMs })[one.probe.id]
}

function answerOf({ probe, moments }: ProbeCase): Buffer {
  const name = frameNameOf(probe)
  const frames = moments.map(({ moment, atSeconds, ending, text }) => {
    const start = `\n${BOUNDARY} + ${name} ${moment} ${atSeconds}\n${text}\n`
    const limit = /^ended after (\d+) s$/.exec(ending)?.[1]
    if (limit !== undefined) return `\n${BOUNDARY} ! ${name} ${moment} ${limit}\n`
    if (ending === 'cut off') return start
    return `${start}${BOUNDARY} - ${/^exit (\d+)$/.exec(ending)?.[1] ?? 0}\n`
  })
  return Buffer.from(`\n${BOUNDARY} [ cat\n${frames.join('')}\n${BOUNDARY} ]\n`)
}

/**
 * A reading as JSON for a person: maps are objects, what is undefined is left out, broken numbers have six digits, and what fits into a
 * line is in one line. A thing that was written before (an index of a list) is named by its place. Throws on a number that is none: a reading has no such.
 */
export function goldenText(reading: Reading<unknown>): string {
  return `${written(plain(reading, 'reading', new Map()), '')}\n`
}

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

function plain(value: unknown, place: string, known: Map<object, string>): Json {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error(`${place} is ${value}`)
    return Number.isInteger(value) ? value : Number(value.toPrecision(6))
  }
  if (typeof value !== 'object' || value === null) return value as Json
  const before = known.get(value)
  if (before !== undefined) return `= ${before}`
  known.set(value, place)
  if (Array.isArray(value)) return value.map((each, index) => plain(each, `${place}[${index}]`, known))
  const fields: readonly (readonly [unknown, unknown])[] = value instanceof Map ? [...value] : Object.entries(value)
  return Object.fromEntries(
    fields.flatMap(([key, each]) =>
      each === undefined ? [] : [[String(key), plain(each, `${place}.${String(key)}`, known)]],
    ),
  )
}

const LINE_WIDTH = 480

function written(value: Json, indent: string): string {
  const short = JSON.stringify(value)
  if (short.length + indent.length <= LINE_WIDTH || typeof value !== 'object' || value === null) return short
  const deeper = `${indent}  `
  if (Array.isArray(value))
    return `[\n${value.map((each: Json) => deeper + written(each, deeper)).join(',\n')}\n${indent}]`
  const fields = Object.entries(value as { readonly [key: string]: Json })
  return `{\n${fields.map(([key, each]) => `${deeper}${JSON.stringify(key)}: ${written(each, deeper)}`).join(',\n')}\n${indent}}`
}
