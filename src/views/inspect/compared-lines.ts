import { count, percent } from '../../base/format.ts'
import { wrap } from '../../base/safe-text.ts'
import type { ChangedCall, ChangedFunction } from '../../findings/inspect/compared-profiles.ts'
import type { ShownProfile } from '../../steps/inspect/inspection.ts'
import { cut, paint, shown, type Style } from '../style.ts'
import { nameOf } from './function-name.ts'

const SHOWN = { usual: 6, details: 40 } as const
const CALLS_SHOWN = { usual: 16, details: 100 } as const
/** What changes by less changes from one minute to the next. Share of all. */
const SMALLEST = 0.01

/** What is different from an earlier profile, in points of a hundred of what ran: functions, then the calls in which it changed. */
export function comparedLines(
  { with: file, changes }: NonNullable<ShownProfile['compared']>,
  style: Style,
  details: boolean,
): readonly string[] {
  const { bySelf, byTotal, tree, byNameAlone } = changes
  const isSame = [...bySelf, ...byTotal].every(({ change }) => Math.abs(change) < SMALLEST)
  const told = (text: string): readonly string[] => wrap(text, style.columns - 2).map((line) => `  ${line}`)
  return [
    '',
    ...told(`changed from ${shown(style, file)}, in shares of what ran, before and now`),
    ...(byNameAlone ? told('Functions of the same name count as one: one of the two tells no files.') : []),
    ...(isSame ? told(`No function changed by ${percent(100 * SMALLEST)} or more.`) : []),
    ...changedLines('in the function itself', bySelf, style, details),
    ...changedLines('with all that it calls', byTotal, style, details),
    ...callLines(tree, style, details),
  ]
}

function changedLines(
  heading: string,
  functions: readonly ChangedFunction[],
  style: Style,
  details: boolean,
): readonly string[] {
  const told = functions.filter(({ change }) => Math.abs(change) >= SMALLEST)
  if (told.length === 0) return []
  const most = details ? SHOWN.details : SHOWN.usual
  const left = told.length - most
  return [
    `  ${heading}`,
    ...told.slice(0, most).map((each) => changedLine(each, nameOf(each, style), style)),
    ...(left > 0 && !details ? [`    and ${count(left, 'more function')} (--details)`] : []),
  ]
}

function changedLine(each: ChangedFunction, name: string, style: Style): string {
  const { before, after, own } = each
  const shares = `${percent(100 * before)} ${style.unicode ? '→' : '->'} ${percent(100 * after)}`
  const line = cut(style, `  ${pointsOf(each).padStart(7)}  ${shares.padEnd(16)} ${name}`, style.columns)
  return own ? paint(style, 'strong', line) : line
}

/** `+12.4`, `-3.0`, `new`, `gone`. */
function pointsOf({ before, after, change }: ChangedFunction): string {
  if (before === 0) return 'new'
  if (after === 0) return 'gone'
  return `${change > 0 ? '+' : '-'}${Math.abs(100 * change).toFixed(1)}`
}

/** The calls in which the share changed, callers above what they call. */
function callLines(tree: ChangedCall, style: Style, details: boolean): readonly string[] {
  const rows = changedRows(tree, 0)
  if (rows.length === 0) return []
  const most = details ? CALLS_SHOWN.details : CALLS_SHOWN.usual
  const left = rows.length - most
  return [
    '  by call',
    ...rows
      .slice(0, most)
      .map(({ call, depth }) => changedLine(call, `${'  '.repeat(Math.min(depth, 12))}${nameOf(call, style)}`, style)),
    ...(left > 0 && !details ? [`    and ${count(left, 'more call')} (--details)`] : []),
  ]
}

function changedRows(
  tree: ChangedCall,
  depth: number,
): readonly { readonly call: ChangedCall; readonly depth: number }[] {
  return tree.calls.flatMap((call) => {
    const inner = changedRows(call, depth + 1)
    const isTold = Math.abs(call.change) >= SMALLEST
    return isTold ? [{ call, depth }, ...inner] : inner.map((row) => ({ ...row, depth: row.depth - 1 }))
  })
}
