import type { AccessEvent } from '../../../evidence/logs/format.ts'
import { type Durations, newDurations } from './durations.ts'

/** What is counted of the requests of one route, before the onset and after it. Changed in place: there is one for each route and none for a request. */
export interface RouteCounts {
  readonly before: SpanCounts
  readonly after: SpanCounts
  firstAtMs: number
  lastAtMs: number
}

export interface SpanCounts {
  requests: number
  /** 5xx. */
  serverErrors: number
  /** 4xx. */
  clientErrors: number
  /** Status 0: it ended without an answer. */
  unanswered: number
  readonly statuses: Map<number, number>
  readonly upstreams: Map<string, UpstreamCounts>
  readonly boxes: Map<string, { requests: number; serverErrors: number }>
  readonly durations: Durations
}

export interface UpstreamCounts {
  requests: number
  /** 5xx that this upstream answered or that were answered for it. */
  serverErrors: number
  readonly durations: Durations
}

/** Upstreams of one route that are told apart: a cluster seldom has more, and the address of each request may be part of a hostile log. */
const MOST_UPSTREAMS = 32
const MOST_STATUSES = 64
const MOST_BOXES = 256
/** Stands for the upstreams beyond. */
export const FURTHER = 'others'
/** Stands for the statuses beyond. */
export const FURTHER_STATUSES = -1

export function newRouteCounts(): RouteCounts {
  return { before: newSpan(), after: newSpan(), firstAtMs: Infinity, lastAtMs: -Infinity }
}

function newSpan(): SpanCounts {
  return {
    requests: 0,
    serverErrors: 0,
    clientErrors: 0,
    unanswered: 0,
    statuses: new Map(),
    upstreams: new Map(),
    boxes: new Map(),
    durations: newDurations(),
  }
}

export function count(span: SpanCounts, { status, durationMs, upstream, upstreamMs }: AccessEvent, box: string): void {
  const isError = status >= 500
  span.requests++
  if (isError) span.serverErrors++
  else if (status >= 400) span.clientErrors++
  else if (status === 0) span.unanswered++
  const statusKey = span.statuses.has(status) || span.statuses.size < MOST_STATUSES ? status : FURTHER_STATUSES
  span.statuses.set(statusKey, (span.statuses.get(statusKey) ?? 0) + 1)
  if (durationMs !== undefined) span.durations.add(durationMs)
  if (upstream !== undefined) countUpstream(span, upstream, isError, upstreamMs ?? durationMs)
  const boxKey = span.boxes.has(box) || span.boxes.size < MOST_BOXES ? box : FURTHER
  const known = span.boxes.get(boxKey)
  if (known === undefined) span.boxes.set(boxKey, { requests: 1, serverErrors: isError ? 1 : 0 })
  else {
    known.requests++
    if (isError) known.serverErrors++
  }
}

function countUpstream(span: SpanCounts, upstream: string, isError: boolean, ms: number | undefined): void {
  const counts = upstreamOf(span, upstream)
  counts.requests++
  if (isError) counts.serverErrors++
  if (ms !== undefined) counts.durations.add(ms)
}

function upstreamOf(span: SpanCounts, upstream: string): UpstreamCounts {
  const known = span.upstreams.get(upstream)
  if (known !== undefined) return known
  if (span.upstreams.size >= MOST_UPSTREAMS && upstream !== FURTHER) return upstreamOf(span, FURTHER)
  const counts = { requests: 0, serverErrors: 0, durations: newDurations() }
  span.upstreams.set(upstream, counts)
  return counts
}

/** Adds the second to the first. */
export function mergeCounts(into: RouteCounts, from: RouteCounts): void {
  mergeSpan(into.before, from.before)
  mergeSpan(into.after, from.after)
  into.firstAtMs = Math.min(into.firstAtMs, from.firstAtMs)
  into.lastAtMs = Math.max(into.lastAtMs, from.lastAtMs)
}

function mergeSpan(into: SpanCounts, from: SpanCounts): void {
  into.requests += from.requests
  into.serverErrors += from.serverErrors
  into.clientErrors += from.clientErrors
  into.unanswered += from.unanswered
  for (const [status, many] of from.statuses) into.statuses.set(status, (into.statuses.get(status) ?? 0) + many)
  for (const [upstream, theirs] of from.upstreams) {
    const ours = upstreamOf(into, upstream)
    ours.requests += theirs.requests
    ours.serverErrors += theirs.serverErrors
    ours.durations.merge(theirs.durations)
  }
  for (const [box, theirs] of from.boxes) {
    const ours = into.boxes.get(box) ?? { requests: 0, serverErrors: 0 }
    into.boxes.set(box, {
      requests: ours.requests + theirs.requests,
      serverErrors: ours.serverErrors + theirs.serverErrors,
    })
  }
  into.durations.merge(from.durations)
}
