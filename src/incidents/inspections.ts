import type { PayloadOf } from './payloads.ts'
import type { AnyEntry } from './store.ts'
import { told } from './told.ts'

/** What a process did when it was looked into last, and what stays of looking. */
export interface InspectionSeen {
  readonly seq: number
  readonly at: string
  readonly box: string
  readonly name: string
  readonly pid: number
  /** What matters most first. */
  readonly doing: PayloadOf<'inspected'>['doing']
  /** What was done to it has left something, or left it other than it was: residue that the price had named, and what the guard found afterwards, in sentences. */
  readonly left: readonly string[]
}

/** The last look into each process that found something, or of which something stays; one that found nothing later takes back what was found. The last one first. */
export function inspectionsOf(entries: readonly AnyEntry[]): readonly InspectionSeen[] {
  const last = new Map<string, InspectionSeen>()
  for (const { seq, at, box, did, payload } of told(entries, 'inspected', 'debugged')) {
    const { pid, name, asked } = payload
    if (pid === undefined || box === undefined) continue
    const key = JSON.stringify([box, pid])
    const before = last.get(key)
    // A debugger by hand leaves what was seen before as it was.
    const doing = did === 'inspected' ? payload.doing : (before?.doing ?? [])
    const paid = did === 'inspected' ? payload.paid : [payload]
    const left = new Set([...(before?.left ?? []), ...paid.flatMap(leftBy)])
    last.set(key, { seq, at, box, name: name ?? asked, pid, doing, left: [...left] })
  }
  return [...last.values()]
    .filter(
      ({ doing, left }) => left.length > 0 || doing.some(({ state }) => state === 'critical' || state === 'warning'),
    )
    .toSorted((a, b) => b.seq - a.seq)
}

function leftBy({
  residue,
  isClean,
  proof = [],
}: Pick<PayloadOf<'inspected'>['paid'][number], 'residue' | 'isClean' | 'proof'>): readonly string[] {
  return [...(residue === undefined ? [] : [residue]), ...(isClean === false ? proof : [])]
}
