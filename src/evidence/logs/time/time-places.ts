import type { BoxTime } from './box-time.ts'
import { isBlank, type LineSpan, SPACE } from '../layout/line-bytes.ts'
import {
  after,
  afterPriority,
  afterWords,
  anywhere,
  atOffset,
  inBrackets,
  isBoundary,
  ofKey,
  ofWord,
  type TimePlace,
} from './time-place.ts'
import { type TimestampForm, timestampForms } from './timestamp.ts'
import { type Clock, clockOf, newWallTime, type WallTime } from './wall-time.ts'

/** Where the lines of this sample bear their times: the place that finds the most, then places for the lines on which it finds none. Empty: no times. */
export function placesOf(sample: Uint8Array, lines: readonly LineSpan[], time: BoxTime): readonly TimePlace[] {
  const clock = clockOf(time)
  const latestMs = time.nowMs + AHEAD_MS
  const candidates = candidatesOf(sample, lines)
  const chosen: TimePlace[] = []
  let rest = lines
  while (rest.length > 0 && chosen.length < MOST_PLACES) {
    const allowed = chosen.length === 0 ? candidates : candidates.filter(({ rank }) => rank < FURTHER_RANK)
    const best = bestOf(allowed, sample, rest, (wall) => isPlausible(wall, clock, latestMs))
    if (best === undefined) break
    if (chosen.length > 0 && best.found.size < Math.max(2, lines.length * FURTHER_SHARE)) break
    chosen.push(best.place)
    rest = rest.filter((line) => !best.found.has(line))
  }
  return chosen
}

const MOST_PLACES = 3
/** Further forms of time stand at the beginning or behind a key; elsewhere a time is part of what is said. */
const FURTHER_RANK = 3
const FURTHER_SHARE = 0.05
/** Lines of a box whose clock is wrong are from the future; of two readings the one that is not is right. */
const AHEAD_MS = 2 * 86_400_000
const EARLIEST_MS = Date.UTC(1990, 0, 1)

/** 2: a time that may be; 1: one of another century, still a time. */
function isPlausible(wall: WallTime, clock: Clock, latestMs: number): number {
  if (wall.kind === 'boot') return 2
  const atMs = clock(wall)
  if (Number.isNaN(atMs)) return 0
  return atMs >= EARLIEST_MS && atMs <= latestMs ? 2 : 1
}

interface Found {
  readonly place: TimePlace
  readonly found: ReadonlySet<LineSpan>
  readonly score: number
}

function bestOf(
  places: readonly TimePlace[],
  sample: Uint8Array,
  lines: readonly LineSpan[],
  plausible: (wall: WallTime) => number,
): Found | undefined {
  const wall = newWallTime()
  let best: Found | undefined
  for (const place of places.toSorted((one, other) => one.rank - other.rank)) {
    const found = new Set<LineSpan>()
    let score = 0
    for (const line of lines) {
      const at = place.find(sample, line[0], line[1])
      if (at < 0 || at >= line[1] || place.form.read(sample, at, line[1], wall) < 0) continue
      const worth = plausible(wall)
      if (worth === 0) continue
      found.add(line)
      score += worth
    }
    if (score > (best?.score ?? 0)) best = { place, found, score }
    if (score === lines.length * 2) break
  }
  return best
}

/** Every place where a line of the sample bears a time, each once. */
function candidatesOf(sample: Uint8Array, lines: readonly LineSpan[]): readonly TimePlace[] {
  const places = new Map<string, TimePlace>()
  const wall = newWallTime()
  const step = Math.ceil(lines.length / MOST_ASKED)
  for (const [start, end] of lines.filter((_, index) => index % step === 0)) {
    if (places.size > MOST_CANDIDATES) break
    if (sample[start] === 0x7b) addKeys(places, sample, start, end, wall)
    else addPlaces(places, sample, start, end, wall)
  }
  return [...places.values()]
}

/** Lines that are searched for places, from all over the sample; each place found is then tried on all lines. */
const MOST_ASKED = 32
/** Only a hostile log has more; the first ones are as good as any. */
const MOST_CANDIDATES = 60

/** Keys of JSON that hold the time of a line, the usual ones first. */
const KEYS =
  '__REALTIME_TIMESTAMP @timestamp timestamp time ts @t t Timestamp Time eventTime asctime datetime date start_time StartUTC time_local created_at created TIMESTAMP log_time _time'.split(
    ' ',
  )

const KEY_PLACES: readonly (readonly TimePlace[])[] = KEYS.map((key, rank) =>
  timestampForms.map((form) => ofKey(form, key, rank)),
)

function addKeys(places: Map<string, TimePlace>, sample: Uint8Array, start: number, end: number, wall: WallTime): void {
  for (const rank of KEYS.keys()) {
    for (const place of KEY_PLACES[rank] ?? []) {
      if (places.has(place.id)) continue
      const at = place.find(sample, start, end)
      if (at < 0) break
      if (place.form.read(sample, at, end, wall) > 0) places.set(place.id, place)
    }
  }
}

/** Keys of logfmt. */
const WORDS = 'time ts timestamp t at date datetime'.split(' ')
/** Bytes of a line in which its time is looked for. */
const NEAR = 256

function addPlaces(
  places: Map<string, TimePlace>,
  sample: Uint8Array,
  start: number,
  end: number,
  wall: WallTime,
): void {
  const add = (place: TimePlace) => {
    if (places.has(place.id)) return
    const at = place.find(sample, start, end)
    if (at >= 0 && at < end && place.form.read(sample, at, end, wall) > 0) places.set(place.id, place)
  }
  for (const place of HEAD_PLACES) add(place)
  if (isBlank(sample[start])) return
  if (isBoundary(sample, start, start + 1)) for (const place of SECOND_PLACES) add(place)
  const last = Math.min(end, start + NEAR)
  for (let at = start; at < last; at += 1) {
    if (!mayBegin(sample[at] ?? 0) || !isBoundary(sample, start, at)) continue
    for (const form of timestampForms) {
      if (!form.bare && form.read(sample, at, end, wall) > 0) addFound(add, form, sample, start, at)
    }
  }
}

/** Places that do not depend on the line. */
const HEAD_PLACES: readonly TimePlace[] = timestampForms.flatMap((form) => [
  ...WORDS.map((key, rank) => ofWord(form, key, rank)),
  after(form, 'audit('),
  afterPriority(form),
  atOffset(form, 0),
])
const SECOND_PLACES: readonly TimePlace[] = timestampForms.map((form) => atOffset(form, 1))

/** A digit or a capital letter. */
function mayBegin(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a)
}

function addFound(
  add: (place: TimePlace) => void,
  form: TimestampForm,
  sample: Uint8Array,
  start: number,
  at: number,
): void {
  let words = 0
  let word = start
  for (let next = start; next < at; next += 1) {
    if (sample[next] === SPACE && sample[next + 1] !== SPACE) {
      words += 1
      word = next + 1
    }
  }
  add(atOffset(form, at - start))
  add(afterWords(form, words, at - word))
  if (sample[at - 1] === 0x5b) add(inBrackets(form))
  add(anywhere(form))
}
