import { probe, Unreadable, type Sample } from '../probe.ts'
import { wholeRows, wholeRowsAwk } from '../stat-rows.ts'
import { realTimePolicy } from './process-stat.ts'

/** A thread of a process that uses half a CPU or more, over some 300 ms. */
export interface HotThread {
  readonly pid: number
  readonly tid: number
  readonly name: string
  readonly state: string
  /** Percent of one CPU. */
  readonly cpuPercent: number
  /** It goes before all ordinary work (sched(7)); undefined for what is scheduled as usual. */
  readonly realTimePolicy: string | undefined
}

/**
 * Which threads of a busy process burn the CPU? One at 100 % while its siblings sleep is a bottleneck that no further CPU cures.
 *
 *   at 4071.33
 *   P 812
 *   813 (hot-loop) R 1 812 …          <- task/TID/stat, as process-stat
 *   at 4071.64
 *   P 812
 *   813 (hot-loop) R 1 812 …
 *
 * Asked only when the box is busy, of at most five processes with more than one thread; nothing else is said when there is none. Runs within
 * the window, so it costs no time. Source: proc_pid_task(5). Costs nothing on an idle box, else two processes, and one for each that is hot.
 */
export const hotThreads = probe({
  id: 'hot-threads',
  title: 'Hot threads',
  set: 'fast',
  moments: ['middle'],
  limitSeconds: 4,
  prepare: 'read -r _ user1 nice1 system1 _ <stat',
  shortcut: `
read -r _ user2 nice2 system2 _ <stat
read -r up _ <uptime; now=\${up%.*}\${up#*.}; was=\${stat1_at%.*}\${stat1_at#*.}
now=\${now#0}; was=\${was#0}; elapsed=$((\${now#0} - \${was#0}))
busy=$((user2 + nice2 + system2 - user1 - nice1 - system1))
# Without what this look has used itself: the shell that asks and the one before it, their children with them.
for shell in $main self; do
  { read -r line <$shell/stat; } 2>/dev/null || continue
  set -- \${line##*") "}; busy=$((busy - \${12:-0} - \${13:-0} - \${14:-0} - \${15:-0}))
done
answer=; [ $elapsed -le 0 ] || [ $((busy * 100)) -lt $((elapsed * 40)) ]`,
  script: `
have awk || blind 'there is no awk on the box'
hot=$({ put "$stat1"; echo =; exec grep -sha '' [0-9]*/stat; } | awk -v elapsed=$elapsed '${wholeRowsAwk}
  /^=$/ { second = 1; next }
  { n = split($0, parts, ") "); split(parts[n], field, " "); ticks = field[12] + field[13]; key = $1 " " field[20]
    if (!second) before[key] = ticks
    else if (field[18] > 1 && (key in before) && (ticks - before[key]) * 100 >= elapsed * 50) used[$1] = ticks - before[key] }
  END {
    for (row = 0; row < 5; row++) {
      most = 0; for (pid in used) if (used[pid] > most) { most = used[pid]; hottest = pid }
      if (!most) exit
      delete used[hottest]; print hottest } }')
[ -n "$hot" ] || exit 0
sample() {
  read -r up _ <uptime; printf 'at %s\\n' "$up"
  for pid in $hot; do printf 'P %s\\n' $pid; cat $pid/task/[0-9]*/stat 2>/dev/null | head -n 2000; done
}
sample; sleep 0.3 2>/dev/null || sleep 1; sample`,
  parse: ({ middle }): readonly HotThread[] => {
    if (middle?.text === '') return []
    const [first, second] = readSamples(middle)
    if (!first || !second || second.atSeconds <= first.atSeconds)
      throw new Unreadable('there are no two samples of threads')
    const ticksInSpan = (second.atSeconds - first.atSeconds) * TICKS_PER_SECOND
    return [...second.threads.values()]
      .flatMap((thread): readonly HotThread[] => {
        const before = first.threads.get(thread.tid)
        if (!before) return []
        const { pid, tid, name, state, policy } = thread
        const cpuPercent = Math.max(0, (100 * (thread.ticks - before.ticks)) / ticksInSpan)
        return [{ pid, tid, name, state, cpuPercent, realTimePolicy: realTimePolicy(policy) }]
      })
      .toSorted((a, b) => b.cpuPercent - a.cpuPercent)
  },
})

/** USER_HZ (time(7)). */
const TICKS_PER_SECOND = 100

interface Thread {
  readonly pid: number
  readonly tid: number
  readonly name: string
  readonly state: string
  readonly ticks: number
  readonly policy: number
}

interface ThreadSample {
  readonly atSeconds: number
  readonly threads: Map<number, Thread>
}

function readSamples(sample: Sample | undefined): readonly ThreadSample[] {
  const samples: ThreadSample[] = []
  let pid = 0
  for (const line of wholeRows((sample?.text ?? '').split('\n'))) {
    const [, mark, value] = /^(at|P) ([\d.]+)$/.exec(line) ?? []
    if (mark === 'at') samples.push({ atSeconds: Number(value), threads: new Map() })
    else if (mark === 'P') pid = Number(value)
    else {
      const thread = readThread(line, pid)
      if (thread) samples.at(-1)?.threads.set(thread.tid, thread)
    }
  }
  return samples
}

function readThread(line: string, pid: number): Thread | undefined {
  const [, tid, name = '', state = '', rest = ''] = /^(\d+) \((.*)\) ([A-Za-z]) (.*)$/s.exec(line) ?? []
  const fields = rest.split(' ').map(Number)
  // Fields 14 and 15 of the line, utime and stime; `rest` begins with field 4.
  const ticks = (fields[10] ?? NaN) + (fields[11] ?? NaN)
  // Field 41; a short line has none, and most are scheduled as usual.
  const policy = fields[37] || 0
  return tid !== undefined && Number.isFinite(ticks) ? { pid, tid: Number(tid), name, state, ticks, policy } : undefined
}
