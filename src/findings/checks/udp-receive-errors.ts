import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const udpReceiveErrors = check({
  id: 'udp-receive-errors',
  title: 'UDP packets are dropped because nobody reads them in time',
  resource: 'network',
  about:
    'A UDP socket has a receive buffer; when the program reads too slowly the kernel drops what does not fit, silently: lost metrics, DNS answers, log lines, calls with gaps. RcvbufErrors counts them.',
  needs: ['network-counters'],
  limits: {
    warningPerSecond: { value: 10, unit: 'packets/s', why: 'a steady loss, no burst at a start' },
    criticalPerSecond: {
      value: 1_000,
      unit: 'packets/s',
      why: 'the receiver does not read at all, or the traffic is far beyond it',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ 'network-counters': counters }, { warningPerSecond, criticalPerSecond }, { box }) => {
    const dropped = counters.get('Udp.RcvbufErrors')?.perSecond
    if (dropped === undefined) return unknown('there is no second sample, or the kernel does not count them')
    const graded = grade(dropped, warningPerSecond, criticalPerSecond, 100 * criticalPerSecond)
    if (!graded) return verdict([], `${dropped.toFixed(0)} UDP packets a second were dropped at full receive buffers`)
    return verdict(
      [
        {
          ...graded,
          title: `${dropped.toFixed(0)} UDP packets a second are dropped at full receive buffers`,
          why: 'A program reads its UDP socket too slowly or not at all.',
          subject: { kind: 'box', name: box },
          measured: [
            {
              what: 'UDP packets dropped at full receive buffers',
              value: dropped,
              unit: 'count/s',
              source: '/proc/net/snmp',
            },
          ],
          next: [next(box, 'ss -lunpm', 'find the socket with a full Recv-Q, its drops (d) and its process')],
        },
      ],
      '',
    )
  },
})
