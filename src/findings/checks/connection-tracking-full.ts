import { percent } from '../../base/format.ts'
import { check, grade, verdict } from '../check.ts'
import { next } from '../next.ts'

export const connectionTrackingFull = check({
  id: 'connection-tracking-full',
  title: 'The connection table of the firewall is full',
  resource: 'network',
  about:
    'With a stateful firewall or NAT the kernel keeps every connection in a table. When it is full, packets of new connections are dropped ("nf_conntrack: table full, dropping packet") although every service is idle.',
  needs: ['kernel-limits'],
  limits: {
    warningPercent: {
      value: 75,
      unit: '%',
      why: 'entries of closed connections stay for minutes: a burst fills the rest',
    },
    criticalPercent: { value: 95, unit: '%', why: 'new connections are dropped now or in a moment' },
  },
  shown: { how: 'real sample', source: 'https://github.com/session-replay-tools/tcpcopy/issues/131' },
  run: ({ 'kernel-limits': { connectionTracking } }, { warningPercent, criticalPercent }, { box }) => {
    if (!connectionTracking || connectionTracking.limit === 0) return verdict([], 'connection tracking is not in use')
    const { used, limit } = connectionTracking
    const share = (100 * used) / limit
    const graded = grade(share, warningPercent, criticalPercent, 100)
    if (!graded) return verdict([], `${used} of ${limit} tracked connections`)
    return verdict(
      [
        {
          ...graded,
          title: `The firewall tracks ${used} of at most ${limit} connections (${percent(share)})`,
          why: 'When the table is full, packets of new connections are dropped.',
          subject: { kind: 'box', name: box },
          measured: [
            {
              what: 'tracked connections',
              value: used,
              limit,
              unit: 'count',
              source: '/proc/sys/net/netfilter/nf_conntrack_count',
            },
          ],
          next: [
            next(
              box,
              "awk '{print $1, $3, $4}' /proc/net/nf_conntrack | sort | uniq -c | sort -rn | head",
              'see what fills it (root)',
            ),
            next(box, `sysctl net.netfilter.nf_conntrack_max=${limit * 2}`, 'win time: double the table', 'change'),
          ],
        },
      ],
      '',
    )
  },
})
