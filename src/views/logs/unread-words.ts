import { duration } from '../../base/format.ts'
import type { ReadBox } from '../../steps/logs/logs-read.ts'
import { zoneOf } from '../local-time.ts'

/** Boxes that could not be entered or answered in part, and what of them could not be read; a sentence each. */
export function unreadWords(boxes: readonly Pick<ReadBox, 'box' | 'failure' | 'blind'>[]): readonly string[] {
  const failed = boxes.flatMap(({ box, failure }) =>
    failure ? [named(box, failure.message), `Try: ${failure.tryNext}`] : [],
  )
  const blind = boxes.flatMap((each) =>
    each.blind.map(({ what, why, hint }) => `could not read ${what}: ${why}${hint === '' ? '' : ` (${hint})`}`),
  )
  return [...failed, ...blind]
}

/** Most failures name their box themselves. */
function named(box: string, message: string): string {
  return message.includes(box) ? message : `${box}: ${message}`
}

/** Clocks this near are in order for anything that a person compares. Milliseconds. */
const SKEW_SAID_MS = 250

/** How far off the clock of a box is, and its zone where that is not this console's: whoever reads the log itself sees other times. */
export function skewWords(
  { box, skewMs, zone }: Pick<ReadBox, 'box' | 'skewMs' | 'zone'>,
  nowMs: number,
): readonly string[] {
  if (skewMs === undefined) return []
  const seconds = Math.abs(skewMs) / 1000
  const by = seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds)
  return [
    ...(Math.abs(skewMs) < SKEW_SAID_MS
      ? []
      : [`the clock of ${box} is ${by} ${skewMs > 0 ? 'ahead' : 'behind'}: its times are corrected`]),
    ...(zone === undefined || isOurClock(zone, nowMs)
      ? []
      : [`${box} is in the zone ${zone}: its times are shown as ${zoneOf(nowMs)}`]),
  ]
}

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const

/** That zone shows the same time at that moment as this console does. One that is not known here is named. */
function isOurClock(zone: string, nowMs: number): boolean {
  try {
    const there = new Intl.DateTimeFormat('en', { ...CLOCK, timeZone: zone }).format(nowMs)
    return there === new Intl.DateTimeFormat('en', CLOCK).format(nowMs)
  } catch {
    return false
  }
}
