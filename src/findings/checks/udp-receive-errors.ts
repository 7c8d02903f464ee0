import { bytes } from '../../base/format.ts'
import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const udpReceiveErrors = check({
  id: 'udp-receive-errors',
  title: 'UDP packets are dropped because nobody reads them in time',
  resource: 'network',
  about:
    'A UDP socket has a receive buffer; when the program reads too slowly the kernel drops what does not fit, silently: lost metrics, DNS answers, log lines, calls with gaps. RcvbufErrors counts them.',
  needs: ['network-counters'],
  wants: ['sockets', 'open-files', 'process-stat', 'process-command', 'process-cgroup'],
  limits: {
    warningPerSecond: { value: 10, unit: 'packets/s', why: 'a steady loss, no burst at a start' },
    criticalPerSecond: {
      value: 1_000,
      unit: 'packets/s',
      why: 'the receiver does not read at all, or the traffic is far beyond it',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningPerSecond, criticalPerSecond }, { box }) => {
    const dropped = seen['network-counters'].get('Udp.RcvbufErrors')?.perSecond
    if (dropped === undefined) return unknown('there is no second sample, or the kernel does not count them')
    const graded = grade(dropped, warningPerSecond, criticalPerSecond, 100 * criticalPerSecond)
    if (!graded) return verdict([], `${dropped.toFixed(0)} UDP packets a second were dropped at full receive buffers`)
    // Drops are counted since the socket was opened: the one whose queue is full now is the one that drops now.
    const full = seen.sockets?.udpDrops.toSorted((a, b) => b.queuedBytes - a.queuedBytes || b.drops - a.drops)[0]
    const pid = full && seen['open-files']?.holders.get(full.inode)
    const subject = pid === undefined ? { kind: 'box' as const, name: box } : processSubject(pid, seen)
    return verdict(
      [
        {
          ...graded,
          title: `${dropped.toFixed(0)} UDP packets a second are dropped at full receive buffers${full ? `: port ${full.port}${pid === undefined ? '' : ` of ${processWords(subject)}`}` : ''}`,
          why: `A program reads its UDP socket too slowly or not at all.${full ? ` ${bytes(full.queuedBytes)} wait at port ${full.port}, and ${full.drops} packets were dropped there since it was opened.` : ''}`,
          subject,
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
