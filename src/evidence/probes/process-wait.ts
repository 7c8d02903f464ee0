import { probe, Unreadable } from '../probe.ts'

/** Kernel function in which each process waits (proc_pid_wchan(5)); absent for those that run. */
export type ProcessWaits = ReadonlyMap<number, string>

export const processWait = probe({
  id: 'process-wait',
  title: 'Wait channels',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): ProcessWaits => {
    throw new Unreadable('UNWRITTEN')
  },
})
