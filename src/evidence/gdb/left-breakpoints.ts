import type { InspectedProcess } from '../inspect/process.ts'

/**
 * What is done about breakpoints of gdb that would outlive it: the places at which it had some stand in its output (`addr="0x…"` of `-break-list`). A breakpoint is a
 * byte 0xCC in the code (INT3; Intel's manual, volume 2A): the process would die at it. gdb takes it out when it ends, but not when the kernel kills it for want of memory; and not out of a
 * child whose fork it has not been told of yet when it lets go. The byte that belongs there is in the file that is mapped there (proc_pid_maps(5)).
 *
 * All are POSIX sh. The first two are run by the keeper as files of its folder, where `out` is.
 */
export function leftBreakpoints({ pid, startTicks }: Pick<InspectedProcess, 'pid' | 'startTicks'>): {
  /** Once gdb is gone, whichever way it went: puts back the byte that belongs there, in its children too. */
  readonly cleanUp: string
  /** Names what is there still. */
  readonly residue: string
} {
  return {
    cleanUp: `folder=\${0%/*}
${looking(pid)}
${isIt(pid, startTicks)}
mend ${pid}
for child in $(children); do
  ! grep -q '^TracerPid:[^0-9]*0$' /proc/$child/status || mend $child
done
`,
    residue: `folder=\${0%/*}
${looking(pid)}
${isIt(pid, startTicks)}
for each in ${pid} $(children); do
  for place in $(places); do
    [ "$(byte /proc/$each/mem $((place)))" = cc ] || continue
    case $each:$(of_file $each $((place))) in *:cc) continue;; ${pid}:*|*:?*) ;; *) continue;; esac
    echo "a breakpoint in process $each at $place: it ends when it comes there"
  done
done
`,
  }
}

/** Run by gdb itself (`shell`) right before it lets go, with `$folder` set: the children that it holds without knowing of them stand still then, and have not run yet. */
export function mendHeldChildren({ pid }: Pick<InspectedProcess, 'pid'>): string {
  return `${looking(pid)}
for child in $(children); do
  ! grep -q "^TracerPid:[^0-9]*$PPID$" /proc/$child/status || mend $child
done
`
}

/** More places has no statement that is watched: copies of an inlined function. */
const MOST_PLACES = 50

const isIt = (pid: number, startTicks: number): string =>
  `stat=$(cat /proc/${pid}/stat); set -- \${stat##*") "}; [ "\${20-}" = ${startTicks} ] || exit 0`

/** `of_file PID PLACE`: only of code. A child that has become another program has other files there. */
const looking = (pid: number): string => `
exec 2>/dev/null
places() {
  grep -a '^\\^done,BreakpointTable=' "$folder/out" | grep -o 'addr="0x[0-9a-f]*"' | cut -d'"' -f2 | sort -u | head -n ${MOST_PLACES}
}
children() { cat /proc/${pid}/task/*/children; }
byte() { dd if="$1" bs=1 count=1 skip=$2 | od -An -tx1 | tr -d ' '; }
of_file() {
  while read -r range mode offset device inode file; do
    from=0x\${range%-*} to=0x\${range#*-}
    [ $2 -ge $((from)) ] && [ $2 -lt $((to)) ] || continue
    case $mode in *x*) ;; *) return;; esac
    at=$(($2 - from + 0x$offset))
    right=$(byte /proc/$1/map_files/$range $at); [ -n "$right" ] || right=$(byte "/proc/$1/root$file" $at)
    echo $right
    return
  done </proc/$1/maps
}
mend() {
  for place in $(places); do
    [ "$(byte /proc/$1/mem $((place)))" = cc ] || continue
    right=$(of_file $1 $((place)))
    case $right in ''|cc) continue;; esac
    printf "\\\\$(printf %o 0x$right)" | dd of=/proc/$1/mem bs=1 seek=$((place)) conv=notrunc
  done
}`
