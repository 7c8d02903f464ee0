import { probe, Unreadable } from '../probe.ts'

export interface Counter {
  readonly total: number
  /** undefined without a second sample */
  readonly perSecond: number | undefined
}
/** /proc/net/snmp and /proc/net/netstat by name: `Tcp.RetransSegs`, `TcpExt.ListenOverflows`, `Udp.RcvbufErrors`. */
export type NetworkCounters = ReadonlyMap<string, Counter>

export const networkCounters = probe({
  id: 'network-counters',
  title: 'Network counters',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): NetworkCounters => {
    throw new Unreadable('UNWRITTEN')
  },
})
