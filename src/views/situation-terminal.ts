import { wrap } from '../base/safe-text.ts'
import type { State } from '../findings/finding.ts'
import type { BoxStory } from '../incidents/box-story.ts'
import type { Hypothesis } from '../incidents/hypotheses.ts'
import type { Situation } from '../incidents/situation.ts'
import type { AnyEntry } from '../incidents/store.ts'
import type { Untried } from '../incidents/tried.ts'
import { priceMark } from './finding-lines.ts'
import {
  countedLabel,
  fitted,
  NARROW_SQUEEZES,
  SQUEEZES,
  type FittedSection,
  type Section,
  type Squeeze,
} from './screen-budget.ts'
import { footLines, headLines } from './situation-head.ts'
import {
  boxRemarks,
  changeWords,
  clockWords,
  debtWords,
  evidenceWords,
  holdingWords,
  inspectionWords,
  logWords,
  numbers,
  openWords,
  sightingWords,
  startWords,
  stateOf,
  triedWords,
} from './situation-words.ts'
import { cut, paint, plainWidth, separator, shown, stateWord, type Style } from './style.ts'
import { WORST_FIRST } from './worst-first.ts'

/** A situation as one person sees it now. */
export interface SituationView {
  readonly situation: Situation
  /** All entries of the incident: what verdicts rest on is named. */
  readonly entries: readonly AnyEntry[]
  readonly nowMs: number
  /** Who reads: `alice@laptop`. */
  readonly me: string
  /** Entries that this person has not been shown. */
  readonly unseen: number
  /** Lines of the terminal. */
  readonly rows: number
  /** Lines that the command says below it, beside the prompt. */
  readonly below: number
}

/** A terminal has no fewer (VT100); where it tells none, or less, this is what has to fit. Lines. */
export const ROWS = 24
/** In a narrower terminal, labels stand on lines of their own. Columns. */
const ROOM_FOR_LABELS = 60
const LABEL_COLUMNS = 12
/** What stands below such a label. Columns. */
const NARROW_INDENT = 4

/**
 * Where an incident stands, for a person who comes to it at 4 a.m., on one screen: what burns, since when, whose it is; each box now against the start; what
 * runs or was changed; what was ruled out and by what; what was not tried yet. What there is no room for is counted. From 80 columns on it fits, whatever
 * the incident holds. Ends with a newline.
 */
export function situationScreen(view: SituationView, style: Style): string {
  // The prompt needs a line as well.
  const room = Math.max(ROWS, view.rows) - 1 - view.below
  let lines: readonly string[] = []
  for (const squeeze of isNarrow(style) ? NARROW_SQUEEZES : SQUEEZES) {
    lines = screenLines(view, style, squeeze, room)
    if (heightOf(lines, 0, style) <= room) break
  }
  return `${lines.join('\n')}\n`
}

function screenLines(view: SituationView, style: Style, squeeze: Squeeze, room: number): readonly string[] {
  const head = headLines(view, style, squeeze.textLines)
  const foot = footLines(view, style)
  const narrow = isNarrow(style)
  const indent = ' '.repeat(narrow ? NARROW_INDENT : labelColumns(view, style, squeeze))
  const sections = sectionsOf(view, { ...style, columns: style.columns - indent.length }, squeeze)
  const kept = sections.filter(({ label }) => !squeeze.without.includes(label))
  const labels = narrow ? kept.filter(({ items }) => items.length > 0).length : 0
  const legend = legendLines(sections, squeeze, style)
  const left = room - head.length - foot.length - labels - legend.length
  const fit = fitted(kept, left, (item) => heightOf(item, indent.length, style), squeeze.counts)
  return [...head, ...fit.flatMap((section) => sectionLines(section, style, indent, narrow)), ...legend, ...foot]
}

function isNarrow({ columns }: Style): boolean {
  return columns < ROOM_FOR_LABELS
}

/** Lines of the terminal that these take, each behind so many columns. */
function heightOf(lines: readonly string[], before: number, { columns }: Style): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil((before + plainWidth(line)) / columns)), 0)
}

/** As wide as the longest label can become. */
function labelColumns(view: SituationView, style: Style, squeeze: Squeeze): number {
  if (squeeze.counts === 'below') return LABEL_COLUMNS
  const labels = sectionsOf(view, style, squeeze)
    .filter(({ label, total }) => total > 1 && !squeeze.without.includes(label))
    .map(({ label, total }) => `  ${countedLabel(label, total)} `.length)
  return Math.max(LABEL_COLUMNS, ...labels)
}

/** Where to read what the labels count, and what is only counted: `… in --markdown: what + counts, 66 tried`. */
function legendLines(sections: readonly Section[], { counts, without }: Squeeze, style: Style): readonly string[] {
  if (counts === 'below') return []
  const words: Readonly<Record<string, string>> = { tried: 'tried', next: 'suggested' }
  const gone = sections.filter(({ label, total }) => without.includes(label) && total > 0)
  const all = ['what + counts', ...gone.map(({ label, total }) => `${total} ${words[label] ?? label}`)].join(', ')
  const lines = wrap(`${style.unicode ? '…' : '...'} in --markdown: ${all}`, style.columns - 2)
  return lines.map((line) => paint(style, 'faint', `  ${line}`))
}

/** In the order in which they are read, which is also the order in which they get room. */
function sectionsOf(view: SituationView, style: Style, squeeze: Squeeze): readonly Section[] {
  const { situation, entries, nowMs, rows } = view
  const { affected, holdings, debts, hypotheses, logs, inspections, tried, untried } = situation
  const most = Math.max(ROWS, rows)
  const byNumber = new Map(entries.map((entry) => [entry.seq, entry]))
  const of = (state: Hypothesis['state']): readonly Hypothesis[] => hypotheses.filter((each) => each.state === state)
  const section = <T>(
    label: string,
    all: readonly T[],
    item: (each: T, at: number) => readonly string[],
    rest = 'more',
  ): Section => {
    return {
      label,
      items: all.slice(0, most).map((each, at) => item(each, at)),
      total: all.length,
      more: (left) => moreWords(left, rest, style),
    }
  }
  const verdict = (each: Hypothesis): readonly string[] =>
    squeeze.verdicts === 'with-evidence' ? verdictItem(each, byNumber, style) : [verdictLine(each, style)]
  return [
    section('boxes', boxesOrRemarks(situation), (each, at) =>
      typeof each === 'string'
        ? [cut(style, shown(style, each), style.columns)]
        : boxItem(each, at === 0 ? squeeze.firstBoxLines : 1, nowMs, style),
    ),
    section('logs', logs, (each, at) =>
      signedItem(each.findings[0]?.state, logWords(each), at === 0 ? squeeze.firstBoxLines : 1, style),
    ),
    section('processes', inspections, (each, at) =>
      signedItem(each.doing[0]?.state, inspectionWords(each), at === 0 ? squeeze.firstBoxLines : 1, style),
    ),
    section('holds', holdings, (holding) => [cut(style, shown(style, holdingWords(holding, nowMs)), style.columns)]),
    section('debts', debts, (debt) => [cut(style, shown(style, debtWords(debt)), style.columns)]),
    section('affected', affected.length > 0 ? affected.toReversed() : [undefined], (note) => [
      cut(style, shown(style, note ? `${note.text.split('\n')[0]} (#${note.seq})` : UNKNOWN_WHO), style.columns),
    ]),
    section('cause', of('confirmed'), verdict),
    section('ruled out', of('ruled-out'), verdict),
    section('open', of('open'), (each) => [cut(style, shown(style, openWords(each)), style.columns)]),
    section('next', situation.closed ? [] : untried, (step) => [nextLine(step, style)]),
    section(
      'tried',
      tried.toReversed(),
      (each) => {
        const place = each.box === undefined ? '' : ` ${each.box}`
        return [cut(style, shown(style, `${clockWords(each.at, nowMs)}${place} ${triedWords(each)}`), style.columns)]
      },
      'before',
    ),
  ]
}

function boxesOrRemarks(situation: Situation): readonly (BoxStory | string)[] {
  const all = [...worstFirst(situation.boxes), ...boxRemarks(situation)]
  return all.length > 0 ? all : ['nobody has looked at one: halligan look BOX']
}

const UNKNOWN_WHO = 'nobody has said: halligan note "affected: …"'

function moreWords(left: number, rest: string, style: Style): string {
  return `${style.unicode ? '…' : '...'} ${left} ${rest} in --markdown`
}

function worstFirst(boxes: readonly BoxStory[]): readonly BoxStory[] {
  return boxes.toSorted((a, b) => WORST_FIRST.indexOf(stateOf(a)) - WORST_FIRST.indexOf(stateOf(b)))
}

/** `✖ CRITICAL web-1: new since it began: … (#12)`. */
function signedItem(state: State | undefined, words: string, most: number, style: Style): readonly string[] {
  const sign = stateWord(style, state ?? 'unknown')
  const room = style.columns - plainWidth(sign) - 1
  const lines = wrap(shown(style, words), room)
  const rest = lines.slice(most - 1).join(' ')
  const kept = [...lines.slice(0, most - 1), cut(style, rest, most === 1 ? room : style.columns - 2)]
  return kept.filter((line) => line !== '').map((line, at) => `${at === 0 ? `${sign} ` : '  '}${line}`)
}

/** `✖ CRITICAL web-1 (at the start WARNING): what burns`, and below it what is different since. */
function boxItem(story: BoxStory, most: number, nowMs: number, style: Style): readonly string[] {
  const { box, last } = story
  const before = startWords(story, nowMs)
  const said = last ? sightingWords(last, box) : 'nobody has looked at it yet'
  const sign = stateWord(style, stateOf(story))
  const room = style.columns - plainWidth(sign) - 1
  const named = cut(style, `${shown(style, box)}${before.length > 0 ? ` (${before.join(', ')})` : ''}:`, room)
  const lines = [...wrap(`${named} ${shown(style, said)}`, room)]
  const rest = lines.slice(most - 1).join(' ')
  const kept = [...lines.slice(0, most - 1), cut(style, rest, most === 1 ? room : style.columns - 2)]
  const changes = changeWords(story, nowMs)
    .map((words) => shown(style, words))
    .join(separator(style))
  return [
    ...kept
      .filter((line, at) => at === 0 || line !== '')
      .map((line, at) => (at === 0 ? `${sign} ${line}` : `  ${line}`)),
    ...(changes === '' ? [] : [`  ${cut(style, changes, style.columns - 2)}`]),
  ]
}

/** The verdict with its reason, and below it what shows it. */
function verdictItem(
  { number, text, verdict }: Hypothesis,
  entries: ReadonlyMap<number, AnyEntry>,
  style: Style,
): readonly string[] {
  const evidence = verdict ? evidenceWords(verdict, entries) : []
  const line = `${number} ${text ?? '(purged)'}: ${verdict?.why ?? ''}`
  const by = evidence.length === 0 ? 'by nothing that is in the record' : `by ${evidence.join(', ')}`
  return [cut(style, shown(style, line), style.columns), `  ${cut(style, shown(style, by), style.columns - 2)}`]
}

/** The verdict with its reason, and the numbers of what shows it. */
function verdictLine({ number, text, verdict }: Hypothesis, style: Style): string {
  const by = numbers(verdict?.evidence ?? [])
  const end = by === '' ? '' : ` (${by})`
  return `${cut(style, shown(style, `${number} ${text ?? '(purged)'}: ${verdict?.why ?? ''}`), style.columns - end.length)}${end}`
}

/** Never cut: it is there to be copied. */
function nextLine(step: Untried, style: Style): string {
  return `${style.unicode ? '→' : '->'} ${priceMark(step)}${paint(style, 'strong', shown(style, step.command))}`
}

function sectionLines(
  { label, items, left }: FittedSection,
  style: Style,
  indent: string,
  narrow: boolean,
): readonly string[] {
  const lines = [...items.flat(), ...(left === undefined ? [] : [paint(style, 'faint', left)])]
  const head = `  ${paint(style, 'faint', label)}`
  if (narrow) return [head, ...lines.map((line) => indent + line)]
  const first = head + ' '.repeat(Math.max(1, indent.length - 2 - label.length))
  return lines.map((line, at) => (at === 0 ? first : indent) + line)
}
