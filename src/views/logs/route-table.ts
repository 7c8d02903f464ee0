import { width, wrap } from '../../base/safe-text.ts'
import type { UpstreamChangeKind } from '../../findings/logs/routes/route-changes.ts'
import type { RouteRow, RouteSpan, RouteTable, UpstreamFigures } from '../../findings/logs/routes/routes.ts'
import { cut, paint, shown, type Style } from '../style.ts'

/** Routes of the table. */
const ROUTES_SHOWN = 25
/** Of one route, those that changed first. */
const UPSTREAMS_SHOWN = 5
const STATUSES_SHOWN = 8

/**
 * All routes, worst first, each with its figures since the onset and in brackets those before it; below it the answers that it gives and the upstreams that gave
 * them, those first that are others than before.
 *
 *     GET /api/orders/{id}/invoice   360 (720)  12.5 (0) %  0 (0) %  4.0 (4.0) ms  8.9 (4.0) ms  8.9 (4.0) ms
 *       answers that changed: 500 12.5 (0) %, 200 87.5 (100) %
 *       upstream 10.0.0.7:8081: 100 (100) % of its requests, 5xx 12.5 (0) %, p95 8.9 (4.0) ms: fails more
 */
export function routeTableLines({ routes, onsetMs }: RouteTable, style: Style): readonly string[] {
  const hasOnset = onsetMs !== undefined
  const kept = routes.slice(0, ROUTES_SHOWN)
  const rows = kept.map((row) => cells(row, hasOnset).map((cell) => shown(style, cell)))
  const widths = TITLES.map((title, at) => Math.max(width(title), ...rows.map((row) => width(row[at] ?? ''))))
  const line = (row: readonly string[]): string => {
    const padded = row.map((cell, at) => {
      const room = ' '.repeat(Math.max(0, (widths[at] ?? 0) - width(cell)))
      return at === 0 ? cell + room : room + cell
    })
    return cut(style, `    ${padded.join('  ')}`, style.columns)
  }
  const left = routes.length - kept.length
  return [
    ...(hasOnset ? [paint(style, 'faint', '    since the onset, in brackets before it')] : []),
    paint(style, 'faint', line(TITLES)),
    ...kept.flatMap((row, at) => [line(rows[at] ?? []), ...below(row, hasOnset, style)]),
    ...(left > 0 ? [paint(style, 'faint', `    and ${left} more routes (--json has all)`)] : []),
  ]
}

const TITLES = ['route', 'requests', '5xx', '4xx', 'p50', 'p95', 'p99'] as const

function cells({ method, route, before, after }: RouteRow, hasOnset: boolean): readonly string[] {
  const both = bothOf(hasOnset)
  const [errors, refusals] = [
    both(percentOf(after.serverErrors, after.requests), percentOf(before.serverErrors, before.requests)),
    both(percentOf(after.clientErrors, after.requests), percentOf(before.clientErrors, before.requests)),
  ]
  const quantile = (of: 'p50Ms' | 'p95Ms' | 'p99Ms'): string =>
    times(after.durations?.[of], before.durations?.[of], hasOnset)
  return [
    `${method === '-' ? '' : `${method} `}${route}`,
    both(String(after.requests), String(before.requests)),
    `${errors} %`,
    `${refusals} %`,
    quantile('p50Ms'),
    quantile('p95Ms'),
    quantile('p99Ms'),
  ]
}

/** What a route answers, and which upstreams do; nothing of what one word would say: a single answer, a single upstream, as before. */
function below(row: RouteRow, hasOnset: boolean, style: Style): readonly string[] {
  return [...statusLines(row, hasOnset), ...upstreamLines(row, hasOnset)].flatMap((words) =>
    wrap(shown(style, words), style.columns - 8).map((line, at) =>
      paint(style, 'faint', `${at === 0 ? '      ' : '        '}${line}`),
    ),
  )
}

function statusLines({ before, after, changed }: RouteRow, hasOnset: boolean): readonly string[] {
  const both = bothOf(hasOnset)
  const of = ({ statuses, requests }: RouteSpan, wanted: number): string =>
    percentOf(statuses.find(({ status }) => status === wanted)?.requests ?? 0, requests)
  const words = (status: number): string =>
    `${status < 0 ? 'others' : status} ${both(of(after, status), of(before, status))} %`
  const first = changed.statuses.map(({ status }) => status)
  const all = new Set([...after.statuses, ...before.statuses].map(({ status }) => status))
  const others = [...all].filter((status) => !first.includes(status))
  const list = (statuses: readonly number[]): string => statuses.slice(0, STATUSES_SHOWN).map(words).join(', ')
  if (first.length > 0)
    return [`answers that changed: ${list(first)}`, ...(others.length > 0 ? [`other answers: ${list(others)}`] : [])]
  return others.length > 1 ? [`answers: ${list(others)}`] : []
}

function upstreamLines({ before, after, changed }: RouteRow, hasOnset: boolean): readonly string[] {
  const both = bothOf(hasOnset)
  const first = changed.upstreams.map(({ upstream }) => upstream)
  const all = [...new Set([...first, ...[...after.upstreams, ...before.upstreams].map(({ upstream }) => upstream)])]
  if (all.length < 2 && first.length === 0) return []
  const lines = all.slice(0, UPSTREAMS_SHOWN).map((upstream) => {
    const [now, then] = [figuresOf(after, upstream), figuresOf(before, upstream)]
    const change = changed.upstreams.find((each) => each.upstream === upstream)
    return [
      `upstream ${upstream}: ${both(percentOf(now.requests, after.requests), percentOf(then.requests, before.requests))} % of its requests`,
      `5xx ${both(percentOf(now.serverErrors, now.requests), percentOf(then.serverErrors, then.requests))} %`,
      ...(now.durations || then.durations
        ? [`p95 ${times(now.durations?.p95Ms, then.durations?.p95Ms, hasOnset)}`]
        : []),
    ]
      .join(', ')
      .concat(change ? `: ${kindWords(change.kinds)}` : '')
  })
  const left = all.length - lines.length
  return [...lines, ...(left > 0 ? [`and ${left} more upstreams`] : [])]
}

const KIND_WORDS: Readonly<Record<UpstreamChangeKind, string>> = {
  new: 'new',
  gone: 'gone',
  more: 'has more of them',
  less: 'has less of them',
  failing: 'fails more',
  slower: 'slower',
}

function kindWords(kinds: readonly UpstreamChangeKind[]): string {
  const all = Object.keys(KIND_WORDS)
  return kinds
    .toSorted((one, other) => all.indexOf(one) - all.indexOf(other))
    .map((kind) => KIND_WORDS[kind])
    .join(', ')
}

const NONE = { requests: 0, serverErrors: 0, durations: undefined }

function figuresOf({ upstreams }: RouteSpan, wanted: string): Omit<UpstreamFigures, 'upstream'> {
  return upstreams.find(({ upstream }) => upstream === wanted) ?? NONE
}

/** `12.5 (0)`; without an onset there is nothing before it. */
function bothOf(hasOnset: boolean): (after: string, before: string) => string {
  return (after, before) => (hasOnset ? `${after} (${before})` : after)
}

function percentOf(part: number, whole: number): string {
  if (whole === 0) return '-'
  const percent = (100 * part) / whole
  return Number.isInteger(percent) ? String(percent) : percent.toFixed(1)
}

/** `8.9 (4.0) ms`, `1.2 s (40 ms)`. */
function times(after: number | undefined, before: number | undefined, hasOnset: boolean): string {
  const [now, then] = [timeOf(after), timeOf(before)]
  if (!hasOnset) return `${now.value} ${now.unit}`.trim()
  if (now.unit === then.unit || then.unit === '') return `${now.value} (${then.value}) ${now.unit}`.trim()
  return now.unit === '' ? `- (${then.value}) ${then.unit}` : `${now.value} ${now.unit} (${then.value} ${then.unit})`
}

function timeOf(ms: number | undefined): { readonly value: string; readonly unit: string } {
  if (ms === undefined || Number.isNaN(ms)) return { value: '-', unit: '' }
  if (ms >= 1000) return { value: (ms / 1000).toFixed(1), unit: 's' }
  return { value: ms >= 10 ? String(Math.round(ms)) : ms.toFixed(1), unit: 'ms' }
}
