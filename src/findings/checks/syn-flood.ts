import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const synFlood = check({
  id: 'syn-flood',
  title: 'Half-open connections fill the queue',
  resource: 'network',
  about:
    'A client that asks for a connection and never confirms it takes a place in the queue of half-open ones. A flood of them, or a return path that loses packets, fills it; the kernel then answers with SYN cookies or drops. Legitimate clients see slow or failing connects.',
  needs: ['sockets', 'network-counters'],
  limits: {
    warningCount: {
      value: 200,
      unit: 'half-open sockets',
      why: 'handshakes take a round trip: this many at once is no usual traffic of a box',
    },
    criticalCount: {
      value: 1_000,
      unit: 'half-open sockets',
      why: 'about the default of net.ipv4.tcp_max_syn_backlog',
    },
    cookiesPerSecond: { value: 10, unit: 'SYN cookies/s', why: 'the kernel sends them only when the queue is full' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (
    { sockets: { byState }, 'network-counters': counters },
    { warningCount, criticalCount, cookiesPerSecond },
    { box },
  ) => {
    const halfOpen = (byState.get('SYN_RECV') ?? 0) + (byState.get('NEW_SYN_RECV') ?? 0)
    const cookies = counters.get('TcpExt.SyncookiesSent')?.perSecond
    if (cookies === undefined) return unknown('there is no second sample')
    const graded =
      grade(halfOpen, warningCount, criticalCount, 10 * criticalCount) ??
      (cookies >= cookiesPerSecond ? { state: 'warning' as const, severity: 0.5 } : undefined)
    if (!graded) return verdict([], `${halfOpen} half-open connections`)
    return verdict(
      [
        {
          ...graded,
          title: `${halfOpen} connections are half-open, ${cookies.toFixed(0)} SYN cookies a second are sent`,
          why: 'Somebody asks for connections and does not confirm them: a flood, a scan, or a way back that loses packets.',
          subject: { kind: 'box', name: box },
          measured: [
            { what: 'half-open connections', value: halfOpen, unit: 'count', source: '/proc/net/tcp' },
            { what: 'SYN cookies sent', value: cookies, unit: 'count/s', source: '/proc/net/netstat' },
          ],
          next: [
            next(
              box,
              "ss -tn state syn-recv | awk '{print $3, $4}' | sort | uniq -c | sort -rn | head",
              'see from where, and to which port',
            ),
          ],
        },
      ],
      '',
    )
  },
})
