import { bytes } from '../../base/format.ts'
import { quoted, shellQuoted } from '../../base/shell-quoted.ts'
import { BORN } from '../../boxes/process-functions.ts'
import {
  AS_ROOT,
  hasForm,
  MOVED,
  numberIn,
  refused,
  unseen,
  valueOf,
  type Answer,
  type Before,
  type Offer,
  type Relief,
  type Verdict,
} from './relief.ts'
import { OPENED } from './descriptors.ts'
import { oneLine, spaceOf } from './shell.ts'
import { allocated, INODE, SPACE_FORM, spaceChange, spaceIn, spaceNow } from './space.ts'

/** Below this a file is not worth a risk. Bytes. */
const LEAST_BYTES = 1024 * 1024
const MOST_OFFERED = 5
/** Each costs the box two processes. */
const MOST_LOOKED_AT = 200

/**
 * Empties a file that was deleted while a process holds it open, through /proc/PID/fd/FD: its space comes back without a restart (proc_pid_fd(5)).
 *
 * Refused: a file that still has a name, what is no plain file, what lies in memory (memfd, shared memory), a descriptor that can only read (who holds it needs
 * what is in it, and writes none of it), and a file that some process has mapped, which would be ended by SIGBUS at its next look (mmap(2)), or may have: where
 * the maps of a process could not be read. Offered only where the descriptor can do nothing but write, as that of a log.
 */
export const freeDeleted: Relief = {
  id: 'free-deleted',
  title: 'empty a deleted file that a process still holds open',
  usage: 'PID:FD',
  example: ['812:4'],
  price: 'change',
  endsProcess: false,
  targetOf: ([word = '', ...more]) => {
    if (more.length > 0) return { why: 'One file at a time.', tryNext: `free-deleted ${quoted(word)}` }
    if (/^[1-9]\d{0,9}:\d{1,7}$/.test(word)) return [word]
    return {
      why: `${word === '' ? 'The file is missing' : `"${word}" is no PID:FD`}: 812:4 is descriptor 4 of process 812.`,
      tryNext: 'free-deleted 812:4',
    }
  },
  does: ([word = '']) => `empty the deleted file that ${word} holds`,
  planScript: ([word = '']) => planScript(word),
  plan: (answer, [word = '']) => {
    const [pid, fd] = word.split(':')
    const start = valueOf(answer, 'start')
    if (numberIn(start) === undefined) return refused(`There is no process ${pid}.`, 'halligan look BOX')
    const path = valueOf(answer, 'path')
    if (path === '')
      return refused(
        `Process ${pid} has no descriptor ${fd} that can be seen; those of other users are seen by root alone.`,
        `halligan run --sudo BOX --price free -- ls -l /proc/${pid}/fd`,
      )
    const what = `${path.replace(/ \(deleted\)$/, '')}, descriptor ${fd} of ${valueOf(answer, 'name')} (${pid})`
    if (valueOf(answer, 'kind') !== 'regular file' && valueOf(answer, 'kind') !== 'regular empty file')
      return refused(`${what} is no plain file: only those take space that can be given back.`, 'halligan relieve BOX')
    if (valueOf(answer, 'links') !== '0')
      return refused(
        `${what} was not deleted: it still has a name, under which it can be rotated or emptied.`,
        'halligan relieve BOX',
      )
    if (/^\/(?:memfd:|SYSV|dev\/shm\/|dev\/zero)/.test(path))
      return refused(`${what} is memory and no file on a disk: a restart gives it back.`, `halligan inspect BOX ${pid}`)
    const mode = valueOf(answer, 'mode')
    if (mode !== 'w' && mode !== 'rw')
      return refused(
        mode === 'r'
          ? `${what} is open for reading only: ${valueOf(answer, 'name')} needs what is in it, and does not make it grow. A restart gives its space back.`
          : `The box did not say how ${what} is opened.`,
        mode === 'r' ? `halligan inspect BOX ${pid}` : AS_ROOT,
      )
    const mapped = answer.get('mapped') ?? []
    if (mapped.length > 0)
      return refused(
        `${what} is mapped into the memory of process ${mapped.join(', ')}, which would be ended by SIGBUS. A restart of it gives the space back.`,
        `halligan inspect BOX ${numberIn(mapped[0]) ?? pid}`,
      )
    if (valueOf(answer, 'may') !== 'yes') return refused(`${what}: only root may empty it.`, AS_ROOT)
    if (valueOf(answer, 'maps') !== 'read')
      return refused(
        `Whether some process has ${what} mapped could not be seen; one that has would be ended by SIGBUS.`,
        AS_ROOT,
      )
    const size = allocated(answer)
    const inode = valueOf(answer, 'inode')
    if (size === undefined || numberIn(String(size)) === undefined || !INODE.test(inode))
      return refused(`The box did not say how large ${what} is.`, 'halligan look BOX')
    const appends = valueOf(answer, 'appends') === 'yes'
    return {
      possible: true,
      lines: [
        `now: ${what}, takes ${bytes(size)}${spaceNow(answer)}`,
        `will be done: it is cut to 0 bytes through /proc/${pid}/fd/${fd}; the process goes on`,
        'costs: what is in it is lost. That is right for a log, and wrong for a temporary file that the process reads again (a sort, a table of a database)',
        ...(mode === 'rw' && !appends
          ? [
              `danger: it is open for reading and writing, as a table of a database, a sort or the disk of a virtual machine is: ${valueOf(answer, 'name')} may need what is in it. Say yes only if you know that it does not`,
            ]
          : []),
        ...(appends
          ? []
          : [
              'costs: it is not open for appending, so the next write goes on at the old place: the size looks as before, the space is free all the same',
            ]),
        'back: nothing brings the content back',
      ],
      before: { start, inode, mode, bytes: String(size), space: spaceIn(answer) },
    }
  },
  isBefore: (before) =>
    hasForm(before, { start: NUMBER, inode: INODE, mode: /^r?w$/, bytes: NUMBER, space: SPACE_FORM }),
  act: {
    script: ([word = ''], before) => actScript(word, before),
    check: ([word = '']) => checkScript(word),
    judge: (answer, _target, before) => judge(answer, before),
  },
  // Only what is opened for nothing but writing. Neither what is memory nor what is mapped: the plan says so of each.
  survey: `ls -ln /proc/[0-9]*/fd 2>/dev/null | awk '
/^\\/proc\\/[0-9]+\\/fd:$/ { split($1, part, "/"); pid = part[3]; next }
/^l-w.* \\(deleted\\)$/ && !/-> \\/(memfd:|SYSV|dev\\/|proc\\/)/ { for (at = 1; at < NF; at++) if ($at == "->") { print pid, $(at - 1); break } }' |
head -n ${MOST_LOOKED_AT} | while read -r pid fd; do
  said=$(stat -L -c '%h %b %B' /proc/$pid/fd/$fd 2>/dev/null) || continue
  set -- $said; [ "$1" = 0 ] && [ $(($2 * $3)) -ge ${LEAST_BYTES} ] || continue
  to=$(${oneLine('/proc/$pid/fd/$fd')}); printf 'file %s %s:%s %s\\n' $(($2 * $3)) $pid $fd "\${to% (deleted)}"
done | sort -rn -k 2 | head -n ${MOST_OFFERED}`,
  offers: (answer) => (answer.get('file') ?? []).flatMap(offerIn),
}

const NUMBER = /^\d{1,15}$/

function offerIn(line: string): readonly Offer[] {
  const [, size, target, path] = /^(\d{1,15}) ([1-9]\d{0,9}:\d{1,7}) (.+)$/.exec(line) ?? []
  return target === undefined ? [] : [{ target: [target], why: `${bytes(Number(size))} of ${path}, which was deleted` }]
}

function parts(word: string): { readonly pid: string; readonly link: string } {
  const [pid = '0', fd = '0'] = word.split(':')
  return { pid, link: shellQuoted(`/proc/${pid}/fd/${fd}`) }
}

function planScript(word: string): string {
  const { pid, link } = parts(word)
  return `${BORN}${OPENED}
born ${shellQuoted(pid)}; printf 'start %s\\n' "$born"
name=; { read -r name </proc/${pid}/comm; } 2>/dev/null; printf 'name %s\\n' "$name"
printf 'path %s\\n' "$(${oneLine(link)})"
${measure(link)}
[ -w ${link} ] && echo 'may yes'
${openedHow(word)}; printf 'mode %s\\n' "$mode"; [ "$appends" = no ] || echo 'appends yes'
${MAPPED}
mapped "$(stat -L -c %i ${link} 2>/dev/null)" "$(readlink ${link} 2>/dev/null)"
:`
}

/** Sets `mode` and `appends` of the descriptor. */
function openedHow(word: string): string {
  return `opened ${shellQuoted(`/proc/${word.replace(':', '/fdinfo/')}`)}`
}

/**
 * `mapped INODE LINK` says which processes have mapped that file: `mapped PID`; and `maps read` where that of each process could be read. By inode, and by name as well, since
 * a file system in layers (overlayfs) may show another inode there. A process that ends meanwhile has nothing mapped.
 */
const MAPPED = `
mapped() {
  [ -n "$1" ] && [ -n "$2" ] || return 0
  said=$({ LC_ALL=C grep -l -e " $1 .*(deleted)" /proc/[0-9]*/maps; LC_ALL=C grep -lF -e "$2" /proc/[0-9]*/maps; } 2>&1)
  printf '%s\\n' "$said" | sed -n 's|^/proc/\\([0-9]*\\)/maps$|mapped \\1|p' | sort -u | head -n 5
  printf '%s\\n' "$said" | grep -v -e '^$' -e '^/proc/[0-9]*/maps$' -e ': No such file or directory$' -e ': No such process$' >/dev/null || echo 'maps read'
}`

function measure(link: string): string {
  return `stat -L -c 'kind %F' ${link} 2>/dev/null
stat -L -c 'links %h' ${link} 2>/dev/null
stat -L -c 'inode %d:%i' ${link} 2>/dev/null
stat -L -c 'blocks %b %B' ${link} 2>/dev/null
${spaceOf(link)}`
}

/**
 * The file is opened first, without cutting it, and proved to be the one that was planned through the shell's own descriptor: that one stays this file, whatever the process does with
 * its own between the proof and the cut.
 */
function actScript(word: string, { start = '', inode = '', mode = '' }: Before): string {
  const { pid, link } = parts(word)
  return `${BORN}${OPENED}${MAPPED}
born ${shellQuoted(pid)}; [ "$born" = ${shellQuoted(start)} ] || { echo 'the process has ended since the plan was made'; exit ${MOVED}; }
[ "$(stat -L -c '%d:%i %h' ${link} 2>/dev/null)" = ${shellQuoted(`${inode} 0`)} ] || { echo 'that descriptor is another file now'; exit ${MOVED}; }
${openedHow(word)}; [ "$mode" = ${shellQuoted(mode)} ] && [ -n "$mode" ] && [ "$mode" != r ] || { echo 'that descriptor is opened in another way now'; exit ${MOVED}; }
name=$(readlink ${link})
command exec 9<${link} || { echo 'it could not be opened; nothing was emptied'; exit 1; }
[ "$(stat -L -c '%d:%i %h' /proc/self/fd/0 <&9 2>/dev/null)" = ${shellQuoted(`${inode} 0`)} ] || { echo 'that descriptor is another file now'; exit ${MOVED}; }
maps=$(mapped "$(stat -L -c %i /proc/self/fd/0 <&9 2>/dev/null)" "$name")
[ "$maps" = 'maps read' ] || { echo 'a process has mapped it since the plan was made, or its maps cannot be read any more'; exit ${MOVED}; }
( : >/proc/self/fd/9 ) 2>/dev/null || { echo 'it could not be emptied'; exit 1; }`
}

function checkScript(word: string): string {
  const { pid, link } = parts(word)
  // File systems that free lazily take a moment.
  return `${BORN}
sync -f ${link} 2>/dev/null
# Of a process of somebody else neither is shown: what is not seen is not gone.
ls /proc/${pid}/fd >/dev/null 2>&1 && echo 'fds yes'
born ${shellQuoted(pid)}; printf 'start %s\\n' "$born"
${measure(link)}
:`
}

function judge(answer: Answer, before: Before): Verdict {
  const was = numberIn(before['bytes']) ?? 0
  const inode = valueOf(answer, 'inode')
  const start = valueOf(answer, 'start')
  const notMeasured = 'whether its space came back was not measured: halligan look BOX'
  if (numberIn(before['start']) === undefined) return unseen('what was there before is not known')
  if (start !== '' && start !== before['start']) return unseen('the process has ended meanwhile', notMeasured)
  if (start === '' || valueOf(answer, 'fds') !== 'yes')
    return unseen('the descriptors of the process could not be listed: it has ended, or it takes --sudo', notMeasured)
  if (inode !== before['inode']) return unseen('the process has closed the file meanwhile', notMeasured)
  const now = allocated(answer)
  if (now === undefined) return unseen('the box did not say how large it is now')
  const freed = now < was / 2 || now < LEAST_BYTES
  return {
    worked: freed,
    says: [`it takes ${bytes(now)} now, and took ${bytes(was)}`, ...spaceChange(before, answer)],
  }
}
