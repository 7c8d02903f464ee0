import { terminalFilter } from '../base/terminal-filter.ts'
import { terminalScreen } from '../base/terminal-screen.ts'
import { sizeOf, type Cast } from './cast.ts'

/** The lines of a session as they stood when they left the screen, and those that were on it in the end; what full-screen programs drew is left out. */
export function transcript({ columns, rows, events }: Cast): readonly string[] {
  const lines: string[] = []
  const filter = terminalFilter('screen')
  const screen = terminalScreen(columns, rows, { onScrolledOff: (line) => lines.push(line) })
  for (const { code, data } of events) {
    if (code === 'o') screen.write(filter.push(data))
    const size = code === 'r' ? sizeOf(data) : undefined
    if (size) screen.resize(size.columns, size.rows)
  }
  if (screen.isAlternate()) screen.write('\u001b[?1049l')
  return [...lines, ...screen.lines()]
}
