import type { LogEvent, Severity } from '../../evidence/logs/format.ts'
import type { Timeline } from '../../evidence/logs/mining/timeline.ts'

/** What all records that one statement writes have in common, and how often it was written. */
export interface Pattern {
  /** Constant words, with `<*>` in place of what varies: `connection to <*> refused`. */
  readonly template: string
  readonly severity: Severity | undefined
  readonly count: number
  /** Records in each bucket of the common timeline. */
  readonly counts: Uint32Array
  readonly firstAtMs: number
  readonly lastAtMs: number
  /** How many of them each log has, most first. */
  readonly sources: readonly { readonly box: string; readonly source: string; readonly count: number }[]
  /** Logs that tell of the same requests once more, and are counted in none of the figures. */
  readonly alsoIn?: readonly { readonly box: string; readonly source: string; readonly count: number }[]
  /** Some of its records from all over, by time. */
  readonly samples: readonly PatternSample[]
}

export interface PatternSample {
  readonly box: string
  readonly source: string
  /** The record as it was written. */
  readonly text: string
  readonly atMs: number
  readonly event: LogEvent
  /** How many records it stands for, itself included, where not all were kept; missing: one. */
  readonly stands?: number
}

/** All patterns of some logs over one timeline. */
export interface Patterns {
  readonly timeline: Timeline
  readonly patterns: readonly Pattern[]
  /** Which span of each log was really read; what is not named here is taken to have been read over the whole timeline. */
  readonly seen?: readonly SeenSpan[]
  /** Boots of the boxes within the time that was read. */
  readonly boots?: readonly Boot[]
}

/** That a box was booted, by the clock of this console. */
export interface Boot {
  readonly box: string
  readonly atMs: number
}

/** A part of a log that was read: from its window, or less where the log is younger, was rotated away or a cap cut it off. Console clock. */
export interface SeenSpan {
  readonly box: string
  readonly source: string
  readonly fromMs: number
  readonly toMs: number
}
