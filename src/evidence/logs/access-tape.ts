import type { AccessEvent } from './format.ts'
import { routeOf } from './route.ts'

/** Requests kept in little room, so that they can be counted again once it is known when it began. */
export interface AccessTape {
  readonly add: (event: AccessEvent, atMs: number) => void
  /** All that were kept, in the order in which they came; of each only what routes are counted by. */
  readonly replay: (give: (event: AccessEvent, atMs: number) => void) => void
  readonly requests: () => number
  /** Requests beyond the limit: counted, and not kept. */
  readonly left: () => number
}

/** At 28 bytes each, 56 MB: half an hour of a thousand a second. */
export const MOST_REQUESTS = 2_000_000
/** Kinds of requests (method, folded route, upstream): a scanner asks for any number of paths. */
const MOST_KINDS = 20_000

/**
 * A tape without strings: a request is a kind (method, route with its ids folded, upstream), a status, a duration and a time.
 */
export function createAccessTape(most: number = MOST_REQUESTS): AccessTape {
  const kinds: Omit<AccessEvent, 'status'>[] = []
  const known = new Map<string, number>()
  let room = 1024
  let times = new Float64Array(room)
  let durations = new Float32Array(room)
  let upstreamTimes = new Float32Array(room)
  let statuses = new Uint16Array(room)
  let kindOf = new Uint32Array(room)
  let length = 0
  let left = 0

  const grow = (): void => {
    room = Math.min(most, room * 2)
    times = larger(times, new Float64Array(room))
    durations = larger(durations, new Float32Array(room))
    upstreamTimes = larger(upstreamTimes, new Float32Array(room))
    statuses = larger(statuses, new Uint16Array(room))
    kindOf = larger(kindOf, new Uint32Array(room))
  }
  const kind = ({ method, route, target, upstream }: AccessEvent): number => {
    const folded = route ?? routeOf(target ?? '')
    const key = `${method ?? ''} ${upstream ?? ''} ${folded}`
    const before = known.get(key)
    if (before !== undefined) return before
    // Beyond the limit all are one: the table of routes would not tell them apart either.
    if (kinds.length >= MOST_KINDS) return kinds.length - 1
    kinds.push({
      ...(method === undefined ? {} : { method }),
      ...(upstream === undefined ? {} : { upstream }),
      route: kinds.length === MOST_KINDS - 1 ? '(others)' : folded,
    })
    known.set(key, kinds.length - 1)
    return kinds.length - 1
  }
  return {
    add: (event, atMs) => {
      if (length >= most) {
        left += 1
        return
      }
      if (length === room) grow()
      times[length] = atMs
      durations[length] = event.durationMs ?? NaN
      upstreamTimes[length] = event.upstreamMs ?? NaN
      statuses[length] = event.status
      kindOf[length] = kind(event)
      length += 1
    },
    replay: (give) => {
      for (let at = 0; at < length; at += 1) {
        const durationMs = durations[at] ?? NaN
        const upstreamMs = upstreamTimes[at] ?? NaN
        give(
          {
            ...kinds[kindOf[at] ?? 0],
            status: statuses[at] ?? 0,
            ...(Number.isNaN(durationMs) ? {} : { durationMs }),
            ...(Number.isNaN(upstreamMs) ? {} : { upstreamMs }),
          },
          times[at] ?? NaN,
        )
      }
    },
    requests: () => length + left,
    left: () => left,
  }
}

function larger<T extends Float64Array | Float32Array | Uint16Array | Uint32Array>(before: T, after: T): T {
  after.set(before)
  return after
}
