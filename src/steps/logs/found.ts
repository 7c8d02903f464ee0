import type { Box } from '../../boxes/box.ts'
import type { LogSource } from '../../evidence/logs/source.ts'
import type { LoggingService } from '../../evidence/logs/discovery/subject.ts'
import type { LogCaps, LogFilter } from '../../evidence/logs/window.ts'
import type { Redact } from '../../incidents/redaction/index.ts'
import { chosenLogs } from './choice.ts'
import { findLogs, type FoundLogs } from './discover.ts'
import type { ReadBox } from './logs-read.ts'
import type { LogPlan } from './plan.ts'

/** What is asked of the logs of some boxes, however it is shown. */
export interface AskedLogs {
  /** As typed behind the boxes. */
  readonly subjects: readonly string[]
  /** Of halligan.yaml. */
  readonly services: Readonly<Record<string, LoggingService>>
  readonly plan: LogPlan
  readonly filter: LogFilter
  /** Of each log and each span. */
  readonly caps: LogCaps
  readonly redact: Redact
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly nowMs: number
}

/** A box with the logs of it that are to be read. */
export interface BoxLogs {
  readonly found: FoundLogs
  readonly box: ReadBox
  readonly chosen: readonly LogSource[]
  readonly notices: readonly string[]
}

/** Logs of one box at once: each is a session of sshd, which takes ten (`MaxSessions`, sshd_config(5)). */
export const LOGS_AT_ONCE = 4

/** Finds the logs of one box, and chooses those that are read. */
export async function boxLogs(box: Box, asked: Omit<AskedLogs, 'filter' | 'caps'>): Promise<BoxLogs> {
  const { subjects, services, plan, redact, signal } = asked
  const found = await findLogs(box, { subjects, services }, { redact, signal })
  const { sources, skewMs, skewWithinMs, identity, time, failure } = found
  const unreadable = sources.flatMap(({ id, blind }) => (blind ? [{ what: id, why: blind.why, hint: blind.hint }] : []))
  return {
    found,
    box: {
      box: box.name,
      identity,
      skewMs: identity ? skewMs : undefined,
      skewWithinMs: identity ? skewWithinMs : undefined,
      zone: identity ? time.zone : undefined,
      failure,
      blind: [...found.blind, ...unreadable],
    },
    ...chosenLogs(box.name, sources, subjects.length > 0, plan, skewMs),
  }
}
