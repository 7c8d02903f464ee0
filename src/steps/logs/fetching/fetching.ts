import type { Box } from '../../../boxes/box.ts'
import type { BoxTime } from '../../../evidence/logs/time/box-time.ts'
import type { LineLayout } from '../../../evidence/logs/layout/line-layout.ts'
import type { LogSource } from '../../../evidence/logs/source.ts'
import type { LogCaps, LogFilter, LogWindow } from '../../../evidence/logs/window.ts'
import type { Delivery } from './delivery.ts'

export interface FetchOptions {
  readonly window: LogWindow
  readonly filter: LogFilter
  readonly caps: LogCaps
  readonly time: BoxTime
  /** How the lines of a log are read, told from some of them; left out: `layoutOf` of all known forms. */
  readonly layoutOf?: (sample: Uint8Array, time: BoxTime) => LineLayout
  /** A promise that it gives holds further bytes back, on the box too. */
  readonly onBytes: (chunk: Uint8Array) => void | Promise<void>
  readonly signal: AbortSignal
  /** The standard input of the console, for the source `-`. */
  readonly input?: AsyncIterable<Uint8Array>
}

/** What one fetch shares between its parts. */
export interface Fetching extends FetchOptions {
  readonly layoutOf: NonNullable<FetchOptions['layoutOf']>
  readonly box: Box
  readonly source: LogSource
  /** The window, wider by what the clock of the zone was set back near it. */
  readonly wide: LogWindow
  /** The times of the lines that are kept: those of the window, and of the hour before it where they may be of the one after. */
  readonly kept: LogWindow
  readonly delivery: Delivery
  /** Aborted by the caller, at the limit of seconds, and when the limit of bytes is reached. */
  readonly ends: AbortSignal
  /** What is packed for the way: it pays over a network, for more than a little. */
  readonly packs: boolean
}

/** The box ends by itself what this console could not: it has a little more time. Seconds. */
export const BOX_SECONDS_MORE = 3
