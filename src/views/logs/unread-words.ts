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
/** A box with whole seconds, or a line with a second there and back: beyond it the order of two boxes is not to be trusted. Milliseconds. */
const UNSURE_MS = 1_000

/** How far off the clock of a box is, and its zone where that is not this console's: whoever reads the log itself sees other times. */
export function skewWords(
  { box, skewMs, skewWithinMs, zone }: Pick<ReadBox, 'box' | 'skewMs' | 'skewWithinMs' | 'zone'>,
  nowMs: number,
): readonly string[] {
  if (skewMs === undefined) return []
  if (skewWithinMs === Infinity)
    return [
      `the clock of ${box} could not be read: times as the box writes them, those without a zone taken for ${zone ?? 'UTC'}`,
    ]
  const within = skewWithinMs === undefined ? '' : ` (± ${spanWords(skewWithinMs)})`
  return [
    ...(Math.abs(skewMs) >= SKEW_SAID_MS
      ? [
          `the clock of ${box} is ${spanWords(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead' : 'behind'}${within}: its times are corrected`,
        ]
      : []),
    ...(skewMs === 0 && skewWithinMs !== undefined && skewWithinMs > UNSURE_MS
      ? [`the clock of ${box} could only be compared${within}: its times are not corrected`]
      : []),
    ...(zone === undefined || isOurClock(zone, nowMs)
      ? []
      : [`${box} is in the zone ${zone}: its times are shown as ${zoneOf(nowMs)}`]),
  ]
}

function spanWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms / 1000)
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
