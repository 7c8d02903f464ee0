import type { BoxTime } from '../../evidence/logs/time/box-time.ts'
import { setBacksWithin, type SetBack } from '../../evidence/logs/time/set-back.ts'
import { namesNoZone } from '../../evidence/logs/layout/zoneless.ts'

/** What was read of a log, by the clock of its box. */
export interface ReadTimes {
  /** Some of its lines, from which it is told whether their times name a zone. */
  readonly sample: Uint8Array
  readonly time: BoxTime
  /** NaN when no record has a time. Milliseconds since the epoch. */
  readonly firstAtMs: number
  readonly lastAtMs: number
  /** There are records of that time, or of so little before or after it that it cannot be told. */
  readonly hasRecords: (fromMs: number, toMs: number) => boolean
}

/** Times of a log that name no zone and came twice, since the clocks were set back; each was read as the first of the two. */
export function setBacksIn({ sample, time, firstAtMs, lastAtMs, hasRecords }: ReadTimes): readonly SetBack[] {
  const found = setBacksWithin(time.zone, firstAtMs, lastAtMs).filter(({ atMs, byMs }) => hasRecords(atMs - byMs, atMs))
  return found.length > 0 && namesNoZone(sample, time) ? found : []
}
