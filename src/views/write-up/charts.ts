import { safeText } from '../../base/safe-text.ts'

/**
 * Charts in the text of a write-up: code blocks that a person can read and edit, and that become pictures on the HTML page. Each form is read back
 * from its text, so that the page shows what the author made of it.
 */
export const STRIP = 'halligan-strip'
export const BARS = 'halligan-bars'

/** What happened when: boxes with the state that each look found, and marks for what was done. */
export interface Strip {
  readonly from: string
  readonly to: string
  readonly boxes: readonly StripBox[]
  readonly marks: readonly StripMarks[]
}

export interface StripBox {
  readonly name: string
  readonly states: readonly StripState[]
}

export interface StripState {
  readonly at: string
  readonly state: 'critical' | 'warning' | 'ok' | 'unknown'
  readonly seq: number | undefined
}

export interface StripMarks {
  readonly name: string
  readonly moments: readonly { readonly at: string; readonly seq: number | undefined }[]
}

/** Figures before and after. */
export interface Bars {
  readonly label: string
  readonly limit: number | undefined
  readonly before: Bar
  /** `not measured`, or words in place of a figure. */
  readonly after: Bar | string
}

export interface Bar {
  readonly value: number
  readonly seq: number | undefined
}

// Strip.

export function stripText({ from, to, boxes, marks }: Strip): readonly string[] {
  const time = (at: string): string => timeText(at, from)
  const link = (seq: number | undefined): string => (seq === undefined ? '' : ` (#${seq})`)
  return [
    `from ${fullTime(from)} to ${fullTime(to)} UTC`,
    ...boxes.map(
      ({ name, states }) =>
        `box ${safeText(name)}: ${states.map(({ at, state, seq }) => `${state} from ${time(at)}${link(seq)}`).join(', ')}`,
    ),
    ...marks.map(
      ({ name, moments }) => `${name}: ${moments.map(({ at, seq }) => `${time(at)}${link(seq)}`).join(', ')}`,
    ),
  ]
}

const TIME = String.raw`(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d`
const LINK = String.raw`(?: \(#\d+\))?`
const SPAN = new RegExp(`^from (\\d{4}-\\d\\d-\\d\\d ${TIME}) to (\\d{4}-\\d\\d-\\d\\d ${TIME}) UTC$`)
const STATE = `(?:critical|warning|ok|unknown) from ${TIME}${LINK}`
const BOX = new RegExp(`^box (.*): (${STATE}(?:, ${STATE})*)$`, 'u')
const MARKS = new RegExp(`^([\\p{L} -]+): (${TIME}${LINK}(?:, ${TIME}${LINK})*)$`, 'u')

/** Undefined when a line is not understood: then the text is shown as it is. */
export function readStrip(lines: readonly string[]): Strip | undefined {
  const [first = '', ...rest] = lines
  const [, fromText, toText] = SPAN.exec(first) ?? []
  const [from, to] = [isoOf(fromText ?? '', ''), isoOf(toText ?? '', '')]
  if (from === undefined || to === undefined || from >= to) return undefined
  const boxes: StripBox[] = []
  const marks: StripMarks[] = []
  for (const line of rest) {
    const [, box, states] = BOX.exec(line) ?? []
    const [, name, moments] = box === undefined ? (MARKS.exec(line) ?? []) : []
    if (box !== undefined && states !== undefined) {
      const read = states.split(', ').map((text) => readState(text, from))
      if (!areAll(read)) return undefined
      boxes.push({ name: box, states: read })
    } else if (name !== undefined && moments !== undefined) {
      const read = moments.split(', ').map((text) => readMoment(text, from))
      if (!areAll(read)) return undefined
      marks.push({ name, moments: read })
    } else return undefined
  }
  return { from, to, boxes, marks }
}

function readState(text: string, from: string): StripState | undefined {
  const [, state, rest = ''] = /^(critical|warning|ok|unknown) from (.*)$/.exec(text) ?? []
  const moment = readMoment(rest, from)
  return moment && state !== undefined ? { ...moment, state: state as StripState['state'] } : undefined
}

function readMoment(text: string, from: string): { readonly at: string; readonly seq: number | undefined } | undefined {
  const [, time = '', seq] = /^(.*?)(?: \(#(\d+)\))?$/.exec(text) ?? []
  const at = isoOf(time, from)
  return at === undefined ? undefined : { at, seq: seq === undefined ? undefined : Number(seq) }
}

function areAll<T>(values: readonly (T | undefined)[]): values is readonly T[] {
  return values.every((value) => value !== undefined)
}

/** `2026-11-25 14:02:11`, UTC. */
function fullTime(at: string): string {
  return at.slice(0, 19).replace('T', ' ')
}

/** The day is only said where it is another one than that of the beginning. */
function timeText(at: string, from: string): string {
  return at.slice(0, 10) === from.slice(0, 10) ? at.slice(11, 19) : fullTime(at)
}

function isoOf(text: string, from: string): string | undefined {
  const full = text.length === 8 ? `${from.slice(0, 10)} ${text}` : text
  const time = Date.parse(`${full.replace(' ', 'T')}Z`)
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

// Bars.

/** Cells of the longest bar in the text. Columns. */
const CELLS = 32

export function barsText(all: readonly Bars[]): readonly string[] {
  return all.flatMap(({ label, limit, before, after }, at) => {
    const most = Math.max(limit ?? 0, before.value, typeof after === 'string' ? 0 : after.value)
    const row = (name: string, { value, seq }: Bar): string => {
      const cells = most > 0 && value > 0 ? Math.max(1, Math.round((CELLS * value) / most)) : 0
      const link = seq === undefined ? '' : ` (#${seq})`
      return `  ${name.padEnd(6)}  ${`${value}${link}`.padEnd(16)} ${'█'.repeat(cells)}`.trimEnd()
    }
    return [
      ...(at > 0 ? [''] : []),
      `${safeText(label).trim()}${limit === undefined ? '' : ` (limit ${limit})`}`,
      row('before', before),
      typeof after === 'string' ? `  after   ${safeText(after)}` : row('after', after),
    ]
  })
}

const ROW = /^ {2}(before|after) +(-?\d+(?:\.\d+)?(?:e[+-]\d+)?)(?: +\(#(\d+)\))? *█*$/
const WORDS = /^ {2}after +(\S.*)$/

/** Undefined when a line is not understood. */
export function readBars(lines: readonly string[]): readonly Bars[] | undefined {
  const groups = lines.reduce<string[][]>(
    (all, line) => (line.trim() === '' ? [...all, []] : [...all.slice(0, -1), [...(all.at(-1) ?? []), line]]),
    [[]],
  )
  const read = groups.filter((group) => group.length > 0).map(readGroup)
  return read.length > 0 && areAll(read) ? read : undefined
}

function readGroup([head = '', first = '', second = '', ...more]: readonly string[]): Bars | undefined {
  const before = readBar(first, 'before')
  const after = readBar(second, 'after') ?? WORDS.exec(second)?.[1]
  if (more.length > 0 || !before || after === undefined || head.startsWith('  ')) return undefined
  const [, label = head, limit] = /^(.*) \(limit (\d+(?:\.\d+)?)\)$/.exec(head) ?? []
  return { label, limit: limit === undefined ? undefined : Number(limit), before, after }
}

function readBar(line: string, name: string): Bar | undefined {
  const [, own, value, seq] = ROW.exec(line) ?? []
  if (own !== name || value === undefined) return undefined
  return { value: Number(value), seq: seq === undefined ? undefined : Number(seq) }
}
