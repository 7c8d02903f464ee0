import { width, wrap } from '../../base/safe-text.ts'
import type { RouteRow, RouteSpan, RouteTable } from '../../findings/logs/routes/routes.ts'
import { worstRoutes } from '../../findings/logs/routes/worst-routes.ts'
import { cut, paint, shown, type Style } from '../style.ts'

/** Routes that changed for the worse, a line each. */
const WORST_SHOWN = 5
/** Rows of the table of all. */
const ROWS_SHOWN = 25

/** The routes that changed for the worse; with details a table of all, before and after, most failing and slowest first. */
export function routeLines(table: RouteTable | undefined, style: Style, details: boolean): readonly string[] {
  if (!table) return []
  const worst = worstRoutes(table, WORST_SHOWN)
  return [
    ...(worst.length > 0 || details
      ? indented(shown(style, `requests by route${sourceWords(table)}`), style, '  ')
      : []),
    ...worst.flatMap(({ title, why }) => [
      ...indented(shown(style, title), style, '    '),
      ...(why === '' ? [] : indented(shown(style, why), style, '      ').map((line) => paint(style, 'faint', line))),
    ]),
    ...(details ? tableLines(table, style) : []),
  ]
}

/** `, counted in /var/log/nginx/timing.log (not in access.log)`. */
function sourceWords({ source, otherSources = [] }: RouteTable): string {
  if (source === undefined) return ''
  const others = otherSources.length > 1 ? `${otherSources.length} other access logs` : otherSources[0]
  return `, counted in ${source}${others === undefined ? '' : ` (not in ${others})`}`
}

const TITLES = ['route', 'requests', '5xx', '4xx', 'p50', 'p95', 'p99'] as const

function tableLines({ routes, onsetMs }: RouteTable, style: Style): readonly string[] {
  const rows = routes.slice(0, ROWS_SHOWN).map((row) => cells(row, onsetMs !== undefined))
  const titles =
    onsetMs === undefined ? TITLES : TITLES.map((title) => (title === 'route' ? title : `${title} (before)`))
  const widths = titles.map((title, at) => Math.max(width(title), ...rows.map((row) => width(row[at] ?? ''))))
  const line = (row: readonly string[]): string =>
    `    ${row
      .map((cell, at) => {
        const room = ' '.repeat(Math.max(0, (widths[at] ?? 0) - width(cell)))
        return at === 0 ? cell + room : room + cell
      })
      .join('  ')}`
  const fitted = (row: readonly string[]): string => cut(style, line(row), style.columns)
  const left = routes.length - rows.length
  return [
    paint(style, 'faint', fitted(titles)),
    ...rows.map((row) => fitted(row.map((cell) => shown(style, cell)))),
    ...(left > 0 ? [paint(style, 'faint', `    and ${left} more routes (--json has all)`)] : []),
  ]
}

function cells({ method, route, before, after }: RouteRow, hasOnset: boolean): readonly string[] {
  const both = (of: (span: RouteSpan) => string): string => (hasOnset ? `${of(after)} (${of(before)})` : of(after))
  const quantile = (of: 'p50Ms' | 'p95Ms' | 'p99Ms') => (span: RouteSpan) => time(span.durations?.[of])
  return [
    `${method === '-' ? '' : `${method} `}${route}`,
    both(({ requests }) => String(requests)),
    both((span) => share(span.serverErrors, span.requests)),
    both((span) => share(span.clientErrors, span.requests)),
    both(quantile('p50Ms')),
    both(quantile('p95Ms')),
    both(quantile('p99Ms')),
  ]
}

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(part === 0 ? 0 : 1)} %`
}

function time(ms: number | undefined): string {
  if (ms === undefined || Number.isNaN(ms)) return '-'
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms >= 10 ? Math.round(ms) : ms.toFixed(1)} ms`
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  return wrap(text, style.columns - indent.length).map((line) => indent + line)
}
