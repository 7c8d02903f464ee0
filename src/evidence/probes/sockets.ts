import { probe, Unreadable } from '../probe.ts'

export interface Sockets {
  /** Count of TCP sockets (v4 and v6) by state: ESTABLISHED, TIME_WAIT, CLOSE_WAIT, SYN_RECV… */
  readonly byState: ReadonlyMap<string, number>
  readonly listeners: readonly Listener[]
  /** net.ipv4.ip_local_port_range, both ends included. */
  readonly ephemeralPorts: { readonly low: number; readonly high: number } | undefined
  /** Peers (address:port) that hold the most local ephemeral ports, with how many (ESTABLISHED, TIME_WAIT and all others). At most 20. */
  readonly portsByPeer: readonly { readonly peer: string; readonly ports: number }[]
  readonly orphans: number | undefined
}
export interface Listener {
  readonly address: string
  readonly port: number
  /** Connections that wait to be accepted. */
  readonly queue: number
  /** The most that may wait (min of listen(2)'s backlog and somaxconn); undefined where only /proc could be read. */
  readonly backlog: number | undefined
  readonly inode: number | undefined
  /** Who listens, where the descriptors could be read. */
  readonly pid: number | undefined
}

export const sockets = probe({
  id: 'sockets',
  title: 'Sockets',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  script: 'blind UNWRITTEN',
  parse: (): Sockets => {
    throw new Unreadable('UNWRITTEN')
  },
})
