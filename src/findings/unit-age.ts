import type { Clock } from '../evidence/probes/clock.ts'

/**
 * How long ago systemd noted something, in seconds. What it counts since boot stands still while the box is suspended, and the uptime does not: a
 * laptop that slept has events that seem hours older than they are. What it notes by the clock of the box is wrong where that was set since. Either
 * makes an event seem too old in one of the two, so the shorter one counts; only a clock that was set back makes it seem too young, and after the
 * present counts for nothing.
 *
 * @param atSeconds since boot
 * @param atMs since the epoch, by the clock of the box; undefined in older answers
 */
export function unitAge(
  { atSeconds, atMs }: { readonly atSeconds: number; readonly atMs: number | undefined },
  clock: Clock,
): number {
  const sinceBoot = Math.max(0, clock.uptimeSeconds - atSeconds)
  const byClock = atMs === undefined ? Infinity : (clock.boxMs - atMs) / 1000
  return byClock > -SET_BACK_SECONDS ? Math.max(0, Math.min(sinceBoot, byClock)) : sinceBoot
}

/** Units are asked for after the clock. What is noted later than this was noted before the clock was set back. Seconds. */
const SET_BACK_SECONDS = 5
