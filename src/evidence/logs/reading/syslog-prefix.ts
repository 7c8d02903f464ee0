import type { BoxTime } from '../time/box-time.ts'
import { timeAt } from '../time/time-in-text.ts'

/** What syslog put before a line of a program that logs through it: `Nov 26 05:44:35 web-1 haproxy[812]: `. */
export interface SyslogPrefix {
  readonly end: number
  readonly atMs: number
  /** Missing: programs that write to the socket of syslog leave it out. */
  readonly host?: string
  readonly program: string
  readonly pid?: number
}

/** For formats that are rarely met without it; undefined: there is none. Looks at the first 256 characters only. */
export function syslogPrefixOf(text: string, time: BoxTime): SyslogPrefix | undefined {
  const start = text.startsWith('<') ? text.slice(0, 6).indexOf('>') + 1 : 0
  const found = timeAt(text, start, time)
  if (found === undefined) return undefined
  const match = TAG.exec(text.slice(found.end, found.end + 256))
  if (match === null) return undefined
  const [whole, host, named, itsPid, alone, ownPid] = match
  const program = named ?? alone ?? ''
  const pid = itsPid ?? ownPid
  return {
    end: found.end + whole.length,
    atMs: found.atMs,
    ...(host === undefined ? {} : { host }),
    program,
    ...(pid === undefined ? {} : { pid: Number(pid) }),
  }
}

const TAG = /^ (?:([\w.:-]{1,128}) ([\w./-]{1,64})(?:\[(\d{1,10})\])?|([A-Za-z][\w./-]{0,63})\[(\d{1,10})\]): /
