import type { LogCaps, LogFilter } from '../../evidence/logs/window.ts'
import { Problem } from '../problem.ts'

/** Flags that say what is read, and how much of it. */
export interface FilterFlags {
  readonly grep?: readonly string[]
  readonly not?: readonly string[]
  readonly field?: readonly string[]
  readonly ignoreCase?: boolean
  readonly maxBytes?: string
  readonly timeout?: string
  readonly last?: string
}

export function logFilter({ grep = [], not = [], field = [], ignoreCase = false }: FilterFlags): LogFilter {
  for (const expression of [...grep, ...not])
    if (expression === '') throw new Problem('An empty expression fits every line.', 'For example --grep timeout.', 2)
  return { grep, not, fields: field.map(fieldOf), ignoreCase }
}

function fieldOf(text: string): LogFilter['fields'][number] {
  const at = text.indexOf('=')
  if (at < 1) throw new Problem(`--field takes NAME=VALUE, not "${text}".`, 'For example --field status=500.', 2)
  return { name: text.slice(0, at), value: text.slice(at + 1) }
}

/** As they would be typed again. */
export function soughtWords({ grep = [], not = [], field = [], ignoreCase }: FilterFlags): readonly string[] {
  return [
    ...grep.map((each) => `--grep ${each}`),
    ...not.map((each) => `--not ${each}`),
    ...field.map((each) => `--field ${each}`),
    ...(ignoreCase ? ['-i'] : []),
  ]
}

/** A busy log of an hour, and no more than a laptop's memory and a line take in some seconds. Bytes. */
const USUAL_BYTES = 256 * 1024 * 1024
/** A starved disk gives some megabytes a second. Seconds. */
const USUAL_SECONDS = 60
const SECONDS = { least: 1, most: 3600 } as const
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

export function logCaps({ maxBytes, timeout }: FilterFlags): LogCaps {
  return {
    bytes: maxBytes === undefined ? USUAL_BYTES : sizeOf(maxBytes),
    seconds: timeout === undefined ? USUAL_SECONDS : secondsOf(timeout),
  }
}

/** Of `--last`; undefined: all. */
export function lastCount({ last }: FilterFlags): number | undefined {
  if (last === undefined) return undefined
  const value = /^\d{1,9}$/.test(last) ? Number(last) : NaN
  if (value >= 1) return value
  throw new Problem(`--last takes a number of records, not "${last}".`, 'For example -n 200.', 2)
}

function sizeOf(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,12})([kmg]?)(?:i?b)?$/i.exec(text) ?? []
  const size = Number(amount) * (UNITS[unit.toLowerCase()] ?? NaN)
  if (size >= 1) return size
  throw new Problem(`--max-bytes takes a size, not "${text}".`, 'For example --max-bytes 64M.', 2)
}

function secondsOf(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (value >= SECONDS.least && value <= SECONDS.most) return value
  throw new Problem(
    `--timeout takes seconds from ${SECONDS.least} to ${SECONDS.most}, not "${text}".`,
    'For example --timeout 120.',
    2,
  )
}
