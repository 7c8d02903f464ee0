import { probe, Unreadable } from '../probe.ts'
import { endpointWords, tcpAddress, tcpEndpoint, tcpState } from '../tcp-table.ts'

export interface OpenFiles {
  /** Processes whose descriptors could be listed. */
  readonly byPid: ReadonlyMap<number, OpenCount>
  /** How many processes did not let us list theirs (another user's, without root). */
  readonly unreadable: number
  /** Regular files without a name any more that are still held open, each once, largest first. */
  readonly deleted: readonly DeletedFile[]
  /** TCP sockets of one process, by state and other end; largest counts first. Groups of one or two are left out; where more than 400 remain, the smallest. */
  readonly sockets: readonly SocketGroup[]
  /** Process that holds a listening TCP socket, by the socket's inode; of several the one listed first. */
  readonly listeners: ReadonlyMap<number, number>
}

export interface OpenCount {
  readonly open: number
  readonly sockets: number
  readonly softLimit: number | undefined
}

export interface DeletedFile {
  readonly pid: number
  readonly descriptor: number
  readonly path: string
  /** Space that it holds on the file system. */
  readonly bytes: number
}

export interface SocketGroup {
  readonly pid: number
  /** ESTABLISHED, CLOSE_WAIT, … as in ss(8). */
  readonly state: string
  /** Port that the process listens on; 0 for connections that it opened itself (their ports differ). */
  readonly localPort: number
  /** `10.0.0.7:5432`; only the address for connections that came in (the ports of clients differ). */
  readonly peer: string
  readonly count: number
}

/**
 * Who holds how many descriptors, sockets to whom, and files that have no name any more?
 *
 *   F 812 1019 988 1024                 <- pid, open, sockets among them, soft limit
 *   S 988 812 01 0 0700000A:1538        <- 988 established sockets to 10.0.0.7:5432
 *   D 913 4 /var/log/app.log            <- deleted, still open
 *   B 1073741824 2097152 fe00 77 913/fd/4        <- its bytes, blocks of 512, device, inode
 *   N 48122 812                         <- holds the listening socket with this inode
 *   U 31                                <- processes that were not ours to list
 *
 * File names are printed with ? in place of control characters, newlines above all (ls -q; busybox does so by itself), so that none can pose as
 * another row. One walk over all descriptors, joined with /proc/net/tcp on the box, so that a hundred thousand sockets are a few lines here. Sockets of other
 * network namespaces (containers) count but have no row. Sources: proc_pid_fd(5), proc_pid_limits(5). Costs six processes, some 30 ms
 * with 500 processes.
 */
export const openFiles = probe({
  id: 'open-files',
  title: 'Open files',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 4,
  prepare:
    'tcp=$(cat sys/net/ipv4/ip_local_port_range net/sockstat net/tcp net/tcp6 2>/dev/null); ls -dq . >/dev/null 2>&1 && q=q || q=',
  script: `
have awk || blind 'there is no awk on the box'
found=$({ printf '%s\\n' "$tcp"; grep -s '^Max open files' [0-9]*/limits; ls -ln$q [0-9]*/fd 2>&1; } </dev/null | awk '
  /^ *[0-9]+: [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ / {
    state[$10] = $4; split($2, near, ":"); port[$10] = near[2]; peer[$10] = $3
    if ($4 == "0A") listening[near[2]] = 1
    next }
  /^[0-9]+\\/limits:Max open files/ { split($1, name, "/"); soft[name[1]] = $4; next }
  /^[0-9]+\\/fd:$/ { pid = $0; sub(/\\/.*/, "", pid); open[pid] += 0; next }
  /^ls: .*\\/fd.?: Permission denied$/ { unreadable++; next }
  /^l/ {
    arrow = index($0, " -> "); if (!arrow) next
    open[pid]++; target = substr($0, arrow + 4)
    if (target ~ /^socket:\\[/) {
      sockets[pid]++; inode = substr(target, 9, length(target) - 9)
      if (state[inode] == "0A") printf "N %s %s\\n", inode, pid
      else if (inode in state) {
        split(peer[inode], far, ":")
        if (port[inode] in listening) key = pid " " state[inode] " " port[inode] " " far[1]
        else key = pid " " state[inode] " 0 " peer[inode]
        groups[key]++ } }
    else if (target ~ /^\\/.* \\(deleted\\)$/ && target !~ /^\\/(memfd:|dev\\/zero|dev\\/pts|SYSV|proc\\/|anon_hugepage|i915|drm|\\[)/) {
      number = substr($0, 1, arrow - 1); sub(/.* /, "", number)
      if (++gone <= 400) printf "D %s %s %s\\n", pid, number, substr(target, 1, length(target) - 10) }
    next }
  END {
    for (pid in open) printf "F %s %d %d %s\\n", pid, open[pid], sockets[pid], soft[pid]
    for (least = 3; ; least *= 2) { rows = 0; for (key in groups) if (groups[key] >= least) rows++; if (rows <= 400) break }
    for (key in groups) if (groups[key] >= least) printf "S %d %s\\n", groups[key], key
    printf "U %d\\n", unreadable }')
printf '%s\\n' "$found"
case "
$found" in *"
D "*) set -- $(printf '%s\\n' "$found" | sed -n 's|^D \\([0-9]*\\) \\([0-9]*\\) .*|\\1/fd/\\2|p'); stat -L -c 'B %s %b %D %i %n' "$@" 2>/dev/null;; esac
:`,
  hint: 'run with --sudo',
  parse: ({ during }): OpenFiles => {
    const lines = (during?.text ?? '').split('\n')
    const unreadable = lines.map((line) => /^U (\d+)$/.exec(line)?.[1]).find((number) => number !== undefined)
    if (unreadable === undefined) throw new Unreadable('the walk over the descriptors did not come to its end')
    return {
      byPid: new Map(lines.flatMap(readCount)),
      unreadable: Number(unreadable),
      deleted: deletedFiles(lines),
      listeners: new Map(lines.flatMap(readListener).toReversed()),
      sockets: lines.flatMap(readGroup).toSorted((a, b) => b.count - a.count),
    }
  },
})

function readCount(line: string): [number, OpenCount][] {
  const [, pid, open, sockets, soft] = /^F (\d+) (\d+) (\d+) ?(\d*|unlimited)$/.exec(line) ?? []
  if (pid === undefined) return []
  return [
    [
      Number(pid),
      {
        open: Number(open),
        sockets: Number(sockets),
        softLimit: soft && soft !== 'unlimited' ? Number(soft) : undefined,
      },
    ],
  ]
}

function readListener(line: string): [number, number][] {
  const [, inode, pid] = /^N (\d+) (\d+)$/.exec(line) ?? []
  return inode ? [[Number(inode), Number(pid)]] : []
}

function readGroup(line: string): readonly SocketGroup[] {
  const [, count, pid, stateHex = '', portHex = '', peerHex = ''] =
    /^S (\d+) (\d+) (\w\w) (\w+) (\S+)$/.exec(line) ?? []
  const state = tcpState(stateHex)
  const endpoint = tcpEndpoint(peerHex)
  const peer = endpoint ? endpointWords(endpoint) : tcpAddress(peerHex)
  if (!state || peer === undefined) return []
  return [
    {
      pid: Number(pid),
      state,
      localPort: Number.parseInt(portHex, 16),
      peer,
      count: Number(count),
    },
  ]
}

const BLOCK_BYTES = 512

function deletedFiles(lines: readonly string[]): readonly DeletedFile[] {
  const sizes = new Map<string, { readonly file: string; readonly bytes: number }>()
  for (const line of lines) {
    const [, blocks, device, inode, name] = /^B \d+ (\d+) (\w+) (\d+) (\d+\/fd\/\d+)$/.exec(line) ?? []
    if (name) sizes.set(name, { file: `${device}:${inode}`, bytes: Number(blocks) * BLOCK_BYTES })
  }
  const files = new Map<string, DeletedFile>()
  for (const line of lines) {
    const [, pid, descriptor, path] = /^D (\d+) (\d+) (.+)$/s.exec(line) ?? []
    const size = sizes.get(`${pid}/fd/${descriptor}`)
    // Children that were forked with it hold the same file: it is counted once, at the first process.
    if (path && size && !files.has(size.file))
      files.set(size.file, { pid: Number(pid), descriptor: Number(descriptor), path, bytes: size.bytes })
  }
  return [...files.values()].toSorted((a, b) => b.bytes - a.bytes)
}
