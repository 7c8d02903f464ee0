import { FOLDED } from '../../../evidence/logs/route.ts'
import { mergeCounts, newRouteCounts, type RouteCounts } from './route-counts.ts'

/**
 * The routes of a log as a tree of their segments, so that a place where very many different words stand is seen to hold values (`/users/alice`): they
 * become one, `/users/{id}`. Where most of them only ever answered 404, a scanner is guessing: those become `{not found}`, and the real routes beside them stay.
 */
export interface RouteTree {
  /** Where a request of this route is counted; undefined: there are too many routes. */
  readonly countsOf: (method: string, route: string, status: number) => RouteCounts | undefined
  readonly entries: () => readonly RouteEntry[]
}

export interface RouteEntry {
  readonly method: string
  readonly route: string
  readonly counts: RouteCounts
}

/**
 * Different words at one place of the path. Above, they are values: interfaces have a hundred or two names below one path at most (one name for each method of
 * an RPC service), users and products go into the thousands.
 */
const MOST_WORDS = 250
/** A word with this share of the requests of its place keeps its route: `/users/me` among the names of users. At most 20 do. */
const KEPT_SHARE = 0.05
/** Routes with their methods. */
const MOST_ENTRIES = 4000
/** Methods of one route; others are of no HTTP. */
const MOST_METHODS = 16
const NOT_FOUND = '{not found}'
/** Routes whose place in the tree is remembered, so that the tree is walked once for each. */
const MOST_REMEMBERED = 20_000

interface Place {
  readonly below: Map<string, Place>
  readonly methods: Map<string, RouteCounts>
  /** Words that are not known here are values. */
  folded: boolean
  /** Words that are not known here and answer 404 are guesses. */
  scanned: boolean
}

export function newRouteTree(): RouteTree {
  const root = newPlace()
  const remembered = new Map<string, Place>()
  let entries = 0
  const recount = (): void => {
    remembered.clear()
    entries = entriesOf(root).length
  }
  const placeFor = (route: string, status: number): Place | undefined => {
    const known = remembered.get(route)
    if (known !== undefined) return known
    if (entries >= MOST_ENTRIES) return undefined
    const place = walk(root, segmentsOf(route), status, recount)
    // Of a 404 nothing is remembered: the same route may answer otherwise later, and then is another place.
    if (status !== NOT_FOUND_STATUS) {
      if (remembered.size >= MOST_REMEMBERED) remembered.clear()
      remembered.set(route, place)
    }
    return place
  }
  return {
    countsOf: (method, route, status) => {
      const place = placeFor(route, status)
      const known = place?.methods.get(method)
      if (place === undefined || known !== undefined) return known
      if (entries >= MOST_ENTRIES || place.methods.size >= MOST_METHODS) return undefined
      const counts = newRouteCounts()
      place.methods.set(method, counts)
      entries++
      return counts
    },
    entries: () => entriesOf(root),
  }
}

const NOT_FOUND_STATUS = 404

function newPlace(): Place {
  return { below: new Map(), methods: new Map(), folded: false, scanned: false }
}

/** `/a/b` → `a`, `b`; `(no path)` and `*` are one segment without a slash. */
function segmentsOf(route: string): readonly string[] {
  return route.startsWith('/') ? route.slice(1).split('/') : [`\0${route}`]
}

function walk(root: Place, segments: readonly string[], status: number, onFold: () => void): Place {
  let place = root
  for (const segment of segments) {
    let next = place.below.get(segment)
    if (next === undefined) next = newWord(place, segment, status, onFold)
    place = next
  }
  return place
}

function newWord(place: Place, segment: string, status: number, onFold: () => void): Place {
  const name = place.scanned && status === NOT_FOUND_STATUS ? NOT_FOUND : place.folded ? FOLDED : segment
  const known = place.below.get(name)
  if (known !== undefined) return known
  if (place.below.size < MOST_WORDS) return placeBelow(place, name)
  fold(place)
  onFold()
  return newWord(place, segment, status, onFold)
}

function placeBelow(place: Place, name: string): Place {
  const known = place.below.get(name)
  if (known !== undefined) return known
  const made = newPlace()
  place.below.set(name, made)
  return made
}

/** After it, a place has at most half of the words that it may have. */
function fold(place: Place): void {
  const words = [...place.below].filter(([name]) => name !== FOLDED && name !== NOT_FOUND)
  const guesses = words.filter(([, word]) => requestsOf(word, isFound) === 0)
  if (guesses.length * 2 >= MOST_WORDS) {
    place.scanned = true
    for (const [name, word] of guesses) moveInto(place, name, word, NOT_FOUND)
    return
  }
  place.folded = true
  const total = requestsOf(place, isRequest)
  for (const [name, word] of words) {
    if (requestsOf(word, isRequest) < total * KEPT_SHARE) moveInto(place, name, word, FOLDED)
  }
}

function moveInto(place: Place, name: string, word: Place, into: string): void {
  place.below.delete(name)
  mergePlace(placeBelow(place, into), word)
}

function mergePlace(into: Place, from: Place): void {
  into.folded ||= from.folded
  into.scanned ||= from.scanned
  for (const [method, counts] of from.methods) {
    const known = into.methods.get(method)
    if (known === undefined) into.methods.set(method, counts)
    else mergeCounts(known, counts)
  }
  for (const [name, word] of from.below) mergePlace(placeBelow(into, name), word)
  if (into.below.size > MOST_WORDS) fold(into)
}

function isRequest({ before, after }: RouteCounts): number {
  return before.requests + after.requests
}

function isFound({ before, after }: RouteCounts): number {
  const missing = (before.statuses.get(NOT_FOUND_STATUS) ?? 0) + (after.statuses.get(NOT_FOUND_STATUS) ?? 0)
  return before.requests + after.requests - missing
}

function requestsOf(place: Place, of: (counts: RouteCounts) => number): number {
  let sum = 0
  for (const counts of place.methods.values()) sum += of(counts)
  for (const word of place.below.values()) sum += requestsOf(word, of)
  return sum
}

function entriesOf(place: Place, path = ''): readonly RouteEntry[] {
  const found: RouteEntry[] = []
  for (const [method, counts] of place.methods) found.push({ method, route: path, counts })
  for (const [name, word] of place.below) {
    found.push(...entriesOf(word, name.startsWith('\0') ? name.slice(1) : `${path}/${name}`))
  }
  return found
}
