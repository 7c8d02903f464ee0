import { wrap } from '../../base/safe-text.ts'
import { paint, type Style } from '../style.ts'

/** The first lines of a section: its title in strong letters, then what it is about. */
export function titled(title: string, about: string, style: Style): readonly string[] {
  const indent = ' '.repeat(title.length + 2)
  return wrap(about, style.columns - indent.length).map((line, at) =>
    at === 0 ? `${paint(style, 'strong', title)}  ${line}` : `${indent}${line}`,
  )
}
