import { probe, Unreadable } from '../probe.ts'

export interface OpenFilesAgain {
  /** Processes with most descriptors: how many they hold now, and when that was counted, in seconds since boot. */
  readonly byPid: ReadonlyMap<number, { readonly open: number; readonly atSeconds: number }>
}

/** Who has no descriptor of this number is not counted again: a leak has it within seconds, and most processes never have. */
const FEWEST = 100
/** So many processes are counted again; where more have as many, those that have four times as many. */
const COUNTED = 8
/** Of more than these the kernel is asked for the number: putting their names together takes a shell some milliseconds. Older ones do not tell it. */
export const MOST_NAMES = 4_096

/**
 * How many descriptors do those processes hold at the end of the window that hold most?
 *
 *   812 1019 4072.41     <- pid, descriptors, seconds since boot
 *   end
 *
 * The kernel gives the lowest number that is free, so a process that holds more than a hundred has one of that number (unless it has closed just
 * that one): one look for a name tells for each process, and only the few that have it are counted. Beyond some thousands the size of /proc/PID/fd
 * is the number, from Linux 6.2 on (commit f1f1f2569901); older kernels say 0, and such a table is not counted again. Sources:
 * proc_pid_fd(5), open(2). Starts no process; some 2 ms with 500 processes.
 */
export const openFilesAgain = probe({
  id: 'open-files-again',
  title: 'Open files, counted again',
  set: 'fast',
  moments: ['last'],
  limitSeconds: 4,
  together: true,
  evenLate: true,
  script: `
set -- [0-9]*/fd/${FEWEST}
[ -h "$1" ] || set --
for least in ${[4, 16, 64, 256].map((times) => times * FEWEST).join(' ')}; do
  [ $# -gt ${COUNTED} ] || break
  fuller=
  for name; do [ ! -h "\${name%%/*}/fd/$least" ] || fuller="$fuller \${name%%/*}/fd/$least"; done
  [ -n "$fuller" ] || break
  set -- $fuller
done
counted=0 fullest="$*"
for name in $fullest; do
  pid=\${name%%/*}
  [ $counted -lt ${COUNTED} ] || break
  counted=$((counted + 1))
  if [ -h $pid/fd/${MOST_NAMES} ]; then set -- $(ls -dn $pid/fd 2>/dev/null); open=\${5:-0}
  else set -- $pid/fd/*; open=$#; fi
  read -r at _ <uptime
  [ "$open" = 0 ] || echo "$pid $open $at"
done
echo end`,
  parse: ({ last }): OpenFilesAgain => {
    const lines = (last?.text ?? '').split('\n')
    if (lines.at(-1) !== 'end') throw new Unreadable('the count did not come to its end')
    return {
      byPid: new Map(
        lines.flatMap((line): [number, { open: number; atSeconds: number }][] => {
          const [, pid, open, at] = /^(\d+) (\d+) (\d+\.\d+)$/.exec(line) ?? []
          return pid ? [[Number(pid), { open: Number(open), atSeconds: Number(at) }]] : []
        }),
      ),
    }
  },
})
