import { safeText } from '../../base/safe-text.ts'
import { wordsOf } from '../../incidents/payloads.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import { outputStyle, print } from '../console.ts'
import { entryJson } from '../entry-line.ts'
import { entryWords } from '../entry-words.ts'
import { localTime, zoneOf } from '../local-time.ts'
import { Problem } from '../problem.ts'
import { theIncident, type IncidentFlags } from '../the-incident.ts'
import { theStore } from '../the-store.ts'
import { cut, paint, type Color, type Style } from '../style.ts'

export interface SearchFlags extends IncidentFlags {
  readonly limit?: string
  readonly json?: boolean
  readonly color?: Color
}

/** A screen and a half; more is seldom read. */
const USUAL_LIMIT = 50
/** Of the whole record, when only the hits of one incident are shown. */
const HIGHEST_LIMIT = 100_000

/** Lists the entries in which all the words stand, best first. */
export async function search(words: readonly string[], flags: SearchFlags): Promise<number> {
  const limit = flags.limit === undefined ? USUAL_LIMIT : Number(flags.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > HIGHEST_LIMIT)
    throw new Problem(`--limit takes a number from 1 to ${HIGHEST_LIMIT}, not "${flags.limit}".`, '--limit 200', 2)
  const sought = words.join(' ')
  if (!/[\p{L}\p{N}]/u.test(sought))
    throw new Problem('There is no word to search for.', 'halligan search connection refused', 2)
  const store = await theStore()
  const only = flags.incident === undefined ? undefined : (await theIncident(flags)).id
  const all = await store.search(sought, only === undefined ? limit + 1 : HIGHEST_LIMIT)
  const hits = all.filter(({ incident }) => only === undefined || incident === only)
  const shown = hits.slice(0, limit)
  if (flags.json) await print(shown.map(entryJson).join(''))
  else await print(listing(shown, hits.length > limit, sought, outputStyle(flags.color)))
  return 0
}

function listing(entries: readonly AnyEntry[], more: boolean, sought: string, style: Style): string {
  if (entries.length === 0)
    return `No entry has all of: ${safeText(sought)}\nThe last word may be the beginning of one; fewer words find more.\n`
  const lines = entries.flatMap((entry) => hitLines(entry, sought, style))
  const rest = more ? ['There are more: --limit shows them, further words narrow it down.'] : []
  return `${[...lines, ...rest].join('\n')}\n`
}

/** Where it is and what it says; below it the line that has the words, unless they stand in the first one. */
function hitLines(entry: AnyEntry, sought: string, style: Style): readonly string[] {
  const head = `${safeText(entry.incident)} ${`#${entry.seq}`.padEnd(5)} ${localTime(entry.at)} ${zoneOf(entry.at)}  `
  const who = `${safeText(entry.by)}${entry.box === undefined ? '' : ` on ${safeText(entry.box)}`}  `
  const says = cut(style, who + safeText(entryWords(entry)), Math.max(20, style.columns - head.length))
  const terms = sought.toLowerCase().split(/\s+/).filter(Boolean)
  const line = termsIn(says, terms) === terms.length ? undefined : lineWith(entry, terms)
  return [
    `${paint(style, 'faint', head)}${says}`,
    ...(line === undefined ? [] : [`    ${cut(style, line, style.columns - 4)}`]),
  ]
}

/** The line of what the entry says that has the most of the words; the command that was typed last. */
function lineWith({ payload }: AnyEntry, terms: readonly string[]): string | undefined {
  const { command, ...rest } =
    typeof payload === 'object' && payload !== null ? { command: '', ...payload } : { command: '' }
  const lines = [rest, command].flatMap((part) => wordsOf(part).split('\n')).map((line) => safeText(line.trim()))
  const [best] = lines
    .map((line) => ({ line, has: termsIn(line, terms) }))
    .toSorted((one, other) => other.has - one.has)
  return best && best.has > 0 ? best.line : undefined
}

function termsIn(line: string, terms: readonly string[]): number {
  return terms.filter((term) => line.toLowerCase().includes(term)).length
}
