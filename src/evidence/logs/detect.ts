import type { BoxTime } from './time/box-time.ts'
import type { LogEvent, LogFormat } from './format.ts'
import * as registered from './formats/index.ts'
import { unknown } from './formats/unknown.ts'
import { layoutOf } from './layout/layout.ts'
import { recordsOf } from './layout/records.ts'
import { wrappedFormat } from './reading/wrapping.ts'

/** All formats, the narrower ones first. */
export const formats: readonly LogFormat[] = Object.values(registered).toSorted(
  (one, other) => (one.breadth ?? 0) - (other.breadth ?? 0) || (one.id < other.id ? -1 : 1),
)

/**
 * The format of a log, told from a part of it (its first and its last lines). What that format does not read is read by the one that reads the most of the
 * rest, and so on; `unknown` reads what remains, so the result reads any record.
 */
export function formatOf(sample: Uint8Array, time: BoxTime): LogFormat {
  const records = recordsOf(sample, layoutOf(sample, time)).map(({ text }) => text)
  // The first and the last line of a part may be cut.
  return formatOfRecords(records.length > MANY_RECORDS ? records.slice(1, -1) : records, time)
}

const MANY_RECORDS = 4

/**
 * The format that reads the most of these records; among equals the narrower one, then the one that leaves the least of the text as message. What is inside an
 * envelope (syslog, a container's log) is told likewise.
 */
export function formatOfRecords(records: readonly string[], time: BoxTime, depth = 0): LogFormat {
  const all = records.filter((record) => record.trim() !== '').slice(0, MOST_RECORDS)
  const chain: LogFormat[] = []
  let rest = all
  let share = 0
  let rivals: readonly LogFormat[] = []
  while (rest.length > 0 && chain.length < LONGEST_CHAIN) {
    const best = bestOf(rest, time)
    if (best === undefined || (all.length > FEW_RECORDS && best.count < LEAST_READ)) break
    if (chain.length === 0) {
      share = best.count / all.length
      rivals = best.rivals
    }
    chain.push(best.format.envelope && depth < DEEPEST ? withInner(best, time, depth) : best.format)
    rest = rest.filter((record) => !best.read.has(record))
  }
  // A sample may hold nothing that tells two libraries apart; what the first of them does not read later on, the other one wrote.
  return chained(share < LEAST_SHARE ? [] : chain.slice(0, 1), [...chain, ...rivals])
}

function withInner({ format, read }: Tried, time: BoxTime, depth: number): LogFormat {
  const messages = [...read].map((record) => {
    const event = format.read(record, time)
    return event?.trace === undefined || event.trace.includes(event.message)
      ? (event?.message ?? '')
      : `${event.message}\n${event.trace}`
  })
  return wrappedFormat(format, formatOfRecords(messages, time, depth + 1))
}

/** A container's log may hold syslog lines, which hold an application's. */
const DEEPEST = 2
const FEW_RECORDS = 4
/** Below this share of the records a form is not that of the log, only of some of its lines. */
const LEAST_SHARE = 0.2

/** Records of the sample that are tried with every format. */
const MOST_RECORDS = 100
/** Programs that write one log in several forms: the start script's, the library's, the server's. */
const LONGEST_CHAIN = 4
/** One record alone may look like anything. */
const LEAST_READ = 2
/** Shares of records that count as the same. */
const SAME_SHARE = 0.03

interface Tried {
  readonly format: LogFormat
  readonly read: ReadonlySet<string>
  /** Records that it reads, equal ones each for itself. */
  readonly count: number
  /** Part of the text that is told apart from the message, 0 to 1. */
  readonly explained: number
}

/** With those that read just as much and are no broader. */
function bestOf(
  records: readonly string[],
  time: BoxTime,
): (Tried & { readonly rivals: readonly LogFormat[] }) | undefined {
  const tried = formats
    .filter((format) => format !== unknown)
    .map((format) => tryOn(format, records, time))
    .filter(({ count }) => count > 0)
  const most = Math.max(0, ...tried.map(({ count }) => count))
  const near = tried.filter(({ count }) => count >= most * (1 - SAME_SHARE))
  const [best, ...others] = near.toSorted(
    (one, other) => (one.format.breadth ?? 0) - (other.format.breadth ?? 0) || other.explained - one.explained,
  )
  if (best === undefined) return undefined
  const rivals = others.map(({ format }) => format)
  return { ...best, rivals: rivals.filter(({ breadth = 0 }) => breadth === (best.format.breadth ?? 0)) }
}

function tryOn(format: LogFormat, records: readonly string[], time: BoxTime): Tried {
  const read = new Set<string>()
  let count = 0
  let explained = 0
  for (const record of records) {
    const event = format.read(record, time)
    if (event === undefined) continue
    read.add(record)
    count += 1
    explained += 1 - Math.min(1, (event.message.length + (event.trace?.length ?? 0)) / record.length)
  }
  return { format, read, count, explained: count === 0 ? 0 : explained / count }
}

function chained(named: readonly LogFormat[], chain: readonly LogFormat[]): LogFormat {
  if (chain.length === 0) return unknown
  const read = (text: string, time: BoxTime): LogEvent | undefined => {
    for (const format of chain) {
      const event = format.read(text, time)
      if (event !== undefined) return event
    }
    return unknown.read(text, time)
  }
  return { ...(named[0] ?? unknown), read }
}
