import type { NetworkCounters } from '../../evidence/probes/network-counters.ts'
import type { Sockets } from '../../evidence/probes/sockets.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords, type Known } from '../subject.ts'

export const connectionsRefused = check({
  id: 'connections-refused',
  title: 'Connections are refused',
  resource: 'network',
  about:
    'Nothing listens at the other end (any more): the kernel there answers a request to connect with a reset, connect() fails with ECONNREFUSED at once, and most programs try again in a loop. The kernel counts such attempts, but not towards whom. ' +
    'The other way round this box refuses what others ask of it: it sends resets that belong to no connection of its own. A service has ended, listens on another port, or on loopback only.',
  needs: ['network-counters'],
  wants: ['sockets', 'open-files', 'process-stat', 'process-command', 'process-cgroup'],
  limits: {
    failsPerSecond: {
      value: 3,
      unit: 'attempts/s',
      why: 'a client that retries in a loop; one now and then is a probe',
    },
    failsShare: {
      value: 0.3,
      unit: 'of the connections that are opened',
      why: 'a scan or a health check of what is switched off fails in some; a backend that is gone in most',
    },
    resetsPerSecond: {
      value: 20,
      unit: 'requests that this box refuses/s',
      why: 'scanners bring a box on the internet a few a second at most, a health check one; clients that retry in a loop bring tens',
    },
    abortsShare: {
      value: 0.1,
      unit: 'of the resets that are sent',
      why: 'what a peer has under way to a connection that was aborted is answered by resets too, each segment: where many are aborted the rest says nothing',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { failsPerSecond, failsShare, resetsPerSecond, abortsShare }, { box }) => {
    const counters = seen['network-counters']
    const fails = counters.get('Tcp.AttemptFails')?.perSecond
    const opens = counters.get('Tcp.ActiveOpens')?.perSecond
    if (fails === undefined || opens === undefined) return unknown('there is no second sample')
    const refusing = refusedHere(counters, abortsShare)
    const here =
      refusing >= resetsPerSecond
        ? [refusesOthers(box, refusing, localOnly(seen.sockets, seen['open-files'], seen))]
        : []
    if (fails < failsPerSecond || fails < failsShare * opens)
      return verdict(
        here,
        `${fails.toFixed(1)} of ${opens.toFixed(1)} attempts to connect a second failed; ${refusing.toFixed(1)} requests a second to this box were refused`,
      )
    return verdict([...here, refusedOthers(box, fails, opens, counters)], '')
  },
})

/**
 * Requests a second to this box that were answered by a reset since nobody listens: resets that belong neither to a connection that this box
 * aborted nor to an attempt of its own (on loopback each side is counted). Source: Documentation/networking/snmp_counter.rst.
 */
function refusedHere(counters: NetworkCounters, abortsShare: number): number {
  const rate = (name: string): number => counters.get(name)?.perSecond ?? 0
  const sent = rate('Tcp.OutRsts')
  const aborted = ABORTS.reduce((sum, name) => sum + rate(`TcpExt.${name}`), 0)
  if (aborted > abortsShare * sent) return 0
  return Math.max(0, sent - Math.max(aborted, rate('Tcp.EstabResets')) - rate('Tcp.AttemptFails'))
}

const ABORTS = [
  'TCPAbortOnData',
  'TCPAbortOnClose',
  'TCPAbortOnMemory',
  'TCPAbortOnTimeout',
  'TCPAbortOnLinger',
] as const

/** Listeners that nobody from outside reaches, named: `8080 of orders-api (812)`. */
function localOnly(
  sockets: Sockets | undefined,
  files: { readonly holders: ReadonlyMap<number, number> } | undefined,
  known: Known,
): readonly string[] {
  const listeners = sockets?.listeners ?? []
  const open = new Set(listeners.flatMap(({ address, port }) => (LOOPBACK.test(address) ? [] : [port])))
  const closed = listeners.filter(({ address, port }) => LOOPBACK.test(address) && !open.has(port))
  return [...new Map(closed.map((each) => [each.port, each.inode]))].map(([port, inode]) => {
    const pid = files?.holders.get(inode)
    return pid === undefined ? `${port}` : `${port} of ${processWords(processSubject(pid, known))}`
  })
}

const LOOPBACK = /^(?:127\.|::1$)/
/** Named in one line. */
const NAMED = 4

function refusesOthers(box: string, refused: number, closed: readonly string[]): FindingDraft {
  const more = closed.length - NAMED
  return {
    state: 'warning',
    severity: Math.min(1, 0.3 + refused / 200),
    title: `${refused.toFixed(0)} requests a second to this box are answered by a reset: nothing listens where they ask`,
    why:
      'Which port they ask for is not counted. A service has ended, listens on another port or on loopback only; or somebody scans.' +
      (closed.length > 0
        ? ` On loopback only: port ${closed.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`
        : ''),
    subject: { kind: 'box', name: box },
    measured: [
      {
        what: 'resets sent that belong to no connection',
        value: refused,
        unit: 'count/s',
        source: '/proc/net/snmp, /proc/net/netstat',
      },
    ],
    next: nextSteps(box, 'see which port is asked for, and by whom (root)'),
  }
}

function nextSteps(box: string, why: string): FindingDraft['next'] {
  return [
    next(box, "timeout 5 tcpdump -nn -i any -c 20 'tcp[tcpflags] & tcp-rst != 0'", why),
    next(box, 'ss -ltn', 'see what does listen: what should, and is missing?'),
  ]
}

function refusedOthers(box: string, fails: number, opens: number, counters: NetworkCounters): FindingDraft {
  const resets = counters.get('Tcp.OutRsts')?.perSecond ?? 0
  const here = resets >= fails / 2
  return {
    state: 'warning',
    severity: Math.min(1, 0.3 + fails / 200),
    title: `${fails.toFixed(0)} of ${Math.max(fails, opens).toFixed(0)} connections a second that are opened ${here ? 'on this box' : 'from this box'} are refused`,
    why: here
      ? 'The resets are sent by this box itself: a port on which nothing listens any more is asked again and again.'
      : 'Nothing listens at the other end, or a firewall resets what is asked.',
    subject: { kind: 'box', name: box },
    measured: [
      {
        what: 'attempts to connect that failed',
        value: fails,
        limit: opens,
        unit: 'count/s',
        source: '/proc/net/snmp',
      },
      { what: 'resets sent', value: resets, unit: 'count/s', source: '/proc/net/snmp' },
    ],
    next: nextSteps(box, 'see which port refuses (root)'),
  }
}
