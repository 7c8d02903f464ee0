import type { Notifiable } from '../boxes/notifiable.ts'
import { notifiableAs } from './notifiable-as.ts'
import type { Untold } from './situation.ts'
import type { AnyEntry } from './store.ts'
import { told } from './told.ts'

/** Somebody whom halligan.yaml names, as the record calls them. */
export interface NamedReceiver {
  readonly isCalled: (where: string) => boolean
  readonly name: string
  readonly on: readonly Notifiable[]
}

/** A console that tells somebody right now has not written down yet what came of it: it gives up after 4 s, and then writes. Milliseconds. */
const STILL_TELLING_MS = 15_000

const NOTHING_WRITTEN = 'the console ended before it was through'

/**
 * What somebody was to be told and of which the record says neither that it arrived nor that it did not: the console was killed meanwhile. Whom others tell
 * is in their halligan.yaml, so theirs count only for those whom they have told before; and where an entry was told to somebody, those who were never
 * told of an earlier one are new, and were not meant.
 *
 * @param me whose halligan.yaml it is
 */
export function neverToldOf(
  entries: readonly AnyEntry[],
  receivers: readonly NamedReceiver[],
  me: string,
  nowMs: number,
): readonly Untold[] {
  const tellings = told(entries, 'notified').flatMap(({ by, payload: { of, where } }) =>
    of === undefined ? [] : [{ by, of, where }],
  )
  const byEntry = Map.groupBy(tellings, ({ of }) => of)
  return receivers.flatMap(({ name, on, isCalled }) => {
    const own = tellings.filter(({ where }) => isCalled(where))
    const earliest = new Map<string, number>()
    for (const { by, of } of own) earliest.set(by, Math.min(of, earliest.get(by) ?? Infinity))
    const heard = new Set(own.map(({ of }) => of))
    return entries.flatMap((entry): readonly Untold[] => {
      const as = notifiableAs(entry)
      const isDue = as !== undefined && on.includes(as) && entry.salt !== undefined && !heard.has(entry.seq)
      if (!isDue || nowMs - Date.parse(entry.at) < STILL_TELLING_MS) return []
      const first = earliest.get(entry.by)
      const isMeant = byEntry.has(entry.seq)
        ? first !== undefined && first < entry.seq
        : first !== undefined || entry.by === me
      return isMeant ? [{ of: entry.seq, where: name, why: NOTHING_WRITTEN }] : []
    })
  })
}
