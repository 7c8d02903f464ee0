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
  const capped = reports.find((report) => report.capped !== undefined)?.capped
  return [
    ...new Set(reports.flatMap(({ skipped }) => skipped.map((sentence) => `${box}: ${sentence}`))),
    ...(capped === 'bytes'
      ? [`${name} was cut off at the limit of bytes (--max-bytes): what came later was not read`]
      : []),
    ...(capped === 'seconds'
      ? [`${name} was cut off at the limit of time (--timeout): what came later was not read`]
      : []),
    ...(failure ? [`${name}: ${failure.message}`] : []),
  ]
}
