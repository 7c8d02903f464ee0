import { addCounts, commonTimeline } from './common-timeline.ts'
import type { Mined, MinedRow, SampleRecord } from './mined.ts'
import { MOST_ROWS } from './miner.ts'
import { SIDE } from './sample-store.ts'
import type { Timeline } from './timeline.ts'

/**
 * What was mined of parts of a log, as if it had been mined at once: each figure is the sum, the timeline is as narrow as one pass would have made it. Where
 * there are more rows than one pass keeps, those with the fewest records are counted as others. `backwards` knows only of what is within a part.
 * All parts must have the same origin.
 */
export function mergeMined(list: readonly Mined[]): Mined {
  const [any] = list
  if (list.some(({ timeline }) => timeline.originMs !== any?.timeline.originMs))
    throw new Error('parts of a log that were mined with different origins cannot be merged')
  const timeline = commonTimeline(list.map((each) => each.timeline))
  const parts = new Map<string, { readonly row: MinedRow; readonly timeline: Timeline }[]>()
  let unnamed = 0
  for (const mined of list)
    for (const row of mined.rows) {
      const key = row.signature ?? `unnamed ${unnamed++}`
      const known = parts.get(key)
      if (known) known.push({ row, timeline: mined.timeline })
      else parts.set(key, [{ row, timeline: mined.timeline }])
    }
  const rows = [...parts.values()].map((each) => mergedRow(each, timeline))
  const kept = rows.length <= MOST_ROWS ? rows : mostOf(rows)
  const sum = (of: (mined: Mined) => number): number => list.reduce((total, each) => total + of(each), 0)
  const dropped = countOf(rows) - countOf(kept)
  return {
    bytes: sum(({ bytes }) => bytes),
    lines: sum(({ lines }) => lines),
    records: sum(({ records }) => records),
    undated: sum(({ undated }) => undated),
    other: sum(({ other }) => other) + dropped,
    folded: sum(({ folded }) => folded),
    backwards: sum(({ backwards }) => backwards),
    cutBytes: sum(({ cutBytes }) => cutBytes),
    timeline,
    rows: kept,
  }
}

function mergedRow(
  parts: readonly { readonly row: MinedRow; readonly timeline: Timeline }[],
  timeline: Timeline,
): MinedRow {
  const counts = new Uint32Array(timeline.buckets)
  for (const part of parts) addCounts(counts, timeline, part.row.counts, part.timeline)
  const rows = parts.map(({ row }) => row)
  const [{ signature } = {}] = rows
  const folded = rows.reduce((sum, row) => sum + (row.folded ?? 0), 0)
  return {
    ...(signature !== undefined && { signature }),
    ...(folded > 0 && { folded }),
    count: countOf(rows),
    counts,
    firstAtMs: extreme(
      Math.min,
      rows.map(({ firstAtMs }) => firstAtMs),
    ),
    lastAtMs: extreme(
      Math.max,
      rows.map(({ lastAtMs }) => lastAtMs),
    ),
    samples: someSamples(
      rows.map(({ samples }) => samples),
      timeline.originMs,
    ),
  }
}

/** As many as one pass keeps: the earliest, and of each side of the origin the same share of each part. */
function someSamples(parts: readonly (readonly SampleRecord[])[], originMs: number): readonly SampleRecord[] {
  const [only] = parts
  if (only && parts.length === 1) return only
  const all = parts.flat().toSorted((a, b) => timeFor(a) - timeFor(b))
  const [earliest, ...others] = all
  const after = others.filter(({ atMs }) => atMs >= originMs)
  const before = others.filter(({ atMs }) => !(atMs >= originMs))
  return [...(earliest ? [earliest] : []), ...evenly(before, SIDE), ...evenly(after, SIDE)]
}

/** `most` of them at equal distances. */
export function evenly<T>(list: readonly T[], most: number): readonly T[] {
  return list.length <= most
    ? list
    : list.filter((_, at) => Math.floor(((at + 1) * most) / list.length) > Math.floor((at * most) / list.length))
}

function timeFor({ atMs }: SampleRecord): number {
  return Number.isNaN(atMs) ? -Number.MAX_VALUE : atMs
}

function mostOf(rows: readonly MinedRow[]): readonly MinedRow[] {
  const kept = new Set(rows.toSorted((a, b) => b.count - a.count).slice(0, MOST_ROWS))
  return rows.filter((row) => kept.has(row))
}

function countOf(rows: readonly MinedRow[]): number {
  return rows.reduce((total, { count }) => total + count, 0)
}

/** Of those that are times; NaN where none is. */
function extreme(of: (a: number, b: number) => number, times: readonly number[]): number {
  return times.filter((time) => !Number.isNaN(time)).reduce((a, b) => (Number.isNaN(a) ? b : of(a, b)), NaN)
}
