import { probe, Unreadable } from '../probe.ts'
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
 *   LISTEN 129 128 0.0.0.0:8080 0.0.0.0:*     <- ss -ltn: queue 129, backlog 128
 *
 * Counted on the box: 20,000 sockets are a few lines here. ss alone knows backlogs; it is asked only if somebody waits, and for listeners only (with all
 * sockets, or -p, it costs seconds). Sources: proc_pid_net(5), ss(8), ip(7). Costs one process (two if somebody waits), and 8 ms for the kernel's walk
 * that open-files shares.
 */
export const sockets = probe({
  id: 'sockets',
  title: 'Sockets',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 4,
  script: `
have awk || blind 'there is no awk on the box'
case $tcp in *local_address*) ;; *) blind 'the box gave no /proc/net/tcp';; esac
printf '%s\\n' "$tcp" | awk '
  /^[0-9]+[ \t]+[0-9]+$/ { print "range", $1, $2; next }
  /^TCP:/ { print "sockstat", $0; next }
  /^ *[0-9]+: [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ / {
    count[$4]++; split($2, near, ":")
    if ($4 == "0A") {
      listening[near[2]] = 1; split($5, queues, ":"); if (queues[2] !~ /^0+$/) waiting = 1
      print "L", $2, queues[2], $10 }
    else if (!(near[2] in listening)) peers[$3]++ }
  END { for (state in count) print "C", count[state], state
        for (peer in peers) if (peers[peer] >= 20) print "P", peers[peer], peer
        print "end"
        exit waiting ? 3 : 0 }'
[ $? -ne 3 ] || ! have ss || ss -ltn 2>/dev/null
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
    }
  },
})

const PEERS_KEPT = 50

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
