import type { Box, Failure } from '../../boxes/box.ts'
import type { BoxTime } from '../../evidence/logs/time/box-time.ts'
import type { LogFormat } from '../../evidence/logs/format.ts'
import type { LogSource } from '../../evidence/logs/source.ts'
import { findLogs, type FindLogsOptions, type LogsWanted } from './discover.ts'
import { readerOf, timesIn } from './read-log.ts'

/** The logs of one box. */
export interface LogList {
  readonly box: string
  readonly logs: readonly ListedLog[]
  readonly blind: readonly { readonly what: string; readonly why: string; readonly hint: string }[]
  readonly failure: Failure | undefined
  /** Clock of the box minus clock of this console; undefined when it was not entered. Milliseconds. */
  readonly skewMs: number | undefined
  /** How far off that may be; Infinity: its clock could not be read. */
  readonly skewWithinMs?: number | undefined
  readonly zone?: string | undefined
}

export interface ListedLog {
  readonly source: LogSource
  /** Told from its first and last lines; undefined where none could be read. */
  readonly format: Pick<LogFormat, 'id' | 'title'> | undefined
  /** Milliseconds since the epoch by the clock of this console; NaN where its lines name none. */
  readonly firstAtMs: number
  readonly lastAtMs: number
}

/** Which logs a box has, most likely of interest first, with the form and the time span of each. One round trip; reads only. */
export async function listLogs(box: Box, wanted: LogsWanted, options: FindLogsOptions): Promise<LogList> {
  const { sources, time, skewMs, skewWithinMs, blind, identity, failure } = await findLogs(box, wanted, options)
  return {
    box: box.name,
    logs: sources.map((source) => listed(source, time, skewMs)),
    blind,
    failure: identity ? undefined : failure,
    skewMs: identity ? skewMs : undefined,
    skewWithinMs: identity ? skewWithinMs : undefined,
    zone: identity ? time.zone : undefined,
  }
}

function listed(source: LogSource, time: BoxTime, skewMs: number): ListedLog {
  const { head, tail, oldest } = source
  if (!head && !tail) return { source, format: undefined, firstAtMs: NaN, lastAtMs: NaN }
  const { format } = readerOf(source, time)
  const first = timesIn(oldest ?? head, time)[0] ?? timesIn(head, time)[0]
  const last = timesIn(tail ?? head, time).at(-1)
  return {
    source,
    format: { id: format.id, title: format.title },
    firstAtMs: (first ?? NaN) - skewMs,
    lastAtMs: (last ?? NaN) - skewMs,
  }
}
