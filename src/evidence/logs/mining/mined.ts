import type { Timeline } from './timeline.ts'

/** What is kept of a log after one pass over its bytes: one row for each line with its digits masked. */
export interface Mined {
  readonly bytes: number
  readonly lines: number
  /** Lines that go on with others are part of their record. */
  readonly records: number
  /** Records without a time of their own; they have that of the record before, where there is one. */
  readonly undated: number
  /** Records beyond the limit of distinct rows: counted, not told apart. */
  readonly other: number
  /** Records of rows that were too many to be told apart by all of their words: they are told apart by the frequent ones. */
  readonly folded: number
  /** Records whose time is before that of a record that came earlier. */
  readonly backwards: number
  /** Bytes of lines that were longer than the limit, cut off. */
  readonly cutBytes: number
  readonly timeline: Timeline
  readonly rows: readonly MinedRow[]
}

export interface MinedRow {
  /** By what it is the same row in another part of the log: 16 hexadecimal digits. Missing: it is no other's. */
  readonly signature?: string
  readonly count: number
  /** Records in each bucket of the timeline. */
  readonly counts: Uint32Array
  /** NaN where no record of it has a time. */
  readonly firstAtMs: number
  readonly lastAtMs: number
  /** Some of its records, evenly chosen from before and from after the origin of the timeline, in order; the first one of all is the first. */
  readonly samples: readonly SampleRecord[]
  /** Rows that became this one, since they were too many: its samples differ in words, not only in numbers. */
  readonly folded?: number
}

export interface SampleRecord {
  /** With the lines that go on with it, at most 16 KiB, decoded as UTF-8 (what is none: U+FFFD). */
  readonly text: string
  readonly atMs: number
}
