import type { UpstreamChangeKind } from './route-changes.ts'
import type { RouteRow, RouteSpan, RouteTable } from './routes.ts'
import { SURE } from './share-change.ts'

/** A route that changed for the worse, in words and figures. */
export interface WorstRoute {
  readonly row: RouteRow
  readonly kind: 'failing' | 'slower' | 'refused' | 'missing'
  /** `POST /orders/{id}`. */
  readonly name: string
  /** One sentence without an end: `POST /orders/{id} answers 5xx to 41 of 120 requests (34 %), before to none of 900`. */
  readonly title: string
  /** What else is known of it: statuses, upstream, box. */
  readonly why: string
}

/** Those whose change for the worse is no chance (G² of one kind above `SURE`), worst first. */
export function worstRoutes({ routes, onsetMs }: RouteTable, most = 10): readonly WorstRoute[] {
  const worst: WorstRoute[] = []
  for (const row of routes) {
    if (worst.length >= most) break
    const kind = kindOf(row)
    if (kind !== undefined) worst.push(described(row, kind, onsetMs !== undefined))
  }
  return worst
}

/** What counts most in its score. */
function kindOf({ failing, slower, refused, missing }: RouteRow): WorstRoute['kind'] | undefined {
  const kinds = [
    ['failing', failing, failing],
    ['slower', slower, slower / 2],
    ['refused', refused, refused / 2],
    ['missing', missing, missing / 2],
  ] as const
  return kinds.filter(([, surely]) => surely >= SURE).toSorted((one, other) => other[2] - one[2])[0]?.[0]
}

function described(row: RouteRow, kind: WorstRoute['kind'], hasOnset: boolean): WorstRoute {
  const name = row.method === '-' ? row.route : `${row.method} ${row.route}`
  return { row, kind, name, title: `${name} ${WORDS[kind](row, hasOnset)}`, why: reasons(row, kind, hasOnset) }
}

const WORDS: Readonly<Record<WorstRoute['kind'], (row: RouteRow, hasOnset: boolean) => string>> = {
  failing: ({ before, after }, hasOnset) =>
    `answers 5xx to ${part(after.serverErrors, after.requests)}${hasOnset ? `, before ${earlier(before.serverErrors, before.requests)}` : ''}`,
  slower: ({ before, after }) =>
    `takes ${milliseconds(after.durations?.p95Ms)} (95th percentile), before ${milliseconds(before.durations?.p95Ms)}`,
  refused: ({ before, after }) =>
    `answers 4xx to ${part(after.clientErrors, after.requests)}, before ${earlier(before.clientErrors, before.requests)}`,
  missing: ({ before, after }) =>
    `is asked ${after.requests === 0 ? 'no more' : `${String(after.requests)} times`}, before ${String(before.requests)} times`,
}

/** `41 of 120 requests (34 %)`; `41 requests`. */
function part(many: number, of?: number): string {
  const requests = (of ?? many) === 1 ? 'request' : 'requests'
  return of === undefined
    ? `${String(many)} ${requests}`
    : `${String(many)} of ${String(of)} ${requests} (${percent(many, of)})`
}

function earlier(many: number, of: number): string {
  if (of === 0) return 'it was not asked'
  return `to ${many === 0 ? 'none' : String(many)} of ${String(of)}`
}

function percent(many: number, of: number): string {
  const share = of === 0 ? 0 : (many / of) * 100
  return `${share > 0 && share < 1 ? share.toFixed(1) : String(Math.round(share))} %`
}

function milliseconds(ms: number | undefined): string {
  if (ms === undefined) return 'an unknown time'
  return ms >= 1000 ? `${(ms / 1000).toPrecision(3)} s` : `${ms >= 10 ? String(Math.round(ms)) : ms.toPrecision(2)} ms`
}

/** A share of the failures from which on one of several is said to be where they are. */
const ALMOST_ALL = 0.9

function reasons(row: RouteRow, kind: WorstRoute['kind'], hasOnset: boolean): string {
  const told = [
    statusWords(row, kind, hasOnset),
    upstreamWords(row.after, kind),
    boxWords(row.after, kind),
    changedUpstreams(row, kind),
  ]
  return told.filter((words) => words !== '').join(' ')
}

/** Of a kind, at most. */
const NAMED = 4

/** The answers by which it is worse, and others that it gives more often: 499 beside 504, 429 where it is slow. */
function statusWords({ before, after, changed }: RouteRow, kind: WorstRoute['kind'], hasOnset: boolean): string {
  const least = kind === 'failing' ? 500 : kind === 'refused' ? 400 : Infinity
  const bad = after.statuses.filter(({ status }) => status >= least && status < least + 100)
  const risen = changed.statuses.filter(({ change }) => change > 0).map((each) => ({ ...each, requests: each.after }))
  const those = [...new Map([...bad.slice(0, NAMED), ...risen].map((each) => [each.status, each])).values()]
  if (those.length === 0) return ''
  const earlierOf = (wanted: number): number => before.statuses.find(({ status }) => status === wanted)?.requests ?? 0
  const words = those.slice(0, NAMED).map(({ status, requests }) => {
    const then = hasOnset && before.requests > 0 ? `, ${earlierOf(status) || 'none'} before` : ''
    return `${String(status)} (${String(requests)}${then})`
  })
  return `Answers: ${words.join(', ')}.`
}

/** Upstreams that are others than before, or do otherwise; of those that fail the sentence before has told. */
function changedUpstreams({ before, after, changed }: RouteRow, kind: WorstRoute['kind']): string {
  const all = new Set(changed.upstreams.flatMap(({ kinds }) => kinds))
  // Where one is new or has more of the requests, the others have less; where one is gone, they have more.
  const implied = new Set<UpstreamChangeKind>([
    ...(kind === 'failing' ? (['failing'] as const) : []),
    ...(all.has('new') || (all.has('more') && !all.has('gone')) ? (['less'] as const) : []),
    ...(all.has('gone') ? (['more'] as const) : []),
  ])
  const words = changed.upstreams.flatMap((change) => {
    const kinds = change.kinds.filter((each) => !implied.has(each))
    const then = before.upstreams.find(({ upstream }) => upstream === change.upstream)
    const now = after.upstreams.find(({ upstream }) => upstream === change.upstream)
    return kinds.length === 0
      ? []
      : [`${change.upstream} ${kinds.map((each) => UPSTREAM_WORDS[each](then ?? NONE, now ?? NONE)).join(' and ')}`]
  })
  return words.length === 0 ? '' : `Upstreams: ${words.slice(0, NAMED).join(', ')}.`
}

const NONE = { requests: 0, serverErrors: 0, durations: undefined }
type Upstream = Omit<RouteSpan['upstreams'][number], 'upstream'>

const UPSTREAM_WORDS: Readonly<Record<UpstreamChangeKind, (before: Upstream, after: Upstream) => string>> = {
  new: (_, { requests }) => `is new (${part(requests)})`,
  gone: ({ requests }) => `is gone (${part(requests)} before)`,
  more: (before, after) => `has more of them (${after.requests}, ${before.requests} before)`,
  less: (before, after) => `has less of them (${after.requests}, ${before.requests} before)`,
  failing: (_, { serverErrors, requests }) => `answers 5xx to ${part(serverErrors, requests)}`,
  slower: (before, after) =>
    `takes ${milliseconds(after.durations?.p95Ms)} (95th percentile, before ${milliseconds(before.durations?.p95Ms)})`,
}

function upstreamWords({ upstreams, serverErrors }: RouteSpan, kind: WorstRoute['kind']): string {
  if (kind !== 'failing' || upstreams.length < 2) return ''
  const main = upstreams.find(
    (upstream) => upstream.serverErrors >= serverErrors * ALMOST_ALL && upstream.serverErrors > 0,
  )
  if (main !== undefined)
    return `${String(main.serverErrors)} of them are from ${main.upstream}, one of ${String(upstreams.length)} upstreams.`
  const concerned = upstreams.filter((upstream) => upstream.serverErrors > 0).length
  if (concerned === upstreams.length) return 'All its upstreams are concerned.'
  return concerned === 0 ? '' : `They are from ${concerned} of its ${upstreams.length} upstreams.`
}

function boxWords({ boxes, serverErrors }: RouteSpan, kind: WorstRoute['kind']): string {
  if (kind !== 'failing' || boxes.length < 2) return ''
  const main = boxes.find((box) => box.serverErrors >= serverErrors * ALMOST_ALL && box.serverErrors > 0)
  return main === undefined
    ? ''
    : `${String(main.serverErrors)} of them are on ${main.box}, one of ${String(boxes.length)} boxes.`
}
