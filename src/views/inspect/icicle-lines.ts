import { count, percent } from '../../base/format.ts'
import { width, wrap } from '../../base/safe-text.ts'
import { icicleRows, type IcicleCell } from '../../findings/inspect/icicle.ts'
import type { CallNode } from '../../findings/inspect/profile.ts'
import { cut, paint, shown, type Style } from '../style.ts'

const ROWS = { usual: 24, details: 120 } as const

/**
 * A flame graph that hangs down, as wide as the terminal: callers above, what they call below, each as wide as its share. A thick edge is on the
 * hottest path, a thin one beside it; what is too narrow for a name is grey. Without colour it reads the same.
 */
export function icicleLines(tree: CallNode, style: Style, details: boolean): readonly string[] {
  const rows = icicleRows(tree, style.columns - 2, details ? ROWS.details : ROWS.usual)
  if (rows.length < 2) return []
  const { unicode } = style
  return [
    ...wrap(
      `who calls whom (width: share of all; ${unicode ? '▌' : '#'} the hottest path; ${unicode ? '░' : ':'} too narrow for a name)`,
      style.columns - 2,
    ).map((line) => `  ${line}`),
    ...rows.map((row) =>
      row.kind === 'folded'
        ? paint(style, 'faint', `  ${unicode ? '⋮' : ':'} ${count(row.rows, 'row')} more`)
        : rowLine(row.cells, style),
    ),
  ]
}

function rowLine(cells: readonly IcicleCell[], style: Style): string {
  let text = '  '
  let end = 0
  for (const cell of cells) {
    text += ' '.repeat(Math.max(0, cell.at - end)) + cellText(cell, style)
    end = cell.at + cell.width
  }
  return text.trimEnd()
}

function cellText({ node, width: columns, share, isHot }: IcicleCell, style: Style): string {
  if (!node) return paint(style, 'faint', (style.unicode ? '░' : ':').repeat(columns))
  const edge = style.unicode ? (isHot ? '▌' : '▏') : isHot ? '#' : '|'
  const name = shown(style, node.function)
  const figure = percent(100 * share)
  const room = columns - 2
  const text = width(name) + 1 + figure.length <= room ? `${name} ${figure}` : cut(style, name, room)
  const filled = `${edge}${text}${' '.repeat(Math.max(0, columns - 1 - width(text)))}`
  return node.own ? paint(style, 'strong', filled) : filled
}
