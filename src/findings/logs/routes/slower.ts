import type { Durations } from './durations.ts'
import { type Share, shareChange } from './share-change.ts'

/** Slower is what takes this much longer, and longer than a person or a queue notices; below, a sure change is still none to act on. */
const SLOWER_FACTOR = 1.5
const SLOWER_MS = 10

/** How surely answers take longer than before: the G² of those that took longer than 95 % of the ones before; 0 where they do not, or not by much. */
export function slowerOf(before: Durations, after: Durations): number {
  const usual = before.quantile(0.95)
  const now = after.quantile(0.95)
  if (usual === undefined || now === undefined || now < usual * SLOWER_FACTOR || now < usual + SLOWER_MS) return 0
  const of = (durations: Durations): Share => ({ hits: durations.longerThan(usual), of: durations.count() })
  return Math.max(0, shareChange(of(before), of(after)))
}
