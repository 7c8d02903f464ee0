import type { LogEvent, Severity } from '../format.ts'

/** What PostgreSQL's logs tell in all their three forms. */
export interface PostgresRecord {
  readonly atMs?: number
  readonly pid?: number
  readonly severity: Severity | undefined
  readonly message: string
  readonly program?: string
  /** `src/file.c:123` of the server, with log_error_verbosity = verbose. */
  readonly statement?: string
  readonly fields: Readonly<Record<string, string>>
}

/** `duration: 4201.345 ms  statement: SELECT …` is told as LOG and is there because it was slow: as a field it can be asked for. */
export function postgresEvent({ fields, severity, message: said, ...record }: PostgresRecord): LogEvent {
  // With log_error_verbosity = verbose the SQLSTATE stands before the message.
  const state = /^(?=[A-Z]{0,4}\d)([0-9A-Z]{5}): /.exec(said.slice(0, 8))?.[1]
  const message = state === undefined ? said : said.slice(7)
  const duration = /^duration: (\d{1,15}(?:\.\d{1,6})?) ms/.exec(message.slice(0, 64))?.[1]
  const all = {
    ...fields,
    ...(state === undefined || state === '00000' ? {} : { sqlstate: state }),
    ...(duration === undefined ? {} : { duration_ms: duration }),
  }
  return {
    ...record,
    message,
    ...(severity === undefined ? {} : { severity }),
    ...(Object.keys(all).length === 0 ? {} : { fields: all }),
  }
}

/** PostgreSQL documentation, "Message Severity Levels". Undefined: no level, but a part of another record (DETAIL). LOG is for the administrator, not a fault. */
export function postgresSeverity(level: string): Severity | undefined {
  return LEVELS[level.replace(/\d$/, '')]
}

const LEVELS: Readonly<Record<string, Severity>> = {
  DEBUG: 'debug',
  INFO: 'info',
  LOG: 'info',
  NOTICE: 'notice',
  WARNING: 'warning',
  ERROR: 'error',
  FATAL: 'fatal',
  PANIC: 'fatal',
}
