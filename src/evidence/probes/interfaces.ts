import { probe, Unreadable } from '../probe.ts'

/** /proc/net/dev, rates over the window; totals since the interface came up. */
export interface NetworkInterface {
  readonly name: string
  readonly receivedBytesPerSecond: number
  readonly sentBytesPerSecond: number
  readonly receivedPacketsPerSecond: number
  readonly sentPacketsPerSecond: number
  readonly errorsPerSecond: number
  readonly dropsPerSecond: number
  readonly errors: number
  readonly drops: number
  /** Mbit/s of /sys/class/net/NAME/speed; undefined where unknown (virtual). */
  readonly speedMbit: number | undefined
  /** operstate of sysfs: up, down, unknown. */
  readonly operState: string | undefined
}

export const interfaces = probe({
  id: 'interfaces',
  title: 'Network interfaces',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): readonly NetworkInterface[] => {
    throw new Unreadable('UNWRITTEN')
  },
})
