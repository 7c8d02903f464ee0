import { duration } from '../../base/format.ts'
import type { ReadBox } from '../../steps/logs/logs-read.ts'

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

/** How far off the clock of a box is, where that is worth saying. */
export function skewWords({ box, skewMs }: Pick<ReadBox, 'box' | 'skewMs'>): readonly string[] {
  if (skewMs === undefined || Math.abs(skewMs) < SKEW_SAID_MS) return []
  const seconds = Math.abs(skewMs) / 1000
  const by = seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds)
  return [`the clock of ${box} is ${by} ${skewMs > 0 ? 'ahead' : 'behind'}: its times are corrected`]
}
