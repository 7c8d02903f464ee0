import type { AnyEntry } from '../store.ts'
import { endsOf } from '../endings.ts'
import { reliefEnd } from '../relief-end.ts'
import { told, type Told } from '../told.ts'
import { momentOf, spanMs, type Moment } from './moment.ts'

/** The moments that an incident is timed by. Each is an entry of the record, and says which one it is. */
export interface Course {
  /** When it began, as far as the record knows. */
  readonly began: (Moment & { readonly how: 'said' | 'measured' }) | undefined
  /** When somebody opened the incident: from then on it was known. */
  readonly opened: Moment | undefined
  /**
   * The first relief or change that held; without any, the look that saw that nothing of it burned any more (`seen`), or at least something of it
   * (`partly-seen`): then it was at the latest.
   */
  readonly mitigated: (Moment & { readonly how: 'relieved' | 'changed' | 'seen' | 'partly-seen' }) | undefined
  /** The first good verification after which there was no bad one; without any, the closing. */
  readonly resolved: (Moment & { readonly how: 'verified' | 'closed' }) | undefined
  readonly closed: Moment | undefined
  /** Entries whose clock is behind that of the entry before. */
  readonly turnedBack: readonly TurnedBack[]
}

export interface TurnedBack {
  readonly seq: number
  readonly byMs: number
}

/** Consoles of several people differ by so much without anybody having turned a clock. Milliseconds. */
const CLOCKS_DIFFER_MS = 2_000

/**
 * @param closed the closing that still holds: it was not opened again since
 * @param quiet the look at which nothing burned any more, or something less
 */
export function courseOf(entries: readonly AnyEntry[], closed: Moment | undefined, quiet: Course['mitigated']): Course {
  const [opened] = told(entries, 'opened')
  const made = mitigation(entries)
  const mitigated = made ?? quiet
  return {
    began: beginning(entries),
    opened: opened && momentOf(opened),
    mitigated,
    resolved: resolution(entries, made?.seq ?? 0, closed),
    closed: closed && momentOf(closed),
    turnedBack: turnedBack(entries),
  }
}

/** What the person said who opened it; else when the findings began that the cause was confirmed by. */
function beginning(entries: readonly AnyEntry[]): Course['began'] {
  const opened = told(entries, 'opened').find(({ payload }) => payload.since !== undefined)
  if (opened?.payload.since !== undefined) return { at: opened.payload.since, seq: opened.seq, how: 'said' }
  const cited = new Set(told(entries, 'confirmed').flatMap(({ payload }) => payload.by))
  const measured = told(entries, 'looked')
    .filter(({ seq }) => cited.has(seq))
    .flatMap(({ seq, payload }) =>
      payload.findings.flatMap(({ sinceMs, state }) =>
        sinceMs === undefined || state !== 'critical' ? [] : [{ at: isoTime(sinceMs), seq, how: 'measured' as const }],
      ),
    )
  return measured.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0]
}

function isoTime(ms: number): string {
  return Math.abs(ms) <= LATEST_MS ? new Date(ms).toISOString() : ''
}

/** The last moment that a Date can be (ECMA-262, 21.4.1.1). Milliseconds since the epoch. */
const LATEST_MS = 8.64e15

/** Not one that was found to be of no use, or that was taken back before anything was found good. */
function mitigation(entries: readonly AnyEntry[]): Course['mitigated'] {
  const verified = told(entries, 'verified')
  const undone = told(entries, 'undone')
  const held = (seq: number): boolean => {
    const last = verified.findLast(({ payload }) => payload.of === seq)
    if (last?.payload.good === false) return false
    const back = undone.find(({ payload }) => payload.of === seq)
    if (!back) return true
    return verified.some((each) => each.payload.good && each.seq > seq && each.seq < back.seq)
  }
  const ends = endsOf(entries)
  const worked = (entry: Told<'relieved' | 'changed'>): boolean =>
    entry.did === 'changed' ||
    (entry.payload.undoes === undefined && reliefEnd(entry.payload, ends.get(entry.seq)) === 'done')
  const found = told(entries, 'relieved', 'changed').find((entry) => worked(entry) && held(entry.seq))
  return found && { ...momentOf(found), how: found.did }
}

function resolution(entries: readonly AnyEntry[], after: number, closed: Moment | undefined): Course['resolved'] {
  const verified = told(entries, 'verified').filter(({ seq }) => seq > after)
  const lastBad = verified.findLastIndex(({ payload }) => !payload.good)
  const good = verified[lastBad + 1]
  if (good) return { ...momentOf(good), how: 'verified' }
  return closed && { ...momentOf(closed), how: 'closed' }
}

function turnedBack(entries: readonly AnyEntry[]): readonly TurnedBack[] {
  return entries.flatMap((entry, index) => {
    const before = entries[index - 1]
    const byMs = before && spanMs(entry, before)
    return byMs !== undefined && byMs > CLOCKS_DIFFER_MS ? [{ seq: entry.seq, byMs }] : []
  })
}
