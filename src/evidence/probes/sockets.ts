import { probe, Unreadable } from '../probe.ts'
import { routesAwk } from './routes.ts'
import { endpointWords, tcpEndpoint, tcpState } from '../tcp-table.ts'

export interface Sockets {
  /** Count of TCP sockets (v4 and v6) by state: ESTABLISHED, TIME_WAIT, CLOSE_WAIT, SYN_RECV… */
  readonly byState: ReadonlyMap<string, number>
  readonly listeners: readonly Listener[]
  /** net.ipv4.ip_local_port_range, both ends included. */
  readonly ephemeralPorts: { readonly low: number; readonly high: number } | undefined
  /** Peers (address:port) to which most connections were opened from here, in any state; largest first, at most 50, none below 20. */
  readonly portsByPeer: readonly { readonly peer: string; readonly ports: number }[]
  readonly orphans: number | undefined
  /** Connections that do not get on, by what holds them up, port and peer; largest first, at most 200. */
  readonly stuck: readonly StuckConnections[]
  /** UDP sockets at which packets were dropped since they were opened; most first, at most 20. */
  readonly udpDrops: readonly UdpDrops[]
  /** Ports with most half-open connections, most first, at most 20, none below 20. */
  readonly halfOpen: readonly { readonly port: number; readonly count: number }[]
}

export interface StuckConnections {
  /**
   * `unread`: bytes have come that the program has not read; `unanswered`: what was sent (or the request to connect) is not confirmed and
   * was sent again at least once; `unwanted`: the peer's window is closed, it does not read.
   */
  readonly held: 'unread' | 'unanswered' | 'unwanted'
  /** ESTABLISHED, SYN_SENT… as in ss(8). */
  readonly state: string
  /** Port that the program listens on; 0 for connections that were opened from here. */
  readonly localPort: number
  /** `10.0.0.7:5432` for connections that were opened from here; undefined for those that came in. */
  readonly peer: string | undefined
  readonly count: number
  /** Bytes that wait: to be read, or to be confirmed. */
  readonly bytes: number
  /** Of one of them; open-files knows who holds it. */
  readonly inode: number
  /**
   * `unwanted` only, the longest: until the peer is asked again whether its window is open. It is asked after ever longer times, each twice the
   * one before (RFC 9293, 3.8.6.1), so it has been closed for as long at least.
   */
  readonly nextProbeSeconds: number | undefined
}

export interface UdpDrops {
  readonly port: number
  readonly drops: number
  readonly queuedBytes: number
  readonly inode: number
}

export interface Listener {
  readonly address: string
  readonly port: number
  /** Connections that wait to be accepted. */
  readonly queue: number
  /** The most that may wait (the smaller of listen(2)'s backlog and somaxconn); undefined where nobody waits, or only /proc could be read. */
  readonly backlog: number | undefined
  /** Names it in open-files, which knows who holds it. */
  readonly inode: number
}

/**
 * Which sockets are there, who is full?
 *
 *   range 32768 60999
 *   sockstat TCP: inuse 7 orphan 0 tw 4 alloc 9 mem 2
 *   C 12 06                                   <- 12 sockets in state 06, TIME_WAIT
 *   L 00000000:1F90 129 48122                 <- listens on 0.0.0.0:8080, 129 wait to be accepted; inode
 *   P 11000 0700000A:1538                     <- 11,000 connections to 10.0.0.7:5432
 *   K unread 01 1F90 - 60 14520 48131         <- 60 established ones on port 8080 hold 14,520 bytes that nobody has read; inode of one
 *   K unanswered 02 0 C80AE70A:1538 30 0 48190 <- 30 requests to connect to 10.231.10.200:5432 without an answer, sent again
 *   K unwanted 01 0 0700000A:1B59 1 2560000 48191 310 <- one whose peer has closed its window, which is asked for again in 3.1 s: 04:<hundredths> of its timer
 *   H 20FB 65                                 <- 65 half-open connections on port 8443
 *   U 1F9D 15820 212992 48200                 <- UDP port 8093: 15,820 packets dropped, 212,992 bytes wait to be read; inode
 *   LISTEN 129 128 0.0.0.0:8080 0.0.0.0:*     <- ss -ltn: queue 129, backlog 128
 *
 * Counted on the box: 20,000 sockets are a few lines here. ss alone knows backlogs; it is asked only if somebody waits, and for listeners only (with all
 * sockets, or -p, it costs seconds). Sources: proc_pid_net(5), ss(8), ip(7), get_tcp4_sock() of net/ipv4/tcp_ipv4.c (timer 04 probes a closed
 * window). Costs one process (two if somebody waits), and up to 12 ms for the kernel's walk over its
 * hash table that open-files shares (3 ms for each read on a machine of 24 GiB, however few sockets there are).
 */
export const sockets = probe({
  id: 'sockets',
  title: 'Sockets',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 4,
  together: true,
  script: `
have awk || { echo 'there is no awk on the box'; return 3; }
set --; for table in net/route net/ipv6_route net/arp; do [ ! -r $table ] || set -- "$@" $table; done
put "$net" | awk '${routesAwk.rules}
  function number(hex,  value, at) {
    for (at = 1; at <= length(hex); at++) value = value * 16 + index("0123456789ABCDEF", substr(hex, at, 1)) - 1
    return value + 0 }
  function dotted(hex) {
    return number(substr(hex, 7)) "." number(substr(hex, 5, 2)) "." number(substr(hex, 3, 2)) "." number(substr(hex, 1, 2)) }
  function held(how, hex,  key, timer) {
    key = how " " $4 " " ((near[2] in listening) ? near[2] " -" : "0 " $3)
    if (!(key in inode)) inode[key] = $10
    stuck[key]++; waiting[key] += number(hex)
    if (how == "unwanted") { timer = number(substr($6, 4)); if (timer > probe[key] + 0) { probe[key] = timer; inode[key] = $10 } } }
  /^ *sl / { datagrams = / drops/; if (!datagrams) tcp = 1; next }
  /^[0-9]+[ \t]+[0-9]+$/ { print "range", $1, $2; next }
  /^TCP:/ { print "sockstat", $0; next }
  !/^ *[0-9]+: [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ / { next }
  { split($2, near, ":"); split($5, queues, ":") }
  datagrams { if ($NF > 0) print "U", near[2], $NF, number(queues[2]), $10; next }
  { count[$4]++
    if ($4 == "03") half[near[2]]++
    if ($4 == "0A") {
      listening[near[2]] = 1; if (queues[2] !~ /^0+$/) full = 1
      print "L", $2, queues[2], $10; next }
    if (!(near[2] in listening)) peers[$3]++
    # Without an inode nobody holds it (yet): the accept queue, TIME_WAIT.
    if ($10 == "0") next
    if ($4 == "01" && queues[2] != "00000000") held("unread", queues[2])
    if ($7 != "00000000") held("unanswered", queues[1])
    else if ($6 ~ /^04/) held("unwanted", queues[1]) }
  END { if (!tcp) { print "the box gave no /proc/net/tcp"; exit 4 }
        for (state in count) print "C", count[state], state
        for (key in stuck) if (++rows <= 400) print "K", key, stuck[key], waiting[key], inode[key] ((key in probe) ? " " probe[key] : "")
        for (at in half) if (half[at] >= 20) print "H", at, half[at]
        for (peer in peers) if (peers[peer] >= 20) print "P", peers[peer], peer
        ${routesAwk.end}
        print "end"
        exit full ? 3 : 0 }' - "$@"
case $? in
  3) ! have ss || ss -ltn 2>/dev/null;;
  4) return 3;;
esac
:`,
  parse: ({ during }): Sockets => {
    const lines = (during?.text ?? '').split('\n')
    if (!lines.includes('end')) throw new Unreadable('the count of sockets did not come to its end')
    const backlogs = new Map(lines.flatMap(readBacklog))
    return {
      byState: new Map(lines.flatMap(readStateCount)),
      listeners: lines.flatMap((line) => readListener(line, backlogs)),
      ephemeralPorts: lines.flatMap(readRange)[0],
      portsByPeer: lines
        .flatMap(readPeer)
        .toSorted((a, b) => b.ports - a.ports)
        .slice(0, PEERS_KEPT),
      orphans: lines.flatMap((line) => numbers(/^sockstat TCP:.* orphan (\d+)/.exec(line)))[0],
      stuck: lines
        .flatMap(readStuck)
        .toSorted((a, b) => b.count - a.count)
        .slice(0, STUCK_KEPT),
      udpDrops: lines
        .flatMap(readDrops)
        .toSorted((a, b) => b.drops - a.drops)
        .slice(0, DROPS_KEPT),
      halfOpen: lines
        .flatMap(readHalfOpen)
        .toSorted((a, b) => b.count - a.count)
        .slice(0, HALF_OPEN_KEPT),
    }
  },
})

const PEERS_KEPT = 50
const STUCK_KEPT = 200
const DROPS_KEPT = 20
const HALF_OPEN_KEPT = 20

function readHalfOpen(line: string): readonly { readonly port: number; readonly count: number }[] {
  const [, portHex, count] = /^H ([0-9A-F]{1,4}) (\d+)$/.exec(line) ?? []
  return portHex ? [{ port: Number.parseInt(portHex, 16), count: Number(count) }] : []
}

function readStuck(line: string): readonly StuckConnections[] {
  const [, held, stateHex = '', portHex = '', peerHex = '', count, bytes, inode, hundredths] =
    /^K (unread|unanswered|unwanted) (\w\w) (\w+) (\S+) (\d+) (\d+) (\d+)(?: (\d+))?$/.exec(line) ?? []
  const state = tcpState(stateHex)
  const peer = tcpEndpoint(peerHex)
  if (!held || !state || (!peer && peerHex !== '-')) return []
  return [
    {
      held: held as StuckConnections['held'],
      state,
      localPort: Number.parseInt(portHex, 16),
      peer: peer && endpointWords(peer),
      count: Number(count),
      bytes: Number(bytes),
      inode: Number(inode),
      nextProbeSeconds: hundredths === undefined ? undefined : Number(hundredths) / 100,
    },
  ]
}

function readDrops(line: string): readonly UdpDrops[] {
  const [, portHex, drops, queuedBytes, inode] = /^U (\w+) (\d+) (\d+) (\d+)$/.exec(line) ?? []
  if (!portHex) return []
  return [
    {
      port: Number.parseInt(portHex, 16),
      drops: Number(drops),
      queuedBytes: Number(queuedBytes),
      inode: Number(inode),
    },
  ]
}

function numbers(match: RegExpExecArray | null): readonly number[] {
  return match ? match.slice(1).map(Number) : []
}

function readRange(line: string): readonly { readonly low: number; readonly high: number }[] {
  const [low, high] = numbers(/^range (\d+) (\d+)$/.exec(line))
  return low !== undefined && high !== undefined ? [{ low, high }] : []
}

function readStateCount(line: string): [string, number][] {
  const [, count, hex = ''] = /^C (\d+) (\w\w)$/.exec(line) ?? []
  const state = tcpState(hex)
  return state ? [[state, Number(count)]] : []
}

function readPeer(line: string): readonly { readonly peer: string; readonly ports: number }[] {
  const [, count, hex = ''] = /^P (\d+) (\S+)$/.exec(line) ?? []
  const peer = tcpEndpoint(hex)
  return peer ? [{ peer: endpointWords(peer), ports: Number(count) }] : []
}

/** By `address:port` as ss writes them. */
function readBacklog(line: string): [string, number][] {
  const [, backlog, local] = /^LISTEN\s+\d+\s+(\d+)\s+(\S+)\s/.exec(line) ?? []
  return local ? [[local.replace(/%[^:\]]*/, ''), Number(backlog)]] : []
}

function readListener(line: string, backlogs: ReadonlyMap<string, number>): readonly Listener[] {
  const [, hex = '', queueHex = '', inode] = /^L (\S+) ([0-9A-F]+) (\d+)$/.exec(line) ?? []
  const local = tcpEndpoint(hex)
  if (!local) return []
  const { address, port } = local
  const written = endpointWords(local)
  // ss writes a v6 listener that takes v4 too as *:port; old ones write any address so, and v6 without brackets.
  const any = address === '::' || address === '0.0.0.0'
  const backlog =
    backlogs.get(written) ?? backlogs.get(`${address}:${port}`) ?? (any ? backlogs.get(`*:${port}`) : undefined)
  return [{ address, port, queue: Number.parseInt(queueHex, 16), backlog, inode: Number(inode) }]
}
