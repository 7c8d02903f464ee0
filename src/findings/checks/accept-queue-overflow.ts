import { check, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'
import { waitWords } from '../wait-words.ts'

export const acceptQueueOverflow = check({
  id: 'accept-queue-overflow',
  title: 'A listening socket is full: connections are not accepted',
  resource: 'network',
  about:
    'Connections that the kernel has completed wait in the accept queue until the program calls accept(). When the queue is full the kernel drops new ones: clients see time-outs and slow connects while the program looks idle or is stuck. ss -ltn shows queue (Recv-Q) ' +
    "and limit (Send-Q); the limit is the smaller of listen()'s backlog and net.core.somaxconn.",
  needs: ['sockets', 'network-counters'],
  wants: ['open-files', 'kernel-limits', 'process-wait', 'process-stat', 'process-command', 'process-cgroup'],
  limits: {
    queueShare: {
      value: 0.9,
      unit: 'of the backlog',
      why: 'the kernel lets the queue grow to one beyond the backlog, then drops',
    },
    leastQueue: { value: 2, unit: 'connections', why: 'one that waits for the next accept() is how it works' },
    overflowsPerSecond: {
      value: 1,
      unit: 'drops/s',
      why: 'each is a client that has to ask again, after a second when it was its first packet',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { queueShare, leastQueue, overflowsPerSecond }, { box }) => {
    const dropped = seen['network-counters'].get('TcpExt.ListenOverflows')?.perSecond
    const listeners = seen.sockets.listeners
    const full = listeners.filter(
      ({ queue, backlog }) => backlog !== undefined && queue >= leastQueue && queue >= queueShare * backlog,
    )
    // Where only /proc could be read the limits are unknown: drops together with a queue name the listener.
    const waiting =
      full.length > 0
        ? full
        : (dropped ?? 0) >= overflowsPerSecond
          ? listeners.filter(({ queue }) => queue >= leastQueue)
          : []
    const findings = waiting
      .toSorted((a, b) => b.queue - a.queue)
      .slice(0, 5)
      .map(({ address, port, queue, backlog, inode }): FindingDraft => {
        const pid = seen['open-files']?.holders.get(inode)
        const subject =
          pid === undefined ? { kind: 'socket' as const, name: `${address}:${port}` } : processSubject(pid, seen)
        const channel = pid === undefined ? undefined : seen['process-wait']?.get(pid)
        const locked = pid === undefined ? undefined : allInLocks(seen['open-files']?.threadWaits.get(pid))
        const capped = backlog !== undefined && backlog === seen['kernel-limits']?.listenBacklogMax
        const who = pid === undefined ? `Port ${port}` : `${processWords(subject)} on port ${port}`
        return {
          state: 'critical',
          severity: Math.min(1, 0.5 + (dropped ?? 0) / 200),
          title: `${who} does not accept: ${queue} connections wait${backlog === undefined ? '' : `, the limit is ${backlog}`}`,
          why: `${dropped === undefined ? 'How many are dropped could not be seen' : `${dropped.toFixed(0)} connections a second were dropped`}: clients time out. ${
            locked !== undefined
              ? `All its ${locked} threads wait for a lock or a condition (futex): they wait for each other, which is a deadlock, or for work that nobody hands out, since who accepts is gone.`
              : `${channel ? `Its main thread waits in ${waitWords(channel)}: either the program is stuck there` : 'Either the program is stuck'}, or it accepts too slowly.`
          }${capped ? ' The limit is that of the box (net.core.somaxconn): what a program asks for beyond it is not given.' : ''}`,
          subject: { ...subject, peer: `${address}:${port}` },
          measured: [
            {
              what: 'connections waiting to be accepted',
              value: queue,
              ...(backlog === undefined ? {} : { limit: backlog }),
              unit: 'count',
              source: `ss -ltn 'sport = :${port}'`,
            },
            ...(dropped === undefined
              ? []
              : [{ what: 'overflows of accept queues', value: dropped, unit: 'count/s', source: '/proc/net/netstat' }]),
          ],
          next: [
            ...(pid === undefined
              ? [next(box, `ss -ltnp 'sport = :${port}'`, 'see who listens (root)')]
              : [
                  next(
                    box,
                    `cat /proc/${pid}/wchan; cat /proc/${pid}/task/*/stat | cut -c1-60`,
                    'see what its threads do instead',
                  ),
                ]),
            ...(capped
              ? [
                  next(
                    box,
                    'sysctl net.core.somaxconn',
                    'see the limit of the box; a listener has it from its start on',
                  ),
                ]
              : []),
            next(
              box,
              `ss -tn state established 'sport = :${port}' | tail -n +2 | wc -l`,
              'count the connections, those that wait to be accepted among them',
            ),
          ],
        }
      })
    if (findings.length === 0 && (dropped ?? 0) >= overflowsPerSecond) findings.push(unnamed(box, dropped ?? 0))
    const longest = listeners.toSorted((a, b) => b.queue - a.queue)[0]
    return verdict(
      findings,
      longest
        ? `longest accept queue is ${longest.queue} on TCP port ${longest.port}; Unix sockets are not looked at`
        : 'nothing listens on TCP',
    )
  },
})

/** How many threads it has, where it has several and each of them waits in futex(2). */
function allInLocks(waits: ReadonlyMap<string, number> | undefined): number | undefined {
  const channels = [...(waits ?? [])]
  const threads = channels.reduce((sum, [, count]) => sum + count, 0)
  return threads > 1 && channels.every(([channel]) => channel.startsWith('futex')) ? threads : undefined
}

function unnamed(box: string, dropped: number): FindingDraft {
  return {
    state: 'warning',
    severity: Math.min(1, dropped / 100),
    title: `${dropped.toFixed(0)} connections a second are dropped by full accept queues`,
    why: 'Which listener it is could not be seen at the moment of the sample.',
    subject: { kind: 'box', name: box },
    measured: [{ what: 'overflows of accept queues', value: dropped, unit: 'count/s', source: '/proc/net/netstat' }],
    next: [next(box, 'ss -ltn', 'look for a Recv-Q near its Send-Q, several times')],
  }
}
