import { count, percent } from '../../base/format.ts'
import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const tcpRetransmits = check({
  id: 'tcp-retransmits',
  title: 'TCP sends again what was lost',
  resource: 'network',
  about:
    'Segments that are not confirmed in time are sent again: packets are lost on the way, a peer is overloaded or gone. One that only the timer notices costs its connection at least 200 ms. Below one per cent is usual on the internet, near zero in one data centre.',
  needs: ['network-counters'],
  wants: ['sockets', 'open-files', 'process-stat', 'process-command', 'process-cgroup'],
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
  run: (seen, { warningPercent, criticalPercent, leastPerSecond }, { box }) => {
    const counters = seen['network-counters']
    const again = counters.get('Tcp.RetransSegs')?.perSecond
    const sent = counters.get('Tcp.OutSegs')?.perSecond
    if (again === undefined || sent === undefined) return unknown('there is no second sample')
    // OutSegs leaves retransmitted segments out (RFC 4022, tcpOutSegs).
    const share = (100 * again) / Math.max(1, sent + again)
    const graded = again >= leastPerSecond ? grade(share, warningPercent, criticalPercent, 100) : undefined
    if (!graded) return verdict([], `${again.toFixed(1)} of ${sent.toFixed(0)} segments a second were sent again`)
    // Those that wait for their timer at the moment of the sample; what is sent again sooner has left no trace by then.
    const [worst] = (seen.sockets?.stuck ?? []).filter(({ held }) => held === 'unanswered')
    const pid = worst && seen['open-files']?.holders.get(worst.inode)
    const whose = pid === undefined ? '' : ` of ${processWords(processSubject(pid, seen))}`
    const towards = worst && (worst.peer ? ` to ${worst.peer}` : ` on port ${worst.localPort}`)
    return verdict(
      [
        {
          ...graded,
          title: `${percent(share)} of TCP segments are sent again (${again.toFixed(0)} a second)${worst ? `; ${count(worst.count, 'connection')}${whose}${towards} ${worst.count === 1 ? 'waits' : 'wait'} for it` : ''}`,
          why: 'Packets are lost between this box and its peers, or a peer does not answer any more.',
          subject: { kind: 'box', name: box, ...(worst?.peer ? { peer: worst.peer } : {}) },
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
