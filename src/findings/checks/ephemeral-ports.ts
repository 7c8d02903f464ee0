import { count, percent } from '../../base/format.ts'
import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const ephemeralPorts = check({
  id: 'ephemeral-ports',
  title: 'Local ports towards one peer run out',
  resource: 'network',
  about:
    'Each connection to one address and port takes a local port, and keeps it for a minute in TIME_WAIT when this side closed first. When all are taken connect() fails with EADDRNOTAVAIL ("Cannot assign requested address"). The cure is to keep connections open (a pool), not to shorten TIME_WAIT. ' +
    'Many sockets in TIME_WAIT towards many peers are harmless.',
  needs: ['sockets'],
  wants: ['open-files', 'process-stat', 'process-command', 'process-cgroup'],
  limits: {
    warningPercent: {
      value: 50,
      unit: '% of the range towards one address and port',
      why: 'connect() takes every second port first and leaves the others to bind() (since Linux 4.2, commit 07f4c90062f8): from half on each attempt walks over all of those in vain, and twice the traffic ends it',
    },
    criticalPercent: {
      value: 90,
      unit: '% of the range towards one address and port',
      why: 'the kernel searches long for a free port, and soon finds none',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningPercent, criticalPercent }, { box }) => {
    const { ephemeralPorts: range, portsByPeer, byState } = seen.sockets
    if (!range) return unknown('net.ipv4.ip_local_port_range could not be read')
    const ports = range.high - range.low + 1
    const most = portsByPeer[0]
    const share = (100 * (most?.ports ?? 0)) / ports
    const graded = grade(share, warningPercent, criticalPercent, 100)
    if (!graded || !most)
      return verdict(
        [],
        most
          ? `${most.ports} of ${ports} local ports are in use towards ${most.peer}`
          : 'no peer takes many local ports',
      )
    const closed = byState.get('TIME_WAIT') ?? 0
    // Sockets in TIME_WAIT belong to nobody any more; who still holds some to that peer is the one that opens them.
    const holder = seen['open-files']?.sockets.find(({ peer, localPort }) => localPort === 0 && peer === most.peer)
    const subject = holder ? processSubject(holder.pid, seen) : { kind: 'socket' as const, name: most.peer }
    return verdict(
      [
        {
          ...graded,
          title: `${most.ports} of ${ports} local ports are in use towards ${most.peer}${holder ? `, by ${processWords(subject)}` : ''}`,
          why: `At ${ports} connect() fails with EADDRNOTAVAIL (${percent(share)} are taken); ${count(closed, 'socket')} of the box ${closed === 1 ? 'is' : 'are'} in TIME_WAIT: ${
            2 * closed > most.ports
              ? 'connections are opened and closed instead of kept.'
              : 'most connections are open, which is a leak, or a pool without a limit.'
          }`,
          subject: { ...subject, peer: most.peer },
          measured: [
            {
              what: `local ports in use towards ${most.peer}`,
              value: most.ports,
              limit: ports,
              unit: 'count',
              source: '/proc/net/tcp',
            },
          ],
          next: [
            next(
              box,
              `ss -tanp dst ${most.peer.replace(/^\[(.*)\]:/, '$1 dport = :').replace(/^([\d.]+):/, '$1 dport = :')} | awk '{print $1, $NF}' | sort | uniq -c | sort -rn | head`,
              'see which process opens them',
            ),
            next(box, 'sysctl net.ipv4.ip_local_port_range="15000 64999"', 'win time: widen the range', 'change'),
          ],
        },
      ],
      '',
    )
  },
})
