import type { ProfiledFunction } from '../../findings/inspect/profile.ts'
import { shown, type Style } from '../style.ts'

/** A sign marks what belongs to the program itself. */
export function nameOf(
  { function: called, place, line, own }: Pick<ProfiledFunction, 'function' | 'place' | 'line' | 'own'>,
  style: Style,
): string {
  const sign = own ? (style.unicode ? '▸' : '>') : ' '
  const at = place === undefined ? '' : `  ${shown(style, place)}${line === undefined ? '' : `:${line}`}`
  return `${sign} ${shown(style, called)}${at}`
}
