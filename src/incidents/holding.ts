import type { AnyEntry } from './store.ts'
import { told } from './told.ts'
import { endingsOf, type Endings } from './tried.ts'

/** Something that still runs on a box, or makes it other than it was. */
export interface Holding extends Place {
  /**
   * `job`: a detached command; `command`: one whose end was not seen; `shell`: a terminal session that goes on; `change` and `relief`: in force until
   * it is undone; `unreadable`: a change whose payload was purged, so that nobody can say.
   */
  readonly kind: 'job' | 'command' | 'shell' | 'change' | 'relief' | 'unreadable'
  readonly what: string
  /** Of a job: what to ask for it by. */
  readonly job?: string | undefined
  /** How to take it back. */
  readonly undo?: string | undefined
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
  const undone = undoneIn(entries)
  const endings = endingsOf(entries)
  return entries
    .filter(({ seq }) => !undone.has(seq))
    .flatMap((entry): readonly Holding[] => {
      const holding = entry.did === 'changed' ? changeIn(entry) : heldBy(entry, endings)
      return holding ? [{ ...placeOf(entry), ...holding }] : []
    })
}

/** Hotfixes that are on a box only: neither undone nor linked to a commit. */
export function debtsOf(entries: readonly AnyEntry[]): readonly Debt[] {
  const linked = told(entries, 'linked').map(({ payload }) => payload.of)
  const settled = new Set([...undoneIn(entries), ...linked])
  return told(entries, 'changed')
    .filter(({ seq, payload }) => payload.debt && !settled.has(seq))
    .map((entry) => ({ ...placeOf(entry), what: entry.payload.what }))
}

type Held = Omit<Holding, keyof Place>

function heldBy(entry: AnyEntry, endings: Endings): Held | undefined {
  if (entry.did === 'relieved' && entry.payload?.undo !== undefined)
    return { kind: 'relief', what: entry.payload.what, undo: entry.payload.undo }
  if (entry.did === 'shelled')
    return entry.payload?.state === 'running' && !endings.has(entry.seq)
      ? { kind: 'shell', what: 'a shell that is open' }
      : undefined
  if (entry.did !== 'ran' || !entry.payload || entry.payload.of !== undefined) return undefined
  const { line, job } = entry.payload
  const state = endings.get(entry.seq)?.state ?? entry.payload.state
  if (state !== 'running') return undefined
  return { kind: job === undefined ? 'command' : 'job', what: line, job }
}

function changeIn({ payload }: Extract<AnyEntry, { readonly did: 'changed' }>): Held | undefined {
  if (!payload) return { kind: 'unreadable', what: 'a change whose entry was purged' }
  return payload.running ? { kind: 'change', what: payload.what, undo: payload.undo } : undefined
}

function undoneIn(entries: readonly AnyEntry[]): ReadonlySet<number> {
  return new Set(told(entries, 'undone').map(({ payload }) => payload.of))
}

function placeOf({ seq, at, by, box }: AnyEntry): Place {
  return { seq, at, by, box }
}
