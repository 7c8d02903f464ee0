import type { MinedRow } from './mined.ts'
import { createRowTable } from './row-table.ts'
import { createSampleStore } from './sample-store.ts'
import { createTimeBuckets } from './time-buckets.ts'
import type { Timeline } from './timeline.ts'

/**
 * Counts records by their signature. Where there are `limit` rows, those with a single record (before the origin first) make room for new ones and are
 * counted as others: in a log with a random word in each line, what began lately is still told apart. When too few are single, no more rows come in.
 */
export function createMinedRows(originMs: number, limit: number): MinedRows {
  const table = createRowTable()
  const samples = createSampleStore()
  const buckets = createTimeBuckets(originMs)
  const free: number[] = []
  let room = 0
  let rows = 0
  let other = 0
  let full = false
  /** `FIGURES` of each row side by side: they are used together. */
  let figures = new Float64Array(0)

  const numberOf = (row: number, figure: number): number => figures[row * FIGURES + figure] as number
  const live = (): readonly number[] => {
    const all: number[] = []
    for (let row = 0; row < rows; row++) if (figures[row * FIGURES + BEGUN] !== 0) all.push(row)
    return all
  }
  const grow = (): void => {
    room = Math.min(limit, Math.max(FIRST_ROOM, 2 * room))
    table.resize(room)
    samples.resize(room)
    const larger = new Float64Array(room * FIGURES)
    larger.set(figures)
    figures = larger
  }
  /** Rows of one record are let go of: those before the origin, and where these are few, all. */
  const letGo = (): void => {
    const single = live().filter((row) => figures[row * FIGURES + TOTAL] === 1)
    const early = single.filter((row) => figures[row * FIGURES + AFTER_ORIGIN] === 0)
    const gone = early.length >= limit * WORTH_IT ? early : single
    full = gone.length < limit * WORTH_IT
    if (full) return
    other += gone.length
    for (const row of gone) {
      figures[row * FIGURES + BEGUN] = 0
      free.push(row)
    }
    table.rebuild(live())
  }
  const begin = (high: number, low: number, number: number): number => {
    if (rows === limit && free.length === 0 && !full) letGo()
    if (full) return -1
    let row = free.pop()
    if (row === undefined) {
      if (rows === room) grow()
      row = rows++
    } else samples.clearFirst(row)
    const at = row * FIGURES
    figures[at + TOTAL] = 0
    figures[at + AFTER_ORIGIN] = 0
    figures[at + FIRST] = NaN
    figures[at + LAST] = NaN
    figures[at + BEGUN] = number
    figures[at + SERIES] = -1
    table.add(row, high, low, live)
    return row
  }

  /** A record that stays the only one has no series of counts: a log with a random word in each line would have tens of thousands of them. */
  const countByTime = (at: number, atMs: number): void => {
    const first = figures[at + FIRST] as number
    if (Number.isNaN(first)) {
      figures[at + FIRST] = atMs
      figures[at + LAST] = atMs
      buckets.see(atMs)
      return
    }
    let series = figures[at + SERIES] as number
    if (series < 0) {
      series = buckets.begin()
      figures[at + SERIES] = series
      buckets.add(series, first)
    }
    if (atMs < first) figures[at + FIRST] = atMs
    if (atMs > (figures[at + LAST] as number)) figures[at + LAST] = atMs
    buckets.add(series, atMs)
  }

  return {
    add: (high, low, number, atMs, after) => {
      let row = table.find(high, low)
      if (row < 0) row = begin(high, low, number)
      if (row < 0) {
        other++
        return -1
      }
      const at = row * FIGURES
      const before = figures[at + TOTAL] as number
      const late = figures[at + AFTER_ORIGIN] as number
      figures[at + TOTAL] = before + 1
      if (after) figures[at + AFTER_ORIGIN] = late + 1
      if (!Number.isNaN(atMs)) countByTime(at, atMs)
      return samples.wants(row, low, before, after ? late : before - late, after)
    },
    keep: samples.keep,
    other: () => other,
    timeline: buckets.timeline,
    rows: () => {
      const { buckets: length } = buckets.timeline()
      const inOrder = live().toSorted((a, b) => numberOf(a, BEGUN) - numberOf(b, BEGUN))
      const counts = new Uint32Array(inOrder.length * length)
      return inOrder.map((row, at): MinedRow => {
        const own = counts.subarray(at * length, (at + 1) * length)
        const first = numberOf(row, FIRST)
        const series = numberOf(row, SERIES)
        if (series >= 0) buckets.countsOf(series, own)
        else if (!Number.isNaN(first)) buckets.countOnce(first, own)
        return {
          signature: table.signatureOf(row),
          count: numberOf(row, TOTAL),
          counts: own,
          firstAtMs: first,
          lastAtMs: numberOf(row, LAST),
          samples: samples.samplesOf(row),
        }
      })
    },
  }
}

export interface MinedRows {
  /**
   * Counts a record.
   *
   * @param number of the record, from 1 on
   * @param atMs NaN: it has no time
   * @param after it is from the time after the origin
   * @returns where `keep` is to put it as a sample; -1: nowhere
   */
  readonly add: (high: number, low: number, number: number, atMs: number, after: boolean) => number
  readonly keep: (slot: number, number: number, atMs: number, text: Uint8Array) => void
  /** Records that have no row. */
  readonly other: () => number
  readonly timeline: () => Timeline
  /** In the order in which they were first seen. */
  readonly rows: () => readonly MinedRow[]
}

/** Share of all rows that letting go must free; below it the work would come too often. */
const WORTH_IT = 0.1

/** Rows for which room is made at first: a quiet service has some tens. */
const FIRST_ROOM = 256

const TOTAL = 0
const AFTER_ORIGIN = 1
const FIRST = 2
const LAST = 3
/** Number of the row's first record; 0: the row is not in use. */
const BEGUN = 4
/** Of its counts by time; -1: it has none. */
const SERIES = 5
/** Eight of eight bytes are one line of the processor's cache. */
const FIGURES = 8
