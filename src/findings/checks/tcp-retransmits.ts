import { percent } from '../../base/format.ts'
import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const tcpRetransmits = check({
  id: 'tcp-retransmits',
  title: 'TCP sends again what was lost',
  resource: 'network',
  about:
    'Segments that are not confirmed in time are sent again: packets are lost on the way, a peer is overloaded or gone. One that only the timer notices costs its connection at least 200 ms. Below one per cent is usual on the internet, near zero in one data centre.',
  needs: ['network-counters'],
  limits: {
    warningPercent: {
      value: 2,
      unit: '% of sent segments',
      why: 'throughput of TCP falls with the square root of the loss (Mathis et al. 1997); at 2 % it is felt',
    },
    criticalPercent: { value: 10, unit: '% of sent segments', why: 'connections crawl and time out' },
    leastPerSecond: {
      value: 5,
      unit: 'segments/s',
      why: 'a few on a quiet box are one bad connection, not the network',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ 'network-counters': counters }, { warningPercent, criticalPercent, leastPerSecond }, { box }) => {
    const again = counters.get('Tcp.RetransSegs')?.perSecond
    const sent = counters.get('Tcp.OutSegs')?.perSecond
    if (again === undefined || sent === undefined) return unknown('there is no second sample')
    // OutSegs leaves retransmitted segments out (RFC 4022, tcpOutSegs).
    const share = (100 * again) / Math.max(1, sent + again)
    const graded = again >= leastPerSecond ? grade(share, warningPercent, criticalPercent, 100) : undefined
    if (!graded) return verdict([], `${again.toFixed(1)} of ${sent.toFixed(0)} segments a second were sent again`)
    return verdict(
      [
        {
          ...graded,
          title: `${percent(share)} of TCP segments are sent again (${again.toFixed(0)} a second)`,
          why: 'Packets are lost between this box and its peers, or a peer does not answer any more.',
          subject: { kind: 'box', name: box },
          measured: [
            {
              what: 'segments sent again',
              value: again,
              limit: sent + again,
              unit: 'count/s',
              source: '/proc/net/snmp',
            },
          ],
          next: [
            next(box, "ss -tni | grep -B1 'retrans:[0-9]*/[1-9]' | head -n 20", 'see which peers'),
            next(box, 'ip -s link', 'see whether an interface drops'),
          ],
        },
      ],
      '',
    )
  },
})
