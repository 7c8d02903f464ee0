import { pause } from '../../base/format.ts'
import { safeText, wrap } from '../../base/safe-text.ts'
import type { PriceTag } from '../../evidence/inspect/inspector.ts'
import { PRICE_WORDS } from '../style.ts'

/**
 * What is asked before anything that is not free, in lines that fit the terminal: a person who is tired reads what it does to the process, and what stays, before the reasons.
 *
 *     profile of JavaScript, by V8, of node (812)
 *       pause: the target stands still for a moment, at most 60 ms
 *       What stays: lines of Node on its standard error.
 *       Why: SIGUSR1 makes Node open its inspector on 127.0.0.1; …
 *     Do it? [y/N]
 */
export function priceQuestion(what: string, { price, pauseMs, residue, why }: PriceTag, columns: number): string {
  const still = pauseMs === undefined ? '' : `, at most ${pause(pauseMs)}`
  const told = [
    `${PRICE_WORDS[price]}${still}`,
    ...(residue === undefined ? [] : [`What stays: ${residue}.`]),
    `Why: ${why}.`,
  ]
  const indented = told.flatMap((line) => wrap(safeText(line), columns - INDENT.length - 1))
  return [...wrap(safeText(what), columns - 1), ...indented.map((line) => `${INDENT}${line}`), 'Do it? [y/N]'].join(
    '\n',
  )
}

const INDENT = '  '
