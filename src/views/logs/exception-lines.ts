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
  return [
    '  exceptions',
    ...telling.flatMap((each) => wordsOf(each).map((line, at) => fitted(line, at === 0 ? 4 : 6, style))),
  ]
}

function fitted(line: string, indent: number, style: Style): string {
  return `${' '.repeat(indent)}${cut(style, shown(style, line), style.columns - indent)}`
}

/** What was thrown how often, and below it where: innermost place of the program itself, and of the root cause. */
function wordsOf({ type, message, frame, root, before, after }: ReadException): readonly string[] {
  const said = message === '' ? type : `${type}: ${message.split('\n')[0]}`
  const because = root ? `from ${root.type}${root.frame ? ` at ${placeWords(root.frame)}` : ''}` : undefined
  return [
    `${Math.round(after)} (${Math.round(before)} before)  ${said}`,
    ...(frame ? [`at ${placeWords(frame)}`] : []),
    ...(because === undefined ? [] : [because]),
  ]
}

/** `invoices.py:19, rate_of`. */
function placeWords({ file, line, function: name, module }: StackFrame): string {
  const place = file === undefined ? (module ?? '') : `${file}${line === undefined ? '' : `:${line}`}`
  return [place, name].filter((word) => word !== undefined && word !== '').join(', ')
}
