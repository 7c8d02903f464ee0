import type { AnyEntry } from '../incidents/store.ts'
import { decideAndRecord, type Decided, type OpenIncident } from './decide.ts'

export interface NoSuchEntry {
  readonly why: 'no-such-entry'
  readonly last: number
}
export interface NotThatKind {
  readonly why: 'not-that-kind'
  readonly entry: AnyEntry
}

/** Says which commit, or which page, belongs to an entry: a hotfix that is linked is in the repository. Also after the incident was closed. */
export function link(
  open: OpenIncident,
  of: number,
  to: { readonly commit?: string; readonly url?: string },
): Promise<Decided<NoSuchEntry>> {
  return decideAndRecord<NoSuchEntry>(open, ({ last }) =>
    of > last.seq
      ? { leave: { why: 'no-such-entry', last: last.seq } }
      : { write: { did: 'linked', payload: { of, ...to } } },
  )
}

/** Says that what an entry began on a box is over: a command that ended, a change that was taken back. Also after the incident was closed. */
export function settle(
  open: OpenIncident,
  of: number,
  why: string | undefined,
): Promise<Decided<NoSuchEntry | NotThatKind>> {
  return decideAndRecord<NoSuchEntry | NotThatKind>(open, ({ last }, entries) => {
    const entry = entries.find(({ seq }) => seq === of)
    if (!entry) return { leave: { why: 'no-such-entry', last: last.seq } }
    if (!CAN_BE_UNDONE.has(entry.did)) return { leave: { why: 'not-that-kind', entry } }
    return { write: { did: 'undone', box: entry.box, payload: { of, why } } }
  })
}

const CAN_BE_UNDONE: ReadonlySet<string> = new Set(['ran', 'shelled', 'changed', 'relieved'])
