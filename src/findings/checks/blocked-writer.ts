import { bytes, count } from '../../base/format.ts'
import type { ProcessStat } from '../../evidence/probes/process-stat.ts'
import type { StuckConnections } from '../../evidence/probes/sockets.ts'
import { check, unknown, verdict, type FindingDraft, type SeenOf } from '../check.ts'
import { next } from '../next.ts'
import { isShell } from '../program.ts'
import { processSubject, processWords } from '../subject.ts'
import { waitWords } from '../wait-words.ts'

type Seen = SeenOf<
  'process-stat' | 'process-wait' | 'process-wait-again',
  'sockets' | 'open-files' | 'process-command' | 'process-cgroup'
>

export const blockedWriter = check({
  id: 'blocked-writer',
  title: 'A program waits for another one that does not read',
  resource: 'process',
  about:
    'A pipe, a Unix socket and a TCP connection hold a certain number of bytes. When the other end does not read (it is stuck, stopped, or forgot that it holds the end) the writer stands still in write() or send(), with all that it was about to do: a service whose log collector hangs, a child whose parent waits for its end and does not read its output, every program that logs to /dev/log, a server that sends to one client that takes nothing. ' +
    'It uses no CPU and looks idle; the wait channel tells. Seen at the beginning and at the end of the window, for the main thread; one that ran in between got on, with a reader that is slow (a thin line, a limit of its pace) and not dead. In a pipeline the writer often waits for a reader that works (tar before gzip): then that is all right, and so is a pager before a terminal.',
  needs: ['process-stat', 'process-wait', 'process-wait-again'],
  wants: ['sockets', 'open-files', 'process-command', 'process-cgroup'],
  limits: {
    workPercent: {
      value: 2,
      unit: '% of one CPU, other programs of its process group',
      why: 'a reader that gets on (compresses, encrypts, sends) uses more; one that stands uses nothing',
    },
    closedSeconds: {
      value: 1,
      unit: 's until the TCP peer is asked again whether it reads',
      why: 'it is asked after ever longer times, each twice the one before: its window has been closed for as long as this look took; one that reads slowly opens it a little again and again',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, limits, { box }) => {
    const blocked = seen['process-stat'].processes.flatMap((process): readonly Blocked[] => {
      const kind = kindOf(seen['process-wait'].get(process.pid))
      const again = seen['process-wait-again'].get(process.pid)
      if (!kind || kind !== kindOf(again?.channel) || again?.ran || !standsStill(process)) return []
      if (kind === 'tcp') {
        const closed = closedConnections(process.pid, seen, limits.closedSeconds)
        return closed.length > 0 ? [{ kind, process, closed }] : []
      }
      if (process.terminal || isBelowLogin(process, seen)) return []
      if (kind === 'pipe' && readerWorks(process, seen, limits.workPercent)) return []
      return [{ kind, process, closed: [] }]
    })
    // The kernel lets us see wait channels of those whose descriptors it lets us list (ptrace(2), access mode checking).
    const unreadable = seen['open-files']?.unreadable ?? 0
    if (blocked.length === 0 && unreadable > 0)
      return unknown(`in what ${count(unreadable, 'process', 'processes')} wait could not be seen`, 'run with --sudo')
    return verdict(
      [...Map.groupBy(blocked, groupOf).values()].map((group) => finding(group, seen, box)),
      'no process waits from one sample to the next for somebody to read',
    )
  },
})

type Kind = 'pipe' | 'unix' | 'tcp'

interface Blocked {
  readonly kind: Kind
  readonly process: ProcessStat
  /** `tcp` only: its connections, by other end, whose peer has closed its window. */
  readonly closed: readonly StuckConnections[]
}

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/^(?:anon_|fifo_)?pipe_write(?:\.|$)/, 'pipe'],
  [/^(?:unix_wait_for_peer|sock_alloc_send_pskb)(?:\.|$)/, 'unix'],
  [/^(?:sk_stream_wait_memory|wait_woken)(?:\.|$)/, 'tcp'],
]

function kindOf(channel: string | undefined): Kind | undefined {
  return channel === undefined ? undefined : KINDS.find(([pattern]) => pattern.test(channel))?.[1]
}

/** Asleep in both samples: what was stopped, or waits for a disk, is the matter of other checks. */
function standsStill({ state, stateBefore, kernelThread }: ProcessStat): boolean {
  return state === 'S' && stateBefore === 'S' && !kernelThread
}

/** Connections of this process whose peer has closed its window. */
function closedConnections(pid: number, seen: Seen, closedSeconds: number): readonly StuckConnections[] {
  return (seen.sockets?.stuck ?? []).filter(
    ({ held, inode, nextProbeSeconds = 0 }) =>
      held === 'unwanted' && nextProbeSeconds >= closedSeconds && seen['open-files']?.holders.get(inode) === pid,
  )
}

/**
 * Sockets of this process that do not listen; undefined when they were not counted. The wait channel tells neither sending from receiving nor the
 * connection: one that has no other than the closed one waits for that peer either way, to take what was sent or to answer it.
 */
function connectionsOf(pid: number, seen: Seen): number | undefined {
  const sockets = seen['open-files']?.byPid.get(pid)?.sockets
  const listening = seen.sockets?.listeners.filter(({ inode }) => seen['open-files']?.holders.get(inode) === pid)
  return sockets === undefined ? undefined : sockets - (listening?.length ?? 0)
}

/** Started by a login that is still there: what it writes goes over the network, as fast as somebody takes it. */
function isBelowLogin(process: ProcessStat, seen: Seen): boolean {
  const way = new Set<number>()
  let at = seen['process-stat'].byPid.get(process.ppid)
  while (at && at.pid !== 1 && !way.has(at.pid)) {
    if (LOGINS.test(at.name)) return true
    way.add(at.pid)
    at = seen['process-stat'].byPid.get(at.ppid)
  }
  return false
}

const LOGINS = /^(?:sshd|sshd-session|dropbear)$/

/** Other programs of its process group: a shell puts all of a pipeline into one. */
function readerWorks(process: ProcessStat, seen: Seen, workPercent: number): boolean {
  const work = othersOf(process, seen).reduce((sum, { cpuPercent = 0 }) => sum + cpuPercent, 0)
  return work >= workPercent
}

function othersOf(process: ProcessStat, seen: Seen): readonly ProcessStat[] {
  return seen['process-stat'].processes.filter(
    ({ processGroup, name }) => processGroup === process.processGroup && name !== process.name,
  )
}

/** One finding for all that wait for a Unix socket, which is mostly the same one; for pipes one for each program. */
function groupOf({ kind, process }: Blocked): string {
  return kind === 'unix' ? kind : `${kind} ${kind === 'pipe' ? process.name : process.pid}`
}

/** Others that are named in one line. */
const NAMED = 3

function finding(group: readonly Blocked[], seen: Seen, box: string): FindingDraft {
  const [first, ...others] = group.toSorted((a, b) => b.process.ageSeconds - a.process.ageSeconds)
  const { kind, process, closed } = first!
  const [connection] = closed
  const connections = connectionsOf(process.pid, seen)
  const hedged = kind === 'tcp' && connections !== 1
  const subject = processSubject(process.pid, seen)
  const channel = seen['process-wait'].get(process.pid) ?? ''
  const names = [...new Set(others.map((each) => each.process.name))].slice(0, NAMED).join(', ')
  const who = `${processWords(subject)}${others.length > 0 ? ` and ${count(others.length, 'other process', 'other processes')} (${names})` : ''}`
  const one = others.length === 0
  return {
    state: 'warning',
    severity: hedged ? 0.2 : Math.min(1, 0.3 + group.length / 20),
    ...(hedged ? { hedged } : {}),
    title: `${who} ${one ? 'waits' : 'wait'} ${waitedFor(closed, hedged)[kind]}`,
    why: `${one ? 'Its main thread stood' : 'They stood'} in ${waitWords(channel)} at the beginning and at the end of the window: nothing else is done meanwhile. ${
      connection
        ? closedWords(closed, hedged ? (connections ?? 'an unknown number of') : 1)
        : kind === 'pipe'
          ? suspects(process, seen)
          : 'The queue of the socket is full: the program behind it (for log lines that is the one at /dev/log) is stuck, stopped, or too slow.'
    }`,
    subject: connection ? { ...subject, peer: connection.peer ?? `port ${connection.localPort}` } : subject,
    measured: [
      {
        what: 'processes that wait for a reader',
        value: group.length,
        unit: 'count',
        source: `/proc/${process.pid}/wchan`,
      },
    ],
    next: [
      next(
        box,
        `cat /proc/${process.pid}/syscall; ls -l /proc/${process.pid}/fd`,
        'see to which descriptor it writes: the second number, in hex',
      ),
      otherEnd(kind, process.pid, box),
    ],
  }
}

function waitedFor(closed: readonly StuckConnections[], hedged: boolean): Readonly<Record<Kind, string>> {
  const peers = closed
    .slice(0, NAMED)
    .map(({ peer, localPort }) => peer ?? `a client on its port ${localPort}`)
    .join(' and ')
  return {
    pipe: 'for somebody to read the pipe that it writes to',
    unix: 'for the program behind a Unix socket, which does not read or accept',
    tcp: hedged
      ? `for one of its connections; ${peers} ${closed.length === 1 ? 'takes' : 'take'} nothing`
      : `for ${peers}, which takes nothing`,
  }
}

function closedWords(closed: readonly StuckConnections[], connections: number | string): string {
  const seconds = Math.max(...closed.map(({ nextProbeSeconds = 0 }) => nextProbeSeconds)).toFixed(0)
  const held = bytes(closed.reduce((sum, each) => sum + each.bytes, 0))
  return connections === 1
    ? `${held} wait to be taken; the peer has closed its window for ${seconds} s at least.`
    : `${held} wait to be taken where the window is closed, for ${seconds} s at least. It has ${connections} connections (Unix sockets among them): whether it waits to send there or to receive on another one the wait channel does not tell.`
}

/** Who may hold the other end: the rest of a pipeline, or the parent that started it with a pipe. */
function suspects(process: ProcessStat, seen: Seen): string {
  const parent = seen['process-stat'].byPid.get(process.ppid)
  const likely = [...othersOf(process, seen), ...(parent && parent.pid !== 1 ? [parent] : [])]
  const named = [...new Map(likely.filter(({ name }) => !isShell(name)).map((each) => [each.pid, each])).values()]
    .slice(0, NAMED)
    .map(({ pid }) => {
      const channel = seen['process-wait'].get(pid)
      return `${processWords(processSubject(pid, seen))}${channel ? `, which waits in ${waitWords(channel)}` : ''}`
    })
  return named.length > 0
    ? `The reader may be ${named.join('; or ')}.`
    : 'Neither its parent nor its process group tells who holds the other end.'
}

function otherEnd(kind: Kind, pid: number, box: string): FindingDraft['next'][number] {
  switch (kind) {
    case 'pipe':
      return next(
        box,
        `ls -l /proc/[0-9]*/fd/* 2>/dev/null | grep -F "$(ls -l /proc/${pid}/fd | grep -o 'pipe:\\[[0-9]*\\]')"`,
        'see who holds the ends of its pipes (root)',
      )
    case 'unix':
      return next(
        box,
        'ss -xlp; ss -xp | sort -rn -k3 | head',
        'see which socket has a full queue, and whose it is (root)',
      )
    case 'tcp':
      return next(box, `ss -tnpo | grep pid=${pid},`, 'see its connections, with the timer that runs')
  }
}
