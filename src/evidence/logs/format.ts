import type { BoxTime } from './time/box-time.ts'

/**
 * A form that log records have. One file, with its own samples: `formats/NAME.ts`. Pure, total (any text gives an event or undefined) and linear in the
 * length of the text.
 */
export interface LogFormat {
  /** Words joined by hyphens: `nginx-access`. */
  readonly id: string
  /** For a person: `nginx access log (combined)`. */
  readonly title: string
  /**
   * How much else it would read: missing (0) one program's own form, 1 a family of programs (log4j patterns), 2 a form that many others are written in
   * (JSON lines, logfmt), 9 any text. Of formats that read the same records the narrower one is taken.
   */
  readonly breadth?: number
  /** Its message is what another program wrote, in a form of its own (syslog, journald): that is read by an inner format. */
  readonly envelope?: boolean
  /** Records as the program really writes them, each read by the tests. At least two. */
  readonly samples: readonly FormatSample[]
  /**
   * Reads one record. Undefined: it is not of this form.
   *
   * @param text the first line, and after `\n` the lines that go on with it (a stack trace)
   */
  readonly read: (text: string, time: BoxTime) => LogEvent | undefined
}

export interface FormatSample {
  readonly text: string
  /** Where it is from: the manual's page, the version of the program that wrote it. */
  readonly origin: string
}

/** What one record says. */
export interface LogEvent {
  /** Milliseconds since the epoch by the clock of the box; missing: the record names no time. */
  readonly atMs?: number
  readonly severity?: Severity
  /** What the program said, without time, level, host, program and logger: what patterns are made of. One line or more; never the stack trace. */
  readonly message: string
  readonly host?: string
  readonly program?: string
  readonly pid?: number
  /** Class, module or component that wrote it. */
  readonly logger?: string
  readonly thread?: string
  /** Where in the code it was written, where the record says so: `app/orders.py:88`. */
  readonly statement?: string
  /** The lines of a stack trace, as written. */
  readonly trace?: string
  /** What else is named in it: `customer` → `acme`. Values as text. */
  readonly fields?: Readonly<Record<string, string>>
  /** Of a request that was served. */
  readonly access?: AccessEvent
}

export interface AccessEvent {
  readonly method?: string
  /** Path with its query, as asked. */
  readonly target?: string
  /** The target with its ids folded (`routeOf`): `/orders/{id}`. */
  readonly route?: string
  /** 0: it ended without one (the client went away, the connection broke). */
  readonly status: number
  /** Until the answer was sent. */
  readonly durationMs?: number
  /** Who answered: `10.0.0.7:8080`. */
  readonly upstream?: string
  readonly upstreamMs?: number
  readonly upstreamStatus?: number
  readonly client?: string
  readonly host?: string
  readonly bytes?: number
}

/** As syslog(3) has them, the two highest taken together. */
export type Severity = 'fatal' | 'error' | 'warning' | 'notice' | 'info' | 'debug'
