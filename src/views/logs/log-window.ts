import { momentOf } from '../../base/moment.ts'
import { Problem } from '../problem.ts'

/** Which times were asked for; milliseconds since the epoch by the clock of this console. */
export interface AskedTimes {
  readonly fromMs?: number
  readonly toMs?: number
  /** Of `--compare TIME`. */
  readonly onsetMs?: number
}

export interface TimeFlags {
  readonly since?: string
  readonly until?: string
  readonly between?: string
  readonly around?: string
  readonly span?: string
  /** True: an onset that is to be found. */
  readonly compare?: string | true
}

/** Before and after `--around`. Milliseconds. */
const AROUND_MS = 30_000

export function askedTimes(flags: TimeFlags, nowMs: number): AskedTimes {
  const ways = [flags.between, flags.around, flags.since ?? flags.until].filter((way) => way !== undefined)
  if (ways.length > 1)
    throw new Problem('--between, --around and --since with --until exclude each other.', 'Give one of them.', 2)
  if (flags.span !== undefined && flags.around === undefined)
    throw new Problem('--span belongs to --around.', 'For example --around 14:05 --span 5m.', 2)
  const onset = typeof flags.compare === 'string' ? { onsetMs: moment(flags.compare, '--compare', nowMs) } : {}
  return { ...span(flags, nowMs), ...onset }
}

function span(flags: TimeFlags, nowMs: number): AskedTimes {
  if (flags.around !== undefined) {
    const at = moment(flags.around, '--around', nowMs)
    const half = flags.span === undefined ? AROUND_MS : spanOf(flags.span)
    return { fromMs: at - half, toMs: at + half }
  }
  if (flags.between !== undefined) {
    const [from, to, ...more] = flags.between.split('..')
    if (!from || !to || more.length > 0)
      throw new Problem(
        `--between takes two times with two dots between them, not "${flags.between}".`,
        'For example --between 14:05..14:20.',
        2,
      )
    return ordered(moment(from, '--between', nowMs), moment(to, '--between', nowMs))
  }
  const fromMs = flags.since === undefined ? undefined : moment(flags.since, '--since', nowMs)
  const toMs = flags.until === undefined ? undefined : moment(flags.until, '--until', nowMs)
  if (fromMs !== undefined && toMs !== undefined) return ordered(fromMs, toMs)
  return { ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) }
}

function ordered(fromMs: number, toMs: number): AskedTimes {
  if (fromMs >= toMs) throw new Problem('The window ends before it begins.', 'Give the earlier time first.', 2)
  return { fromMs, toMs }
}

function moment(text: string, option: string, nowMs: number): number {
  const at = momentOf(text, nowMs)
  if (at !== undefined) return at
  throw new Problem(
    `${option} takes a time, not "${text}".`,
    `For example ${option} 14:05, ${option} -30m or ${option} "2026-11-25 14:05".`,
    2,
  )
}

function spanOf(text: string): number {
  const at = momentOf(`-${text}`, 0)
  if (at !== undefined && at < 0) return -at
  throw new Problem(`--span takes a length of time, not "${text}".`, 'For example --span 30s or --span 5m.', 2)
}
