import { duration } from '../../base/format.ts'
import { stoodStill, type Tick } from '../../evidence/debug/clock.ts'

/** The clock of a debugger as it is shown: how long the process has stood still. Times of this console, in milliseconds. */
export interface Clock {
  readonly tick: (tick: Tick, nowMs: number) => void
  readonly isStill: () => boolean
  readonly words: (nowMs: number) => { readonly line: string; readonly title: string }
}

export interface ClockOf {
  /** `orders-api (812)`. */
  readonly process: string
  readonly box: string
  readonly limitSeconds: number
}

export function debugClock({ process, box, limitSeconds }: ClockOf): Clock {
  const ticks: Tick[] = []
  let stillSinceMs: number | undefined
  return {
    tick: (tick, nowMs) => {
      ticks.push(tick)
      stillSinceMs = tick.state === 'runs' ? undefined : (stillSinceMs ?? nowMs)
    },
    isStill: () => stillSinceMs !== undefined,
    words: (nowMs) => {
      const where = `${process} on ${box}`
      if (ticks.length === 0) return { line: ` ${where}: the debugger is being started`, title: `debug ${where}` }
      if (stillSinceMs !== undefined) {
        const seconds = Math.max(0, Math.floor((nowMs - stillSinceMs) / 1_000))
        return {
          line: ` STANDS STILL ${seconds} s, at most ${limitSeconds} s: ${where} - "continue" lets it run`,
          title: `STILL ${seconds} s: ${where}`,
        }
      }
      const { stops, totalMs, longestMs } = stoodStill(ticks)
      const stood =
        stops === 0
          ? ''
          : ` - it stood still for ${duration(totalMs / 1_000)}, ${duration(longestMs / 1_000)} at the longest`
      return { line: ` runs: ${where} - Ctrl-C stops it${stood}`, title: `runs: ${where}` }
    },
  }
}
