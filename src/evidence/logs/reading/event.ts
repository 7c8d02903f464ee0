import type { LogEvent } from '../format.ts'
import { exceptionIn, splitTrace } from './trace-text.ts'

/** What was found of an event; what was not found is undefined and left out of it. */
export type Parts = { readonly [Key in keyof LogEvent]: LogEvent[Key] | undefined } & { readonly message: string }

/** An event of what was found. */
export function eventOf(parts: Parts): LogEvent {
  const event: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(parts)) {
    if (value === undefined || Number.isNaN(value) || isEmpty(value)) continue
    event[key] = value
  }
  return { ...event, message: parts.message }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** What a record says below its head: message and stack trace; an exception alone is its own message. */
export function saidOf(text: string): { readonly message: string; readonly trace: string | undefined } {
  const { message, trace } = splitTrace(text)
  return { message: message === '' && trace !== undefined ? (exceptionIn(trace) ?? message) : message, trace }
}

/** The first line of a record, and the others with the newline before them. */
export function headOf(text: string): readonly [line: string, others: string] {
  const end = text.indexOf('\n')
  return end === -1 ? [text, ''] : [text.slice(0, end), text.slice(end)]
}

/** A process id; undefined when it is none. */
export function pidOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

/** First character from `at` on that is no space. */
export function afterSpaces(text: string, at: number): number {
  let next = at
  while (text.charCodeAt(next) === 0x20 || text.charCodeAt(next) === 0x09) next += 1
  return next
}

/** The word from `at` up to a space, and where what follows begins; undefined when it would be longer than a name is. */
export function wordAt(text: string, at: number): readonly [word: string, next: number] | undefined {
  const end = text.indexOf(' ', at)
  const stop = end === -1 ? text.length : end
  return stop === at || stop - at > LONGEST_WORD ? undefined : [text.slice(at, stop), end === -1 ? stop : stop + 1]
}

const LONGEST_WORD = 256
