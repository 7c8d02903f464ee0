/**
 * Whether the process stands still, as the box says it each time that this changes:
 *
 *     clock 48211.37 still
 *     clock 48219.02 runs
 *
 * The number is the uptime of the box in seconds (proc_uptime(5)); it is looked at five times a second.
 */
export interface Tick {
  readonly upMs: number
  readonly state: 'still' | 'runs'
}

/** Reads what the box prints, in pieces of any size; the proof of the guard, which comes the same way at the end, is not for it. */
export function clockReader(): { readonly push: (chunk: Uint8Array) => readonly Tick[] } {
  let rest = ''
  return {
    push: (chunk) => {
      const lines = (rest + Buffer.from(chunk).toString('latin1')).split('\n')
      rest = (lines.pop() ?? '').slice(-LONGEST)
      return lines.flatMap((line) => tickOf(line) ?? [])
    },
  }
}

/** Characters. */
const LONGEST = 200

function tickOf(line: string): Tick | undefined {
  const [, up, state] = /^clock (\d{1,10}(?:\.\d{1,3})?) (still|runs)$/.exec(line) ?? []
  return up === undefined
    ? undefined
    : { upMs: Math.round(Number(up) * 1_000), state: state === 'still' ? 'still' : 'runs' }
}

export interface StoodStill {
  readonly stops: number
  readonly longestMs: number
  readonly totalMs: number
}

/** How often and for how long it stood still. Of a stop whose end was not told nothing is known but that it was. */
export function stoodStill(ticks: readonly Tick[]): StoodStill {
  let since: number | undefined
  let [stops, longestMs, totalMs] = [0, 0, 0]
  for (const { upMs, state } of ticks) {
    if (state === 'still') {
      if (since === undefined) stops += 1
      since ??= upMs
    } else if (since !== undefined) {
      const took = Math.max(0, upMs - since)
      longestMs = Math.max(longestMs, took)
      totalMs += took
      since = undefined
    }
  }
  return { stops, longestMs, totalMs }
}
