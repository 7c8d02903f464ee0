import { endsOf } from '../endings.ts'
import type { IncidentBoxes } from '../incident-boxes.ts'
import type { AnyEntry } from '../store.ts'
import type { Course } from './course.ts'
import type { BoxSights } from './sights.ts'
import { told } from '../told.ts'

/** Something that could not be seen, or that the record does not hold. */
export interface BlindSpot {
  readonly box: string | undefined
  readonly what:
    | { readonly kind: 'probe'; readonly probe: string; readonly why: string }
    | { readonly kind: 'not-entered'; readonly why: string }
    | { readonly kind: 'never-looked' }
    | { readonly kind: 'lost'; readonly line: string; readonly state: string }
    | { readonly kind: 'off-the-record'; readonly how: 'ran' | 'shelled' }
    | { readonly kind: 'purged'; readonly why: string }
    | { readonly kind: 'not-known' }
    | { readonly kind: 'clock'; readonly byMs: number }
  /** Entries that it is seen from. */
  readonly seqs: readonly number[]
}

/** One spot for what several entries say alike. */
export function blindSpotsOf(
  entries: readonly AnyEntry[],
  known: IncidentBoxes,
  boxes: readonly BoxSights[],
  course: Course,
): readonly BlindSpot[] {
  const spots = [
    ...boxes.flatMap(spotsOfBox),
    ...known.untried.map((box): BlindSpot => ({
      box,
      what: { kind: 'never-looked' },
      seqs: openingsWith(box, entries),
    })),
    ...known.notEntered.map(({ box, seq, why }): BlindSpot => ({
      box,
      what: { kind: 'not-entered', why: why ?? 'it was not entered' },
      seqs: [seq],
    })),
    ...lostRuns(entries),
    ...told(entries, 'ran', 'shelled')
      .filter(({ payload }) => payload.offTheRecord && payload.state !== 'not-started')
      .map(({ did, box, seq }): BlindSpot => ({ box, what: { kind: 'off-the-record', how: did }, seqs: [seq] })),
    ...told(entries, 'purged').map(({ payload }): BlindSpot => ({
      box: undefined,
      what: { kind: 'purged', why: payload.why },
      seqs: [payload.seq],
    })),
    ...entries
      .filter(({ did }) => did === 'other')
      .map(({ seq }): BlindSpot => ({ box: undefined, what: { kind: 'not-known' }, seqs: [seq] })),
    ...course.turnedBack.map(({ seq, byMs }): BlindSpot => ({
      box: undefined,
      what: { kind: 'clock', byMs },
      seqs: [seq],
    })),
  ]
  return merged(spots)
}

function openingsWith(box: string, entries: readonly AnyEntry[]): readonly number[] {
  return told(entries, 'opened').flatMap(({ seq, payload }) => (payload.boxes.includes(box) ? [seq] : []))
}

function spotsOfBox({ box, sights }: BoxSights): readonly BlindSpot[] {
  return sights.flatMap(({ seq, failure, blind }): readonly BlindSpot[] => [
    ...(failure ? [{ box, what: { kind: 'not-entered' as const, why: failure.message }, seqs: [seq] }] : []),
    ...blind.map(({ probe, why }) => ({ box, what: { kind: 'probe' as const, probe, why }, seqs: [seq] })),
  ])
}

/** The line was lost, or no later entry tells the end. What was stopped, by its limit or by its engineer, has ended; what was not started has none. */
const END_NOT_SEEN: ReadonlySet<string> = new Set(['running', 'lost'])

function lostRuns(entries: readonly AnyEntry[]): readonly BlindSpot[] {
  const ends = endsOf(entries)
  return told(entries, 'ran')
    .filter(({ payload }) => payload.of === undefined && !payload.offTheRecord)
    .map((entry) => {
      const end = ends.get(entry.seq)
      return end?.did === 'ran' ? end : entry
    })
    .filter(({ payload }) => END_NOT_SEEN.has(payload.state))
    .map(({ seq, box, payload }) => ({
      box,
      what: { kind: 'lost', line: payload.line, state: payload.state },
      seqs: [seq],
    }))
}

function merged(spots: readonly BlindSpot[]): readonly BlindSpot[] {
  const groups = Map.groupBy(spots, ({ box, what }) => JSON.stringify([box, what]))
  return [...groups.values()].flatMap(([first, ...more]) =>
    first ? [{ ...first, seqs: [...new Set([first, ...more].flatMap(({ seqs }) => seqs))] }] : [],
  )
}
