import { FURTHER, FURTHER_STATUSES, type RouteCounts, type SpanCounts, type UpstreamCounts } from './route-counts.ts'
import { type Share, shareChange, SURE } from './share-change.ts'
import { slowerOf } from './slower.ts'

/** What of a route's answers and upstreams is another than before the onset, and not by chance (`SURE`); nothing where one of the two has no requests. */
export interface RouteChanges {
  /** Answers of which it gives another share of its requests: those that it gives more often first, surest first. */
  readonly statuses: readonly StatusChange[]
  /** Surest first. */
  readonly upstreams: readonly UpstreamChange[]
}

export interface StatusChange {
  readonly status: number
  /** Requests that were answered so. */
  readonly before: number
  readonly after: number
  /** G² of its share; below 0 where it fell. */
  readonly change: number
}

export interface UpstreamChange {
  readonly upstream: string
  /** What changed, surest first. */
  readonly kinds: readonly UpstreamChangeKind[]
  /** Requests that it had. */
  readonly before: number
  readonly after: number
  /** G² of the surest of its changes. */
  readonly change: number
}

/** `new`: it had none of the requests before; `gone`: it has none any more; `more`, `less`: another share of them; `failing`: more of its answers are 5xx; `slower`: as for routes. */
export type UpstreamChangeKind = 'new' | 'gone' | 'more' | 'less' | 'failing' | 'slower'

export function routeChanges({ before, after }: RouteCounts): RouteChanges {
  return { statuses: statusChanges(before, after), upstreams: upstreamChanges(before, after) }
}

function statusChanges(before: SpanCounts, after: SpanCounts): readonly StatusChange[] {
  const statuses = new Set([...before.statuses.keys(), ...after.statuses.keys()])
  statuses.delete(FURTHER_STATUSES)
  return [...statuses]
    .map((status): StatusChange => {
      const [then, now] = [before.statuses.get(status) ?? 0, after.statuses.get(status) ?? 0]
      const change = shareChange({ hits: then, of: before.requests }, { hits: now, of: after.requests })
      return { status, before: then, after: now, change }
    })
    .filter(({ change }) => Math.abs(change) >= SURE)
    .toSorted((one, other) => other.change - one.change || one.status - other.status)
}

function upstreamChanges(before: SpanCounts, after: SpanCounts): readonly UpstreamChange[] {
  // Requests that bear no upstream (answered by the server itself, or in a form without it) are no part of what is shared out.
  const [all, allNow] = [requestsOf(before), requestsOf(after)]
  if (all === 0 || allNow === 0) return []
  const names = new Set([...before.upstreams.keys(), ...after.upstreams.keys()])
  names.delete(FURTHER)
  return [...names]
    .flatMap((upstream): readonly UpstreamChange[] => {
      const [then, now] = [before.upstreams.get(upstream), after.upstreams.get(upstream)]
      const [had, has] = [then?.requests ?? 0, now?.requests ?? 0]
      const share = shareChange({ hits: had, of: all }, { hits: has, of: allNow })
      const surely = [
        { kind: shareKind(had, has, share), change: Math.abs(share) },
        { kind: 'failing', change: now ? failingOf(then ?? before, now) : 0 },
        { kind: 'slower', change: then && now ? slowerOf(then.durations, now.durations) : 0 },
      ] as const
      const changed = surely.filter(({ change }) => change >= SURE).toSorted((one, other) => other.change - one.change)
      const [first] = changed
      return first
        ? [{ upstream, kinds: changed.map(({ kind }) => kind), before: had, after: has, change: first.change }]
        : []
    })
    .toSorted((one, other) => other.change - one.change)
}

function requestsOf({ upstreams }: SpanCounts): number {
  return [...upstreams.values()].reduce((sum, { requests }) => sum + requests, 0)
}

function shareKind(before: number, after: number, change: number): UpstreamChangeKind {
  if (before === 0) return 'new'
  if (after === 0) return 'gone'
  return change > 0 ? 'more' : 'less'
}

/** @param before its own, or of a new one those of its route */
function failingOf(before: Pick<UpstreamCounts, 'requests' | 'serverErrors'>, after: UpstreamCounts): number {
  const share = ({ requests, serverErrors }: typeof before): Share => ({ hits: serverErrors, of: requests })
  return Math.max(0, shareChange(share(before), share(after)))
}
