import type { Moment, Probe } from './probe.ts'

export interface CollectorOptions {
  /** Random, never guessable by what runs on the box: its frames cannot be forged by a process name. Hex digits. */
  readonly boundary: string
  /** Seconds between the two samples. */
  readonly windowSeconds: number
  /** `auto`: zstd where the box has it, else gzip, else none. */
  readonly compression: Compression
  /** In place of the usual limit of the whole collection. Whole seconds. */
  readonly limitSeconds?: number
}

export type Compression = 'auto' | 'zstd' | 'gzip' | 'none'

/** Stands for all probes that are files only, in place of a probe's id in a frame. */
const FILES = 'files'
/** Stands for all probes that are lines of files. */
const LINES = 'lines'
/** Files of the kernel's memory do not hang; this is for a box that is starved of CPU. Seconds. */
const FILES_LIMIT_SECONDS = 4
const MOMENTS: readonly Moment[] = ['first', 'during', 'middle', 'last']

/** The whole collection ends by itself after this long, whatever hangs. Seconds beside the window. */
export const COLLECTION_LIMIT_SECONDS = 15
/** What several probes share is read from files of the kernel's memory; a tool that hangs on it is ended. Seconds. */
const PREPARE_LIMIT_SECONDS = 3
/**
 * A tool that floods is stopped before the box feels it: memory of the shell that takes its answer, and of the tool itself.
 * Tools of a look use some tens of megabytes. KiB.
 */
const MEMORY_LIMIT_KIB = 512 * 1024
/** The process table of 100,000 processes is 30 MB; more from one probe is a flood. Bytes. */
const PROBE_BYTES = 32 * 1024 * 1024

/**
 * One POSIX sh script that asks all probes in one round trip, in two blocks (before and after the window), so that an
 * answer that is cut off or interrupted in the middle is still of use.
 *
 * Each probe runs as a background subshell whose helpers hold a private pipe, never the channel: when its limit has
 * passed it is ended with everything below it, and a helper that cannot be killed (state D on a dead file system) keeps
 * nobody waiting. One ticker serves all limits: it signals the asking shell each second, whose `wait` then returns. What a
 * helper that was ended has left in our process group without a parent there is ended too.
 *
 * Frames: `\n<boundary> + <probe> <moment> <seconds since boot>\n<text>\n<boundary> - <exit>\n`; `<boundary> ! <probe>
 * <moment> <limit>` for one that was ended; blocks: `\n<boundary> [ <zstd|gzip|cat>\n…\n<boundary> ]\n`.
 */
export function collectorScript(probes: readonly Probe<unknown>[], options: CollectorOptions): string {
  const limit = options.limitSeconds ?? COLLECTION_LIMIT_SECONDS
  const at = (moment: Moment): string => {
    const asked = probes.filter(({ moments }) => moments.includes(moment))
    const shared = [
      ...(asked.some((probe) => probe.files)
        ? [`  ask ${FILES} ${moment} ${FILES_LIMIT_SECONDS} read_files_${moment}`]
        : []),
      ...(asked.some((probe) => probe.lines)
        ? [`  ask ${LINES} ${moment} ${FILES_LIMIT_SECONDS} find_lines_${moment}`]
        : []),
    ]
    const scripts = asked
      .filter(({ script }) => script !== undefined)
      .map(({ id, limitSeconds }) => `  ask ${id} ${moment} ${limitSeconds} ${functionName(id)}`)
    return [...shared, ...scripts].join('\n')
  }
  const readFiles = (moment: Moment): string => {
    const files = probes.filter(({ moments }) => moments.includes(moment)).flatMap((probe) => probe.files ?? [])
    return `read_files_${moment}() { head -n 99999 ${[...new Set(files)].join(' ')} /dev/null 2>/dev/null; :; }`
  }
  return `
K=${options.boundary}
cd /proc || exit 9
have() { command -v "$1" >/dev/null 2>&1; }
blind() { printf '%s\\n' "$*"; exit 3; }
${probes.flatMap(({ id, script }) => (script === undefined ? [] : [`${functionName(id)}() {\n${script.trim()}\n}`])).join('\n')}
${MOMENTS.map(readFiles).join('\n')}
${MOMENTS.map((moment) => findLines(probes, moment)).join('\n')}
tick() {
  ticked=1 left=$((left - 1)) total=$((total + 1))
  [ -n "$job" ] || return
  [ $left -le 0 ] || [ $total -ge ${limit} ] || return
  late=1 lates=1; halligan_reap $job
}
# Of our process group, younger than our shell, and the parent is not of the group: what a helper left behind.
reap_orphans() {
  members=' ' parents=
  for stat in [0-9]*/stat; do
    line=; { read -r line <$stat; } 2>/dev/null; set -- \${line##*") "}
    [ "\${3-}" = "$group" ] || continue
    pid=\${stat%/stat}; members="$members$pid "; [ "\${20:-0}" -le "$halligan_shell" ] || parents="$parents $pid:$2"
  done
  for pid in $parents; do
    case $members in *" \${pid#*:} "*) ;; *) halligan_reap \${pid%:*};; esac
  done
}
ask() {
  # What is read from files only is asked even then: it takes milliseconds, or is ended at the next tick.
  [ $total -lt ${limit} ] || [ $1 = ${FILES} ] || { printf '\\n%s ! %s %s %s\\n' $K $1 $2 ${limit}; return; }
  left=$3 late=
  ( ulimit -v ${MEMORY_LIMIT_KIB} 2>/dev/null
    read -r up _ <uptime
    v=$($4 $2 2>&1); rc=$?
    [ \${#v} -le ${PROBE_BYTES} ] || { v='it answers more than ${PROBE_BYTES / 1024 / 1024} MiB'; rc=3; }
    printf '\\n%s + %s %s %s\\n%s\\n%s - %s\\n' $K $1 $2 "$up" "$v" $K $rc ) & job=$!
  while :; do ticked=; wait $job; rc=$?; [ -n "$ticked" ] || break; done
  job=
  if [ -n "$late" ]; then printf '\\n%s ! %s %s %s\\n' $K $1 $2 $3
  elif [ $rc -ne 0 ]; then printf '\\n%s + %s %s 0\\n%s\\n%s - 3\\n' $K $1 $2 'its answer does not fit into the memory that it may use' $K; fi
}
with_ticker() {
  read -r me _ <self/stat; centiseconds
  job= left=0 total=$(((now - started) / 100)) ticked= lates=; trap tick USR1
  ( trap 'kill $nap; exit' TERM
    while :; do sleep 1 & nap=$!; wait $nap; kill -USR1 $me || exit; done ) >/dev/null 2>&1 & ticker=$!
  "$@"
  kill $ticker
  [ -z "$lates" ] || reap_orphans
}
prepare() {
  read -r me _ _ _ group _ <self/stat
  ( read -r self _ <self/stat
    while :; do
      sleep ${PREPARE_LIMIT_SECONDS}; kill -0 $me || exit
      halligan_kids $me; for kid in $kids; do [ "$kid" = "$self" ] || halligan_reap $kid; done; reap_orphans
    done ) >/dev/null 2>&1 & nanny=$!
${probes
  .filter(({ prepare }) => prepare)
  .map(({ prepare }) => prepare)
  .join('\n')}
  nap=; read -r nap <$nanny/task/$nanny/children; kill -KILL $nanny $nap
}
centiseconds() { read -r now _ <uptime; now=\${now%.*}\${now#*.}; now=\${now#0}; now=\${now#0}; }
rest() {
  centiseconds; pause=$((began + ${Math.round(options.windowSeconds * 100)} - now))
  [ $pause -gt 0 ] || return
  case $pause in ?) pause=0$pause;; esac
  case $pause in ??) pause=0$pause;; esac
  sleep "\${pause%??}.\${pause#"\${pause%??}"}" || sleep $((\${pause%??} + 1))
}
before() {
${at('first')}
${at('during')}
}
after() {
${at('middle')}
  rest
${at('last')}
}
block() { printf '\\n%s [ %s\\n' $K "\${Z%% *}"; with_ticker "$1" | $Z; printf '\\n%s ]\\n' $K; }
run() {
  centiseconds; started=$now
  prepare
  centiseconds; began=$now
  block before; block after
}
${COMPRESSORS[options.compression]}
run 2>/dev/null
printf '\\n%s times ' $K; times
`
}

/** The name in the frames that a probe's samples come in. */
export function frameNameOf({ id, files, lines, within }: Probe<unknown>): string {
  return files ? FILES : lines ? LINES : (within ?? id)
}

/**
 * Files that are read again at the end come first, so that the time between their samples is that between the frames. The last line says that it
 * came to its end.
 */
function findLines(probes: readonly Probe<unknown>[], moment: Moment): string {
  const asked = probes
    .filter(({ lines, moments }) => lines && moments.includes(moment))
    .toSorted((a, b) => b.moments.length - a.moments.length)
    .flatMap(({ lines }) => lines ?? [])
  if (asked.length === 0) return ''
  const marks = asked.flatMap(({ there }) => (there ? [`[ ! -e ${there} ] || echo there ${there}; `] : []))
  const patterns = asked.map(({ matching }) => matching).join('|')
  return `find_lines_${moment}() { grep -sE '${patterns}' ${asked.map(({ of }) => of).join(' ')}; ${marks.join('')}echo end; }`
}

/** What sets `Z`: level 1, since -6 gains a sixth for a tenth more CPU. */
const COMPRESSORS: Readonly<Record<Compression, string>> = {
  auto: "if have zstd; then Z='zstd -q -1 -c'; elif have gzip; then Z='gzip -1 -c'; else Z=cat; fi",
  zstd: "Z='zstd -q -1 -c'",
  gzip: "Z='gzip -1 -c'",
  none: 'Z=cat',
}

/** Shell function names have no hyphen (POSIX 3.216, Name). */
function functionName(id: string): string {
  return `probe_${id.replaceAll('-', '_')}`
}
