import { probe, Unreadable } from '../probe.ts'

/** Command line of each process, arguments joined by spaces, at most 300 characters; empty for kernel threads. */
export type ProcessCommands = ReadonlyMap<number, string>

export const processCommand = probe({
  id: 'process-command',
  title: 'Command lines',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): ProcessCommands => {
    throw new Unreadable('UNWRITTEN')
  },
})
