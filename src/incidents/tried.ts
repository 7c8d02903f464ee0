import { runsLine } from '../findings/next.ts'
import type { Price } from '../boxes/price.ts'
import type { BoxStory, RecordedFinding } from './box-story.ts'
import { endOf, endsOf, type End } from './endings.ts'
import type { PayloadOf } from './payloads.ts'
import { reliefEnd, type ReliefEnd } from './relief-end.ts'
import type { AnyEntry } from './store.ts'
import { told, type Told } from './told.ts'

/** Something that was done to find or to end it; looks are counted at their box. */
export interface Tried {
  readonly seq: number
  readonly at: string
  readonly by: string
  readonly box: string | undefined
  /** `ran`: a command through `halligan run`; `typed`: one in a recorded shell. */
  readonly how: 'ran' | 'typed' | 'stopped' | 'relieved' | 'changed' | 'undone' | 'verified'
  /** The command line, else what was done in words. */
  readonly what: string
  /** Of `ran`: how it ended, as far as is known. */
  readonly ran?: { readonly state: PayloadOf<'ran'>['state']; readonly exit: number | undefined }
  /** Of `relieved`: what came of it. */
  readonly relief?: ReliefEnd
  /** Of `verified`. */
  readonly good?: boolean
}

/** A step that a look suggested and that nobody took. */
export interface Untried {
  readonly command: string
  readonly why: string
  readonly price: Price
  readonly beyondPolicy: boolean
  readonly box: string
  /** Finding that suggests it. */
  readonly finding: Pick<RecordedFinding, 'title' | 'state' | 'score'>
}

/** What was tried, in order. How a detached command ended stands where it was begun. */
export function triedOf(entries: readonly AnyEntry[]): readonly Tried[] {
  const endings: Endings = { ends: endsOf(entries), authors: new Map(entries.map(({ seq, by }) => [seq, by])) }
  // An export that failed is taken back by an entry; nothing was done on a box.
  const exports = new Set(entries.filter(({ did }) => did === 'exported').map(({ seq }) => seq))
  return told(entries, 'ran', 'stopped', 'shelled', 'relieved', 'changed', 'undone', 'verified').flatMap((entry) =>
    entry.did === 'undone' && exports.has(entry.payload.of) ? [] : triedIn(entry, endings),
  )
}

function triedIn(
  entry: Told<'ran' | 'stopped' | 'shelled' | 'relieved' | 'changed' | 'undone' | 'verified'>,
  { ends, authors }: Endings,
): readonly Tried[] {
  const { seq, at, by, box } = entry
  const place = { seq, at, by, box }
  switch (entry.did) {
    case 'ran': {
      if (entry.payload.of !== undefined) return []
      const end = ends.get(seq)
      const { state, exit } = end?.did === 'ran' ? end.payload : entry.payload
      return [
        {
          ...place,
          how: 'ran',
          what: entry.payload.offTheRecord ? '(off the record)' : entry.payload.line,
          ran: { state, exit },
        },
      ]
    }
    case 'stopped':
      return entry.payload.state === 'wanted' ? [{ ...place, how: 'stopped', what: entry.payload.job }] : []
    case 'shelled': {
      const of = endOf(entry)
      if (of !== undefined && ends.get(of)?.seq !== seq) return []
      // Whoever takes in a lost shell has not typed in it.
      const typedBy = (of === undefined ? undefined : authors.get(of)) ?? by
      return entry.payload.commands.map(({ at: typedAt, line }) => ({
        ...place,
        at: typedAt,
        by: typedBy,
        how: 'typed',
        what: line,
      }))
    }
    case 'undone':
      return [{ ...place, how: 'undone', what: `#${entry.payload.of}` }]
    case 'verified':
      return [{ ...place, how: 'verified', what: entry.payload.text, good: entry.payload.good }]
    case 'relieved': {
      const how = reliefEnd(entry.payload, ends.get(seq))
      return how === undefined ? [] : [{ ...place, how: 'relieved', what: entry.payload.what, relief: how }]
    }
    case 'changed':
      return [{ ...place, how: entry.did, what: entry.payload.what }]
  }
}

interface Endings {
  readonly ends: ReadonlyMap<number, End>
  /** Who wrote each entry. */
  readonly authors: ReadonlyMap<number, string>
}

/** What the last look that saw anything of a box suggests and nobody has done: the worst finding first, its steps in their own order. */
export function untriedOf(entries: readonly AnyEntry[], stories: readonly BoxStory[]): readonly Untried[] {
  const done = doneIn(entries)
  const steps = stories.flatMap(({ box, seen }) =>
    (seen?.findings ?? []).flatMap(({ next, title, state, score }) =>
      next.map(({ command, why, price, beyondPolicy }) => {
        return { command, why, price, beyondPolicy: beyondPolicy ?? false, box, finding: { title, state, score } }
      }),
    ),
  )
  const offered = new Set<string>()
  return steps
    .toSorted((a, b) => b.finding.score - a.finding.score)
    .filter(({ command, box }) => {
      const words = canonical(command)
      if (offered.has(words) || isDone(words, box, done)) return false
      offered.add(words)
      return true
    })
}

/** Every command that the record knows to have been run. */
interface Done {
  /** As they were typed at a console. */
  readonly typed: Set<string>
  /** As the shell of a box had them, by box. */
  readonly lines: Map<string, Set<string>>
}

function isDone(suggested: string, box: string, { typed, lines }: Done): boolean {
  return typed.has(suggested) || [...(lines.get(box) ?? [])].some((line) => runsLine(suggested, line))
}

function doneIn(entries: readonly AnyEntry[]): Done {
  const done: Done = { typed: new Set(), lines: new Map() }
  for (const entry of entries) {
    if (entry.did === 'other' || entry.payload === undefined) continue
    const { box, payload } = entry
    if (payload.command !== undefined) done.typed.add(canonical(payload.command))
    if (box === undefined) continue
    const lines = done.lines.get(box) ?? new Set()
    done.lines.set(box, lines)
    if (entry.did === 'ran') lines.add(canonical(entry.payload.line))
    // However the process was named, and with whatever else: it was looked into.
    if (entry.did === 'inspected' && entry.payload.pid !== undefined)
      for (const flags of ['', '--sudo '])
        done.typed.add(canonical(`halligan inspect ${flags}${box} ${entry.payload.pid}`))
    if (entry.did === 'relieved' && entry.payload.relief !== undefined && entry.payload.state !== 'not-started')
      for (const flags of ['', '--sudo '])
        done.typed.add(
          canonical(['halligan relieve', flags + box, entry.payload.relief, ...(entry.payload.target ?? [])].join(' ')),
        )
    if (entry.did === 'shelled') for (const { line } of entry.payload.commands) lines.add(canonical(line))
  }
  return done
}

/** The same for the same command in other quotes and with other blanks; a person who copies one may retype either. */
function canonical(command: string): string {
  return command
    .replaceAll(/['"\\]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
