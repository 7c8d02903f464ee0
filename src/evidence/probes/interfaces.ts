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
  /** IFF_UP: somebody switched it on. Undefined where sysfs does not say. */
  readonly switchedOn: boolean | undefined
  /** Since it came up. */
  readonly receivedPackets: number
  readonly bridge: boolean
}

/**
 * What goes through each network interface, and what is lost there?
 *
 *   eth0: 5262 40 0 0 0 0 0 0   5123 41 0 0 0 0 0 0
 *         received: bytes packets errs drop fifo frame compressed multicast; sent: the same with colls and carrier
 *   0x1003                                <- /sys/class/net/eth0/flags, IFF_UP among them
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
  files: [
    'net/dev',
    '/sys/class/net/*/operstate',
    '/sys/class/net/*/speed',
    '/sys/class/net/*/flags',
    '/sys/class/net/*/bridge/bridge_id',
  ],
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
        switchedOn: isUp(attribute.get(`/sys/class/net/${name}/flags`)),
        receivedPackets: sum(now, [1]),
        bridge: attribute.has(`/sys/class/net/${name}/bridge/bridge_id`),
      }
    })
  },
})

const DEV_FIELDS = 16

/** `0x1003`: the lowest bit is IFF_UP (netdevice(7)). */
function isUp(flags: string | undefined): boolean | undefined {
  return flags !== undefined && /^0x[0-9a-f]+$/i.test(flags) ? Number(flags) % 2 === 1 : undefined
}

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
