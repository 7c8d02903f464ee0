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
  let totals = new Float64Array(0)
  let afterOrigin = new Float64Array(0)
  let firsts = new Float64Array(0)
  let lasts = new Float64Array(0)
  let begun = new Float64Array(0)

  const live = (): readonly number[] => {
    const all: number[] = []
    for (let row = 0; row < rows; row++) if (begun[row] !== 0) all.push(row)
    return all
  }
  const grow = (): void => {
    room = Math.min(limit, Math.max(FIRST_ROOM, 2 * room))
    for (const part of [table, samples, buckets]) part.resize(room)
    totals = grown(totals, room)
    afterOrigin = grown(afterOrigin, room)
    firsts = grown(firsts, room)
    lasts = grown(lasts, room)
    begun = grown(begun, room)
  }
  /** Rows of one record are let go of: those before the origin, and where these are few, all. */
  const letGo = (): void => {
    const single = live().filter((row) => totals[row] === 1)
    const early = single.filter((row) => afterOrigin[row] === 0)
    const gone = early.length >= limit * WORTH_IT ? early : single
    full = gone.length < limit * WORTH_IT
    if (full) return
    other += gone.length
    for (const row of gone) {
      begun[row] = 0
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
    } else {
      buckets.clear(row)
      samples.clear(row)
    }
    totals[row] = 0
    afterOrigin[row] = 0
    firsts[row] = NaN
    lasts[row] = NaN
    begun[row] = number
    table.add(row, high, low, live)
    return row
  }

  return {
    add: (high, low, number, atMs, after) => {
      let row = table.find(high, low)
      if (row < 0) row = begin(high, low, number)
      if (row < 0) {
        other++
        return -1
      }
      const before = totals[row] as number
      const late = afterOrigin[row] as number
      totals[row] = before + 1
      if (after) afterOrigin[row] = late + 1
      if (!Number.isNaN(atMs)) {
        if (!((firsts[row] as number) <= atMs)) firsts[row] = atMs
        if (!((lasts[row] as number) >= atMs)) lasts[row] = atMs
        buckets.add(row, atMs)
      }
      return samples.wants(row, low, before, after ? late : before - late, after)
    },
    keep: samples.keep,
    other: () => other,
    timeline: buckets.timeline,
    rows: () => {
      const { buckets: length } = buckets.timeline()
      const inOrder = live().toSorted((a, b) => (begun[a] as number) - (begun[b] as number))
      const counts = new Uint32Array(inOrder.length * length)
      return inOrder.map((row, at): MinedRow => {
        const own = counts.subarray(at * length, (at + 1) * length)
        buckets.countsOf(row, own)
        return {
          signature: table.signatureOf(row),
          count: totals[row] as number,
          counts: own,
          firstAtMs: firsts[row] as number,
          lastAtMs: lasts[row] as number,
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

function grown(from: Float64Array, rows: number): Float64Array<ArrayBuffer> {
  const to = new Float64Array(rows)
  to.set(from)
  return to
}
