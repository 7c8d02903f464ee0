import type { BoxTime } from '../time/box-time.ts'
import type { LogEvent, LogFormat, Severity } from '../format.ts'
import { atOf, timeAt } from '../time/time-in-text.ts'

/** Redis and Valkey: process, role (`M` master, `S` replica, `C` child that saves, `X` sentinel), time, level as one sign. Old versions have no role and no year. */
export const redis: LogFormat = {
  id: 'redis',
  title: 'Redis log',
  samples: [
    {
      text: '812:M 26 Nov 2026 05:44:35.123 * Ready to accept connections tcp',
      origin: 'Redis 7.0 (src/server.c, serverLogRaw)',
    },
    {
      text: '812:M 26 Nov 2026 05:44:36.001 # MISCONF Errors writing to the AOF file: No space left on device',
      origin: 'Redis 7.0, disk full',
    },
    { text: '813:C 26 Nov 2026 05:44:36.200 * DB saved on disk', origin: 'Redis 7.0, child of BGSAVE' },
    {
      text: '21946:M 26 Nov 2026 06:44:54.372 * Ready to accept connections\n21946:signal-handler (1795675499) Received SIGTERM scheduling shutdown...',
      origin: 'Redis 7.0.15 of Debian 12, ended',
    },
    {
      text: '21946:signal-handler (1795675499) Received SIGTERM scheduling shutdown...',
      origin: 'Redis 7.0.15 of Debian 12, ended: the same line alone',
    },
    {
      text: '[4018] 14 Nov 07:01:22.119 * Background saving terminated with success',
      origin: 'Redis 2.8 (src/redis.c, redisLogRaw)',
    },
    {
      text: '5:M 26 Nov 2026 09:17:30.368 # WARNING: the new maxmemory value set via CONFIG SET (10) is smaller than the current memory usage (964480). This will result in key eviction and/or the inability to accept new write commands depending on the maxmemory-policy.',
      origin: 'Redis 7.0.15',
    },
  ],
  read: (text, time) => readRedis(text, time),
}

const HEAD = /^(?:(\d{1,10}):([MSCX])|\[(\d{1,10})\]) /
const LEVELS: Readonly<Record<string, Severity>> = { '.': 'debug', '-': 'info', '*': 'notice', '#': 'warning' }
const ROLES: Readonly<Record<string, string>> = { M: 'master', S: 'replica', C: 'child', X: 'sentinel' }

/** What is written within a signal handler: no month can be looked up there. Without a time in a common form, it is mostly met behind another record. */
const SIGNAL = /^(\d{1,10}):signal-handler \((\d{1,12})\) /
const SIGNAL_BEHIND = /\n\d{1,10}:signal-handler \(/

function readRedis(text: string, time: BoxTime): LogEvent | undefined {
  const signal = SIGNAL.exec(text.slice(0, 64))
  if (signal !== null) {
    const message = text.slice(signal[0].length)
    return { atMs: Number(signal[2]) * 1000, severity: 'warning', message, pid: Number(signal[1]) }
  }
  const head = HEAD.exec(text.slice(0, 16))
  const found = head === null ? undefined : timeOf(text, head[0].length, time)
  if (head === null || found === undefined) return undefined
  const sign = /^ ([.\-*#]) /.exec(text.slice(found.end, found.end + 3))?.[1]
  if (sign === undefined) return undefined
  const role = ROLES[head[2] ?? '']
  return {
    ...atOf(found.atMs),
    severity: LEVELS[sign] ?? 'info',
    message: withoutSignal(text.slice(found.end + 3)),
    pid: Number(head[1] ?? head[3]),
    ...(role === undefined ? {} : { fields: { role } }),
  }
}

function withoutSignal(message: string): string {
  const signal = message.includes('\n') ? message.search(SIGNAL_BEHIND) : -1
  return signal === -1 ? message : message.slice(0, signal)
}

/** A day and a month may stand without a year, which no other program writes that way round. */
function timeOf(text: string, at: number, time: BoxTime): { readonly atMs: number; readonly end: number } | undefined {
  const found = timeAt(text, at, time)
  if (found !== undefined) return found
  const old = /^(\d\d) ([A-Z][a-z]{2}) (\d\d:\d\d:\d\d(?:\.\d{3})?)/.exec(text.slice(at, at + 24))
  if (old === null) return undefined
  const turned = timeAt(`${old[2] ?? ''} ${old[1] ?? ''} ${old[3] ?? ''}`, 0, time)
  return turned === undefined ? undefined : { atMs: turned.atMs, end: at + old[0].length }
}
