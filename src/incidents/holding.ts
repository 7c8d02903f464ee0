import { settleRelief } from '../findings/next.ts'
import { endsOf, toldOver, type End } from './endings.ts'
import type { PayloadOf } from './payloads.ts'
import { reliefEnd } from './relief-end.ts'
import type { AnyEntry } from './store.ts'
import { told } from './told.ts'

/** Something that still runs on a box, or makes it other than it was. */
export interface Holding extends Place {
  /**
   * `job`: a detached command; `command`: one whose end was not seen; `shell`: a terminal session that goes on; `change` and `relief`: in force until
   * it is undone; `unreadable`: one of these whose payload was purged, so that nobody can say.
   */
  readonly kind: 'job' | 'command' | 'shell' | 'change' | 'relief' | 'unreadable'
  readonly what: string
  /** Of a job: what to ask for it by. */
  readonly job?: string | undefined
  /** How to take it back. */
  readonly undo?: string | undefined
  /** Halligan's own command that settles it, and writes down that it did. */
  readonly settledBy?: string | undefined
}

/** A change of code or configuration on a box that the repository does not have. */
export interface Debt extends Place {
  readonly what: string
}

interface Place {
  readonly seq: number
  readonly at: string
  readonly by: string
  readonly box: string | undefined
}

/** What still runs or holds, in the order in which it began. */
export function holdingsOf(entries: readonly AnyEntry[]): readonly Holding[] {
  const undone = toldOver(entries, 'undone')
  const ended = toldOver(entries, 'ran', 'shelled', 'debugged')
  const ends: Ends = { of: endsOf(entries), relieved: purgedEnds(entries) }
  const over = new Set(told(entries, 'purged').flatMap(({ payload }) => (payload.over ? [payload.seq] : [])))
  return entries
    .filter(({ seq }) => !undone.has(seq))
    .flatMap((entry): readonly Holding[] => {
      const isOver = entry.payload === undefined && over.has(entry.seq)
      const holding = isOver ? undefined : heldBy(entry, ended.has(entry.seq), ends)
      return holding ? [{ ...placeOf(entry), ...holding }] : []
    })
}

/** Hotfixes that are on a box only: neither undone nor linked to a commit. */
export function debtsOf(entries: readonly AnyEntry[]): readonly Debt[] {
  const settled = toldOver(entries, 'undone', 'linked')
  return told(entries, 'changed')
    .filter(({ seq, payload }) => payload.debt && !settled.has(seq))
    .map((entry) => ({ ...placeOf(entry), what: entry.payload.what }))
}

type Held = Omit<Holding, keyof Place>

interface Ends {
  readonly of: ReadonlyMap<number, End>
  /** Reliefs whose end was told by an entry that was purged since. */
  readonly relieved: ReadonlySet<number>
}

function heldBy(entry: AnyEntry, ended: boolean, ends: Ends): Held | undefined {
  if (entry.payload === undefined) return unreadable(entry, ended)
  if (entry.did === 'ran') return commandIn(entry.payload, ended)
  if (entry.did === 'shelled')
    return entry.payload.state === 'running' && !ended ? { kind: 'shell', what: 'a shell that is open' } : undefined
  if (entry.did === 'debugged')
    return entry.payload.state === 'running' && !ended ? { kind: 'shell', what: 'a debugger that is open' } : undefined
  if (entry.did === 'changed' && entry.payload.running)
    return { kind: 'change', what: entry.payload.what, undo: entry.payload.undo }
  if (entry.did === 'relieved') return reliefIn(entry.payload, entry, ends)
  return undefined
}

/** Reliefs whose end was told by an entry that was purged since. */
function purgedEnds(entries: readonly AnyEntry[]): ReadonlySet<number> {
  const readable = new Set(told(entries, 'relieved').flatMap(({ payload }) => payload.of ?? []))
  return new Set([...toldOver(entries, 'relieved')].filter((seq) => !readable.has(seq)))
}

/** One whose end nobody saw holds until somebody looks; one that can be taken back until it was, whether it worked or not. */
function reliefIn(payload: PayloadOf<'relieved'>, { seq, box }: AnyEntry, ends: Ends): Held | undefined {
  const { what, undo, relief, undoes, sudo } = payload
  const end = reliefEnd(payload, ends.of.get(seq))
  if (end === undefined || end === 'not-started') return undefined
  const command = (word: 'check' | 'undo'): string | undefined =>
    relief === undefined || box === undefined ? undefined : settleRelief(box, sudo ?? false, word, seq)
  if (end === 'unseen' && !ends.relieved.has(seq))
    return { kind: 'relief', what: `${what} (${UNSEEN})`, undo, settledBy: command('check') }
  // What was taken back, or was not, is told by the entry that it is about.
  if (undo === undefined || undoes !== undefined) return undefined
  return { kind: 'relief', what, undo, settledBy: command('undo') }
}

const UNSEEN = 'how it ended was not seen'

function commandIn({ line, job, state, of }: PayloadOf<'ran'>, ended: boolean): Held | undefined {
  if (state !== 'running' || ended || of !== undefined) return undefined
  return { kind: job === undefined ? 'command' : 'job', what: line, job }
}

/** Kinds of entries that may begin something that holds, and what it is called when nothing more is known. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  changed: 'a change',
  relieved: 'a relief',
  ran: 'a command',
  shelled: 'a shell',
  debugged: 'a debugger',
}

export function mayHold({ did }: AnyEntry): boolean {
  return Object.hasOwn(BEGINNINGS, did)
}

function unreadable({ did }: AnyEntry, ended: boolean): Held | undefined {
  const what = Object.hasOwn(BEGINNINGS, did) ? BEGINNINGS[did] : undefined
  if (what === undefined || (ended && (did === 'ran' || did === 'shelled' || did === 'debugged'))) return undefined
  return { kind: 'unreadable', what: `${what} whose entry was purged` }
}

function placeOf({ seq, at, by, box }: AnyEntry): Place {
  return { seq, at, by, box }
}
