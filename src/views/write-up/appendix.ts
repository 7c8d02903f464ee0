import { count, duration } from '../../base/format.ts'
import { truncate } from '../../base/safe-text.ts'
import { endOf } from '../../incidents/endings.ts'
import type { PayloadOf } from '../../incidents/payloads.ts'
import type { AnyEntry } from '../../incidents/store.ts'
import type { Story } from '../../incidents/story/story.ts'
import { code, fenced, prose } from './blog-markdown.ts'
import { entrySentence } from './entry-text.ts'
import { day, exactClock, figure, listed, ref, sentence } from './words.ts'

/** Lines of output, of a note, of commands typed, that an entry shows; the rest is in the record. */
const LINES = 20
/** Characters of one of them. */
const COLUMNS = 200

/**
 * The entries that the text rests on, with when, where, by whom (as a role), by which command, and the raw evidence behind them.
 *
 * @param seqs numbers that the text links to
 */
export function appendix(story: Story, seqs: ReadonlySet<number>): readonly string[] {
  const { last, incident, entries } = story
  const shown = [...entries.values()].filter(({ seq }) => seqs.has(seq))
  const all = shown.length === entries.size
  return [
    '## The record',
    '',
    `Written from entries 1 to ${last.seq} of incident ${prose(incident)}. ${all ? 'All of them are shown' : `Shown are the ${shown.length} that the text rests on`}; people stand as their roles. The hash of entry ${last.seq}, which stands for all up to it (\`halligan audit\` goes through them):`,
    '',
    ...fenced([last.hash]),
    '',
    ...shown.flatMap((entry) => entryLines(entry, story)),
  ]
}

/** Numbers of entries that a text links to. */
export function linkedEntries(text: string): ReadonlySet<number> {
  return new Set([...text.matchAll(/\(#entry-(\d{1,15})\)/g)].map(([, seq]) => Number(seq)))
}

function entryLines(entry: AnyEntry, story: Story): readonly string[] {
  const { seq, at, by, box, identity, hash } = entry
  const did = entry.did === 'other' ? entry.saysDid : entry.did
  const machine = identity?.machineId ? `, machine ${identity.machineId.slice(0, 12)}` : ''
  const host = identity === undefined ? '' : ` (host ${prose(identity.hostname)}${prose(machine)})`
  const parts = [
    `${day(at)} ${exactClock(at)} UTC`,
    prose(did),
    ...(box === undefined ? [] : [`${prose(box)}${host}`]),
    story.roles.get(typedBy(entry, story) ?? by) ?? 'somebody',
    `hash ${hash.slice(0, 12)}`,
  ]
  // The heading gives the anchor, entry-12, in every renderer: nothing but the number may stand in it.
  return [`### Entry ${seq}`, '', parts.join(' · '), '', ...body(entry, story), ...foot(entry)]
}

/** Of a shell whose console was killed: whoever opened it, not whoever took it in. */
function typedBy(entry: AnyEntry, { entries }: Story): string | undefined {
  const of = entry.did === 'shelled' ? endOf(entry) : undefined
  return of === undefined ? undefined : entries.get(of)?.by
}

function body(entry: AnyEntry, story: Story): readonly string[] {
  if (entry.did === 'other' || entry.payload === undefined) return [entrySentence(entry, story), '']
  if (entry.did === 'looked' || entry.did === 'preserved') return lookBody(entry.payload)
  if (entry.did === 'logs-read') return logsBody(entrySentence(entry, story), entry.payload)
  if (entry.did === 'inspected') return inspectedBody(entrySentence(entry, story), entry.payload)
  if (entry.did === 'noted') return quote(entry.payload.text)
  if (entry.did === 'ran') {
    const end = story.ends.get(entry.seq)
    return ranBody((end?.did === 'ran' ? end.payload : undefined) ?? entry.payload)
  }
  if (entry.did === 'shelled' || entry.did === 'debugged') {
    const lines = entry.payload.commands.map(({ at, line }) => `${exactClock(at)}  ${line}`)
    return [entrySentence(entry, story), '', ...(lines.length > 0 ? [...shortened(lines), ''] : [])]
  }
  if (entry.did === 'ruled-out' || entry.did === 'confirmed')
    return [
      `Hypothesis ${entry.payload.hypothesis}: ${sentence(entry.payload.why)}${entry.payload.by.length > 0 ? ` Shown by ${listed(entry.payload.by.map(ref))}.` : ''}`,
      '',
    ]
  return [entrySentence(entry, story), '']
}

/** What it did, by groups of threads, with their stacks where there are some. */
function inspectedBody(sentence: string, { doing, groups, stacks }: PayloadOf<'inspected'>): readonly string[] {
  const lines = [
    ...doing.slice(1).map(({ says }) => says),
    ...groups.map(({ says, threads }) => `${count(threads, 'thread')}: ${says}`),
    ...(stacks?.groups ?? []).flatMap(({ threads, moves, frames }) => [
      `${count(threads, 'thread')} with this stack (${moves})`,
      ...frames.map((frame) => `    ${frame}`),
    ]),
  ]
  return [sentence, '', ...(lines.length > 0 ? [...shortened(lines), ''] : [])]
}

/** What it came to, and the patterns that were others than before, each with one of its lines. */
function logsBody(sentence: string, { patterns, notices }: PayloadOf<'logs-read'>): readonly string[] {
  const telling = patterns.filter(({ verdict }) => verdict !== 'steady')
  const lines = telling.flatMap(({ verdict, before, after, sample, source }) => [
    `${verdict}, ${before} before and ${after} after${source === undefined ? '' : `, written by ${source}`}`,
    ...sample
      .split('\n')
      .slice(0, 3)
      .map((line) => `    ${line}`),
  ])
  return [
    sentence,
    '',
    ...(lines.length > 0 ? [...shortened(lines), ''] : []),
    ...(notices.length > 0
      ? [`Said with it: ${notices.map((notice) => short(notice).replace(/\.$/, '')).join('; ')}.`, '']
      : []),
  ]
}

interface Conclusion {
  readonly state: string
  readonly findings: readonly {
    readonly state: string
    readonly title: string
    readonly why: string
    readonly measured: readonly {
      readonly what: string
      readonly value: number
      readonly limit?: number | undefined
      readonly unit: string
      readonly source: string
    }[]
  }[]
  readonly cleared: readonly unknown[]
  readonly blind: readonly { readonly probe: string; readonly why: string }[]
  readonly failure?: { readonly message: string } | undefined
}

function lookBody({ state, findings, cleared, blind, failure }: Conclusion): readonly string[] {
  const rest = [
    ...(cleared.length > 0 ? [`${count(cleared.length, 'check was', 'checks were')} quiet`] : []),
    ...(blind.length > 0
      ? [`not seen: ${listed(blind.map(({ probe, why }) => `${prose(probe)} (${short(why)})`))}`]
      : []),
  ]
  return [
    `State **${state}**.${failure ? ` ${sentence(failure.message)}` : ''}${rest.length > 0 ? ` ${rest.join('; ')}.` : ''}`.replace(
      /\.\.$/,
      '.',
    ),
    '',
    ...findings.slice(0, LINES).map((finding) => {
      const measured = finding.measured.map(
        ({ what, value, limit, unit, source }) =>
          `${prose(what)} ${figure(value, unit)}${limit === undefined ? '' : ` of ${figure(limit, unit)}`} (${prose(truncate(source, COLUMNS))})`,
      )
      return `- **${finding.state}**: ${sentence(finding.title)} ${sentence(finding.why)}${measured.length > 0 ? ` Measured: ${measured.join('; ')}.` : ''}`
    }),
    ...(findings.length > 0 ? [''] : []),
  ]
}

function ranBody(ran: PayloadOf<'ran'>): readonly string[] {
  const { line, state, exit, tookMs, shown, offTheRecord } = ran
  const lines = shown.replace(/\n$/, '').split('\n')
  const end = [
    state === 'ended' ? `exit ${exit ?? 'not known'}` : STATES[state],
    ...(tookMs === undefined ? [] : [duration(tookMs / 1000)]),
    ...printed(ran),
  ]
  if (offTheRecord) return [`A command off the record: ${end.join(', ')}.`, '']
  const typed = line.split('\n').map((each, at) => `${at === 0 ? '$ ' : '  '}${each}`)
  return [...shortened(shown.trim() === '' ? typed : [...typed, ...lines]), '', `${capitalized(end.join(', '))}.`, '']
}

const STATES = {
  running: 'no end is recorded',
  lost: 'the line was lost while it ran',
  'timed-out': 'it did not end in time',
  interrupted: 'interrupted',
  'not-started': 'it was not started',
} as const

function printed({
  state,
  printedBytes,
  keptBytes,
  printedAtLeast,
  offTheRecord,
}: PayloadOf<'ran'>): readonly string[] {
  if (state === 'not-started') return []
  if (offTheRecord || state === 'running') return ['what it printed is not in the record']
  const cut = keptBytes < printedBytes || printedAtLeast ? `, ${keptBytes} kept` : ''
  return [`${printedAtLeast ? 'at least ' : ''}${printedBytes} bytes printed${cut}`]
}

function foot(entry: AnyEntry): readonly string[] {
  const { payload } = entry
  if (typeof payload !== 'object' || payload === null) return []
  const command = 'command' in payload && typeof payload.command === 'string' ? payload.command : undefined
  const ids = 'evidence' in payload && Array.isArray(payload.evidence) ? payload.evidence.map(String) : []
  const cast = 'cast' in payload && typeof payload.cast === 'string' ? [payload.cast] : []
  const evidence = [...ids, ...cast].map((id) => prose(id.slice(0, 12)))
  const parts = [
    // What a note or an opening was typed as says nothing that the entry does not say, and has names in it.
    ...(command === undefined || !isAboutBoxes(entry)
      ? []
      : [`Typed: ${code(truncate(withoutReceiver(command), COLUMNS))}`]),
    ...(evidence.length === 0 ? [] : [`Raw evidence: ${evidence.slice(0, LINES).join(', ')}`]),
  ]
  return parts.length === 0 ? [] : [parts.join(' · '), '']
}

/** A hand-over looks at the boxes again, and says to whom it is. */
function withoutReceiver(command: string): string {
  return /^halligan handover(?=\s|$)/.exec(command)?.[0] ?? command
}

function isAboutBoxes({ did, box }: AnyEntry): boolean {
  return box !== undefined && did !== 'noted' && did !== 'ran'
}

function quote(text: string): readonly string[] {
  const lines = text.split('\n').slice(0, LINES)
  return [...lines.map((line) => (line.trim() === '' ? '>' : `> ${prose(truncate(line, 2 * COLUMNS))}\\`)), ''].map(
    (line, at, all) => (at === all.length - 2 ? line.replace(/\\$/, '') : line),
  )
}

function shortened(lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, LINES).map((line) => truncate(line, COLUMNS))
  return fenced(lines.length > LINES ? [...shown, `… ${lines.length - LINES} more lines`] : shown)
}

function short(text: string): string {
  return prose(truncate(text, COLUMNS))
}

function capitalized(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
