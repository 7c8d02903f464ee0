import { accessEvent, type Writable } from '../reading/access-line.ts'
import type { BoxTime } from '../time/box-time.ts'
import { type ClockParts, epochOfParts } from '../time/clock.ts'
import type { AccessEvent, LogEvent, Severity } from '../format.ts'
import { routeOf } from '../route.ts'

/** What has been read of a record so far; each variable of a layout puts its part in. */
export interface Draft {
  readonly clock: ClockParts
  atMs?: number | undefined
  method?: string | undefined
  /** Path with its query. */
  target?: string | undefined
  /** Of a target that is written in two parts. */
  path?: string | undefined
  query?: string | undefined
  status?: number | undefined
  durationMs?: number | undefined
  upstream?: string | undefined
  upstreamMs?: number | undefined
  upstreamStatus?: number | undefined
  client?: string | undefined
  host?: string | undefined
  bytes?: number | undefined
  pid?: number | undefined
  /** Of what ended without an answer, where the log says that it was not the client who went. */
  unansweredSeverity?: Severity | undefined
  readonly fields: [name: string, value: string][]
}

export function newDraft(): Draft {
  return { clock: {}, fields: [] }
}

/** @param text the record, for a layout that names nothing of a request */
export function eventOfDraft(draft: Draft, text: string, time: BoxTime): LogEvent {
  const atMs = draft.atMs ?? epochOfParts(draft.clock, time)
  const fields = draft.fields.length === 0 ? undefined : Object.fromEntries(draft.fields)
  const access = accessOfDraft(draft)
  if (access !== undefined) {
    return accessEvent(access, { atMs, pid: draft.pid, fields, unansweredSeverity: draft.unansweredSeverity })
  }
  const target = targetOfDraft(draft)
  return {
    ...(atMs === undefined ? {} : { atMs }),
    message: target === undefined ? text : `${draft.method ?? 'request'} ${routeOf(target)}`,
    ...(draft.pid === undefined ? {} : { pid: draft.pid }),
    ...(fields === undefined ? {} : { fields }),
  }
}

function accessOfDraft(draft: Draft): Writable<AccessEvent> | undefined {
  if (draft.status === undefined) return undefined
  const access: Writable<AccessEvent> = { status: draft.status }
  const target = targetOfDraft(draft)
  if (target !== undefined) access.target = target
  if (draft.method !== undefined) access.method = draft.method
  if (draft.durationMs !== undefined) access.durationMs = draft.durationMs
  if (draft.upstream !== undefined) access.upstream = draft.upstream
  if (draft.upstreamMs !== undefined) access.upstreamMs = draft.upstreamMs
  if (draft.upstreamStatus !== undefined) access.upstreamStatus = draft.upstreamStatus
  if (draft.client !== undefined) access.client = draft.client
  if (draft.host !== undefined) access.host = draft.host
  if (draft.bytes !== undefined) access.bytes = draft.bytes
  return access
}

function targetOfDraft(draft: Draft): string | undefined {
  if (draft.target !== undefined || draft.path === undefined) return draft.target
  const query = draft.query ?? ''
  return query === '' || query.startsWith('?') ? draft.path + query : `${draft.path}?${query}`
}
