import type { Severity } from '../../../evidence/logs/format.ts'

/** What kind of call a text stands in, by the call's name. */
export interface CallKind {
  /** `log`: writes a record. `raise`: makes an error, whose message a record may show. */
  readonly kind: 'log' | 'raise' | 'other'
  readonly severity: Severity | undefined
}

const OTHER: CallKind = { kind: 'other', severity: undefined }

/** Names of levels in loggers of many languages; what stands behind them (`f`, `ln`, `w`, `Context`) is cut off. */
const LEVELS: Readonly<Record<string, Severity>> = {
  emerg: 'fatal', emergency: 'fatal', alert: 'fatal', crit: 'fatal', critical: 'fatal', fatal: 'fatal', panic: 'fatal', severe: 'error', dpanic: 'error',
  error: 'error', err: 'error', exception: 'error', fail: 'error', failure: 'error', stderr: 'error', die: 'fatal', croak: 'fatal', carp: 'warning',
  warn: 'warning', warning: 'warning', notice: 'notice', info: 'info', information: 'info', success: 'info',
  debug: 'debug', trace: 'debug', fine: 'debug', finer: 'debug', finest: 'debug', verbose: 'debug',
} // prettier-ignore

/** Words of a name that say that something is written. */
const LOGGERS = new Set(
  'log logs logger logging logf logln slog klog glog vlog zap console print println printf eprintln eprint fprintf fprintln puts echo say syslog vsyslog tracing pino winston bunyan journal spdlog report printk perror loguru stderr stdout cerr cout clog write writeln output nslog msg message'.split(
    ' ',
  ),
)
/** Those that show what they are given one after another, with a space between. */
const PRINTS = new Set('print println eprintln fprintln console puts say echo logln cerr cout clog'.split(' '))
const RAISES =
  /(?:Error|Exception|Failure|Panic|Fault|Refused|Err)$|^(?:raise|throw|throws|panic!?|bail!|anyhow!|ensure!|abort|assert\w*|invariant|errors\.New|fmt\.Errorf|new)$/

/** Whether this call writes a log record, by its name: `this.logger.error`, `slog.WarnContext`, `pr_err`, `log::warn!`, `LOG_ERROR`, `console.log`. */
export function callKind(name: string): CallKind {
  const known = KNOWN.get(name)
  if (known) return known
  const kind = kindOf(name)
  if (KNOWN.size < NAMES_KNOWN) KNOWN.set(name, kind)
  return kind
}

/** Programs call the same few names again and again: what was found out of one is kept. It depends on nothing but the name. */
const KNOWN = new Map<string, CallKind>()
const NAMES_KNOWN = 20_000

function kindOf(name: string): CallKind {
  const parts = name.split(/\.|::|->|\?|\\|!/).filter((part) => part !== '')
  const last = parts.at(-1) ?? ''
  const severity = severityOf(last)
  const isLogger = parts.some((part) =>
    wordsOf(part).some((word) => LOGGERS.has(word) || /^(?:\w{1,4})?log(?:ger)?$/.test(word)),
  )
  if (isLogger) return { kind: 'log', severity: severity ?? parts.map(severityOf).find((each) => each) }
  if (RAISES.test(name) || RAISES.test(last)) return { kind: 'raise', severity: 'error' }
  return severity ? { kind: 'log', severity } : OTHER
}

/** It writes all that it is given, with spaces between. */
export function isPrint(name: string): boolean {
  const parts = name.split(/\.|::|->|!/).filter((part) => part !== '')
  if (parts.some((part) => PRINTS.has(part.toLowerCase()))) return true
  return (
    /^(?:log|logger)$/i.test(parts.at(-2) ?? '') &&
    /^(?:print|println|fatal|fatalln|panic|panicln)$/i.test(parts.at(-1) ?? '')
  )
}

/** The level that a name speaks of: `LOG_ERR`, `Level.SEVERE`, `logError`, `Errorf`, `warn!`. */
export function severityOf(name: string): Severity | undefined {
  for (const word of wordsOf(name).toReversed()) {
    const level = LEVELS[word] ?? LEVELS[word.replace(/(?:ln|[fwsv])$/, '')]
    if (level) return level
  }
  return undefined
}

/** `logError` → log, error; `LOG_ERR` → log, err. Only the last of a long name: the beginning says what it is of. */
function wordsOf(name: string): readonly string[] {
  return name
    .slice(-60)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.toLowerCase())
}
