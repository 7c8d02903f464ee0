import { print, outputStyle } from '../console.ts'
import { count } from '../../base/format.ts'
import { safeJson, safeText } from '../../base/safe-text.ts'
import { theDesk } from '../the-desk.ts'
import { theStore } from '../the-store.ts'
import { cut, paint, type Color } from '../style.ts'
import { localTime, zoneWords } from '../local-time.ts'

/** Lists the incidents, the one with the newest entry first; the current one is marked. */
export async function list(flags: { readonly json?: boolean; readonly color?: Color }): Promise<number> {
  const incidents = await (await theStore()).list()
  const { current } = theDesk()
  if (flags.json) {
    const rows = incidents.map((each) => ({ ...each, current: each.id === current }))
    await print(`${safeJson({ schema: 'halligan.incidents/1', incidents: rows })}\n`)
    return 0
  }
  if (incidents.length === 0) {
    await print('There are no incidents yet: halligan open "what is broken"\n')
    return 0
  }
  const style = outputStyle(flags.color)
  const lines = incidents.map(({ id, title, openedAt, closedAt, holder, entries }) => {
    const mark = id === current ? '*' : ' '
    const state = closedAt === undefined ? 'open  ' : 'closed'
    const said = `${mark} ${id}  ${state}  ${localTime(openedAt)}  ${safeText(title)}`
    const rest = `  ${safeText(holder)}, ${count(entries, 'entry', 'entries')}`
    const line = cut(style, said + rest, style.columns)
    return closedAt === undefined ? paint(style, 'strong', line) : line
  })
  await print(`${[...lines, paint(style, 'faint', `  ${zoneWords(Date.now())}`)].join('\n')}\n`)
  return 0
}
