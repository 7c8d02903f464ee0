import { probe, Unreadable } from '../probe.ts'

export interface Clock {
  /** Box's clock minus console's clock in milliseconds, network delay not taken off. */
  readonly skewMs: number
  /** The reading is good to this many milliseconds (1,000 where `date` gives whole seconds). */
  readonly precisionMs: number
  readonly boxMs: number
  /** Seconds since boot. */
  readonly uptimeSeconds: number
}

/**
 * What time does the box think it is? Asked first of all, right after the mark that tells the console that it began.
 *
 *   1767323045.678901234          <- seconds since the epoch; busybox has no %N and prints whole seconds
 *
 * The skew is good to the precision plus the one-way delay of the line. Source: date(1).
 */
export const clock = probe({
  id: 'clock',
  title: 'Clock',
  set: 'fast',
  moments: ['first'],
  limitSeconds: 2,
  together: true,
  script: 'date +%s.%N',
  parse: ({ first }, { beganAtMs }): Clock => {
    const match = /^(\d{9,12})\.(?:(\d{3})\d{6}|%?N)$/.exec(first?.text ?? '')
    if (!first || !match) throw new Unreadable('date did not print seconds')
    const [, seconds = '', fraction] = match
    const boxMs = Number(seconds) * 1000 + Number(fraction ?? 0)
    const precisionMs = fraction === undefined ? 1000 : 1
    // Whole seconds are cut off, not rounded: half a second is the middle of what the clock may have shown.
    const skewMs = Math.round(boxMs + (fraction === undefined ? 500 : 0) - beganAtMs)
    return { skewMs, precisionMs, boxMs, uptimeSeconds: first.atSeconds }
  },
})
