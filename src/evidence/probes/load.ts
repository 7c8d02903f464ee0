import { fileOf, probe, Unreadable } from '../probe.ts'

export interface Load {
  readonly one: number
  readonly five: number
  readonly fifteen: number
  readonly runnable: number
  /** Kernel scheduling entities (threads) on the box. */
  readonly threads: number
  readonly lastPid: number
}

/**
 * How many tasks ran, wanted to run, or waited uninterruptibly, averaged over 1, 5 and 15 minutes.
 *
 *   0.20 0.18 0.12 1/80 11206      <- one of 80 tasks is runnable now; 11206 was the last PID handed out
 *
 * Source: proc_loadavg(5). Linux counts state D too, so a high load with idle CPUs points at disks or locks.
 */
export const load = probe({
  id: 'load',
  title: 'Load average',
  set: 'fast',
  moments: ['first'],
  limitSeconds: 2,
  files: ['loadavg'],
  parse: ({ first }): Load => {
    const match = /^([\d.]+) ([\d.]+) ([\d.]+) (\d+)\/(\d+) (\d+)$/.exec(fileOf(first, 'loadavg'))
    if (!match) throw new Unreadable('loadavg is not five fields')
    const [one = 0, five = 0, fifteen = 0, runnable = 0, threads = 0, lastPid = 0] = match.slice(1).map(Number)
    return { one, five, fifteen, runnable, threads, lastPid }
  },
})
