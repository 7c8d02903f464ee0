import { shellQuoted } from '../../base/shell-quoted.ts'
import { holdersOf } from './descriptors.ts'
import { folderOf } from './paths.ts'
import { MOVED, type Before } from './relief.ts'
import { COPY_SECONDS, ROOM_SHARE } from './rotate-limits.ts'
import { limitOf, spaceOf, WHO } from './shell.ts'
import { INODE } from './space.ts'

export const OWNER = /^\d{1,10}:\d{1,10}$/
export const MODE = /^[0-7]{1,4}$/
/** When the plan was made, by the clock of the box: the copy has it in its name. */
export const STAMP = /^\d{8}-\d{6}$/
export const SIZE = /^\d{1,15}$/

/** The copy while it is made; it gets its own name once the log was emptied. */
const PART = '.part'

/** All that is in the names of the log is quoted; within its folder it is named with `./` before it. */
function nameOf(file: string): string {
  return shellQuoted(`./${file.slice(file.lastIndexOf('/') + 1)}`)
}

export function copyOf(file: string, stamp: string): string {
  return `${file}.${stamp}.gz`
}

export function partOf(file: string, stamp: string): string {
  return `${copyOf(file, stamp)}${PART}`
}

/** Of the file that the shell has open: what stat(1) says of its own standard input goes through no name. */
const OF_OPEN = '/proc/self/fd/0 <&9 2>/dev/null'

/** `real` is the path without links; what else is said of the file is so of the one that was opened. */
export function planScript(file: string): string {
  const quotedFile = shellQuoted(file)
  const name = nameOf(file)
  return `${WHO}${holdersOf(file)}
[ "$(readlink /proc/self/ns/pid 2>/dev/null)" = 'pid:[4026531836]' ] || echo 'contained yes'
[ -e ${quotedFile} ] && echo 'there yes'
[ -h ${quotedFile} ] && echo 'link yes'
for tool in gzip awk find xargs grep sed sort sync; do command -v $tool >/dev/null || echo "lacks $tool"; done
stat -c 'kind %F' -- ${quotedFile} 2>/dev/null
looked() {
cd -P -- ${shellQuoted(folderOf(file))} 2>/dev/null || return 0
folder=$(pwd -P)
printf 'real %s\\n' "$(printf '%s/%s' "\${folder%/}" "$base" | tr '\\n' '\\001')"
[ ! -h ${name} ] && [ -f ${name} ] && command exec 9<${name} || return 0
stat -L -c 'links %h' ${OF_OPEN}
stat -L -c 'owner %u:%g' ${OF_OPEN}
stat -L -c 'mode %a' ${OF_OPEN}
stat -L -c 'inode %d:%i' ${OF_OPEN}
stat -L -c 'blocks %b %B' ${OF_OPEN}
stat -L -c 'size %s' ${OF_OPEN}
${spaceOf('.')}
date '+stamp %Y%m%d-%H%M%S'
[ "$(head -c 4096 ${OF_OPEN} | wc -c)" = "$(head -c 4096 ${OF_OPEN} | tr -d '\\000' | wc -c)" ] && echo 'text yes'
named=yes; holders "$(stat -L -c %d:%i ${OF_OPEN})"
}
looked
:`
}

/**
 * The folder is entered, and both files are opened once and used through what was opened, whatever becomes of their names: the copy under a name that nobody has, readable for root alone
 * until it has the owner and the mode of the log. The log is emptied once the copy is on the disk; what came meanwhile is added to it right before. Whatever fails before that takes the
 * copy away again. Nobody but root may have made the copy: another would go on reading, or have it end somewhere else.
 */
export function actScript(file: string, { inode = '', owner = '', mode = '', stamp = '', bytes = '' }: Before): string {
  const isFormed = INODE.test(inode) && STAMP.test(stamp) && SIZE.test(bytes)
  if (!isFormed) return `echo 'what was planned is not known'; exit ${MOVED}`
  const name = nameOf(file)
  const own =
    OWNER.test(owner) && MODE.test(mode)
      ? `chown ${owner} /proc/self/fd/0 <&8 2>/dev/null && chmod ${(Number.parseInt(mode, 8) & 0o666).toString(8)} /proc/self/fd/0 <&8 2>/dev/null`
      : ':'
  return `${holdersOf(file)}
part=
drop() { [ -z "$part" ] || [ "$(stat -c %d:%i -- "$part" 2>/dev/null)" != "$made" ] || rm -f -- "$part"; }
moved() { drop; echo "$1"; exit ${MOVED}; }
failed() { drop; echo "$1; nothing was emptied"; exit 1; }
may() {
  [ "$(stat -L -c '%d:%i %h' ${OF_OPEN})" = ${shellQuoted(`${inode} 1`)} ] || moved 'it is another file now, or has another name as well'
  held=$(named=; holders ${shellQuoted(inode)})
  case $held in *plain*|*mapped*) moved 'a process writes to it without O_APPEND, or has mapped it';; esac
  # ksh93 does not find both in one pattern.
  for each in fds maps; do case $held in *"$each read"*) ;; *) moved 'who writes to it cannot be seen any more';; esac; done
}
cd -P -- ${shellQuoted(folderOf(file))} 2>/dev/null && [ "$(pwd -P)" = ${shellQuoted(folderOf(file))} ] || moved 'its folder is another one now'
[ ! -h ${name} ] && [ -f ${name} ] || moved 'it is no plain file any more'
command exec 9<${name} || moved 'it cannot be opened any more'
may
blocks=$(stat -f -c '%a %S' . 2>/dev/null | awk '{ free = $1 * $2; if (NF == 2 && free >= ${bytes} / ${ROOM_SHARE}) { most = int(free * 3 / 4 / 512); if (most > 1073741824) most = 1073741824; printf "%.0f", most } }')
case $blocks in ''|*[!0-9]*) moved 'there is no room for a copy any more';; esac
copy=${name}.${stamp}.gz
for each in "$copy" "$copy${PART}"; do [ ! -e "$each" ] && [ ! -h "$each" ] || moved "there is a file $each already"; done
umask 077; set -C
command exec 8>"$copy${PART}" || failed 'a file for the copy could not be made'
set +C
made=$(stat -L -c %d:%i /proc/self/fd/0 <&8 2>/dev/null)
kind=$(stat -L -c '%F %h %u' /proc/self/fd/0 <&8 2>/dev/null)
case $kind in 'regular empty file 1 '*) ;; *) failed 'what was opened for the copy is no new file';; esac
[ ! -h "$copy${PART}" ] && [ "$(stat -c %d:%i -- "$copy${PART}" 2>/dev/null)" = "$made" ] || failed 'what was opened for the copy is no new file'
part=$copy${PART}
[ "$kind" = 'regular empty file 1 0' ] || failed 'the file for the copy does not belong to root'
${limitOf(COPY_SECONDS)}
# A block is one of 512 bytes to POSIX, and one of 1024 to bash unless it is told to obey that.
compress() { ( ( set -o posix ) 2>/dev/null && set -o posix; ulimit -f "$blocks" 2>/dev/null || exit 1; $limit gzip -1 -c <&9 >&8 ) 2>/dev/null; }
compress || failed 'it could not be compressed: no room for it, or no time'
$limit sync "$part" || failed 'the copy could not be brought to the disk'
may
${own}
compress && $limit sync "$part" || failed 'what came meanwhile could not be compressed'
( : >/proc/self/fd/9 ) 2>/dev/null || failed 'it could not be emptied'
[ ! -e "$copy" ] && [ ! -h "$copy" ] && mv -- "$part" "$copy" || { echo "it was emptied; what was in it is in $part, which could not be given its name"; exit 1; }`
}

/** Only what this run has made: its stamp says which. */
export function checkScript(file: string, { stamp = '' }: Before): string {
  const name = nameOf(file)
  const quotedStamp = shellQuoted(stamp)
  return `
looked() {
cd -P -- ${shellQuoted(folderOf(file))} 2>/dev/null && ls . >/dev/null 2>&1 && echo 'seen yes' || return 0
stat -c 'inode %d:%i' -- ${name} 2>/dev/null
stat -c 'blocks %b %B' -- ${name} 2>/dev/null
${spaceOf('.')}
copy=${name}.${quotedStamp}.gz
[ ! -h "$copy" ] && [ -f "$copy" ] && echo 'copy yes' && stat -c 'copied %b %B' -- "$copy"
[ ! -h "$copy${PART}" ] && [ -f "$copy${PART}" ] && echo 'part yes'
}
looked
:`
}
