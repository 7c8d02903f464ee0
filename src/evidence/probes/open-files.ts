import { unescapedPath } from '../escaped-path.ts'
import { probe, Unreadable } from '../probe.ts'
import { endpointWords, tcpAddress, tcpEndpoint, tcpState } from '../tcp-table.ts'

export interface AddressSpace {
  readonly pid: number
  /** Address space in use, memory that was never touched too. */
  readonly bytes: number
  /** Its soft limit, RLIMIT_AS. */
  readonly limitBytes: number
}

export interface OpenFiles {
  /** When the walk over them began, in seconds since boot. */
  readonly atSeconds: number
  /** Processes whose descriptors could be listed. */
  readonly byPid: ReadonlyMap<number, OpenCount>
  /** How many processes did not let us list theirs (another user's, without root). */
  readonly unreadable: number
  /** Regular files without a name any more that are still held open, each once, largest first. */
  readonly deleted: readonly DeletedFile[]
  /** TCP sockets of one process, by state and other end; largest counts first. Groups of one or two are left out; where more than 400 remain, the smallest. */
  readonly sockets: readonly SocketGroup[]
  /**
   * Process that holds a socket which listens, does not get on, or drops packets (UDP), by the socket's inode; of several the one listed
   * first.
   */
  readonly holders: ReadonlyMap<number, number>
  /** Of the processes whose address space is limited; undefined where that of none is, as is usual. */
  readonly addressSpaces?: readonly AddressSpace[] | undefined
  /** The process at whose listener most connections wait, where that are several: in which function of the kernel so many of its threads wait (`0`: they run). */
  readonly threadWaits: ReadonlyMap<number, ReadonlyMap<string, number>>
}

export interface OpenCount {
  readonly open: number
  readonly sockets: number
  readonly softLimit: number | undefined
  /** What most of them are, digits written as N: `pipe:[N]`, `anon_inode:[eventpoll]`, `/tmp/part-N.log`; known for the three fullest tables only. */
  readonly mostly: { readonly what: string; readonly count: number } | undefined
  /** inotify instances among them. */
  readonly inotify: number
  /** Soft limit of RLIMIT_NPROC: threads of its user, all processes together. */
  readonly threadsLimit: number | undefined
}

export interface DeletedFile {
  readonly pid: number
  readonly descriptor: number
  readonly path: string
  /** Space that it holds on the file system. */
  readonly bytes: number
  /** Its process can write to it and cannot read it, as with a log; missing: it can, or it is not known (a recording of an earlier version). */
  readonly onlyWritten?: true
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

/** Deleted files, and groups of sockets: as many rows are sent, and read, at most. */
const ROWS_KEPT = 400

/**
 * Who holds how many descriptors, sockets to whom, and files that have no name any more?
 *
 *   R 95482                             <- soft limit of threads a user that holds for all but those named below
 *   F 812 1019 988 1024 3               <- pid, open, sockets among them, soft limit, inotify instances
 *   F 913 40 2 1024 0 4096              <- one with another limit of threads
 *   S 988 812 01 0 0700000A:1538        <- 988 established sockets to 10.0.0.7:5432
 *   D 913 4 /var/log/app.log            <- deleted, still open
 *   O 913 4                             <- opened for nothing but writing
 *   B 1073741824 2097152 fe00 77 0 913/fd/4      <- its bytes, blocks of 512, device, inode, names that it still has
 *   N 48122 812                         <- holds the socket with this inode: one that listens, or that does not get on
 *   M 812 988 socket:[N]                <- of one that has used four fifths of its limit: what most of its descriptors are
 *   A 812 2097152000 2147483648         <- of one whose address space is limited: bytes in use, limit
 *   W 812 9 futex_do_wait .             <- of the one at whose listener most connections wait: in what so many of its threads wait
 *   U 31                                <- processes that were not ours to list
 *
 * File names are printed with ? in place of control characters, newlines above all (ls -q; busybox does so by itself), so that none can pose as
 * another row. One walk over all descriptors, joined with /proc/net/tcp on the box, so that a hundred thousand sockets are a few lines here. Sockets of other
 * network namespaces (containers) count but have no row. Sources: proc_pid_fd(5), proc_pid_limits(5). Costs three processes, some 45 ms with 500
 * processes; one, and seven for each such table, where one is nearly full; two where deleted files are open; two where several connections wait
 * at a listener.
 */
export const openFiles = probe({
  id: 'open-files',
  title: 'Open files',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 4,
  prepare: 'net=$(cat sys/net/ipv4/ip_local_port_range net/sockstat net/udp net/udp6 net/tcp net/tcp6 2>/dev/null)',
  script: `
have awk || blind 'there is no awk on the box'
of_each exe cwd fd
found=$({ put "$net"; echo =files; QUOTING_STYLE=escape TIME_STYLE=+ exec ls -ln $names 2>&1; } </dev/null | PAGE=\${page:-4} awk '
  /^ *sl / { datagrams = / drops/; next }
  /^=files$/ { datagrams = 0; next }
  datagrams { if ($NF > 0 && $10 != "0") asked[$10] = 1; next }
  /^ *[0-9]+: [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:[0-9A-F]+ / {
    if ($4 != "0A" && ($5 !~ /:00000000$/ || $7 != "00000000" || $6 ~ /^04/)) asked[$10] = 1
    state[$10] = $4; split($2, near, ":"); port[$10] = near[2]; peer[$10] = $3
    if ($4 == "0A") { listening[near[2]] = 1; if ($5 !~ /:0000000[01]$/) { queued[$10] = $5; sub(/.*:/, "x", queued[$10]) } }
    next }
  function limits(pid,  file, line, field, field_of, left) {
    file = pid "/limits"; left = 0
    while ((getline line < file) > 0) {
      split(line, field, " ")
      if (line ~ /^Max processes/) { threads[pid] = field[3]; if (++users[field[3]] > most) { most = users[field[3]]; usual = field[3] } }
      else if (line ~ /^Max open files/) { soft[pid] = field[4]; left = 3 }
      # Behind it come those of locked memory, and of address space.
      if (left && --left == 0) {
        if (field[4] != "unlimited" && (getline line < (pid "/statm")) > 0) { split(line, field_of, " "); printf "A %s %.0f %s\\n", pid, field_of[1] * ENVIRON["PAGE"] * 1024, field[4]; close(pid "/statm") }
        break } }
    close(file) }
  /^[0-9]+\\/fd:$/ { pid = $0; sub(/\\/.*/, "", pid); open[pid] += 0; limits(pid); next }
  /^ls: .*\\/fd.?: Permission denied$/ { unreadable++; next }
  /^l/ {
    arrow = index($0, " -> "); if (!arrow) next
    if (pid == "") {
      link = substr($0, 1, arrow - 1); sub(/.* /, "", link)
      if (link ~ /exe$/ || $0 ~ / \\(deleted\\)$/) print link substr($0, arrow)
      next }
    open[pid]++; target = substr($0, arrow + 4); gsub(/\\\\ /, " ", target)
    if (target ~ /^socket:\\[/) {
      sockets[pid]++; inode = substr(target, 9, length(target) - 9)
      if ((inode in queued) && queued[inode] > longest) { longest = queued[inode]; late = pid }
      if (state[inode] == "0A" || ((inode in asked) && ++holders <= 2000)) printf "N %s %s\\n", inode, pid
      if (state[inode] != "0A" && (inode in state)) {
        split(peer[inode], far, ":")
        if (port[inode] in listening) key = pid " " state[inode] " " port[inode] " " far[1]
        else key = pid " " state[inode] " 0 " peer[inode]
        groups[key]++ } }
    else if (target == "anon_inode:inotify") inotify[pid]++
    else if (target ~ /^\\/.* \\(deleted\\)$/ && target !~ /^\\/(memfd:|dev\\/zero|dev\\/pts|SYSV|proc\\/|anon_hugepage|i915|drm|\\[)/) {
      number = substr($0, 1, arrow - 1); sub(/.* /, "", number)
      if (++gone <= ${ROWS_KEPT}) { printf "D %s %s %s\\n", pid, number, substr(target, 1, length(target) - 10); if (/^l-w/) print "O", pid, number } }
    next }
  END {
    printf "R %s\\n", usual
    for (pid in open) {
      more = ""
      if (pid in inotify || threads[pid] != usual) more = " " (inotify[pid] + 0) " " (threads[pid] == usual ? "" : threads[pid])
      if (pid in soft) { printf "F %s %d %d %s%s\\n", pid, open[pid], sockets[pid], soft[pid], more }
      else { printf "F %s %d %d\\n", pid, open[pid], sockets[pid] } }
    for (least = 3; 1; least *= 2) { rows = 0; for (key in groups) if (groups[key] >= least) rows++; if (rows <= ${ROWS_KEPT}) break }
    for (key in groups) if (groups[key] >= least) printf "S %d %s\\n", groups[key], key
    for (pid in open) if (soft[pid] + 0 > 0 && open[pid] * 5 >= soft[pid] * 4) part[pid] = open[pid] / soft[pid]
    for (rows = 0; rows < 3; rows++) {
      most = 0; for (pid in part) if (part[pid] > most) { most = part[pid]; fullest = pid }
      if (!most) break
      delete part[fullest]; print "T", fullest }
    if (late != "") print "Q", late
    printf "U %d\\n", unreadable }')
put "$found"
case "
$found" in *"
T "*) full=$(printf '%s\\n' "$found" | sed -n 's/^T //p');; *) full=;; esac
case "
$found" in *"
Q "*) late=\${found##*"
Q "}; late=\${late%%[!0-9]*}
  grep -s '' $late/task/*/wchan | awk -v pid=$late '{ sub(/.*:/, ""); threads[$0]++ } END { for (channel in threads) print "W", pid, threads[channel], channel, "." }';; esac
for full in $full; do
  QUOTING_STYLE=escape ls -ln $full/fd 2>/dev/null | sed -n 's/^l.* -> //p' | sed 's/[0-9][0-9]*/N/g' | sort | uniq -c | sort -rn | sed -n "1s/^ *\\([0-9]*\\) /M $full \\1 /p"
done
case "
$found" in *"
D "*) set -- $(printf '%s\\n' "$found" | sed -n 's|^D \\([0-9]*\\) \\([0-9]*\\) .*|\\1/fd/\\2|p'); stat -L -c 'B %s %b %D %i %h %n' "$@" 2>/dev/null;; esac
:`,
  hint: 'run with --sudo',
  parse: ({ during }): OpenFiles => {
    if (!during) throw new Unreadable('no sample')
    const lines = during.text.split('\n')
    const unreadable = lines.map((line) => /^U (\d+)$/.exec(line)?.[1]).find((number) => number !== undefined)
    const usual = lines.map((line) => /^R (\d+|unlimited)$/.exec(line)?.[1]).find((limit) => limit !== undefined)
    const mostly = new Map(
      lines.flatMap((line): [string, OpenCount['mostly']][] => {
        const [, pid, count, what] = /^M (\d+) (\d+) (.+)$/.exec(line) ?? []
        return pid && what ? [[pid, { what, count: Number(count) }]] : []
      }),
    )
    if (unreadable === undefined) throw new Unreadable('the walk over the descriptors did not come to its end')
    const byPid = new Map(lines.flatMap((line) => readCount(line, usual, mostly)))
    const addressSpaces = lines.flatMap(readAddressSpace)
    // The shell that asks may always list its own.
    if (byPid.size === 0) throw new Unreadable('not even the descriptors of our own shell were listed')
    return {
      atSeconds: during.atSeconds,
      byPid,
      ...(addressSpaces.length > 0 ? { addressSpaces } : {}),
      unreadable: Number(unreadable),
      deleted: deletedFiles(lines),
      holders: new Map(lines.flatMap(readHolder).toReversed()),
      threadWaits: threadWaits(lines),
      sockets: lines
        .flatMap(readGroup)
        .toSorted((a, b) => b.count - a.count)
        .slice(0, ROWS_KEPT),
    }
  },
})

function readCount(
  line: string,
  usualThreads: string | undefined,
  mostly: ReadonlyMap<string, OpenCount['mostly']>,
): [number, OpenCount][] {
  const [, pid, open, sockets, soft, inotify, threads] =
    /^F (\d+) (\d+) (\d+)(?: (\d+|unlimited)(?: (\d+) ?(\d+|unlimited)?)?)? ?$/.exec(line) ?? []
  if (pid === undefined) return []
  return [
    [
      Number(pid),
      {
        open: Number(open),
        sockets: Number(sockets),
        softLimit: limitOf(soft),
        mostly: mostly.get(pid),
        inotify: Number(inotify ?? 0),
        threadsLimit: soft === undefined ? undefined : limitOf(threads ?? usualThreads),
      },
    ],
  ]
}

function limitOf(text: string | undefined): number | undefined {
  return text === undefined || text === 'unlimited' ? undefined : Number(text)
}

function readAddressSpace(line: string): readonly AddressSpace[] {
  const [, pid, bytes, limit] = /^A (\d+) (\d{1,20}) (\d{1,20})$/.exec(line) ?? []
  return pid ? [{ pid: Number(pid), bytes: Number(bytes), limitBytes: Number(limit) }] : []
}

function readHolder(line: string): [number, number][] {
  const [, inode, pid] = /^N (\d+) (\d+)$/.exec(line) ?? []
  return inode ? [[Number(inode), Number(pid)]] : []
}

function threadWaits(lines: readonly string[]): OpenFiles['threadWaits'] {
  const rows = lines.flatMap((line) => {
    const [, pid, count, channel] = /^W (\d+) (\d+) (\w[\w.]*) \.$/.exec(line) ?? []
    return pid && channel ? [{ pid: Number(pid), channel, count: Number(count) }] : []
  })
  return new Map(
    [...Map.groupBy(rows, ({ pid }) => pid)].map(([pid, own]) => [
      pid,
      new Map(own.map(({ channel, count }) => [channel, count])),
    ]),
  )
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
    const [, blocks, device, inode, names = '0', name] =
      /^B \d+ (\d+) (\w+) (\d+) (?:(\d+) )?(\d+\/fd\/\d+)$/.exec(line) ?? []
    // With another name left, closing it frees nothing; and a file that was not deleted must never be taken for one that was.
    if (name && names === '0') sizes.set(name, { file: `${device}:${inode}`, bytes: Number(blocks) * BLOCK_BYTES })
  }
  const onlyWritten = new Set(lines.flatMap((line) => /^O (\d+ \d+)$/.exec(line)?.[1] ?? []))
  const files = new Map<string, DeletedFile>()
  for (const line of lines) {
    const [, pid, descriptor, path] = /^D (\d+) (\d+) (.+)$/s.exec(line) ?? []
    const size = sizes.get(`${pid}/fd/${descriptor}`)
    // Children that were forked with it hold the same file: it is counted once, at the first process.
    if (path && size && !files.has(size.file))
      files.set(size.file, {
        pid: Number(pid),
        descriptor: Number(descriptor),
        path: unescapedPath(path),
        bytes: size.bytes,
        ...(onlyWritten.has(`${pid} ${descriptor}`) ? { onlyWritten: true } : {}),
      })
  }
  return [...files.values()].toSorted((a, b) => b.bytes - a.bytes).slice(0, ROWS_KEPT)
}
