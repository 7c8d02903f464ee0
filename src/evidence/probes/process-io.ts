import { probe, Unreadable } from '../probe.ts'

/** Bytes a second that reached the storage layer (proc_pid_io(5)); undefined without two samples. */
export interface ProcessIo {
  readonly readBytesPerSecond: number | undefined
  readonly writeBytesPerSecond: number | undefined
}

export const processIo = probe({
  id: 'process-io',
  title: 'I/O of processes',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): ReadonlyMap<number, ProcessIo> => {
    throw new Unreadable('UNWRITTEN')
  },
})
