import { probe, Unreadable } from '../probe.ts'

export interface ProcessExecutable {
  readonly path: string
  /** The file was deleted or replaced since the process started (the kernel appends " (deleted)"). */
  readonly deleted: boolean
}

export const processExecutable = probe({
  id: 'process-executable',
  title: 'Executables of processes',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): ReadonlyMap<number, ProcessExecutable> => {
    throw new Unreadable('UNWRITTEN')
  },
})
