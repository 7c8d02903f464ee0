import { filesByName, statLine } from './stat-line.ts'
import { systemCall } from './system-call.ts'
import type { InspectedThread } from './thread.ts'

export interface ReadThreads {
  /** Those of the last sample, main thread first. */
  readonly threads: readonly InspectedThread[]
  /** How many there were when the first sample was taken. */
  readonly count: number
  /** Between both samples. Milliseconds; 0 when there is one only. */
  readonly windowMs: number
  /** Why no system call is known of any thread; undefined where they could be read. */
  readonly noCalls: string | undefined
}

const NANOSECONDS = 1_000_000

/**
 * Reads both samples of the threads: a line `centiseconds-since-boot count`, then files by their names (`filesByName`). CPU time is of schedstat
 * (nanoseconds on a processor, then waiting for one, then how often it was put on one), else of stat, which counts in ticks.
 */
export function readThreads(
  first: string | undefined,
  last: string | undefined,
  {
    pid,
    architecture,
    ticksPerSecond,
  }: { readonly pid: number; readonly architecture: string; readonly ticksPerSecond: number },
): ReadThreads {
  const before = filesByName(first ?? '')
  const after = filesByName(last ?? '')
  const [began = 0, count = 0] = numbers(first)
  const [ended = 0] = numbers(last)
  const ids = [...after.keys()].flatMap((name) => /^task\/(\d+)\/stat$/.exec(name)?.[1] ?? [])
  const threads = ids.flatMap((id) => threadOf(id, before, after, { architecture, ticksPerSecond }))
  const isCallKnown = [...after.keys()].some((name) => name.endsWith('/syscall'))
  const hasNone = /^no-syscall$/m.test(last ?? '')
  return {
    threads: threads.toSorted((a, b) => Number(b.tid === pid) - Number(a.tid === pid) || a.tid - b.tid),
    count: Math.max(count, threads.length),
    windowMs: first === undefined || last === undefined || ended <= began ? 0 : (ended - began) * 10,
    noCalls: isCallKnown
      ? undefined
      : hasNone
        ? 'the kernel of this box does not tell system calls'
        : 'Permission denied',
  }
}

/** The first line. */
function numbers(text: string | undefined): readonly number[] {
  return (
    /^(\d+) (\d+)\n/
      .exec(text ?? '')
      ?.slice(1)
      .map(Number) ?? []
  )
}

function threadOf(
  id: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  { architecture, ticksPerSecond }: { readonly architecture: string; readonly ticksPerSecond: number },
): readonly InspectedThread[] {
  const row = statLine(after.get(`task/${id}/stat`) ?? '')
  if (!row) return []
  const msPerTick = 1000 / ticksPerSecond
  const [then, now] = [before, after].map((files) => scheduled(files.get(`task/${id}/schedstat`)))
  const rowBefore = statLine(before.get(`task/${id}/stat`) ?? '')
  const cpuMs =
    then && now
      ? Math.max(0, now.cpuMs - then.cpuMs)
      : rowBefore
        ? Math.max(0, row.ticks - rowBefore.ticks) * msPerTick
        : undefined
  const channel = after.get(`task/${id}/wchan`)
  const call = systemCall(after.get(`task/${id}/syscall`) ?? '', architecture)
  return [
    {
      tid: Number(id),
      name: row.name,
      state: row.state,
      ...(cpuMs === undefined ? {} : { cpuMs }),
      totalCpuMs: now?.cpuMs ?? row.ticks * msPerTick,
      ...(channel !== undefined && /^[A-Za-z_][\w.]*$/.test(channel) ? { waitChannel: channel } : {}),
      ...(typeof call === 'object' ? { systemCall: call } : {}),
      ...(then && now
        ? { switches: Math.max(0, now.slices - then.slices), waitedMs: Math.max(0, now.waitedMs - then.waitedMs) }
        : {}),
      frames: [],
    },
  ]
}

interface Scheduled {
  readonly cpuMs: number
  readonly waitedMs: number
  readonly slices: number
}

function scheduled(text: string | undefined): Scheduled | undefined {
  const [, cpu, waited, slices] = /^(\d{1,18}) (\d{1,18}) (\d{1,15})$/.exec(text ?? '') ?? []
  if (cpu === undefined) return undefined
  return { cpuMs: Number(cpu) / NANOSECONDS, waitedMs: Number(waited) / NANOSECONDS, slices: Number(slices) }
}
