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
/** What is asked together takes some tens of milliseconds; when it takes longer than this, each is asked by itself. Seconds. */
const TOGETHER_LIMIT_SECONDS = 3
/** SIGUSR1 in a mask of signals: 10 on most architectures, 16 on MIPS, 30 on SPARC and Alpha; signal(7). */
const USR1_BITS = (1 << 9) | (1 << 15) | (1 << 29)
/** How those that are asked together say that none has ended the shell that they share. Any exit code that no probe uses. */
const TOGETHER_ENDED = 77
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
/** Up to here a shell puts names together itself, which takes the square of their number; then a subshell is cheaper. Count. */
const FEW_PROCESSES = 100
/** Table of some hundred processes: an answer of no more than about 50 KiB. Characters. */
const SMALL_TABLE = 20_000

/**
 * What scripts of probes may call. `put TEXT`: prints a line of any length; the printf of mksh is no builtin, and an argument has 128 KiB at
 * most. `of_each fd exe`: sets `names` to these two files of each process. A glob for each costs three times as much, since a shell makes sure of
 * every file that it finds.
 */
export const helpers = `
have() { command -v "$1" >/dev/null 2>&1; }
blind() { printf '%s\\n' "$*"; exit 3; }
put() { printf '%s\\n' "$1"; }
case \${KSH_VERSION-} in *MIRBSD*) put() { print -r -- "$1"; };; esac
of_each() {
  kinds=$* names=; set -- [0-9]*
  if [ $# -gt ${FEW_PROCESSES} ]; then names=$(for kind in $kinds; do printf "%s/$kind " "$@"; done)
  else for kind in $kinds; do for pid; do names="$names $pid/$kind"; done; done; fi
}`

/**
 * One POSIX sh script that asks all probes in one round trip, in two blocks (before and after the window), so that an
 * answer that is cut off or interrupted in the middle is still of use.
 *
 * Each probe runs as a background subshell whose helpers hold a private pipe, never the channel: when its limit has
 * passed it is ended with everything below it, and a helper that cannot be killed (state D on a dead file system) keeps
 * nobody waiting. Those that only read memory of the kernel share one such subshell, for each costs as much CPU as a small
 * tool; if it is late, or a probe ends it, each is asked by itself. One keeper of the time serves all limits: it signals the
 * asking shell each second, whose `wait` then returns. What a helper that was ended has left in our process group without a
 * parent there is ended too.
 *
 * Frames: `\n<boundary> + <probe> <moment> <seconds since boot>\n<text>\n<boundary> - <exit>\n`; `<boundary> ! <probe>
 * <moment> <limit>` for one that was ended; blocks: `\n<boundary> [ <zstd|gzip|cat>\n…\n<boundary> ]\n`.
 */
export function collectorScript(probes: readonly Probe<unknown>[], options: CollectorOptions): string {
  const limit = options.limitSeconds ?? COLLECTION_LIMIT_SECONDS
  const readFiles = (moment: Moment): string => {
    const files = probes.filter(({ moments }) => moments.includes(moment)).flatMap((probe) => probe.files ?? [])
    return `read_files_${moment}() { head -n 99999 ${[...new Set(files)].join(' ')} /dev/null 2>/dev/null; :; }`
  }
  return `
K=${options.boundary}
cd /proc || exit 9
${helpers}
${probes.flatMap(({ id, script }) => (script === undefined ? [] : [`${functionName(id)}() {\n${script.trim()}\n}`])).join('\n')}
${probes.flatMap(({ id, shortcut }) => (shortcut === undefined ? [] : [`short_${functionName(id)}() {\n${shortcut.trim()}\n}`])).join('\n')}
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
wait_for_job() {
  while :; do ticked=; wait $job; rc=$?; [ -n "$ticked" ] || break; done
  job=
}
ask() {
  # What is read from files only is asked even then: it takes milliseconds, or is ended at the next tick.
  case $1 in ${[FILES, ...probes.filter(({ evenLate }) => evenLate).map(({ id }) => id)].join('|')}) ;; *)
    [ $total -lt ${limit} ] || { printf '\\n%s ! %s %s %s\\n' $K $1 $2 ${limit}; return; };;
  esac
  left=$3 late=
  ( ulimit -v ${MEMORY_LIMIT_KIB} 2>/dev/null
    read -r up _ <uptime
    v=$($4 $2 2>&1); rc=$?
    [ \${#v} -le ${PROBE_BYTES} ] || { v='it answers more than ${PROBE_BYTES / 1024 / 1024} MiB'; rc=3; }
    printf '\\n%s + %s %s %s\\n' $K $1 $2 "$up"; put "$v"; printf '%s - %s\\n' $K $rc ) & job=$!
  wait_for_job
  if [ -n "$late" ]; then printf '\\n%s ! %s %s %s\\n' $K $1 $2 $3
  elif [ $rc -ne 0 ]; then printf '\\n%s + %s %s 0\\n%s\\n%s - 3\\n' $K $1 $2 'its answer does not fit into the memory that it may use' $K; fi
}
say() { read -r up _ <uptime; printf '\\n%s + %s %s %s\\n%s\\n%s - 0\\n' $K $1 $2 "$up" "$answer" $K; }
frame() {
  read -r up _ <uptime; printf '\\n%s + %s %s %s\\n' $K $1 $2 "$up"
  $3 $2; printf '\\n%s - %s\\n' $K $?
}
# False: nothing was said, and each is to be asked by itself.
together() {
  [ $total -lt ${limit} ] && [ -z "$apart" ] || return 1
  left=${TOGETHER_LIMIT_SECONDS} late=
  ( ulimit -v ${MEMORY_LIMIT_KIB} 2>/dev/null
    v=$(together_$1 2>&1; exit ${TOGETHER_ENDED})
    [ $? = ${TOGETHER_ENDED} ] && [ \${#v} -le ${PROBE_BYTES} ] || exit 1
    put "$v" ) & job=$!
  wait_for_job
  apart=$late; [ -z "$late" ] && [ $rc = 0 ]
}
asking() {
  job= left=0 total=0 ticked= lates= apart=; trap tick USR1
  centiseconds; total=$(((now - started) / 100))
  "$@"
  [ -z "$lates" ] || reap_orphans
}
# Each second it signals the child of the collector that has a trap for it, which is the shell that asks: the 32nd field behind
# the name of /proc/PID/stat says so. Before there is one, which is when the collector opens descriptor 9, what takes too long is ended.
keep_time() {
  trap 'kill $nap; exit' TERM
  read -r self _ <self/stat; passed=0
  while :; do
    sleep 1 & nap=$!; wait $nap; kill -0 $main || exit
    passed=$((passed + 1)); halligan_kids $main
    for kid in $kids; do
      [ "$kid" != "$self" ] || continue
      if [ ! -e $main/fd/9 ]; then [ $((passed % ${PREPARE_LIMIT_SECONDS})) != 0 ] || halligan_reap $kid; continue; fi
      line=; { read -r line <$kid/stat; } 2>/dev/null; set -- \${line##*") "}
      [ $((\${32:-0} & ${USR1_BITS})) = 0 ] || kill -USR1 $kid
    done
    [ -e $main/fd/9 ] || [ $((passed % ${PREPARE_LIMIT_SECONDS})) != 0 ] || reap_orphans
  done
}
${shellFunction(
  'prepare',
  probes.flatMap(({ prepare }) => prepare ?? []),
)}
centiseconds() { read -r now _ <uptime; now=\${now%.*}\${now#*.}; now=\${now#0}; now=\${now#0}; }
rest() {
  centiseconds; pause=$((began + ${Math.round(options.windowSeconds * 100)} - now))
  [ $pause -gt 0 ] || return
  case $pause in ?) pause=0$pause;; esac
  case $pause in ??) pause=0$pause;; esac
  sleep "\${pause%??}.\${pause#"\${pause%??}"}" || sleep $((\${pause%??} + 1))
}
${askAll(probes, 'before', ['first', 'during'])}
${askAll(probes, 'middle', ['middle'])}
${askAll(probes, 'last', ['last'])}
after() { ask_middle; rest; ask_last; }
block() { printf '\\n%s [ %s\\n' $K "\${Z%% *}"; asking "$1" | $Z; printf '\\n%s ]\\n' $K; }
run() {
  centiseconds; started=$now
  read -r main _ _ _ group _ <self/stat
  keep_time >/dev/null 2>&1 & keeper=$!
  prepare
  exec 9</dev/null
  ${COMPRESSORS[options.compression]}
  centiseconds; began=$now
  block ask_before; block after
  kill $keeper
}
stat1=
run 2>/dev/null
printf '\\n%s times ' $K; times
`
}

/** The shell functions that ask all probes of these moments: those that are asked together, then the others; or each by itself. */
function askAll(probes: readonly Probe<unknown>[], name: string, moments: readonly Moment[]): string {
  const all = moments.flatMap((moment) => questions(probes, moment))
  const alone = (question: Question): string =>
    orShort(question, `ask ${question.name} ${question.moment} ${question.limit} ${question.run}`)
  const framed = (question: Question): string =>
    orShort(question, `frame ${question.name} ${question.moment} ${question.run}`)
  const shared = all.filter(({ together }) => together)
  if (shared.length < 2) return shellFunction(`ask_${name}`, all.map(alone))
  return `${shellFunction(`together_${name}`, shared.map(framed))}
ask_${name}() {
  if together ${name}; then
${[...all.filter(({ together }) => !together).map(alone), '  :'].join('\n')}
  else
${all.map(alone).join('\n')}
  fi
}`
}

function questions(probes: readonly Probe<unknown>[], moment: Moment): readonly Question[] {
  const asked = probes.filter(({ moments }) => moments.includes(moment))
  const shared = { moment, limit: FILES_LIMIT_SECONDS, together: true, shortcut: undefined }
  return [
    ...(asked.some(({ files }) => files) ? [{ ...shared, name: FILES, run: `read_files_${moment}` }] : []),
    ...(asked.some(({ lines }) => lines) ? [{ ...shared, name: LINES, run: `find_lines_${moment}` }] : []),
    ...asked
      .filter(({ script }) => script !== undefined)
      .map(({ id, limitSeconds, shortcut, together = false }) => ({
        name: id,
        moment,
        limit: limitSeconds,
        run: functionName(id),
        together,
        shortcut,
      })),
  ]
}

function orShort({ name, moment, run, shortcut }: Question, command: string): string {
  return shortcut === undefined ? `  ${command}` : `  if short_${run}; then say ${name} ${moment}; else ${command}; fi`
}

function shellFunction(name: string, commands: readonly string[]): string {
  return `${name}() {\n${[...commands, '  :'].join('\n')}\n}`
}

interface Question {
  readonly name: string
  readonly moment: Moment
  /** Seconds. */
  readonly limit: number
  /** Shell function that prints the answer. */
  readonly run: string
  readonly together: boolean
  readonly shortcut: string | undefined
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
  const wanted = probes
    .filter(({ lines, moments }) => lines && moments.includes(moment))
    .toSorted((a, b) => b.moments.length - a.moments.length)
    .flatMap(({ lines }) => lines ?? [])
  if (wanted.length === 0) return ''
  const found = wanted.flatMap((each) => (each.found ? [`put "$${each.found}"; `] : []))
  const asked = wanted.filter((each) => !each.found)
  const marks = asked.flatMap(({ there }) => (there ? [`[ ! -e ${there} ] || echo there ${there}; `] : []))
  const patterns = asked.map(({ matching }) => matching).join('|')
  const globs = asked.map(({ of }) => of)
  const kinds = globs.filter((glob) => glob.startsWith(EACH_PROCESS)).map((glob) => glob.slice(EACH_PROCESS.length))
  const others = globs.filter((glob) => !glob.startsWith(EACH_PROCESS))
  const search =
    asked.length === 0 ? '' : `of_each ${kinds.join(' ')}; grep -sE '${patterns}' ${['$names', ...others].join(' ')}; `
  return `find_lines_${moment}() { ${search}${found.join('')}${marks.join('')}echo end; }`
}

const EACH_PROCESS = '[0-9]*/'

/**
 * What sets `Z`: level 1, since -6 gains a sixth for a tenth more CPU. zstd makes a large answer smaller by a quarter; of a small one gzip makes as
 * much, for half the CPU: it starts no threads.
 */
const COMPRESSORS: Readonly<Record<Compression, string>> = {
  auto: `if have gzip && { [ -n "$stat1" ] && [ \${#stat1} -le ${SMALL_TABLE} ] || ! have zstd; }; then Z='gzip -1 -c'; elif have zstd; then Z='zstd -q -1 -c'; else Z=cat; fi`,
  zstd: "Z='zstd -q -1 -c'",
  gzip: "Z='gzip -1 -c'",
  none: 'Z=cat',
}

/** Shell function names have no hyphen (POSIX 3.216, Name). */
function functionName(id: string): string {
  return `probe_${id.replaceAll('-', '_')}`
}
