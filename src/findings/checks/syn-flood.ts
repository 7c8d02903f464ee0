import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const synFlood = check({
  id: 'syn-flood',
  title: 'Half-open connections fill the queue',
  resource: 'network',
  about:
    'A client that asks for a connection and never confirms it takes a place in the queue of half-open ones. A flood of them, or a return path that loses packets, fills it; the kernel then answers with SYN cookies, which keep clients served at the price of some TCP options, or drops requests where net.ipv4.tcp_syncookies is 0. Each answer that nobody confirms is sent again up to five times (tcp_synack_retries).',
  needs: ['sockets', 'network-counters'],
  wants: ['open-files', 'process-stat', 'process-command', 'process-cgroup'],
  limits: {
    warningCount: {
      value: 200,
      unit: 'half-open sockets',
      why: 'handshakes take a round trip: this many at once is no usual traffic of a box',
    },
    criticalCount: {
      value: 1_000,
      unit: 'half-open sockets',
      why: 'the queue of a listener with a usual backlog (128 to 4,096) is full or nearly',
    },
    overflowsPerSecond: {
      value: 10,
      unit: 'SYN cookies or drops/s',
      why: 'both happen when the queue is full; a few a minute are clients that gave up',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningCount, criticalCount, overflowsPerSecond }, { box }) => {
    const {
      sockets: { byState, halfOpen: ports, listeners },
      'network-counters': counters,
    } = seen
    const halfOpen = (byState.get('SYN_RECV') ?? 0) + (byState.get('NEW_SYN_RECV') ?? 0)
    const cookies = counters.get('TcpExt.SyncookiesSent')?.perSecond
    if (cookies === undefined) return unknown('there is no second sample')
    const drops = counters.get('TcpExt.TCPReqQFullDrop')?.perSecond ?? 0
    const graded =
      drops >= overflowsPerSecond
        ? { state: 'critical' as const, severity: 0.5 }
        : (grade(halfOpen, warningCount, criticalCount, 10 * criticalCount) ??
          (cookies >= overflowsPerSecond ? { state: 'warning' as const, severity: 0.5 } : undefined))
    if (!graded) return verdict([], `${halfOpen} half-open connections`)
    const [most] = ports
    const listener = listeners.find(({ port }) => port === most?.port)
    const pid = listener && seen['open-files']?.holders.get(listener.inode)
    const subject = pid === undefined ? { kind: 'box' as const, name: box } : processSubject(pid, seen)
    const where = most ? ` on port ${most.port}${pid === undefined ? '' : ` of ${processWords(subject)}`}` : ''
    return verdict(
      [
        {
          ...graded,
          title: `${halfOpen} connections are half-open${where}, ${
            drops >= overflowsPerSecond
              ? `${drops.toFixed(0)} requests a second are dropped`
              : `${cookies.toFixed(0)} SYN cookies a second are sent`
          }`,
          why: 'Somebody asks for connections and does not confirm them: a flood, a scan, or a way back that loses packets.',
          subject: most ? { ...subject, peer: `port ${most.port}` } : subject,
          measured: [
            { what: 'half-open connections', value: halfOpen, unit: 'count', source: '/proc/net/tcp' },
            { what: 'SYN cookies sent', value: cookies, unit: 'count/s', source: '/proc/net/netstat' },
            { what: 'requests dropped', value: drops, unit: 'count/s', source: '/proc/net/netstat' },
          ],
          next: [
            next(
              box,
              'ss -tn state syn-recv | awk \'NR > 1 { sub(/:[0-9]+$/, "", $4); print $4, $3 }\' | sort | uniq -c | sort -rn | head',
              'see from where, and to which port',
            ),
          ],
        },
      ],
      '',
    )
  },
})
