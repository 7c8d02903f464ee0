import { bytes, count } from '../../base/format.ts'
import { check, grade, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const silentPeer = check({
  id: 'silent-peer',
  title: 'A peer does not answer',
  resource: 'network',
  about:
    'Connections that this box opened get no confirmation: the requests to connect (SYN_SENT) or the data are sent again and again. The peer is down, a firewall swallows the packets, the route is gone, or its accept queue is full. The caller hangs until its own time-out (a minute or two by default, ' +
    'a quarter of an hour for data). A closed window means that the peer lives and does not read.',
  needs: ['sockets'],
  wants: ['open-files', 'process-stat', 'process-command', 'process-cgroup'],
  limits: {
    warningCount: {
      value: 3,
      unit: 'connections to one peer',
      why: 'one may have met a lost packet; three at once to the same port have not',
    },
    criticalCount: { value: 10, unit: 'connections to one peer', why: 'a pool of usual size hangs as a whole' },
    closedSeconds: {
      value: 2,
      unit: 's until the peer is asked again, one connection',
      why: 'it is asked after ever longer times, each twice the one before, so its window has been closed for as long: a receiver that makes a pause of a second is how a slow one holds up a fast one',
    },
    unsentBytes: {
      value: 64 * 1024,
      unit: 'bytes that wait on such a connection',
      why: 'about what a send buffer takes at first: who writes on is held up now',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningCount, criticalCount, closedSeconds, unsentBytes }, { box }) => {
    // Of those that came in a few are always of clients that have vanished.
    const groups = seen.sockets.stuck.filter(({ held, peer }) => held !== 'unread' && peer !== undefined)
    const findings = groups
      .slice(0, 20)
      .flatMap(
        ({
          held,
          state,
          peer = '',
          count: connections,
          bytes: unsent,
          inode,
          nextProbeSeconds = 0,
        }): FindingDraft[] => {
          const graded =
            grade(connections, warningCount, criticalCount, 10 * criticalCount) ??
            (nextProbeSeconds >= closedSeconds && unsent >= unsentBytes
              ? { state: 'warning' as const, severity: 0.1 }
              : undefined)
          if (!graded) return []
          const pid = seen['open-files']?.holders.get(inode)
          const subject = pid === undefined ? { kind: 'socket' as const, name: peer } : processSubject(pid, seen)
          const whose = pid === undefined ? '' : ` of ${processWords(subject)}`
          const connecting = state === 'SYN_SENT'
          return [
            {
              ...graded,
              title:
                held === 'unwanted'
                  ? `${peer} takes nothing: ${count(connections, 'connection')}${whose} cannot send on, ${bytes(unsent)} wait`
                  : connecting
                    ? `${peer} does not answer: ${count(connections, 'request')} to connect${whose} wait`
                    : `${peer} does not answer any more on ${count(connections, 'connection')}${whose}`,
              why:
                held === 'unwanted'
                  ? 'Its receive window is closed, since the program at the other end is stuck or too slow; or what is sent cannot leave this box.'
                  : connecting
                    ? 'The request was sent again and nothing came back, not even a refusal: the peer is down, a firewall swallows packets, or its accept queue is full.'
                    : 'What was sent is not confirmed and is sent again: the peer or the way to it is gone.',
              subject: { ...subject, peer },
              measured: [
                {
                  what: `connections in ${state} that wait`,
                  value: connections,
                  unit: 'count',
                  source: '/proc/net/tcp',
                },
              ],
              next: [
                next(box, `ss -tnpo dst ${destination(peer)} | head -n 20`, 'see them, with the timer that runs'),
                next(box, `ip route get ${destination(peer).split(' ')[0]}`, 'see which way the packets take'),
              ],
            },
          ]
        },
      )
    const waiting = groups.reduce((sum, each) => sum + each.count, 0)
    return verdict(
      findings,
      `${count(waiting, 'connection')} ${waiting === 1 ? 'waits' : 'wait'} for ${waiting === 1 ? 'its' : 'their'} peer`,
    )
  },
})

/** `10.0.0.7:5432` as filter of ss(8): `10.0.0.7 dport = :5432`. */
function destination(peer: string): string {
  return peer.replace(/^\[(.*)\]:/, '$1 dport = :').replace(/^([\d.]+):/, '$1 dport = :')
}
