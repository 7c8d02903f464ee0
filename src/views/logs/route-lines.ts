import { wrap } from '../../base/safe-text.ts'
import type { RouteTable } from '../../findings/logs/routes/routes.ts'
import { worstRoutes } from '../../findings/logs/routes/worst-routes.ts'
import { paint, shown, type Style } from '../style.ts'
import { routeTableLines } from './route-table.ts'

/** Routes that changed for the worse, a line each. */
const WORST_SHOWN = 5

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
    ...(details ? routeTableLines(table, style) : []),
  ]
}

/** `, counted in /var/log/nginx/timing.log (not in access.log)`. */
function sourceWords({ source, otherSources = [] }: RouteTable): string {
  if (source === undefined) return ''
  const others = otherSources.length > 1 ? `${otherSources.length} other access logs` : otherSources[0]
  return `, counted in ${source}${others === undefined ? '' : ` (not in ${others})`}`
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  return wrap(text, style.columns - indent.length).map((line) => indent + line)
}
