import type { CastEvent } from './cast.ts'
import { readingsOf, type ReadText } from './cast-reading.ts'
import { applied, type Change } from './change.ts'

/** How what a person reads is changed: secrets are taken out, names are exchanged. */
export interface Edit {
  readonly changesIn: (text: string) => readonly Change[]
  /** What is so long and was changed once is changed wherever it stands near. Characters. */
  readonly elsewhereFrom: number
  /** A line that does not end is changed in pieces of this length. Characters. */
  readonly heldCharacters: number
}

export function edited(events: readonly CastEvent[], edit: Edit): readonly CastEvent[] {
  return rewritten(events, takenOf(events, edit).taken, edit)
}

export interface Taken {
  /** By place in the joined output: the mark that begins there, or nothing for what goes on. */
  readonly taken: ReadonlyMap<number, string>
  /** Where the first begins of those that reach beyond the place up to which changes are made. */
  readonly open: number
}

export function takenOf(
  events: readonly CastEvent[],
  { changesIn, elsewhereFrom }: Edit,
  until = Number.POSITIVE_INFINITY,
): Taken {
  const readings = readingsOf(events)
  const taken = new Map<number, string>()
  let open = Number.POSITIVE_INFINITY
  /** With their marks; each is looked for once, however often it stands there. */
  const secrets = new Map<string, string>()
  const known = new Map<ReadText, readonly number[]>()
  const placesOf = (reading: ReadText): readonly number[] => {
    const places = known.get(reading) ?? reading.places()
    known.set(reading, places)
    return places
  }
  const take = (reading: ReadText, start: number, end: number, mark: string): void => {
    const all = placesOf(reading)
      .slice(start, end)
      .filter((place) => place >= 0)
    if ((all.at(-1) ?? 0) >= until) {
      open = Math.min(open, all[0] ?? open)
      return
    }
    const gone = all.filter((place) => !taken.has(place))
    gone.forEach((place, index) => taken.set(place, index === 0 ? mark : ''))
    const [first = 0, last = 0] = [gone[0], gone.at(-1)]
    // What was struck over, or mistyped, within it would spell it all the same.
    for (const place of reading.erased) if (place > first && place < last && !taken.has(place)) taken.set(place, '')
  }
  for (const reading of readings)
    for (const { start, end, mark } of changesIn(reading.text)) {
      secrets.set(reading.text.slice(start, end), mark)
      take(reading, start, end, mark)
    }
  // A line that is edited shows a secret before it is one: what it was found to be is taken out wherever it stands near.
  for (const [text, mark] of [...secrets].filter(([text]) => text.trim().length >= elsewhereFrom))
    for (const reading of readings)
      for (let at = reading.text.indexOf(text); at >= 0; at = reading.text.indexOf(text, at + text.length))
        take(reading, at, at + text.length, mark)
  return { taken, open }
}

export function rewritten(
  events: readonly CastEvent[],
  taken: ReadonlyMap<number, string>,
  { changesIn }: Edit,
): readonly CastEvent[] {
  const others = (event: CastEvent): CastEvent =>
    event.code === 'o' ? event : { ...event, data: applied(event.data, changesIn(event.data)) }
  if (taken.size === 0) return events.map(others)
  let place = 0
  return events.map((event) => {
    if (event.code !== 'o') return others(event)
    let data = ''
    for (const unit of unitsOf(event.data)) {
      data += taken.get(place) ?? unit
      place += 1
    }
    return { ...event, data }
  })
}

function unitsOf(text: string): readonly string[] {
  return Array.from({ length: text.length }, (_, at) => text[at] ?? '')
}
