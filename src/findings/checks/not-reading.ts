import { bytes } from '../../base/format.ts'
import { check, grade, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'
import { waitWords } from '../wait-words.ts'

export const notReading = check({
  id: 'not-reading',
  title: 'A process does not read what its connections bring',
  resource: 'process',
  about:
    'Requests have arrived, the kernel has confirmed them, and they lie in the receive queues of a process that hardly uses a CPU: its threads wait for something else (a lock, a pool, a backend, a disk). Clients see time-outs on connections that look healthy. ss shows the bytes as Recv-Q. ' +
    'A proxy that waits for a slow receiver does not read either, on connections that it opened itself: there only much counts.',
  needs: ['sockets', 'open-files', 'process-stat'],
  wants: ['process-wait', 'process-command', 'process-cgroup'],
  limits: {
    warningCount: {
      value: 10,
      unit: 'connections',
      why: 'at one moment a few hold a request that has just come; ten of an idle process are a queue',
    },
    criticalCount: { value: 50, unit: 'connections', why: 'fifty clients wait at once: nobody is served' },
    requestBytes: {
      value: 16,
      unit: 'bytes a connection, on average',
      why: 'the shortest request of HTTP has 18 (RFC 1945), a TLS record or one of HTTP/2 more with its content; less is a ping, a goodbye (MySQL, PostgreSQL: 5) or a byte that nobody waits for: a warning at most',
    },
    waitingBytes: {
      value: 64 * 1024,
      unit: 'bytes',
      why: 'about the first receive window: the sender of a single connection has been stopped',
    },
    idlePercent: {
      value: 20,
      unit: '% of one CPU',
      why: 'who reads as fast as it can uses more than this; what waits for a lock uses nothing',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningCount, criticalCount, requestBytes, waitingBytes, idlePercent }, { box }) => {
    const unread = seen.sockets.stuck.filter(({ held }) => held === 'unread')
    const findings = unread.flatMap((group): FindingDraft[] => {
      const pid = seen['open-files'].holders.get(group.inode)
      const process = pid === undefined ? undefined : seen['process-stat'].byPid.get(pid)
      if (!process || (process.cpuPercent ?? 0) >= idlePercent) return []
      const little = group.bytes < requestBytes * group.count
      const graded =
        (group.peer === undefined ? grade(group.count, warningCount, criticalCount, 10 * criticalCount) : undefined) ??
        (group.bytes >= waitingBytes ? { state: 'warning' as const, severity: 0.3 } : undefined)
      if (!graded) return []
      const subject = processSubject(process.pid, seen)
      const channel = seen['process-wait']?.get(process.pid)
      const where = group.peer === undefined ? `on its port ${group.localPort}` : `to ${group.peer}`
      return [
        {
          ...graded,
          state: little ? 'warning' : graded.state,
          title: `${processWords(subject)} does not read: ${bytes(group.bytes)} wait in ${group.count} of its connections ${where}`,
          why: `It uses ${(process.cpuPercent ?? 0).toFixed(0)} % of a CPU${insteadOfReading(channel, process.threads)}.${little ? ` These are ${(group.bytes / group.count).toFixed(0)} bytes a connection: pings or goodbyes rather than requests, unless its protocol has such short ones.` : ''}`,
          subject: { ...subject, peer: group.peer ?? `port ${group.localPort}` },
          measured: [
            {
              what: 'connections with unread data',
              value: group.count,
              unit: 'count',
              source: 'ss -tn state established',
            },
            { what: 'bytes that wait to be read', value: group.bytes, unit: 'bytes', source: '/proc/net/tcp' },
          ],
          next: [
            next(box, `grep -H . /proc/${process.pid}/task/*/wchan | head -n 40`, 'see in what each thread waits'),
            next(
              box,
              `gdb -p ${process.pid} -batch -ex 'thread apply all bt 20'`,
              'see the stacks: who holds the lock that the others wait for',
              'pause',
            ),
          ],
        },
      ]
    })
    const waiting = unread.reduce((sum, { count }) => sum + count, 0)
    return verdict(findings, `${waiting} connections hold data that was not read at that moment`)
  },
})

function insteadOfReading(channel: string | undefined, threads: number): string {
  if (channel === undefined)
    return `: ${threads === 1 ? 'it is' : `its ${threads} threads are`} busy with something else than its connections`
  return threads === 1
    ? ` and waits in ${waitWords(channel)}, not for what these connections bring`
    : `, its main thread waits in ${waitWords(channel)}, and none of its ${threads} threads reads what these connections bring`
}
