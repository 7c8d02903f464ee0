import type { BoxIdentity } from './entry.ts'
import type { AnyEntry } from './store.ts'

/**
 * The machine that is meant in this incident by the name of a box, and the entry that says so: the last one on which something was done (that is
 * compared before), else the first that was seen (to look at another one proves nothing about who is meant). Undefined while none is known.
 */
function knownMachine(
  entries: readonly AnyEntry[],
  box: string,
): { readonly seq: number; readonly identity: BoxIdentity } | undefined {
  const seen = entries.flatMap((entry) => {
    const { seq, box: name, identity } = entry
    return name === box && identity?.machineId ? [{ seq, identity, isMeant: wasDone(entry) }] : []
  })
  return seen.findLast(({ isMeant }) => isMeant) ?? seen[0]
}

function wasDone(entry: AnyEntry): boolean {
  if (entry.did === 'ran' || entry.did === 'debugged') return entry.payload?.state !== 'not-started'
  if (entry.did === 'stopped') return entry.payload?.state !== 'not-told'
  if (entry.did === 'relieved') return entry.payload?.state !== 'not-started'
  return entry.did === 'shelled' || entry.did === 'changed'
}

/** Why the machine that answers now is not taken for the one that is meant, in a sentence; undefined when it is, or when none is known. */
export function anotherMachine(entries: readonly AnyEntry[], box: string, now: BoxIdentity): string | undefined {
  const known = knownMachine(entries, box)
  if (!known || known.identity.machineId === now.machineId) return undefined
  const before = `by that name this incident knows the machine ${known.identity.machineId} (${known.identity.hostname}, #${known.seq})`
  return now.machineId
    ? `${box} is another machine: ${before}, and ${now.machineId} (${now.hostname}) answers now.`
    : `${box} does not say which machine it is any more: ${before}, and one without a machine-id (${now.hostname}) answers now.`
}
