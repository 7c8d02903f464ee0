import type { Failure } from '../../boxes/box.ts'
import type { LogFormat } from '../../evidence/logs/format.ts'
import type { LogSource } from '../../evidence/logs/source.ts'

/** The logs of one box. */
export interface LogList {
  readonly box: string
  readonly logs: readonly ListedLog[]
  readonly blind: readonly { readonly what: string; readonly why: string; readonly hint: string }[]
  readonly failure: Failure | undefined
}

export interface ListedLog {
  readonly source: LogSource
  /** Told from its first and last lines; undefined where none could be read. */
  readonly format: Pick<LogFormat, 'id' | 'title'> | undefined
  /** Milliseconds since the epoch by the clock of this console; NaN where its lines name none. */
  readonly firstAtMs: number
  readonly lastAtMs: number
}
