import { growth } from '../counter.ts'
import { fileOf, filesOf, NotThere, probe, Unreadable, windowSeconds } from '../probe.ts'

/** Rates over the window; totals since the interface came up. Rates are 0 for one that appeared within the window. */
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

/**
 * What goes through each network interface, and what is lost there?
 *
 *   eth0: 5262 40 0 0 0 0 0 0   5123 41 0 0 0 0 0 0
 *         received: bytes packets errs drop fifo frame compressed multicast; sent: the same with colls and carrier
 *   up                                    <- /sys/class/net/eth0/operstate
 *
 * Sources: proc_pid_net(5) (/proc/net/dev), Documentation/ABI/testing/sysfs-class-net. Costs nothing of its own.
 */
export const interfaces = probe({
  id: 'interfaces',
  title: 'Network interfaces',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  files: ['net/dev', '/sys/class/net/*/operstate', '/sys/class/net/*/speed'],
  parse: (samples): readonly NetworkInterface[] => {
    const seconds = windowSeconds(samples)
    const latest = samples.last ?? samples.first
    const after = readDev(fileOf(latest, 'net/dev'))
    const before = samples.first && seconds ? readDev(fileOf(samples.first, 'net/dev')) : undefined
    if (!before || !seconds) throw new NotThere('the second sample is missing, and all figures are rates')
    const attribute = filesOf(latest)
    return [...after].map(([name, now]) => {
      const then = before.get(name) ?? now
      const rate = (...fields: readonly number[]): number =>
        fields.reduce((total, field) => total + growth(then[field] ?? 0, now[field] ?? 0), 0) / seconds
      const speed = Number(attribute.get(`/sys/class/net/${name}/speed`))
      return {
        name,
        receivedBytesPerSecond: rate(0),
        receivedPacketsPerSecond: rate(1),
        sentBytesPerSecond: rate(8),
        sentPacketsPerSecond: rate(9),
        errorsPerSecond: rate(2, 10),
        dropsPerSecond: rate(3, 11),
        errors: sum(now, [2, 10]),
        drops: sum(now, [3, 11]),
        speedMbit: speed > 0 ? speed : undefined,
        operState: attribute.get(`/sys/class/net/${name}/operstate`),
      }
    })
  },
})

const DEV_FIELDS = 16

function readDev(text: string): ReadonlyMap<string, readonly number[]> {
  const rows = text.split('\n').flatMap((line): [string, readonly number[]][] => {
    const [, name, fields] = /^\s*([^\s:]{1,64}(?::\d+)?):\s*(\d[\d\s]*)$/.exec(line) ?? []
    const numbers = (fields ?? '').trim().split(/\s+/).map(Number)
    return name && numbers.length === DEV_FIELDS ? [[name, numbers]] : []
  })
  if (!text.includes('|')) throw new Unreadable('/proc/net/dev has no head')
  return new Map(rows)
}

function sum(row: readonly number[], fields: readonly number[]): number {
  return fields.reduce((total, field) => total + (row[field] ?? 0), 0)
}
