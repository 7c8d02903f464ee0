import type { Severity } from '../format.ts'

/** The severity that a word stands for in whatever case, as the logging libraries and syslog(3) write it: `WARN`, `err`, `E`. Undefined: no such word. */
export function severityOf(word: string): Severity | undefined {
  return word.length > LONGEST_WORD ? undefined : WORDS.get(word.toLowerCase())
}

const WORDS: ReadonlyMap<string, Severity> = new Map(
  (
    [
      ['fatal', 'fatal emerg emergency panic dpanic alert crit critical severe_fatal f c wtf'],
      ['error', 'error err eror severe fail failed failure e exception'],
      ['warning', 'warning warn wrn w warnung'],
      ['notice', 'notice n'],
      ['info', 'info information informational inf i config log unknown_info success'],
      [
        'debug',
        'debug dbug dbg trace trce silly verbose vrb verb fine finer finest d v t debug1 debug2 debug3 debug4 debug5',
      ],
    ] as const
  ).flatMap(([severity, words]) => words.split(' ').map((word) => [word, severity] as const)),
)
const LONGEST_WORD = 14

/** 0 to 7 of syslog (RFC 5424, table 2). */
export function severityOfSyslog(level: number): Severity | undefined {
  return SYSLOG[level]
}

const SYSLOG: readonly Severity[] = ['fatal', 'fatal', 'fatal', 'error', 'warning', 'notice', 'info', 'debug']

/** 10 to 60 of bunyan and pino; in between belongs to the one below. 0 to 7 is syslog's. */
export function severityOfNumber(level: number): Severity | undefined {
  if (!Number.isFinite(level) || level < 0 || level > 99) return undefined
  if (level < 8) return severityOfSyslog(Math.trunc(level))
  if (level >= 60) return 'fatal'
  if (level >= 50) return 'error'
  if (level >= 40) return 'warning'
  return level >= 30 ? 'info' : 'debug'
}

/** `levelno` of Python's logging: 10 DEBUG, 20 INFO, 30 WARNING, 40 ERROR, 50 CRITICAL. */
export function severityOfPython(level: number): Severity | undefined {
  return Number.isFinite(level) && level > 0 && level <= 50 ? severityOfNumber(level + 10) : undefined
}

/**
 * The severity that a line of unknown form names: the first word of level within its beginning that stands in capitals, in brackets, behind `level=`, or
 * before a colon. A word within a sentence ("an error") does not count.
 */
export function severityIn(text: string): Severity | undefined {
  const beginning = text.slice(0, BEGINNING)
  for (const match of beginning.matchAll(WORD)) {
    const word = match[0]
    if (LEVEL_WORDS.has(word.toLowerCase()) && isMarked(beginning, match.index, word)) return severityOf(word)
  }
  return undefined
}

/** Characters in which a level is looked for; a level stands near the time. */
const BEGINNING = 160
const WORD = /[A-Za-z]+/g
const LEVEL_WORDS: ReadonlySet<string> = new Set(
  'fatal emerg emergency panic alert crit critical severe error err warning warn notice info debug trace'.split(' '),
)

function isMarked(text: string, at: number, word: string): boolean {
  const before = text.charAt(at - 1)
  const after = text.charAt(at + word.length)
  if (before === '_' || after === '_' || before === '/' || after === '/' || after === '.') return false
  if (word === word.toUpperCase()) return true
  if ('[<('.includes(before) && before !== '') return ']>): |'.includes(after)
  if (/(?:level|lvl|severity)["']?[=:] ?["']?$/i.test(text.slice(Math.max(0, at - 14), at))) return true
  return after === ':' && (at === 0 || text.endsWith(': ', at) || text.endsWith('] ', at))
}

/** dmesg and syslog leave the priority of the kernel's messages out; these say themselves how grave they are. */
export function severityOfKernel(message: string): Severity | undefined {
  if (/^(?:Kernel panic|BUG:|Oops|general protection fault)/.test(message)) return 'fatal'
  return /^(?:Out of memory|Memory cgroup out of memory|INFO: task .{1,60} blocked|.{1,60}segfault at |.{1,40}I\/O error)/.test(
    message,
  )
    ? 'error'
    : undefined
}
