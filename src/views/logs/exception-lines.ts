import type { StackFrame } from '../../findings/logs/exceptions/stack-frames.ts'
import type { ReadException } from '../../steps/logs/logs-read.ts'
import { cut, shown, type Style } from '../style.ts'

/** Exceptions that stand on the screen. */
const SHOWN = 5

/** Exceptions by type and by the place of the program that threw them, those that are new or more frequent; with details all. */
export function exceptionLines(
  exceptions: readonly ReadException[],
  style: Style,
  details: boolean,
): readonly string[] {
  const telling = details ? exceptions : exceptions.filter(({ verdict }) => verdict !== 'steady').slice(0, SHOWN)
  if (telling.length === 0) return []
  return ['  exceptions', ...telling.map((each) => `    ${cut(style, shown(style, words(each)), style.columns - 4)}`)]
}

function words({ type, message, frame, root, before, after }: ReadException): string {
  const said = message === '' ? type : `${type}: ${message.split('\n')[0]}`
  const at = frame ? ` at ${placeWords(frame)}` : ''
  const because = root ? `, from ${root.type}${root.frame ? ` at ${placeWords(root.frame)}` : ''}` : ''
  return `${Math.round(after)} (${Math.round(before)} before)  ${said}${at}${because}`
}

/** `invoices.py:19, rate_of`. */
function placeWords({ file, line, function: name, module }: StackFrame): string {
  const place = file === undefined ? (module ?? '') : `${file}${line === undefined ? '' : `:${line}`}`
  return [place, name].filter((word) => word !== undefined && word !== '').join(', ')
}
