/** Which part of a log is wanted. Times are milliseconds since the epoch, by the clock of the box. */
export interface LogWindow {
  /** From here on, inclusive; missing: from the beginning. */
  readonly fromMs?: number
  /** Up to here, exclusive; missing: to the end. */
  readonly toMs?: number
}

/** Lines that are wanted; all must hold. */
export interface LogFilter {
  /** POSIX extended regular expressions (POSIX 9.4): each must match. */
  readonly grep: readonly string[]
  /** None of these may match. */
  readonly not: readonly string[]
  /** Field and value, for formats that have fields: `status=500`. The box narrows by the value, the console decides by the field. */
  readonly fields: readonly { readonly name: string; readonly value: string }[]
  readonly ignoreCase: boolean
}

/** Not all lines are wanted. */
export function isFiltered({ grep, not, fields }: LogFilter): boolean {
  return grep.length + not.length + fields.length > 0
}

/** What one source may cost. Reaching one is always said. */
export interface LogCaps {
  /** Uncompressed bytes that are sent. */
  readonly bytes: number
  readonly seconds: number
}

/** What the box said of how it found the window; each figure is of one source. */
export interface FetchReport {
  /** Bytes that were read on the box, the window included. */
  readonly readBytes: number
  /** Bytes of the window, as they are in the log. */
  readonly windowBytes: number
  /** Reads that the search for the window took. */
  readonly probes: number
  /** What was skipped or is missing, one sentence each: `/var/log/app.log.3.gz: no zcat on this box`. */
  readonly skipped: readonly string[]
  /** Some of what is wanted lies where it could not be read, as `skipped` says. */
  readonly isPartial?: true
  /** The cap that ended it. */
  readonly capped?: 'bytes' | 'seconds'
  /** Which end of the window it left out. */
  readonly lacks?: 'earlier' | 'later'
}
