import { shellQuoted } from '../base/shell-quoted.ts'
import { AS_THE_USER } from './command-script.ts'
import { BORN, INDEPENDENT } from './process-functions.ts'

/** A command that goes on by itself on a box, and what it may take there. */
export interface JobLimits {
  /** Of its standard output and of its standard error each: so much of the beginning, and of the end. Bytes. */
  readonly endBytes: number
  /** Then it is ended. Whole seconds. */
  readonly maxSeconds: number
  /** After its end its output waits this long to be collected, then it is removed. Whole seconds. */
  readonly keepSeconds: number
}

/** Where the folder of a job may lie, the first in which it can be made. The first is memory, and is there when the disks are full. */
export const JOB_FOLDERS = ['/dev/shm', '/tmp'] as const
const PREFIX = '.halligan-job.'
/** A command that was told to end has so long for its own clean-up. Seconds. */
const GRACE_SECONDS = 5

/** Eight hex digits. */
export function isJobId(text: string): boolean {
  return /^[0-9a-f]{8}$/.test(text)
}

/**
 * Starts a detached command: a private folder (mode 0700), and a supervisor independent of the session, which ends the command after its time, keeps the beginning
 * and the end of its output there and its exit code, and removes the folder when nobody collects it. What is in the way of a job of the user that has
 * neither supervisor nor a right to be kept is swept first. Prints the folder; exit 97 when none could be made.
 */
export function startJobScript(id: string, line: string, limits: JobLimits): string {
  const run = `( ${AS_THE_USER}; unset S halligan_umask halligan_path halligan_locale; exec "$shell" -c ${shellQuoted(line)} )`
  return `
${sweep(limits)}
S=; for folder in ${JOB_FOLDERS.join(' ')}; do
  S=$folder/${PREFIX}${id}; mkdir -m 700 "$S" 2>/dev/null && : >"$S/out" && break; rmdir "$S" 2>/dev/null; S=
done
[ -n "$S" ] || exit 97
export S halligan_umask halligan_path halligan_locale
${INDEPENDENT}
( independent ${shellQuoted(supervisor(run, limits))} </dev/null >/dev/null 2>&1 & )
tries=0; while [ ! -e "$S/begun" ] && [ $tries -lt 50 ]; do sleep 0.1 2>/dev/null || { sleep 1; tries=$((tries + 9)); }; tries=$((tries + 1)); done
[ -e "$S/begun" ] || { rm -rf "$S"; exit 98; }
printf '%s\\n' "$S"
`
}

function supervisor(run: string, { endBytes, maxSeconds, keepSeconds }: JobLimits): string {
  return `
trap '' HUP PIPE INT
${BORN}
below() { for kid in $(cat /proc/$1/task/*/children 2>/dev/null); do echo $kid; below $kid; done; }
${keepBothEnds(endBytes)}
read -r me rest </proc/self/stat; born $me; printf '%s %s\\n' $me $born >"$S/owner"
( trap - HUP PIPE INT
  { { { ( ${run} ) </dev/null & echo $! >"$S/command"; : >"$S/begun"; wait $!; code=$?; [ $code -le 255 ] || code=$((code - 128)); echo $code >"$S/code.new"; mv "$S/code.new" "$S/code"; } 2>&3 3>&- | keep out; } 3>&1 >/dev/null | keep err; } ) & pumps=$!
seconds=0 why=ended
while [ ! -e "$S/code" ]; do
  [ -d "$S" ] || exit
  if [ -e "$S/stop" ] || [ $seconds -ge ${maxSeconds} ]; then
    [ -e "$S/stop" ] && why=stopped || why=timed-out
    read -r command <"$S/command"
    kill -TERM $command $(below $command)
    waited=0; while [ ! -e "$S/code" ] && [ $waited -lt ${GRACE_SECONDS} ]; do sleep 1; waited=$((waited + 1)); done
    [ -e "$S/code" ] || kill -KILL $command $(below $command)
    sleep 1; [ -e "$S/code" ] || echo 137 >"$S/code"
    break
  fi
  sleep 1; seconds=$((seconds + 1))
done
waited=0; while born $pumps; [ -n "$born" ] && [ $waited -lt 20 ]; do sleep 0.1 2>/dev/null || { sleep 1; waited=$((waited + 9)); }; waited=$((waited + 1)); done
echo $why >"$S/ended"
kept=0; while [ -d "$S" ] && [ $kept -lt ${keepSeconds} ]; do sleep 5; kept=$((kept + 5)); done
rm -rf "$S"
`
}

/** Small enough that what a slow command prints can be seen soon. Bytes; `endBytes` is a multiple of it. */
const BLOCK_BYTES = 4096

/**
 * A shell function `keep NAME` that keeps the beginning and the end of its input in the files NAME and NAME-end of the folder `$S`, and in NAME-rest how many
 * bytes came behind the beginning. Not one is lost between them: `head` of busybox takes more from a pipe than it prints, `dd` reads no more than it is
 * asked for (POSIX, dd). What a pipe gave in pieces counts as a whole block only with `fullblock`, which is not in POSIX: without it each byte is a block,
 * which takes seconds for the 2 MiB. The rest is counted by `wc` behind a fifo, since not every `dd` says how many bytes it copied. NAME-lost: something
 * could not be written.
 */
export function keepBothEnds(endBytes: number): string {
  const blocks = `bs=${BLOCK_BYTES} count=${endBytes / BLOCK_BYTES} iflag=fullblock`
  return `keep() {
  if dd bs=1 count=1 iflag=fullblock </dev/null >/dev/null 2>&1; then whole='${blocks}'; else whole='bs=1 count=${endBytes}'; fi
  dd $whole >"$S/$1" 2>/dev/null || : >"$S/$1-lost"
  if command -v tee >/dev/null && mkfifo "$S/$1-fifo" 2>/dev/null; then
    wc -c <"$S/$1-fifo" >"$S/$1-rest" & counter=$!
    tee "$S/$1-fifo" | tail -c ${endBytes} >"$S/$1-end" || : >"$S/$1-lost"
    wait $counter; rm -f "$S/$1-fifo"
  else tail -c ${endBytes} >"$S/$1-end" || : >"$S/$1-lost"; fi
}`
}

/** Prints how many bytes came behind the beginning of NAME: a number; `-` where that is not known (yet), `lost` where something could not be written. */
export function countOf(name: string): string {
  return `count=; [ ! -e "$S/${name}-rest" ] || read -r count <"$S/${name}-rest"
[ ! -e "$S/${name}-lost" ] || count=lost
echo \${count:--}`
}

/** Folders of this user whose supervisor is gone and which nobody has collected in twice their time: the box was out of memory, or somebody killed all. */
function sweep({ maxSeconds, keepSeconds }: JobLimits): string {
  const minutes = Math.ceil((maxSeconds + keepSeconds) / 60)
  return `for spool in ${JOB_FOLDERS.map((folder) => `${folder}/${PREFIX}*`).join(' ')}; do
  [ -d "$spool" ] && [ ! -h "$spool" ] && [ -O "$spool" ] || continue
  owner= since=; { read -r owner since <"$spool/owner"; } 2>/dev/null
  case $owner in ''|*[!0-9]*) continue;; esac
  halligan_born $owner; [ "$born" = "$since" ] || [ -z "$(find "$spool" -prune -mmin +${minutes} 2>/dev/null)" ] || rm -rf "$spool"
done`
}

/** A line for each job of this user on the box: `id state exit seconds-since-start bytes` (`running`, `ended`, `stopped`, `timed-out`, `lost`). */
export const LIST_JOBS = `
read -r up rest </proc/uptime; up=\${up%.*}; ticks=$(getconf CLK_TCK 2>/dev/null || echo 100)
for spool in ${JOB_FOLDERS.map((folder) => `${folder}/${PREFIX}*`).join(' ')}; do
  [ -d "$spool" ] && [ ! -h "$spool" ] && [ -O "$spool" ] || continue
  owner= since=0; { read -r owner since <"$spool/owner"; } 2>/dev/null
  state=running; { read -r state <"$spool/ended"; } 2>/dev/null
  code=-; { read -r code <"$spool/code"; } 2>/dev/null
  halligan_born \${owner:-0}; [ "$state" != running ] || [ "$born" = "$since" ] || state=lost
  bytes=$(cat "$spool/out" "$spool/out-end" "$spool/err" "$spool/err-end" 2>/dev/null | wc -c)
  printf '%s %s %s %s %s\\n' "\${spool##*${PREFIX}}" "$state" "$code" $((up - since / ticks)) $bytes
done
`

/**
 * State, exit code, for its standard output and for its standard error each the sizes of the beginning and of the end and how many bytes came behind the
 * beginning (`countOf`) in one line, then the four pieces. Exit 44: there is no such job.
 */
export function readJobScript(id: string): string {
  return `
${find(id)}
state=running; { read -r state <"$S/ended"; } 2>/dev/null
code=-; { read -r code <"$S/code"; } 2>/dev/null
owner= since=; { read -r owner since <"$S/owner"; } 2>/dev/null; halligan_born \${owner:-0}
[ "$state" != running ] || [ "$born" = "$since" ] || state=lost
size() { cat "$S/$1" 2>/dev/null | wc -c; }
out=$(${countOf('out')}) err=$(${countOf('err')})
printf '%s %s %s %s %s %s %s %s\\n' $state $code $(size out) $(size out-end) $out $(size err) $(size err-end) $err
cat "$S/out" "$S/out-end" 2>/dev/null; cat "$S/err" "$S/err-end" 2>/dev/null
:`
}

/** Tells the supervisor to end it, as after its time. */
export function stopJobScript(id: string): string {
  return `${find(id)}\n: >"$S/stop"`
}

/** The file that tells it, as a pattern for a shell on the box. */
export function stopFileOf(id: string): string {
  return `$(ls -d ${JOB_FOLDERS.map((folder) => `${folder}/${PREFIX}${id}`).join(' ')} 2>/dev/null)/stop`
}

/** Takes all of it off the box: the folder, the supervisor, and what of the command still runs. */
export function removeJobScript(id: string): string {
  return `
${find(id)}
owner= since=; { read -r owner since <"$S/owner"; } 2>/dev/null
halligan_born \${owner:-0}; [ -z "$since" ] || [ "$born" != "$since" ] || halligan_reap $owner
rm -rf "$S"; [ ! -e "$S" ]`
}

function find(id: string): string {
  return `S=; for folder in ${JOB_FOLDERS.join(' ')}; do [ ! -d $folder/${PREFIX}${id} ] || [ ! -O $folder/${PREFIX}${id} ] || S=$folder/${PREFIX}${id}; done
[ -n "$S" ] || exit 44`
}
