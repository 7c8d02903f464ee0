import type { InspectedProcess } from '../inspect/process.ts'

type Which = Pick<InspectedProcess, 'pid' | 'startTicks'>

/**
 * What is done about breakpoints of gdb that would outlive it: the places at which it had some stand in its output (`addr="0x…"` of `-break-list`). A breakpoint is a
 * byte 0xCC in the code (INT3; Intel's manual, volume 2A): the process would die at it. gdb takes it out when it ends, but not when the kernel kills it for want of memory; and not out of a
 * child whose fork it has not been told of yet when it lets go. The byte that belongs there is in the file that is mapped there (proc_pid_maps(5)).
 *
 * All are POSIX sh. The first two are run by the keeper as files of its folder, where `out` is.
 */
export function leftBreakpoints(which: Which): {
  /** Once gdb is gone, whichever way it went: puts back the byte that belongs there, in its children too. */
  readonly cleanUp: string
  /** Names what is there still. */
  readonly residue: string
} {
  const { pid } = which
  return {
    cleanUp: `folder=\${0%/*}
${looking(which)}
ours ${pid} || exit 0
mend ${pid} any
for child in $(children); do mend $child 0; done
`,
    residue: `folder=\${0%/*}
${looking(which)}
ours ${pid} || exit 0
set -- $(told); told=$#
set -- $(places)
[ $# = $told ] && [ $told = 0 -o -n "$(byte "$folder/out" 0)" ] ||
  echo 'breakpoints of gdb cannot be looked for here (no awk, dd or od, or an address above 2^52): one may be left'
for each in ${pid} $(children); do
  for place in "$@"; do
    [ "$(byte /proc/$each/mem \${place#*=})" = cc ] || continue
    case $each:$(of_file $each \${place#*=}) in *:cc) continue;; ${pid}:*|*:?*) ;; *) continue;; esac
    echo "a breakpoint in process $each at \${place%=*}: it ends when it comes there"
  done
done
`,
  }
}

/** Run by gdb itself (`shell`) right before it lets go, with `$folder` set: the children that it holds without knowing of them stand still then, and have not run yet. */
export function mendHeldChildren(which: Which): string {
  return `${looking(which)}
for child in $(children); do mend $child $PPID; done
`
}

/** A function of awk, of which no old one reads hexadecimal numbers. */
const HEX =
  'function hex(text, i, sum) { for (i = 1; i <= length(text); i++) sum = sum * 16 + index("123456789abcdef", substr(text, i, 1)); return sum + 0 }'

/** More places has no statement that is watched: copies of an inlined function. */
const MOST_PLACES = 50

/**
 * - `places`: each as `0x55…=93…`, the way gdb writes it and the way `dd` takes it. No sum with an address is left to the shell: mksh counts in 32 bits, and a program that is
 *   loaded anywhere (PIE) lies above that. awk is exact up to 2^53.
 * - `of_file PID PLACE`: the byte of the file, of code only. A child that has become another program has other files there.
 * - `ours PID`: it is the process that was watched, or a child of it.
 * - `mend PID TRACER`: only while that one traces it (0: nobody; `any`). Its memory is opened to be written to, and looked at only after that. What is open stays the memory of
 *   then when the process becomes another program, or its number another's (proc_mem_open() in fs/proc/base.c of the kernel): so no other program gets the byte, whatever happens
 *   after the look. `dd` writes through that descriptor; a path would be opened anew.
 */
const looking = ({ pid, startTicks }: Which): string => `
exec 2>/dev/null
told() {
  grep -a '^\\^done,BreakpointTable=' "$folder/out" | grep -o 'addr="0x[0-9a-f]*"' | cut -d'"' -f2 | sort -u | head -n ${MOST_PLACES}
}
places() {
  told | awk '${HEX} { digits = $1; sub(/^0x0*/, "", digits) } length(digits) < 14 { printf "%s=%.0f\\n", $1, hex(digits) }'
}
children() { cat /proc/${pid}/task/*/children; }
byte() { dd if="$1" bs=1 count=1 skip=$2 | od -An -tx1 | tr -d ' '; }
of_file() {
  awk -v place=$2 '${HEX}
    { split($1, ends, "-") }
    length(ends[2]) < 14 && hex(ends[1]) <= place + 0 && place + 0 < hex(ends[2]) {
      if ($2 !~ /x/) exit
      at = sprintf("%.0f", place - hex(ends[1]) + hex($3)); range = $1
      for (i = 1; i <= 5; i++) sub(/^[^ ]+ */, "")
      print range, at, $0
      exit
    }' /proc/$1/maps | {
    if read -r range at file; then
      right=$(byte /proc/$1/map_files/$range $at); [ -n "$right" ] || right=$(byte "/proc/$1/root$file" $at)
      echo $right
    fi
  }
}
of_stat() { stat=$(cat /proc/$1/stat); number=$2; set -- \${stat##*") "}; shift $number; echo "\${1-}"; }
ours() { [ "$(of_stat ${pid} 19)" = ${startTicks} ] && { [ $1 = ${pid} ] || [ "$(of_stat $1 1)" = ${pid} ]; }; }
tracer() { while read -r key value; do [ "$key" != TracerPid: ] || echo "$value"; done </proc/$1/status; }
mend() {
  for place in $(places); do
    [ "$(byte /proc/$1/mem \${place#*=})" = cc ] || continue
    { put_back $1 $2 \${place#*=}; } 9<>/proc/$1/mem
  done
}
put_back() {
  ours $1 && [ "$(byte /proc/$1/mem $3)" = cc ] || return 0
  case $2 in any|"$(tracer $1)") ;; *) return 0;; esac
  right=$(of_file $1 $3)
  case $right in ''|cc) return 0;; esac
  printf "\\\\$(printf %o 0x$right)" | dd bs=1 seek=$3 >&9
}`
