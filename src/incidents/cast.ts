/**
 * asciicast v3, the format of recorded terminal sessions (docs.asciinema.org/manual/asciicast/v3): a header line, then one event a line,
 * `[seconds since the event before, code, data]`. Players of other programs play it; v2, whose times count from the beginning, is read too.
 */
export interface Cast {
  readonly columns: number
  readonly rows: number
  /** Milliseconds since the epoch; undefined where it does not say. */
  readonly startedAtMs: number | undefined
  readonly title: string | undefined
  readonly events: readonly CastEvent[]
}

export interface CastEvent {
  /** Milliseconds since the beginning. */
  readonly atMs: number
  readonly code: CastCode
  readonly data: string
}

/** Output, input, marker, resize (`COLUMNSxROWS`), exit code. */
export type CastCode = 'o' | 'i' | 'm' | 'r' | 'x'

export interface CastHeader {
  readonly columns: number
  readonly rows: number
  readonly term: string | undefined
  readonly startedAtMs: number
  readonly title: string
}

export function castHeader({ columns, rows, term, startedAtMs, title }: CastHeader): string {
  const timestamp = Math.floor(startedAtMs / 1000)
  return `${JSON.stringify({ version: 3, term: { cols: columns, rows, type: term }, timestamp, title })}\n`
}

/** Lines of events; each needs to know when the one before it was. */
export function castLines(): (event: CastEvent) => string {
  let before = 0
  return ({ atMs, code, data }) => {
    const at = Math.max(before, Math.round(atMs))
    const line = `[${((at - before) / 1000).toFixed(3)}, ${JSON.stringify(code)}, ${JSON.stringify(data.toWellFormed())}]\n`
    before = at
    return line
  }
}

/** What a terminal has that tells none, or says that it has no columns (VT100). */
const USUAL_SIZE = { columns: 80, rows: 24 } as const

export type CastRead =
  | { readonly ok: true; readonly cast: Cast }
  /** What is wrong with it, in a sentence. */
  | { readonly ok: false; readonly why: string }

/** A recording by another program may be of any length; ours are far shorter. */
const LARGEST = { events: 5_000_000, columns: 1_000, rows: 500 } as const

/** Total: any text is a recording, or not with a reason. A last line that was cut off is left out; events of kinds that are not known are too. */
export function readCast(text: string): CastRead {
  const lines = text.split('\n')
  const header = jsonOf(lines[0] ?? '')
  const version = fieldOf(header, 'version')
  if (version !== 2 && version !== 3)
    return { ok: false, why: 'it does not begin with the header of an asciicast of version 2 or 3' }
  const term = version === 3 ? fieldOf(header, 'term') : header
  const size = {
    columns: orUsual(fieldOf(term, version === 3 ? 'cols' : 'width'), USUAL_SIZE.columns),
    rows: orUsual(fieldOf(term, version === 3 ? 'rows' : 'height'), USUAL_SIZE.rows),
  }
  if (!isSize(size.columns, LARGEST.columns) || !isSize(size.rows, LARGEST.rows))
    return { ok: false, why: 'its header has no usable size of the terminal' }
  const timestamp = fieldOf(header, 'timestamp')
  const title = fieldOf(header, 'title')
  const events: CastEvent[] = []
  let nowMs = 0
  for (const [at, line] of lines.entries()) {
    if (at === 0 || line.trim() === '' || line.startsWith('#')) continue
    const event = jsonOf(line)
    if (event === undefined && at === lines.length - 1) break
    if (!isEvent(event)) return { ok: false, why: `line ${at + 1} is no event` }
    if (events.length >= LARGEST.events) return { ok: false, why: `it has more than ${LARGEST.events} events` }
    const [seconds, code, data] = event
    nowMs = version === 3 ? nowMs + seconds * 1000 : Math.max(nowMs, seconds * 1000)
    if (isCode(code)) events.push({ atMs: nowMs, code, data })
  }
  return {
    ok: true,
    cast: {
      columns: size.columns,
      rows: size.rows,
      startedAtMs: typeof timestamp === 'number' && Number.isFinite(timestamp) ? timestamp * 1000 : undefined,
      title: typeof title === 'string' ? title : undefined,
      events,
    },
  }
}

/** A size that can be recorded: a terminal that tells none (a serial line, some programs that make one) has the usual one. */
export function usableSize(columns: number | undefined, rows: number | undefined) {
  return { columns: columns || USUAL_SIZE.columns, rows: rows || USUAL_SIZE.rows }
}

/** `120x40`, the data of a resize; undefined when it is none. */
export function sizeOf(data: string): { readonly columns: number; readonly rows: number } | undefined {
  const [, columns = '', rows = ''] = /^(\d{1,5})x(\d{1,5})$/.exec(data) ?? []
  const size = { columns: Number(columns), rows: Number(rows) }
  return isSize(size.columns, LARGEST.columns) && isSize(size.rows, LARGEST.rows) ? size : undefined
}

function orUsual(value: unknown, usual: number): unknown {
  return value === 0 ? usual : value
}

function isSize(value: unknown, largest: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= largest
}

function isEvent(event: unknown): event is readonly [number, string, string] {
  if (!Array.isArray(event)) return false
  const [seconds, code, data]: readonly unknown[] = event
  const isTime = typeof seconds === 'number' && seconds >= 0 && seconds < 1e9
  return isTime && typeof code === 'string' && typeof data === 'string'
}

function isCode(code: string): code is CastCode {
  return code === 'o' || code === 'i' || code === 'm' || code === 'r' || code === 'x'
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
}
