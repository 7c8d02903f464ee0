import { bytes, duration } from '../../base/format.ts'
import { truncate } from '../../base/safe-text.ts'
import { spanMs } from '../../incidents/story/moment.ts'
import { prose } from './blog-markdown.ts'

/** Longest piece of a box's text within a sentence. Columns. */
const SENTENCE = 300

/** A link to the entry that a sentence rests on. */
export function ref(seq: number): string {
  return `[#${seq}](#entry-${seq})`
}

export function refs(seqs: readonly number[]): string {
  return seqs.map(ref).join(', ')
}

/** A sentence with what it rests on, before its full stop: `Nothing burned ([#3](#entry-3)).` Where that was purged, there are no links. */
export function resting(sentence: string, links: string): string {
  if (links === '') return sentence
  const [, words = sentence, stop = ''] = /^([^]*?)((?<![.\\])\.)?$/.exec(sentence) ?? []
  return `${words} (${links})${stop}`
}

/** Text of the record in a sentence: its first line, cut where it is very long. */
export function told(text: string): string {
  const [first = '', ...more] = text.trim().split('\n')
  const rest = more.some((line) => line.trim() !== '') ? ' …' : ''
  return prose(truncate(first, SENTENCE)) + rest
}

/** The same as the end of a sentence: with a full stop unless it has one. */
export function sentence(text: string): string {
  const words = told(text)
  return /[.!?…]$/.test(words) ? words : `${words}.`
}

/** Words at the beginning of a sentence; a name (`orders-api`, `handler.go`) keeps its small letter. */
export function start(words: string): string {
  const [first = ''] = words.split(' ')
  return /^\p{Ll}+[,;]?$/u.test(first) ? words.slice(0, 1).toUpperCase() + words.slice(1) : words
}

/** `14:02` in UTC. */
export function clock(at: string): string {
  return isTime(at) ? new Date(at).toISOString().slice(11, 16) : '??:??'
}

/** `14:02:11` in UTC. */
export function exactClock(at: string): string {
  return isTime(at) ? new Date(at).toISOString().slice(11, 19) : '??:??:??'
}

/** `2026-11-25` in UTC. */
export function day(at: string): string {
  return isTime(at) ? new Date(at).toISOString().slice(0, 10) : '????-??-??'
}

/** `25 November 2026`. */
export function dayWords(at: string): string {
  if (!isTime(at)) return 'a day that the record does not tell'
  const date = new Date(at)
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

/** The time of day; with the day where it is another one than that of `other`. */
export function clockBeside(at: string, other: string): string {
  return day(at) === day(other) ? clock(at) : `${day(at)} ${clock(at)}`
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

/** `12 min`, `1 h 2 min`: seconds only where there is nothing larger to say. Undefined where a clock was turned back between them. */
export function span(from: { readonly at: string }, to: { readonly at: string }): string | undefined {
  const ms = spanMs(from, to)
  if (ms === undefined) return undefined
  // Clocks are shown to the minute: 13:50 to 14:52 is 62 minutes whatever the seconds are.
  return duration(ms >= 600_000 ? Math.floor(ms / 60_000) * 60 : ms / 1000)
}

/** A figure for a person, in the unit of findings. */
export function figure(value: number, unit: string): string {
  if (unit === 'bytes') return bytes(value)
  if (unit === 'bytes/s') return `${bytes(value)} a second`
  const number = numeral(value)
  if (unit === 'count') return number
  return `${number} ${unit === 'count/s' ? 'a second' : prose(unit)}`
}

function numeral(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 100 ? String(Math.round(value)) : value.toFixed(1)
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

export function isTime(at: string): boolean {
  return !Number.isNaN(Date.parse(at))
}

/** A hint for the author that nobody sees on the page. */
export function hint(text: string): string {
  return `<!-- ${text} -->`
}
