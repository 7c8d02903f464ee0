import type { Moment, Probe } from './probe.ts'

export interface CollectorOptions {
  /** Random, never guessable by what runs on the box: its frames cannot be forged by a process name. Hex digits. */
  readonly boundary: string
  /** Seconds between the two samples. */
  readonly windowSeconds: number
  /** `auto`: zstd where the box has it, else gzip, else none. */
  readonly compression: Compression
}

export type Compression = 'auto' | 'zstd' | 'gzip' | 'none'

/** Stands for all probes that are files only, in place of a probe's id in a frame. */
export const FILES = 'files'
/** Files of the kernel's memory do not hang; this is for a box that is starved of CPU. Seconds. */
const FILES_LIMIT_SECONDS = 4
const MOMENTS: readonly Moment[] = ['first', 'during', 'middle', 'last']

/** The whole collection ends by itself after this long, whatever hangs. Seconds beside the window. */
export const COLLECTION_LIMIT_SECONDS = 15

/**
 * One POSIX sh script that asks all probes in one round trip, in two blocks (before and after the window), so that an
 * answer that is cut off or interrupted in the middle is still of use.
 *
 * Each probe runs as a background subshell whose helpers hold a private pipe, never the channel: when its limit has
 * passed it is ended with everything below it, and a helper that cannot be killed (state D on a dead file system) keeps
 * nobody waiting. One ticker serves all limits: it signals the asking shell each second, whose `wait` then returns.
 *
 * Frames: `\n<boundary> + <probe> <moment> <seconds since boot>\n<text>\n<boundary> - <exit>\n`; `<boundary> ! <probe>
 * <moment> <limit>` for one that was ended; blocks: `\n<boundary> [ <zstd|gzip|cat>\n…\n<boundary> ]\n`.
 */
export function collectorScript(probes: readonly Probe<unknown>[], options: CollectorOptions): string {
  const at = (moment: Moment): string => {
    const asked = probes.filter(({ moments }) => moments.includes(moment))
    const files = asked.some((probe) => probe.files)
      ? [`  ask ${FILES} ${moment} ${FILES_LIMIT_SECONDS} read_files_${moment}`]
      : []
    const scripts = asked
      .filter(({ script }) => script !== undefined)
      .map(({ id, limitSeconds }) => `  ask ${id} ${moment} ${limitSeconds} ${functionName(id)}`)
    return [...files, ...scripts].join('\n')
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
tick() {
  ticked=1 left=$((left - 1)) total=$((total + 1))
  [ -n "$job" ] || return
  [ $left -le 0 ] || [ $total -ge ${COLLECTION_LIMIT_SECONDS} ] || return
  late=1; halligan_reap $job
}
ask() {
  [ $total -lt ${COLLECTION_LIMIT_SECONDS} ] || { printf '\\n%s ! %s %s %s\\n' $K $1 $2 ${COLLECTION_LIMIT_SECONDS}; return; }
  left=$3 late=
  ( read -r up _ <uptime
    v=$($4 $2 2>&1); rc=$?
    printf '\\n%s + %s %s %s\\n%s\\n%s - %s\\n' $K $1 $2 "$up" "$v" $K $rc ) & job=$!
  while :; do ticked=; wait $job; [ -n "$ticked" ] || break; done
  job=
  [ -z "$late" ] || printf '\\n%s ! %s %s %s\\n' $K $1 $2 $3
}
with_ticker() {
  read -r me _ <self/stat
  job= left=0 total=0 ticked=; trap tick USR1
  ( trap 'kill $nap; exit' TERM
    while :; do sleep 1 & nap=$!; wait $nap; kill -USR1 $me || exit; done ) >/dev/null 2>&1 & ticker=$!
  "$@"
  kill $ticker
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
${probes
  .filter(({ prepare }) => prepare)
  .map(({ prepare }) => prepare)
  .join('\n')}
  centiseconds; began=$now
  block before; block after
}
${COMPRESSORS[options.compression]}
run 2>/dev/null
printf '\\n%s times ' $K; times
`
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
