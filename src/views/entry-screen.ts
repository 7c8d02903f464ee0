import { bytes, count, duration } from '../base/format.ts'
import { width, wrap, wrapParts } from '../base/safe-text.ts'
import { keptThings } from '../incidents/kept-things.ts'
import type { PayloadOf } from '../incidents/payloads.ts'
import type { AnyEntry } from '../incidents/store.ts'
import type { ShownEntry } from '../steps/show.ts'
import { outputLines, pieceLines, withoutTabs } from './entry-evidence.ts'
import { entryWords, keptWords, printedWords } from './entry-words.ts'
import { localTime, zoneOf } from './local-time.ts'
import { inspectedEntryLines } from './inspect/entry-lines.ts'
import { logsEntryLines } from './logs/entry-lines.ts'
import { lookScreen } from './look-terminal.ts'
import { cut, paint, separator, shown, type Style } from './style.ts'

/**
 * One entry in full, for a person: who, when, where, what was typed; what it says; the evidence that it rests on; the entries that belong to it. Ends
 * with a newline.
 */
export function entryScreen(view: ShownEntry, style: Style): string {
  const sections: readonly (readonly string[])[] = [
    head(view, style),
    body(view, style),
    pieceLines(view, style),
    otherLines(view, style),
  ]
  const screen = sections.filter((section) => section.length > 0).map((section) => section.join('\n'))
  return `${screen.join('\n\n')}\n`
}

function head({ entry }: ShownEntry, style: Style): readonly string[] {
  const { seq, incident, at, by, box, identity } = entry
  const machine = [
    identity && identity.hostname !== box ? identity.hostname : undefined,
    identity?.machineId && `machine ${identity.machineId}`,
  ].filter((part) => part !== undefined && part !== '')
  const place = box === undefined ? '' : `  ${box}${machine.length > 0 ? ` (${machine.join(', ')})` : ''}`
  const kind = entry.did === 'other' ? entry.saysDid : entry.did
  const facts = [incident, `${localTime(at)} ${zoneOf(at)}`, by].map((fact) => shown(style, fact))
  const typed = textIn(entry.payload, 'command')
  return [
    cut(style, `#${seq} ${shown(style, kind)}${shown(style, place)}`, style.columns),
    ...wrapParts(facts, style.columns - 2, separator(style)).map((line) => paint(style, 'faint', `  ${line}`)),
    ...(typed === undefined ? [] : indented(shown(style, `typed: ${typed}`), style, '  ')),
  ]
}

/** What the entry says, each kind as it is read best. */
function body(view: ShownEntry, style: Style): readonly string[] {
  const { entry, look, pieces, end, later } = view
  if (entry.did === 'other')
    return ['  This version of Halligan does not know such entries; it says:', ...fields(entry.payload, style)]
  if (entry.payload === undefined) return [`  ${purgedWords(later, style)}`]
  if (entry.did === 'noted') return block(entry.payload.text, style)
  if (entry.did === 'looked' || entry.did === 'preserved')
    return [
      ...(look ? [lookScreen(look, style, 'details').trimEnd()] : []),
      ...(entry.did === 'preserved' ? notKept(entry.payload, style) : []),
    ]
  if (entry.did === 'ran')
    return [...ranLines(entry.payload, style), ...endedLines(end, style), ...outputLines(entry.seq, pieces, style)]
  if (entry.did === 'inspected') return inspectedEntryLines(entry.payload, style)
  if (entry.did === 'logs-read') return logsEntryLines(entry.payload, style)
  if (entry.did === 'shelled') return [...shellLines(entry.payload, entry.seq, style), ...endedLines(end, style)]
  if (entry.did === 'debugged') return [...debuggedLines(entry.payload, entry.seq, style), ...endedLines(end, style)]
  return fields(entry.payload, style)
}

function purgedWords(later: readonly AnyEntry[], style: Style): string {
  const tombstone = later.find(({ did }) => did === 'purged')
  const by = tombstone ? ` by ${tombstone.by}, see #${tombstone.seq}` : ''
  return cut(style, shown(style, `What it said was purged${by}.`), style.columns - 2)
}

function notKept({ kept }: PayloadOf<'preserved'>, style: Style): readonly string[] {
  const blind = kept.filter((each) => each.blind !== undefined)
  // They are among those that were kept, and have no piece of evidence below.
  const empty = keptThings(kept).filter(({ evidence }) => evidence === undefined)
  return [
    ...titled(
      'could not be kept',
      blind.map(({ what, blind: why = '' }) => `${what}: ${why}`),
      style,
    ),
    ...titled(
      'seen, and nothing was in it',
      empty.map(({ what }) => what),
      style,
    ),
  ]
}

function titled(title: string, texts: readonly string[], style: Style): readonly string[] {
  if (texts.length === 0) return []
  return ['', `  ${title}`, ...texts.flatMap((text) => indented(shown(style, text), style, '    '))]
}

function ranLines(payload: PayloadOf<'ran'>, style: Style): readonly string[] {
  const { line, state, exit, tookMs, price, job, why, printedBytes, offTheRecord } = payload
  const how = state === 'ended' ? `exit ${exit}` : state
  const facts = [
    how,
    tookMs === undefined ? undefined : `took ${duration(tookMs / 1000)}`,
    price,
    job === undefined ? undefined : `job ${job}`,
    printedBytes === 0 ? undefined : `printed ${printedWords(payload)}`,
    keptWords(payload),
  ].filter((fact) => fact !== undefined)
  return [
    ...(offTheRecord ? ['  Off the record: what was run is not written down.'] : block(`$ ${line}`, style)),
    ...indented(shown(style, facts.join(', ')), style, '  '),
    ...(why === undefined ? [] : indented(shown(style, why), style, '  ')),
  ]
}

function shellLines(payload: PayloadOf<'shelled'>, seq: number, style: Style): readonly string[] {
  const { commands, state, exit, tookMs, columns, rows, leftOutBytes, why, offTheRecord, cast } = payload
  const facts = [
    state ?? 'ended',
    exit === undefined ? undefined : `exit ${exit}`,
    tookMs === undefined ? undefined : `took ${duration(tookMs / 1000)}`,
    `${columns} x ${rows}`,
    leftOutBytes ? `${bytes(leftOutBytes)} of output are left out` : undefined,
  ].filter((fact) => fact !== undefined)
  const typed = commands.map(({ at, line }) => `  ${localTime(at).slice(11)}  $ ${shown(style, line)}`)
  return [
    ...indented(facts.join(', '), style, '  '),
    ...(why === undefined ? [] : indented(shown(style, why), style, '  ')),
    ...(offTheRecord ? ['  Off the record: nothing of it was written down but that it was.'] : []),
    ...(typed.length > 0 ? ['', ...typed.map((line) => cut(style, line, style.columns))] : []),
    ...(cast === undefined ? [] : ['', `  halligan replay ${seq} plays it, and --print gives its text.`]),
  ]
}

function debuggedLines(payload: PayloadOf<'debugged'>, seq: number, style: Style): readonly string[] {
  const { asked, pid, name, runtime, debugger: tool, state, why, tookMs, commands, cast, proof = [], residue } = payload
  const { price = 'pause', limitSeconds, stops, longestStopMs = 0, stoodStillMs = 0 } = payload
  const facts = [
    `${tool ?? 'a debugger'} at ${name ?? asked}${pid === undefined ? '' : ` (${pid})`}`,
    runtime,
    state,
    tookMs === undefined ? undefined : `took ${duration(tookMs / 1000)}`,
  ].filter((fact) => fact !== undefined)
  const still =
    stops === undefined
      ? ''
      : `; it stood still ${count(stops, 'time')}, ${duration(stoodStillMs / 1000)} in all, ${duration(longestStopMs / 1000)} at the longest`
  const typed = commands.map(({ at, line }) => `  ${localTime(at).slice(11)}  ${shown(style, line)}`)
  return [
    ...indented(shown(style, facts.join(', ')), style, '  '),
    ...indented(`price ${price}, at most ${limitSeconds} s in one stop${still}`, style, '  '),
    ...[why, residue === undefined ? undefined : `what stays: ${residue}`, ...proof]
      .filter((each) => each !== undefined)
      .flatMap((each) => indented(shown(style, each), style, '  ')),
    ...(typed.length > 0 ? ['', ...typed.map((line) => cut(style, line, style.columns))] : []),
    ...(cast === undefined ? [] : ['', `  halligan replay ${seq} plays it, and --print gives its text.`]),
  ]
}

function endedLines(end: AnyEntry | undefined, style: Style): readonly string[] {
  if (!end) return []
  return indented(`How it ended, and what it printed: halligan show ${end.seq}`, style, '  ')
}

/** Any payload, a line or a block for each thing that it says; what names evidence stands below it. */
function fields(payload: unknown, style: Style): readonly string[] {
  if (typeof payload !== 'object' || payload === null) return []
  const said = Object.entries(payload)
    .filter(([key, value]) => key !== 'command' && key !== 'evidence' && value !== undefined)
    .map(([key, value]: [string, unknown]) => ({ label: labelOf(key), text: textOf(key, value) }))
    .filter(({ text }) => text !== '')
  const widest = Math.max(0, ...said.map(({ label }) => width(label)))
  return said.flatMap(({ label, text }) => {
    const lines = text.split('\n')
    const named = `  ${shown(style, label).padEnd(widest)}  `
    if (lines.length > 1) return [`  ${shown(style, label)}`, ...lines.map((line) => `    ${shown(style, line)}`)]
    return wrap(shown(style, text), style.columns - named.length).map(
      (line, at) => (at === 0 ? named : ' '.repeat(named.length)) + line,
    )
  })
}

/** `ruledOut` is for programs. */
function labelOf(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

const NUMBERS_OF_ENTRIES: ReadonlySet<string> = new Set(['of', 'by', 'seq'])

function textOf(key: string, value: unknown): string {
  if (Array.isArray(value)) {
    const isOfObjects = value.some((each) => typeof each === 'object')
    return value.map((each: unknown) => textOf(key, each)).join(isOfObjects ? '\n' : ', ')
  }
  if (typeof value === 'number') return NUMBERS_OF_ENTRIES.has(key) ? `#${value}` : String(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (key === 'since' && typeof value === 'string') return `${localTime(value)} ${zoneOf(value)}`
  if (typeof value === 'string') return value.replace(/\n$/, '')
  return Object.entries(value ?? {})
    .map(([name, each]: [string, unknown]) => `${labelOf(name)}: ${textOf(name, each)}`)
    .join(', ')
}

/** Entries beyond these are counted. */
const OTHERS_SHOWN = 10

function otherLines({ about, later }: ShownEntry, style: Style): readonly string[] {
  const row = (label: string, each: AnyEntry): string => {
    const place = each.box === undefined ? '' : ` on ${each.box}`
    return cut(style, shown(style, `  ${label} #${each.seq} ${each.by}${place}  ${entryWords(each)}`), style.columns)
  }
  const left = later.length - OTHERS_SHOWN
  return [
    ...about.slice(0, OTHERS_SHOWN).map((each) => row('about', each)),
    ...later.slice(0, OTHERS_SHOWN).map((each) => row('later', each)),
    ...(left > 0 ? [`  and ${count(left, 'later entry', 'later entries')} that name it`] : []),
  ]
}

/** Lines of text as they were written, wrapped. */
function block(text: string, style: Style): readonly string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line) => indented(shown(style, withoutTabs(line)), style, '  '))
}

function indented(text: string, style: Style, indent: string): readonly string[] {
  return wrap(text, style.columns - indent.length).map((line) => indent + line)
}

function textIn(payload: unknown, key: string): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined
  const value: unknown = Object.entries(payload).find(([each]) => each === key)?.[1]
  return typeof value === 'string' ? value : undefined
}
