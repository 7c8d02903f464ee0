import type { Pattern } from './pattern.ts'

/** A pattern before and after the onset. */
export interface JudgedPattern extends Pattern {
  readonly verdict: 'new' | 'spiking' | 'silent' | 'steady'
  /** Records before and after the onset, and how often an hour that is in the spans that were seen. */
  readonly before: Rate
  readonly after: Rate
  /** None of its logs was seen before the onset, so nothing can be said of whether it is new: its verdict is `steady`. */
  readonly uncompared?: true
  /** All of its records belong to the boot of a box: what is new with it is new because of it, and what is gone was over with it. */
  readonly ofBoot?: true
  /** What it is ranked by; docs/logs.md has the formula. */
  readonly score: number
  /** Variable parts whose values are others than before, most telling first. */
  readonly changed: readonly ChangedValue[]
  /** Where it is written in the code, when a repository was searched. */
  readonly statement?: TracedStatement
}

export interface Rate {
  readonly count: number
  readonly perHour: number
}

export interface ChangedValue {
  /** The name of the field, or the place within the template: `customer`, `word 4`. */
  readonly what: string
  readonly value: string
  /** Share of the records before and after that have it, 0 to 1. */
  readonly before: number
  readonly after: number
}

export interface TracedStatement {
  /** `src/orders.py:88`, below the repository. */
  readonly place: string
  /** The line as it stands there. */
  readonly code: string
  /** 0 to 1: how sure it is that this is the one. */
  readonly confidence: number
  /** Last change of that line, by git blame. */
  readonly changed?: LineChange
  /** Further candidates, `file:line`. */
  readonly others: readonly string[]
  /** What it was found by: its `text`; the record `named` the place; the top own `frame` of its stack trace. */
  readonly by?: 'text' | 'named' | 'frame'
  /** Frames of its stack traces that lie in the repository, innermost first. */
  readonly frames?: readonly TracedFrame[]
  /** What is checked out in the repository; the box may run another version. */
  readonly checkedOut?: string
  /** What a person should know: the line is not committed, its age could not be asked. */
  readonly note?: string
}

/** A frame of a stack trace in the repository. */
export interface TracedFrame {
  readonly place: string
  readonly code: string
  /** Of the innermost one. */
  readonly changed?: LineChange
  readonly note?: string
}

/** Last change of a line, by git blame. */
export interface LineChange {
  readonly commit: string
  readonly by: string
  readonly atMs: number
  readonly summary: string
}
