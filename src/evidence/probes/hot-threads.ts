import { probe, Unreadable } from '../probe.ts'

/** Threads of the processes that use half a CPU or more, sampled some 300 ms apart. */
export interface HotThread {
  readonly pid: number
  readonly tid: number
  readonly name: string
  readonly state: string
  /** Percent of one CPU. */
  readonly cpuPercent: number
}

export const hotThreads = probe({
  id: 'hot-threads',
  title: 'Hot threads',
  set: 'fast',
  moments: ['middle'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): readonly HotThread[] => {
    throw new Unreadable('UNWRITTEN')
  },
})
