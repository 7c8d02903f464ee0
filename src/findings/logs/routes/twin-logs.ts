import type { AccessEvent } from '../../../evidence/logs/format.ts'
import { routeOf } from '../../../evidence/logs/route.ts'

/** One log of requests, as far as it was kept. */
export interface RequestLog {
  readonly box: string
  readonly source: string
  /** In the order in which they were written; by any clock that all logs of a box have in common. */
  readonly replay: (give: (event: AccessEvent, atMs: number) => void) => void
  readonly requests: number
}

/** Two logs that tell of the same requests: one that counts, and one that repeats it. */
export interface TwinLogs<Log extends RequestLog> {
  readonly counted: Log
  readonly repeats: Log
}

/**
 * Which logs tell of requests that another log of the same box tells of too: two formats of one web server, a balancer and the server behind it. Each request
 * of the one must have one in the other with the same method, route and status within a second. The log that tells durations counts, else the larger one.
 */
export function twinLogs<Log extends RequestLog>(logs: readonly Log[]): readonly TwinLogs<Log>[] {
  const twins: TwinLogs<Log>[] = []
  for (const own of Map.groupBy(logs, ({ box }) => box).values()) {
    const tapes = own
      .map(tapeOf)
      .toSorted((a, b) => Number(b.timed) - Number(a.timed) || b.log.requests - a.log.requests)
    const counted: Tape<Log>[] = []
    for (const tape of tapes) {
      const twin = counted.find((other) => areTwins(tape, other))
      if (twin) twins.push({ counted: twin.log, repeats: tape.log })
      else counted.push(tape)
    }
  }
  return twins
}

/** Fewer may be alike by chance. */
const REQUESTS_NEEDED = 20
/** Methods, routes and answers: the checks of a balancer alone are alike in the logs of all sites. */
const KINDS_NEEDED = 3
/** Share of the requests of the larger log: the first and last ones may lie in one of them only. */
const SHARED = 0.95
/** A log is written when the answer is sent, or when the request came, and most round to seconds. */
const APART_SECONDS = 1
/** Of each log, the first ones of the time that both have: enough to tell. */
const COMPARED = 20_000

interface Tape<Log extends RequestLog> {
  readonly log: Log
  /** It tells durations. */
  readonly timed: boolean
  readonly fromMs: number
  readonly toMs: number
}

function tapeOf<Log extends RequestLog>(log: Log): Tape<Log> {
  let timed = false
  let fromMs = Infinity
  let toMs = -Infinity
  log.replay(({ durationMs }, atMs) => {
    if (durationMs !== undefined) timed = true
    if (atMs < fromMs) fromMs = atMs
    if (atMs > toMs) toMs = atMs
  })
  return { log, timed, fromMs, toMs }
}

function areTwins(one: Tape<RequestLog>, other: Tape<RequestLog>): boolean {
  const [few, many] = [one.log.requests, other.log.requests].toSorted((a, b) => a - b)
  if (few === undefined || many === undefined || few < REQUESTS_NEEDED || few < SHARED * many) return false
  const fromMs = Math.max(one.fromMs, other.fromMs)
  const toMs = Math.min(one.toMs, other.toMs)
  const [first, second] = [secondsOf(one.log, fromMs, toMs), secondsOf(other.log, fromMs, toMs)]
  const larger = Math.max(first.length, second.length)
  if (new Set(first.map(({ kind }) => kind)).size < KINDS_NEEDED) return false
  return larger >= REQUESTS_NEEDED && matched(first, second) >= SHARED * larger
}

interface Request {
  readonly kind: string
  readonly second: number
}

function secondsOf({ replay }: RequestLog, fromMs: number, toMs: number): readonly Request[] {
  const requests: Request[] = []
  replay(({ method, route, target, status }, atMs) => {
    if (requests.length >= COMPARED || !(atMs >= fromMs && atMs <= toMs)) return
    const kind = `${method ?? ''} ${route ?? routeOf(target ?? '')} ${status}`
    requests.push({ kind, second: Math.floor(atMs / 1000) })
  })
  return requests
}

/** Requests of the one that have one of their own in the other: each takes the earliest that is left within a second. */
function matched(one: readonly Request[], other: readonly Request[]): number {
  const left = new Map<string, number>()
  const key = ({ kind }: Request, second: number): string => `${second} ${kind}`
  for (const each of other) left.set(key(each, each.second), (left.get(key(each, each.second)) ?? 0) + 1)
  let many = 0
  for (const each of one.toSorted((a, b) => a.second - b.second))
    for (let second = each.second - APART_SECONDS; second <= each.second + APART_SECONDS; second++) {
      const there = left.get(key(each, second)) ?? 0
      if (there === 0) continue
      left.set(key(each, second), there - 1)
      many++
      break
    }
  return many
}
