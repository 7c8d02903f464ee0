import type { BoxTime } from '../time/box-time.ts'
import { layoutOf } from './layout.ts'
import { recordsOf } from './records.ts'

/** Whether lines bear times that name no zone: in another zone they would be other times. False where none bears a time. */
export function namesNoZone(sample: Uint8Array, time: BoxTime): boolean {
  const [here, elsewhere] = ['+00:00', '-06:00'].map((zone) => {
    const there = { ...time, zone }
    return recordsOf(sample, layoutOf(sample, there)).map(({ atMs }) => atMs)
  })
  return here?.some((atMs, nth) => !Object.is(atMs, elsewhere?.[nth])) ?? false
}
