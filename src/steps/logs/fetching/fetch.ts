import type { Box, Failure, RunResult } from '../../../boxes/box.ts'
import { FILTER_FAILED } from '../../../evidence/logs/fetch/filter.ts'
import { clockSetBack, readFrom } from '../../../evidence/logs/fetch/slack.ts'
import { layoutOf } from '../../../evidence/logs/layout/layout.ts'
import { namesNoZone } from '../../../evidence/logs/layout/zoneless.ts'
import type { BoxTime } from '../../../evidence/logs/time/box-time.ts'
import type { LogSource } from '../../../evidence/logs/source.ts'
import type { FetchReport } from '../../../evidence/logs/window.ts'
import { fetchCommand } from './fetch-command.ts'
import { fetchFiles } from './fetch-files.ts'
import { fetchInput } from './fetch-input.ts'
import { delivery, type Delivery } from './delivery.ts'
import type { Fetching, FetchOptions } from './fetching.ts'

export type { FetchOptions } from './fetching.ts'

export interface Fetched {
  readonly report: FetchReport
  readonly failure?: Failure
}

/**
 * Hands on the bytes of a log that lie in a window of time, in the order in which they were written, filtered on the box. Never rejects; what could not
 * be read is a sentence in `skipped`, and reaching a limit is said (`capped`). Price: free; it reads.
 *
 * Lines before or after the window are taken out here; lines without a time go with the record before them. Where a box's clock was set back near the
 * window and lines name no zone, lines of both hours come.
 */
export async function fetchLog(box: Box, source: LogSource, options: FetchOptions): Promise<Fetched> {
  const { window, time, caps, signal } = options
  const setBackMs = isZoneless(source, time) ? clockSetBack(time, window) : 0
  const limit = new AbortController()
  const out = delivery(options, () => limit.abort())
  const timer = setTimeout(() => {
    out.cap('seconds', 'later')
    limit.abort()
  }, caps.seconds * 1000)
  const fetching: Fetching = {
    layoutOf,
    ...options,
    box,
    source,
    kept:
      setBackMs === 0 || window.fromMs === undefined ? window : { ...window, fromMs: readFrom(time, window.fromMs) },
    wide: {
      ...(window.fromMs === undefined ? {} : { fromMs: window.fromMs - setBackMs }),
      ...(window.toMs === undefined ? {} : { toMs: window.toMs + setBackMs }),
    },
    delivery: out,
    ends: AbortSignal.any([signal, limit.signal]),
    packs: box.kind === 'ssh',
  }
  try {
    const result = await fetchKind(fetching)
    if (!fetching.ends.aborted) await out.finish()
    return endOf(fetching, result)
  } finally {
    clearTimeout(timer)
  }
}

async function fetchKind(fetching: Fetching): Promise<RunResult | Failure | undefined> {
  const { source, delivery: out } = fetching
  if (source.blind) {
    out.miss(`${source.id}: ${source.blind.why}${source.blind.hint ? ` (${source.blind.hint})` : ''}`)
    return undefined
  }
  if (source.kind === 'stdin') return fetchInput(fetching)
  return source.kind === 'file' ? fetchFiles(fetching) : fetchCommand(fetching)
}

/** Also where none of its lines is known yet. */
function isZoneless({ head, tail }: LogSource, time: BoxTime): boolean {
  const sample = head ?? tail
  return sample === undefined || sample.length === 0 || namesNoZone(sample, time)
}

/** What the tools of the box complained of; a filter that failed is no filter that found nothing. */
function saysOfErrors(out: Delivery, id: string, text: string): void {
  const lines = text.split('\n').filter((line) => line !== '')
  const said = lines.findLast((line) => line !== FILTER_FAILED)?.slice(0, MOST_SAID)
  if (lines.includes(FILTER_FAILED))
    out.miss(`${id}: ${FILTER_FAILED}${said === undefined ? '' : ` (${said})`}: what matches may be missing`)
  else if (said !== undefined) out.skip(`${id}: the box says: ${said}`)
}

/** Of an error message. Characters. */
const MOST_SAID = 300

function endOf({ delivery: out, source, signal }: Fetching, result: RunResult | Failure | undefined): Fetched {
  if (result === undefined) return { report: out.report() }
  if ('kind' in result) return { report: out.report(), failure: result }
  // The box was faster than this console with the limit of seconds (128 + SIGKILL).
  if (result.exitCode === 137) out.cap('seconds', 'later')
  saysOfErrors(out, source.id, result.ok ? result.stderr.trim() : '')
  const { failure } = result
  const own = out.report().capped !== undefined && !signal.aborted
  return failure && !own ? { report: out.report(), failure } : { report: out.report() }
}
