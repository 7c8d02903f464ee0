import { probe, Unreadable } from '../probe.ts'

export interface ProcessStatus {
  readonly uid: number
  readonly swapBytes: number
  readonly anonymousBytes: number
  /** Slots of the descriptor table: at least as many as are open. */
  readonly descriptorSlots: number
}

export const processStatus = probe({
  id: 'process-status',
  title: 'Memory and descriptors of processes',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): ReadonlyMap<number, ProcessStatus> => {
    throw new Unreadable('UNWRITTEN')
  },
})
