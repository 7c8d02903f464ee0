import { probe, Unreadable } from '../probe.ts'

export interface Clock {
  /** Box's clock minus console's clock in milliseconds, network delay not taken off. */
  readonly skewMs: number
  /** The reading is good to this many milliseconds (1,000 where `date` gives whole seconds). */
  readonly precisionMs: number
  readonly boxMs: number
  /** Seconds since boot. */
  readonly uptimeSeconds: number
}

export const clock = probe({
  id: 'clock',
  title: 'Clock',
  set: 'fast',
  moments: ['first'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): Clock => {
    throw new Unreadable('UNWRITTEN')
  },
})
