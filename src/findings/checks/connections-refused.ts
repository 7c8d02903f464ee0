import { check, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const connectionsRefused = check({
  id: 'connections-refused',
  title: 'Connections that this box opens are refused',
  resource: 'network',
  about:
    'Nothing listens at the other end (any more): the kernel there answers a request to connect with a reset, connect() fails with ECONNREFUSED at once, and most programs try again in a loop. The kernel counts such attempts, but not towards whom.',
  needs: ['network-counters'],
  limits: {
    failsPerSecond: {
      value: 3,
      unit: 'attempts/s',
      why: 'a client that retries in a loop; one now and then is a probe',
    },
    failsShare: {
      value: 0.3,
      unit: 'of the connections that are opened',
      why: 'a scan or a health check of what is switched off fails in some; a backend that is gone in most',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ 'network-counters': counters }, { failsPerSecond, failsShare }, { box }) => {
    const fails = counters.get('Tcp.AttemptFails')?.perSecond
    const opens = counters.get('Tcp.ActiveOpens')?.perSecond
    if (fails === undefined || opens === undefined) return unknown('there is no second sample')
    if (fails < failsPerSecond || fails < failsShare * opens)
      return verdict([], `${fails.toFixed(1)} of ${opens.toFixed(1)} attempts to connect a second failed`)
    const resets = counters.get('Tcp.OutRsts')?.perSecond ?? 0
    const here = resets >= fails / 2
    return verdict(
      [
        {
          state: 'warning',
          severity: Math.min(1, 0.3 + fails / 200),
          title: `${fails.toFixed(0)} of ${Math.max(fails, opens).toFixed(0)} connections a second that are opened ${here ? 'on this box' : 'from this box'} are refused`,
          why: here
            ? 'The resets are sent by this box itself: a port on which nothing listens any more is asked again and again.'
            : 'Nothing listens at the other end, or a firewall resets what is asked.',
          subject: { kind: 'box', name: box },
          measured: [
            {
              what: 'attempts to connect that failed',
              value: fails,
              limit: opens,
              unit: 'count/s',
              source: '/proc/net/snmp',
            },
            { what: 'resets sent', value: resets, unit: 'count/s', source: '/proc/net/snmp' },
          ],
          next: [
            next(
              box,
              "timeout 5 tcpdump -nn -i any -c 20 'tcp[tcpflags] & tcp-rst != 0'",
              'see which port refuses (root)',
            ),
            next(box, 'ss -ltn', 'see what does listen: what should, and is missing?'),
          ],
        },
      ],
      '',
    )
  },
})
