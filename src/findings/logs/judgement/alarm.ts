import type { Severity } from '../../../evidence/logs/format.ts'
import type { Pattern } from '../pattern.ts'

/**
 * How much a pattern looks like trouble before anything is known of its counts, 0 to 1: by the severity that its program gave it, by the words of its
 * template, and by the status of a request. The higher of these; words count for less where the program itself calls the record harmless.
 */
export function alarmOf({ severity, template, samples }: Pattern): number {
  const given = severity === undefined ? 0 : SEVERITY[severity]
  const words = wordAlarm(template) * (severity === 'info' || severity === 'debug' ? CALLED_HARMLESS : 1)
  const [sample] = samples
  const status = sample?.event.access?.status
  const served = status !== undefined && status >= 500 ? SEVERITY.error : 0
  const traced = sample?.event.trace === undefined ? 0 : SEVERITY.error
  return Math.max(given, words, served, traced)
}

/** Its words hardly ever stand in a log of good times. */
export function isGrave(template: string): boolean {
  return wordAlarm(template) >= GRAVE_ALARM
}

const GRAVE_ALARM = 0.6

const SEVERITY: Readonly<Record<Severity, number>> = {
  fatal: 1,
  error: 0.9,
  warning: 0.2,
  notice: 0.1,
  info: 0,
  debug: 0,
}

/** A program that writes `timeout set to 30 s` or `retry 1 failed` at INFO mostly means no harm, but many programs write all at INFO. */
const CALLED_HARMLESS = 0.4

/** By the words alone, in any program. 0 where there are none. */
function wordAlarm(template: string): number {
  const text = template.slice(0, TEMPLATE_CHARACTERS).replaceAll(NOTHING_WRONG, ' ')
  if (GRAVE.test(text)) return GRAVE_ALARM
  if (BAD.test(text)) return 0.3
  return 0
}

const TEMPLATE_CHARACTERS = 2000

/** `0 errors`, `errors=0`, `without error`: the word is there, the thing is not. Digits are masked in some templates, so that a count is not told from 0. */
const NOTHING_WRONG =
  /\b(?:no|0|zero|without(?: any)?) (?:\w+ )?(?:errors?|failures?|exceptions?|warnings?)\b|\b(?:errors?|fail(?:ed|ures?)|exceptions?|timeouts?)["']?\s?[=:]\s?["']?(?:0|<\*>|null|none|false|nil)(?!\w)/gi

/** What hardly ever stands in a log of good times. */
const GRAVE =
  /exception|traceback|panic|\bfatal\b|segfault|segmentation fault|core dumped|out of memory|\boom\b|oom-?kill|cannot allocate|no space left|too many open files|deadlock|corrupt|\bkilled\b|\baborted\b|\bcrash|stack overflow|refused|\btimed? ?-?out\b|\btimeout\b|unreachable|reset by peer|broken pipe|no route to host|connection (?:lost|closed unexpectedly)|\bemerg|\bcritical\b|read-only file system|i\/o error|\bHTTP\S* 5\d\d\b|\b(?:internal server error|bad gateway|service unavailable|gateway time-?out)\b/i

/** What may be normal in small numbers. */
const BAD =
  /errors?\b|fail(?:s|ed|ing|ures?)?\b|\bunable\b|\bcan(?:no|')t\b|\bcould(?: not|n't)\b|denied|rejected|\binvalid\b|\billegal\b|\bmissing\b|\bunexpected|\blost\b|\bdropp(?:ed|ing)\b|\bexceed(?:s|ed)\b|\bexhausted\b|\bexpired\b|\bunauthorized\b|\bforbidden\b|not found\b|\bunknown\b|\bretry(?:ing)?\b|\bgiving up\b|\bwarn(?:ing)?\b|\babort(?:ing)?\b|\bterminat(?:ed|ing)\b|\bstale\b|\bstuck\b|\bviolation\b|\bmismatch|\bthrottl|\bback-?off\b|\bdegraded\b|\bunhealthy\b/i
