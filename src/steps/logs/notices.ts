import type { LogSource } from '../../evidence/logs/source.ts'
import type { FetchReport } from '../../evidence/logs/window.ts'
import type { ReadLog } from './logs-read.ts'

/** What of a log was not read, one sentence each: nobody may take silence for "nothing was there". */
export function noticesOfReports(
  { box, id }: LogSource,
  reports: readonly FetchReport[],
  failure: ReadLog['failure'],
): readonly string[] {
  const name = `${box}: ${id}`
  const cut = reports.find(({ capped }) => capped !== undefined)
  return [
    ...new Set(reports.flatMap(({ skipped }) => skipped.map((sentence) => `${box}: ${sentence}`))),
    ...(cut?.capped === undefined
      ? []
      : [`${name} was cut off at the limit of ${LIMITS[cut.capped]}: what came ${cut.lacks ?? 'later'} was not read`]),
    ...(failure ? [`${name}: ${failure.message}`] : []),
  ]
}

/** @param cutBytes what was cut off from them */
export function noticesOfLongLines({ box, id }: LogSource, cutBytes: number): readonly string[] {
  return cutBytes > 0 ? [`${box}: ${id}: ${cutBytes} bytes of lines that are longer than 64 KiB were left out`] : []
}

const LIMITS = { bytes: 'bytes (--max-bytes)', seconds: 'time (--timeout)' } as const
