import type { Failure } from '../../boxes/box.ts'
import type { LogFormat } from '../../evidence/logs/format.ts'
import type { LogSource } from '../../evidence/logs/source.ts'
import type { Timeline } from '../../evidence/logs/mining/timeline.ts'
import type { FetchReport } from '../../evidence/logs/window.ts'
import type { Finding } from '../../findings/finding.ts'
import type { ExceptionGroup } from '../../findings/logs/exceptions/exceptions.ts'
import type { Boot } from '../../findings/logs/pattern.ts'
import type { RouteTable } from '../../findings/logs/routes/routes.ts'
import type { JudgedPattern } from '../../findings/logs/verdict.ts'
import type { BoxIdentity } from '../../incidents/entry.ts'
import type { Recorded } from '../../incidents/recorder.ts'
import type { LogPlan } from './plan.ts'

/** What reading the logs of some boxes came to. Times are milliseconds since the epoch by the clock of this console. */
export interface LogsRead {
  readonly startedAtMs: number
  readonly tookMs: number
  /** With the onset that was found, where none was known. */
  readonly plan: LogPlan
  readonly boxes: readonly ReadBox[]
  readonly logs: readonly ReadLog[]
  readonly timeline: Timeline
  /** Boots of the boxes within that time; in order. */
  readonly boots: readonly Boot[]
  /** Most telling first. */
  readonly patterns: readonly JudgedPattern[]
  /** By type and place, those that changed first. */
  readonly exceptions: readonly ReadException[]
  /** Requests by route, where an access log was read. */
  readonly routes: RouteTable | undefined
  readonly findings: readonly Finding[]
  /** What was cut, skipped or could not be read, one sentence each. */
  readonly notices: readonly string[]
  readonly recorded: Recorded
}

/** Exceptions of one type and place; the patterns by their templates. */
export interface ReadException extends Omit<ExceptionGroup, 'patterns' | 'samples'> {
  readonly templates: readonly string[]
}

/** A box whose logs were read, or that could not be entered. */
export interface ReadBox {
  readonly box: string
  readonly identity: BoxIdentity | undefined
  /** Clock of the box minus clock of this console; undefined when it was not entered. */
  readonly skewMs: number | undefined
  /** How far off that may be; Infinity: the clock of the box could not be read. Missing: not known. Milliseconds. */
  readonly skewWithinMs?: number | undefined
  readonly zone: string | undefined
  readonly failure: Failure | undefined
  readonly blind: readonly {
    readonly what: string
    readonly why: string
    readonly hint: string
    /** A person named it, and it means nothing on this box. */
    readonly isUnmet?: true
  }[]
}

/** One log as far as it was read. */
export interface ReadLog {
  readonly source: LogSource
  readonly format: Pick<LogFormat, 'id' | 'title'>
  readonly records: number
  readonly lines: number
  /** That came, uncompressed. */
  readonly bytes: number
  /** Of the records that came; NaN when none has a time. */
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly reports: readonly FetchReport[]
  readonly failure: Failure | undefined
}

/** All that was asked for of a log came, as far as is known. */
export function hasCome({ failure, reports }: Pick<ReadLog, 'failure' | 'reports'>): boolean {
  return !failure && reports.every(({ capped, isPartial }) => capped === undefined && !isPartial)
}
