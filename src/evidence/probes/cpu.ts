import { growth } from '../counter.ts'
import { fileOf, probe, Unreadable, windowSeconds } from '../probe.ts'

/** Shares of the window in percent of the CPU's time; they add up to 100. Fields that old kernels lack count 0. */
export interface CpuShares {
  readonly user: number
  readonly nice: number
  readonly system: number
  readonly idle: number
  readonly iowait: number
  readonly irq: number
  readonly softirq: number
  readonly steal: number
}

export interface Cpu {
  readonly cpus: number
  /** Over the window; undefined without a second sample. */
  readonly total: CpuShares | undefined
  readonly perCpu: readonly { readonly cpu: number; readonly shares: CpuShares }[]
  readonly contextSwitchesPerSecond: number | undefined
  readonly forksPerSecond: number | undefined
  readonly interruptsPerSecond: number | undefined
  /** procs_running and procs_blocked of the last sample. */
  readonly running: number
  /** procs_running of the first sample; undefined without it. What runs for a moment is in one of them only. */
  readonly runningBefore: number | undefined
  readonly blocked: number
  /** Boot time, seconds since the epoch by the box's clock. */
  readonly bootSeconds: number
}

/**
 * Where did the CPUs' time go within the window?
 *
 *   cpu  74608 2520 24433 1117073 6176 4054 0 0 0 0     <- user nice system idle iowait irq softirq steal guest guest_nice
 *   cpu0 37784 1234 12345 558000 3100 2000 0 0 0 0
 *   ctxt 1990473
 *   btime 1062191376
 *   processes 2915                                      <- forks since boot
 *   procs_running 1
 *   procs_blocked 0
 *
 * Ticks since boot; the difference of two samples is the window. Guest time is within user already. iowait is idle time while
 * a request was outstanding, and may go backwards. Source: proc_stat(5). Costs nothing of its own.
 */
export const cpu = probe({
  id: 'cpu',
  title: 'CPU time',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  files: ['stat'],
  parse: (samples): Cpu => {
    const latest = samples.last ?? samples.first
    const after = readStat(fileOf(latest, 'stat'))
    const before = samples.first && samples.last ? readStat(fileOf(samples.first, 'stat')) : undefined
    const seconds = windowSeconds(samples)
    const rate = (name: string): number | undefined => {
      const now = after.counters.get(name)
      const then = before?.counters.get(name)
      return now === undefined || then === undefined || seconds === undefined ? undefined : growth(then, now) / seconds
    }
    const counter = (name: string): number => {
      const value = after.counters.get(name)
      if (value === undefined) throw new Unreadable(`/proc/stat has no ${name}`)
      return value
    }
    return {
      cpus: after.perCpu.size,
      total: before ? totalShares(before, after) : undefined,
      perCpu: [...after.perCpu].flatMap(([number, ticks]) => {
        const then = before?.perCpu.get(number)
        const share = then ? shares(then, ticks) : undefined
        return share ? [{ cpu: number, shares: share }] : []
      }),
      contextSwitchesPerSecond: rate('ctxt'),
      forksPerSecond: rate('processes'),
      interruptsPerSecond: rate('intr'),
      running: counter('procs_running'),
      runningBefore: before?.counters.get('procs_running'),
      blocked: counter('procs_blocked'),
      bootSeconds: counter('btime'),
    }
  },
})

type Ticks = readonly number[]

interface Stat {
  readonly total: Ticks
  readonly perCpu: ReadonlyMap<number, Ticks>
  readonly counters: ReadonlyMap<string, number>
}

function readStat(text: string): Stat {
  let total: Ticks | undefined
  const perCpu = new Map<number, Ticks>()
  const counters = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [name = '', ...fields] = line.trim().split(/\s+/)
    const numbers = fields.map(Number)
    if (numbers.length === 0 || !numbers.every(Number.isFinite)) continue
    const cpuNumber = /^cpu(\d*)$/.exec(name)?.[1]
    // Four fields came with the first kernels; a shorter line is a torn one.
    if (cpuNumber !== undefined && numbers.length < 4) continue
    if (cpuNumber === '') total = numbers
    else if (cpuNumber !== undefined) perCpu.set(Number(cpuNumber), numbers)
    else counters.set(name, numbers[0] ?? NaN)
  }
  if (!total || perCpu.size === 0) throw new Unreadable('/proc/stat has no cpu lines')
  return { total, perCpu, counters }
}

const IDLE = 3

/** The line of all CPUs, unless its idle time went backwards, as it may when one was taken out or put back: then those that were there all the time. */
function totalShares(before: Stat, after: Stat): CpuShares | undefined {
  if ((after.total[IDLE] ?? 0) >= (before.total[IDLE] ?? 0)) return shares(before.total, after.total)
  const both = [...after.perCpu.keys()].filter((cpu) => before.perCpu.has(cpu))
  const sum = ({ perCpu }: Stat): Ticks =>
    Array.from({ length: 8 }, (_, field) => both.reduce((ticks, cpu) => ticks + (perCpu.get(cpu)?.[field] ?? 0), 0))
  return shares(sum(before), sum(after))
}

/** Undefined when no time has passed. Single counters that went backwards count 0. */
function shares(before: Ticks, after: Ticks): CpuShares | undefined {
  const spent = Array.from({ length: 8 }, (_, field) => Math.max(0, (after[field] ?? 0) - (before[field] ?? 0)))
  const all = spent.reduce((sum, ticks) => sum + ticks, 0)
  if (all === 0) return undefined
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = spent.map(
    (ticks) => (100 * ticks) / all,
  )
  return { user, nice, system, idle, iowait, irq, softirq, steal }
}
