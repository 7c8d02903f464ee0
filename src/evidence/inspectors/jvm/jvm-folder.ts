import type { Attach } from '../../../boxes/attach.ts'
import type { Target } from '../../inspect/inspector.ts'
import type { InspectedProcess } from '../../inspect/process.ts'
import { jcmdCleanUp, jcmdTools } from './jcmd-script.ts'

/** Memory first: it is there when the disks are full. */
const FOLDERS = ['/dev/shm', '/tmp'] as const

/**
 * Shell text for what a JVM has to read and write itself: `halligan_folder` makes a folder among its files that belongs to its user and nobody else may enter, and gives its
 * path in `$folder` (empty: there is no room). Its name follows from the folder of the guard, so that the clean-up knows it without being told.
 */
export const JVM_FOLDER = `halligan_folder() {
  own=\${0%/*} folder=
  for base in ${FOLDERS.join(' ')}; do
    folder=$base/.halligan-jvm.\${own##*.}
    $as mkdir -m 700 $folder 2>/dev/null && return
    folder=
  done
}
# A file of that folder from standard input.
halligan_put() { base64 -d | $as sh -c "umask 077; cat >$folder/$1"; }
# To standard output. With the rights of its user alone, who may have put a link there to what nobody else may read.
halligan_get() { $as sh -c '[ -f "$0" ] && [ ! -h "$0" ] && exec cat "$0"' $folder/$1 2>/dev/null; }`

/** What the guard has to know of a way that begins something in the JVM and has such a folder. */
export function jvmFolderGuard({ process }: Target): Omit<Attach, 'targets'> {
  return {
    tool: 'tracer',
    freezeSeconds: 3,
    cleanUp: jvmFolderCleanUp(process),
    residue: jvmFolderResidue(process),
  }
}

function foldersOf({ pid, sameFiles }: InspectedProcess): string {
  const root = sameFiles === false ? `/proc/${pid}/root` : ''
  return FOLDERS.map((folder) => `${root}${folder}/.halligan-jvm.\${own##*.}`).join(' ')
}

/**
 * For the guard: takes the folder away. Before that the JVM is told to end what was begun: a snapshot by the file `run` that goes, and what `$own/begun` names (words of jcmd) by jcmd.
 * A JVM that is stopped would not answer, and is not asked: a snapshot ends by itself in time, a
 * recording goes on in it, and `jvmFolderResidue` says so. Both have 4 s of the 5 of a clean-up.
 */
function jvmFolderCleanUp(process: InspectedProcess): string {
  const { pid } = process
  return `own=\${0%/*}
goes() { grep -q '^State:[^a-zA-Z]*[RSD]' /proc/${pid}/status 2>/dev/null; }
if [ -d /proc/${pid} ]; then
${jcmdTools(process)}
${JVM_FOLDER}
says() { halligan_get answer | grep -qE "$1"; }
for base in ${FOLDERS.join(' ')}; do
  folder=$base/.halligan-jvm.\${own##*.}
  # Its user could have put a link in its place, to a folder in which "run" is somebody else's.
  [ -d $root$folder ] && [ ! -h $root$folder ] || continue
  $as rm -f $folder/run
  # Half: it failed in between, and takes back what it had changed.
  says '"(watched|half)"' || continue
  tries=0
  until says '"ended"' || [ $tries -ge 20 ] || ! goes; do sleep 0.1; tries=$((tries + 1)); done
  says '"restored":true' || ! goes || : >"$own/unrestored"
done
fi
if [ -s "$own/begun" ] && [ -d /proc/${pid} ] && ! goes; then : >"$own/unasked"; fi
if [ -s "$own/begun" ] && goes; then
  # On a busy box jcmd takes its time: it goes on by itself then, and ends.
  words=$(cat "$own/begun")
  ( halligan_jcmd $words ) >/dev/null 2>&1 & asked=$! tries=0
  while kill -0 $asked 2>/dev/null && [ $tries -lt 20 ]; do sleep 0.1; tries=$((tries + 1)); done
fi
${jcmdCleanUp(process)}
rm -rf ${foldersOf(process)}`
}

/** For the guard: a line for that folder when it is still there, and one when the JVM did not say that its classes are as before. */
function jvmFolderResidue(process: InspectedProcess): string {
  return `own=\${0%/*}
for each in ${foldersOf(process)}; do [ ! -e "$each" ] || echo "file $each"; done
[ ! -e "$own/unasked" ] || echo "a recording goes on in the JVM, which is stopped: jcmd ${process.pid} $(cat "$own/begun")"
[ ! -e "$own/unrestored" ] || echo 'the JVM did not say that what the agent changed is as it was; the agent tries to take it back as long as its thread halligan-end or halligan-snapshot is there'`
}
