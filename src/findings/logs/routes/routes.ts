import type { AccessEvent } from '../../../evidence/logs/format.ts'
import { routeOf } from '../../../evidence/logs/route.ts'
import { count, mergeCounts, newRouteCounts, type RouteCounts, type SpanCounts } from './route-counts.ts'
import { newRouteTree, type RouteEntry } from './route-tree.ts'
import { routeChanges, type RouteChanges } from './route-changes.ts'
import { type Share, shareChange } from './share-change.ts'
import { slowerOf } from './slower.ts'

/** Served requests by route, before the onset and after it; worst first. Without an onset all of them are `after`. */
export interface RouteTable {
  readonly onsetMs?: number
  readonly routes: readonly RouteRow[]
  /** The log that they are counted in: of several the one that tells durations, or most requests. Missing where it is not known. */
  readonly source?: string
  /** Logs of requests that are not counted here: those that repeat it, and those of other sites. */
  readonly otherSources?: readonly string[]
  /** All requests together, `other` included. */
  readonly total: RouteFigures
  /** Requests of routes beyond the limit of those that are told apart. */
  readonly other: RouteFigures
  /** Requests whose record bears no time, where there is an onset: counted here and nowhere else. */
  readonly undated: number
}

export interface RouteFigures {
  readonly before: RouteSpan
  readonly after: RouteSpan
  /** NaN where no request bears a time. */
  readonly firstAtMs: number
  readonly lastAtMs: number
}

export interface RouteRow extends RouteFigures {
  readonly method: string
  /** With its ids folded: `/orders/{id}`. */
  readonly route: string
  /**
   * How surely it changed for the worse since the onset, each a G² (`share-change.ts`, 0 where it did not): answers 5xx; answers that took longer than 95 % of
   * those before; answers 4xx; requests that no longer come, measured by how all requests went.
   */
  readonly failing: number
  readonly slower: number
  readonly refused: number
  readonly missing: number
  /**
   * `failing + (slower + refused + missing) / 2`: a failure is worth two of the others, as slow answers and refusals may be right. A route that was not there
   * before, and every route where no onset is known, is measured against all others in the same span instead; only `failing` is then known.
   */
  readonly score: number
  /** Its answers and upstreams that are others than before. */
  readonly changed: RouteChanges
}

export interface RouteSpan {
  readonly requests: number
  /** 5xx. */
  readonly serverErrors: number
  /** 4xx. */
  readonly clientErrors: number
  /** It ended without an answer. */
  readonly unanswered: number
  /** Undefined: the log tells no durations. */
  readonly durations: Quantiles | undefined
  /** Most first; -1 stands for those beyond the limit. */
  readonly statuses: readonly { readonly status: number; readonly requests: number }[]
  /** Most first. */
  readonly upstreams: readonly UpstreamFigures[]
  readonly boxes: readonly { readonly box: string; readonly requests: number; readonly serverErrors: number }[]
}

export interface UpstreamFigures {
  readonly upstream: string
  readonly requests: number
  readonly serverErrors: number
  readonly durations: Quantiles | undefined
}

/** Milliseconds, each within 1 % (`durations.ts`). */
export interface Quantiles {
  readonly count: number
  readonly meanMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

export interface RouteTableMaker {
  /** @param atMs NaN: its record bears no time */
  readonly add: (event: AccessEvent, atMs: number, box: string) => void
  readonly finish: () => RouteTable
}

export function createRouteTable({ onsetMs }: { readonly onsetMs?: number | undefined } = {}): RouteTableMaker {
  const tree = newRouteTree()
  const other = newRouteCounts()
  let undated = 0
  return {
    add: (event, atMs, box) => {
      const isDated = atMs === atMs
      if (onsetMs !== undefined && !isDated) {
        undated++
        return
      }
      const route = event.route ?? routeOf(event.target ?? '')
      const isBefore = onsetMs !== undefined && atMs < onsetMs
      const counts = tree.countsOf(event.method ?? '-', route, event.status) ?? other
      put(counts, isBefore, event, atMs, box)
    },
    finish: () => {
      const entries = tree.entries()
      const total = sumOf([...entries.map(({ counts }) => counts), other])
      return {
        ...(onsetMs === undefined ? {} : { onsetMs }),
        routes: rowsOf(entries, total),
        total: figuresOf(total),
        other: figuresOf(other),
        undated,
      }
    },
  }
}

function put(counts: RouteCounts, isBefore: boolean, event: AccessEvent, atMs: number, box: string): void {
  count(isBefore ? counts.before : counts.after, event, box)
  if (atMs < counts.firstAtMs) counts.firstAtMs = atMs
  if (atMs > counts.lastAtMs) counts.lastAtMs = atMs
}

function sumOf(all: readonly RouteCounts[]): RouteCounts {
  const sum = newRouteCounts()
  for (const counts of all) mergeCounts(sum, counts)
  return sum
}

function rowsOf(entries: readonly RouteEntry[], total: RouteCounts): readonly RouteRow[] {
  return entries
    .map(({ method, route, counts }) => ({
      method,
      route,
      ...figuresOf(counts),
      ...changesOf(counts, total),
      changed: routeChanges(counts),
    }))
    .toSorted(
      (one, other) =>
        other.score - one.score ||
        other.after.serverErrors - one.after.serverErrors ||
        timeSpent(other) - timeSpent(one) ||
        other.after.requests - one.after.requests,
    )
}

function timeSpent({ after: { durations } }: RouteRow): number {
  return durations === undefined ? 0 : durations.count * durations.meanMs
}

/** Of what was expected; a route of which more than this still comes is not gone. */
const MISSING_SHARE = 0.1
/** Failures that are expected of a route when there is nothing else to measure it by. */
const USUAL_FAILURES = 0.01

function changesOf(
  counts: RouteCounts,
  total: RouteCounts,
): Pick<RouteRow, 'failing' | 'slower' | 'refused' | 'missing' | 'score'> {
  const { before, after } = counts
  const failing = Math.max(
    0,
    shareChange(usualFailures(counts, total), { hits: after.serverErrors, of: after.requests }),
  )
  const refused = Math.max(
    0,
    shareChange({ hits: before.clientErrors, of: before.requests }, { hits: after.clientErrors, of: after.requests }),
  )
  const slower = slowerOf(before.durations, after.durations)
  const missing = missingOf(counts, total)
  return { failing, slower, refused, missing, score: failing + (slower + refused + missing) / 2 }
}

function usualFailures({ before, after }: RouteCounts, total: RouteCounts): Share {
  if (before.requests > 0) return { hits: before.serverErrors, of: before.requests }
  const of = total.after.requests - after.requests
  if (of > 0) return { hits: total.after.serverErrors - after.serverErrors, of }
  return { hits: after.requests * USUAL_FAILURES, of: after.requests }
}

function missingOf({ before, after }: RouteCounts, total: RouteCounts): number {
  if (before.requests === 0 || total.before.requests === 0) return 0
  const expected = (before.requests * total.after.requests) / total.before.requests
  if (after.requests > expected * MISSING_SHARE) return 0
  const change = shareChange(
    { hits: before.requests, of: total.before.requests },
    { hits: after.requests, of: total.after.requests },
  )
  return Math.max(0, -change)
}

function figuresOf({ before, after, firstAtMs, lastAtMs }: RouteCounts): RouteFigures {
  const isDated = firstAtMs <= lastAtMs
  return {
    before: spanOf(before),
    after: spanOf(after),
    firstAtMs: isDated ? firstAtMs : NaN,
    lastAtMs: isDated ? lastAtMs : NaN,
  }
}

function spanOf({ requests, serverErrors, clientErrors, unanswered, durations, ...span }: SpanCounts): RouteSpan {
  const statuses = [...span.statuses].map(([status, many]) => ({ status, requests: many }))
  const boxes = [...span.boxes].map(([box, counts]) => ({ box, ...counts }))
  const upstreams = [...span.upstreams].map(([upstream, counts]) => ({
    upstream,
    requests: counts.requests,
    serverErrors: counts.serverErrors,
    durations: quantilesOf(counts.durations),
  }))
  return {
    requests,
    serverErrors,
    clientErrors,
    unanswered,
    durations: quantilesOf(durations),
    statuses: mostFirst(statuses),
    upstreams: mostFirst(upstreams),
    boxes: mostFirst(boxes),
  }
}

function mostFirst<T extends { readonly requests: number }>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((one, other) => other.requests - one.requests)
}

function quantilesOf(durations: SpanCounts['durations']): Quantiles | undefined {
  const count = durations.count()
  if (count === 0) return undefined
  return {
    count,
    meanMs: durations.sumMs() / count,
    p50Ms: durations.quantile(0.5) ?? 0,
    p95Ms: durations.quantile(0.95) ?? 0,
    p99Ms: durations.quantile(0.99) ?? 0,
  }
}
