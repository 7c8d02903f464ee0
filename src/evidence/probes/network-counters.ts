import { growth } from '../counter.ts'
import { fileOf, filesOf, probe, Unreadable, windowSeconds, type Sample } from '../probe.ts'

export interface Counter {
  readonly total: number
  /** Undefined without a second sample. */
  readonly perSecond: number | undefined
}

/** By protocol and name: `Tcp.RetransSegs`, `TcpExt.ListenOverflows`, `Udp.RcvbufErrors`. */
export type NetworkCounters = ReadonlyMap<string, Counter>

/**
 * What does the network stack count: retransmissions, overflows of listen queues, receive errors?
 *
 *   Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens …
 *   Tcp: 1 200 120000 -1 12 34 …
 *
 * Pairs of lines, names then values, counted since boot for this network namespace. Sources: proc_pid_net(5) (/proc/net/snmp, /proc/net/netstat),
 * Documentation/networking/snmp_counter.rst. Costs nothing of its own.
 */
export const networkCounters = probe({
  id: 'network-counters',
  title: 'Network counters',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 2,
  files: ['net/snmp', 'net/netstat'],
  parse: (samples): NetworkCounters => {
    const seconds = windowSeconds(samples)
    const after = countersOf(samples.last ?? samples.first)
    const before = samples.first && seconds ? countersOf(samples.first) : undefined
    if (!after.has('Tcp.RetransSegs')) throw new Unreadable('/proc/net/snmp has no Tcp.RetransSegs')
    return new Map(
      [...after].map(([name, total]) => {
        const then = before?.get(name)
        const perSecond = then === undefined || !seconds ? undefined : growth(then, total) / seconds
        return [name, { total, perSecond }]
      }),
    )
  },
})

function countersOf(sample: Sample | undefined): ReadonlyMap<string, number> {
  return readPairs(`${fileOf(sample, 'net/snmp')}\n${filesOf(sample).get('net/netstat') ?? ''}`)
}

function readPairs(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n')
  const counters = new Map<string, number>()
  for (let index = 0; index + 1 < lines.length; index++) {
    const [head = '', ...names] = (lines[index] ?? '').split(' ')
    const [same, ...values] = (lines[index + 1] ?? '').split(' ')
    if (!head.endsWith(':') || same !== head || names.length !== values.length || /^-?\d/.test(names[0] ?? '0'))
      continue
    for (const [position, name] of names.entries()) {
      const value = values[position] ?? ''
      if (/^-?\d+$/.test(value)) counters.set(`${head.slice(0, -1)}.${name}`, Number(value))
    }
  }
  return counters
}
