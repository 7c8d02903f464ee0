import { safeJson, safeText } from '../base/safe-text.ts'
import type { AnyEntry } from '../incidents/store.ts'
import { entryWords } from './entry-words.ts'
import { localTime, zoneWords } from './local-time.ts'
import { cut, paint, type Style } from './style.ts'

/** One entry on one line: number, when, who, on which box, what. */
export function entryLine(entry: AnyEntry, style: Style): string {
  const head = `${`#${entry.seq}`.padStart(5)} ${localTime(entry.at)}  `
  const who = `${safeText(entry.by)}${entry.box === undefined ? '' : ` on ${safeText(entry.box)}`}  `
  return `${paint(style, 'faint', head)}${cut(style, who + safeText(entryWords(entry)), style.columns - head.length)}\n`
}

/** Above such lines: whose clock it is. */
export function zoneLine(style: Style): string {
  return `${paint(style, 'faint', `      ${zoneWords(Date.now())}`)}\n`
}

/** One entry as a line of JSON, also of a kind that this version does not know: header, salt and payload as the record has them. */
export function entryJson(entry: AnyEntry): string {
  const said = entry.did === 'other' ? { ...entry, did: entry.saysDid, saysDid: undefined } : entry
  return `${safeJson(said).replaceAll(/\n */g, ' ')}\n`
}
