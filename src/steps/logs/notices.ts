import type { LogSource } from '../../evidence/logs/source.ts'
import type { FetchReport } from '../../evidence/logs/window.ts'
import type { SetBack } from '../../evidence/logs/time/set-back.ts'
import type { SeenSpan } from '../../findings/logs/pattern.ts'
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

/** Logs that have records after the onset, and of which nothing was seen before it: what they say is neither new nor as ever. */
export function noticesOfUnseen(
  logs: readonly { readonly log: Pick<ReadLog, 'source' | 'records'>; readonly seen: readonly SeenSpan[] }[],
  onsetMs: number,
): readonly string[] {
  return logs.flatMap(({ log: { source, records }, seen }) => {
    const from = Math.min(...seen.filter(({ fromMs, toMs }) => fromMs < toMs).map(({ fromMs }) => fromMs))
    return records > 0 && from >= onsetMs
      ? [
          `${source.box}: ${source.id}: nothing of it from before the onset was to be had (it is known from ${new Date(from).toISOString()} on), so nothing in it is called new`,
        ]
      : []
  })
}

/** @param cutBytes what was cut off from them */
export function noticesOfLongLines({ box, id }: LogSource, cutBytes: number): readonly string[] {
  return cutBytes > 0 ? [`${box}: ${id}: ${cutBytes} bytes of lines that are longer than 64 KiB were left out`] : []
}

/** Logs of one box whose times came twice: said once for all of them. */
export function noticesOfSetBacks(
  box: string,
  zone: string,
  logs: readonly { readonly id: string; readonly setBacks: readonly SetBack[] }[],
): readonly string[] {
  const each = new Map(logs.flatMap(({ setBacks }) => setBacks.map((setBack) => [setBack.atMs, setBack] as const)))
  return [...each.values()]
    .toSorted((one, other) => one.atMs - other.atMs)
    .map(({ atMs, byMs, wallMs }) => {
      const ids = logs.filter(({ setBacks }) => setBacks.some((other) => other.atMs === atMs)).map(({ id }) => id)
      const more = ids.length > NAMED_LOGS ? ` and ${ids.length - NAMED_LOGS} more` : ''
      const [day, until] = [isoOf(wallMs).slice(0, 10), isoOf(wallMs).slice(11, 16)]
      return `${box}: the times from ${isoOf(wallMs - byMs).slice(11, 16)} to ${until} on ${day} came twice (the clocks of ${zone} were set back by ${byMs / 60_000} min); where no zone is written, each is taken for the first: ${ids.slice(0, NAMED_LOGS).join(', ')}${more}`
    })
}

/** Of logs for which one sentence is said. */
const NAMED_LOGS = 3

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString()
}

const LIMITS = { bytes: 'bytes (--max-bytes)', seconds: 'time (--timeout)' } as const
