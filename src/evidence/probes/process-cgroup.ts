import { probe, Unreadable } from '../probe.ts'

export interface ProcessCgroup {
  /** Path below the cgroup root (v2, else the systemd or the first v1 hierarchy). */
  readonly path: string
  /** systemd unit, `orders-api.service`; undefined outside one. */
  readonly unit: string | undefined
  /** Container id, first 12 hex digits; undefined outside one. */
  readonly container: string | undefined
}

export const processCgroup = probe({
  id: 'process-cgroup',
  title: 'Units and containers of processes',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): ReadonlyMap<number, ProcessCgroup> => {
    throw new Unreadable('UNWRITTEN')
  },
})
