import { bytes } from '../../base/format.ts'
import { quoted, shellQuoted } from '../../base/shell-quoted.ts'
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
  type Relief,
  type Verdict,
} from './relief.ts'
import { folderOf, isPath } from './paths.ts'
import { limitOf, spaceOf, WHO } from './shell.ts'
import { allocated, INODE, roomIn, SPACE_FORM, spaceChange, spaceIn, spaceNow } from './space.ts'

/** Below this a log is not worth a risk. Bytes. */
const LEAST_BYTES = 1024 * 1024
/** Offered from this size on. Bytes. */
const OFFERED_BYTES = 256 * 1024 * 1024
const MOST_OFFERED = 5
const SURVEY_SECONDS = 5
/** Logs become a tenth or less of their size; what is left has to be there before, since a copy that does not fit takes the last room away. */
const ROOM_SHARE = 4
/** Compressing goes at some 30 MB a second. Seconds. */
const COPY_SECONDS = 240

/**
 * Copies a log beside itself, compressed, and empties it: what logrotate(8) calls copytruncate, for a log that nobody rotates or that cannot wait. Whoever writes it goes on.
 *
 * Refused: what is no plain file of text, has a second name or is a link, what a process has mapped, what some process writes to without O_APPEND (open(2): its next write would go to
 * the old place, behind a hole of zeros), and where there is no room for the copy. What is written between the end of the copy and the emptying is lost.
 */
export const rotateLog: Relief = {
  id: 'rotate-log',
  title: 'compress a log into a copy beside it, and empty it',
  usage: 'FILE',
  example: ['/var/log/shop/app.log'],
  price: 'change',
  endsProcess: false,
  targetOf: ([word = '', ...more]) => {
    if (!isPath(word) || word === '/')
      return {
        why: word === '' ? 'The log is missing.' : `"${word}" is no full path of a file.`,
        tryNext: 'rotate-log /var/log/shop/app.log',
      }
    return more.length === 0 ? [word] : { why: 'One log at a time.', tryNext: `rotate-log ${quoted(word)}` }
  },
  does: ([file = '']) => `rotate ${file}`,
  planScript: ([file = '']) => planScript(file),
  plan: (answer, [file = '']) => {
    const seen = `halligan run BOX --price free -- ls -lt ${quoted(folderOf(file))}`
    if (valueOf(answer, 'there') !== 'yes') return refused(`There is no ${file}.`, seen)
    if (valueOf(answer, 'link') === 'yes')
      return refused(`${file} is a symbolic link: the file that it leads to is what can be rotated.`, seen)
    const kind = valueOf(answer, 'kind')
    if (kind !== 'regular file' && kind !== 'regular empty file') return refused(`${file} is no plain file.`, seen)
    if (valueOf(answer, 'links') !== '1')
      return refused(`${file} has other names, under which it would be emptied as well.`, seen)
    if (valueOf(answer, 'uid') !== '0') return refused(`Only root sees who writes to ${file}.`, AS_ROOT)
    const tools = (answer.get('lacks') ?? []).join(', ')
    if (tools !== '') return refused(`This box has no ${tools}.`, 'halligan doctor BOX')
    if (valueOf(answer, 'text') !== 'yes')
      return refused(`${file} is no text: what writes it may read it again, as a database does.`, seen)
    const [mapped] = answer.get('mapped') ?? []
    if (mapped !== undefined)
      return refused(`${file} is mapped into the memory of process ${mapped}, which would be ended by SIGBUS.`, seen)
    const size = allocated(answer)
    const [inode, owner, mode] = ['inode', 'owner', 'mode'].map((name) => valueOf(answer, name))
    if (size === undefined || !INODE.test(inode ?? '') || !OWNER.test(owner ?? '') || !MODE.test(mode ?? ''))
      return refused(`The box did not say how large ${file} is, or whose.`, seen)
    if (size < LEAST_BYTES) return refused(`${file} takes ${bytes(size)} alone.`, 'halligan relieve BOX')
    const writers = (answer.get('writer') ?? []).flatMap(writerIn)
    const plain = writers.find(({ appends }) => !appends)
    if (plain)
      return refused(
        `${plain.name} (${plain.pid}) writes to ${file} without O_APPEND: its next line would go to the old place, behind a hole of zeros, and what reads the log would be lost in it. Its own way of reopening its log has to be used, or a restart.`,
        `halligan inspect BOX ${plain.pid}`,
      )
    const room = roomIn(answer)
    if (room !== undefined && room < size / ROOM_SHARE)
      return refused(
        `There is no room for a compressed copy of ${bytes(size)}: ${bytes(room)} are free, and a quarter is wanted. To throw away what is in it is another thing, which only you can decide.`,
        'halligan relieve BOX',
      )
    return {
      possible: true,
      lines: [
        `now: ${file} takes ${bytes(size)}${spaceNow(answer)}; written to by ${writersWords(writers)}`,
        `will be done: gzip -c ${file} >${file}.${STAMP_WORDS}.gz, then ${file} is cut to 0 bytes; who writes it goes on`,
        `costs: what is written between both is lost: a few lines. The copy stays, and takes a tenth of the size or less; it costs one CPU for about ${Math.max(1, Math.round(size / COMPRESSED_A_SECOND))} s`,
        'back: nothing puts it together again; the copy has what was in it',
      ],
      before: { inode: inode ?? '', owner: owner ?? '', mode: mode ?? '', bytes: String(size), space: spaceIn(answer) },
    }
  },
  isBefore: (before) =>
    hasForm(before, { inode: INODE, owner: OWNER, mode: MODE, bytes: /^\d{1,15}$/, space: SPACE_FORM }),
  act: {
    script: ([file = ''], before) => actScript(file, before),
    check: ([file = '']) => `${measure(file)}
ls ${shellQuoted(folderOf(file))} >/dev/null 2>&1 && echo 'seen yes'
for copy in ${shellQuoted(`${file}.`)}${STAMP_PATTERN}.gz; do [ ! -f "$copy" ] || last=$copy; done
[ -z "$last" ] || { printf 'copy %s\\n' "$last"; stat -c 'copied %b %B' -- "$last"; }
:`,
    judge,
  },
  // Logs of services lie there; a walk over all data of a box takes minutes.
  survey: `${limitOf(SURVEY_SECONDS)}
$limit find /var/log -xdev -type f -name '*.log' -size +${OFFERED_BYTES / 1024 / 1024}M 2>/dev/null | head -n ${MOST_OFFERED} | while read -r file; do
  stat -c 'log %b %B %n' -- "$file"
done`,
  offers: (answer) =>
    (answer.get('log') ?? []).flatMap((line) => {
      const [, blocks, size, file = ''] = /^(\d{1,15}) (\d{1,5}) (.+)$/.exec(line) ?? []
      return isPath(file) && file !== '/'
        ? [{ target: [file], why: `it takes ${bytes(Number(blocks) * Number(size))}` }]
        : []
    }),
}

const OWNER = /^\d{1,10}:\d{1,10}$/
const MODE = /^[0-7]{1,4}$/
/** As gzip does it on one core. Bytes. */
const COMPRESSED_A_SECOND = 30 * 1024 * 1024
/** Of the copy, by the clock of the box. */
const STAMP_WORDS = 'YYYYMMDD-HHMMSS'
const STAMP_PATTERN = '[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9][0-9][0-9]'

interface Writer {
  readonly pid: string
  readonly appends: boolean
  readonly name: string
}

function writerIn(line: string): readonly Writer[] {
  const [, pid, how, name = ''] = /^([1-9]\d{0,9}) (appends|plain) ?(.{0,200})$/.exec(line) ?? []
  return pid === undefined ? [] : [{ pid, appends: how === 'appends', name }]
}

function writersWords(writers: readonly Writer[]): string {
  const names = [...new Map(writers.map(({ pid, name }) => [pid, `${name} (${pid})`])).values()]
  return names.length === 0 ? 'nobody at the moment' : names.slice(0, 5).join(', ')
}

function measure(file: string): string {
  const quotedFile = shellQuoted(file)
  return `last=
stat -c 'inode %d:%i' -- ${quotedFile} 2>/dev/null
stat -c 'blocks %b %B' -- ${quotedFile} 2>/dev/null
${spaceOf(shellQuoted(folderOf(file)))}`
}

/**
 * `writers INODE` says who has that file open for writing, and how: `writer PID appends|plain NAME`. `ls` prints what each descriptor leads to; the same name in a container is
 * another file, told by its number.
 */
function writersOf(file: string): string {
  return `
writers() {
  ls -ln /proc/[0-9]*/fd 2>/dev/null | file=${shellQuoted(file)} awk '
/^\\/proc\\/[0-9]+\\/fd:$/ { split($1, part, "/"); pid = part[3]; next }
/^l/ { at = index($0, " -> "); if (at && substr($0, at + 4) == ENVIRON["file"]) { count = split(substr($0, 1, at - 1), word, " "); print pid, word[count] } }' |
  while read -r pid fd; do
    [ "$(stat -L -c %d:%i /proc/$pid/fd/$fd 2>/dev/null)" = "$1" ] || continue
    flags=
    { while read -r key value; do [ "$key" != flags: ] || flags=$value; done </proc/$pid/fdinfo/$fd; } 2>/dev/null
    case $flags in *[!0-7]*|'') how=plain;; *) flags=$((0$flags)); [ $((flags & 3)) != 0 ] || continue; how=plain; [ $((flags & 02000)) = 0 ] || how=appends;; esac
    name=; { read -r name </proc/$pid/comm; } 2>/dev/null
    printf 'writer %s %s %s\\n' "$pid" $how "$name"
  done
}
mapped() { LC_ALL=C grep -lF -e ${shellQuoted(` ${file}`)} /proc/[0-9]*/maps 2>/dev/null | sed -n 's|^/proc/\\([0-9]*\\)/maps$|mapped \\1|p' | head -n 5; }`
}

function planScript(file: string): string {
  const quotedFile = shellQuoted(file)
  return `${WHO}${writersOf(file)}
[ -e ${quotedFile} ] && echo 'there yes'
[ -h ${quotedFile} ] && echo 'link yes'
for tool in gzip awk; do command -v $tool >/dev/null || echo "lacks $tool"; done
stat -c 'kind %F' -- ${quotedFile} 2>/dev/null
stat -c 'links %h' -- ${quotedFile} 2>/dev/null
stat -c 'owner %u:%g' -- ${quotedFile} 2>/dev/null
stat -c 'mode %a' -- ${quotedFile} 2>/dev/null
${measure(file)}
[ -f ${quotedFile} ] && [ "$(head -c 4096 ${quotedFile} 2>/dev/null | wc -c)" = "$(head -c 4096 ${quotedFile} 2>/dev/null | tr -d '\\000' | wc -c)" ] && echo 'text yes'
writers "$(stat -c %d:%i -- ${quotedFile} 2>/dev/null)"
mapped
:`
}

/**
 * Both files are opened once, and used through what was opened, whatever becomes of their names: the copy under a name that nobody has (noclobber), readable for its owner alone until
 * it has the owner and the mode of the log.
 */
function actScript(file: string, { inode = '', owner = '', mode = '' }: Before): string {
  const quotedFile = shellQuoted(file)
  const own =
    OWNER.test(owner) && MODE.test(mode)
      ? `chown ${owner} /proc/self/fd/8 2>/dev/null; chmod ${mode} /proc/self/fd/8`
      : ':'
  return `${writersOf(file)}
moved() { echo "$1"; exit ${MOVED}; }
[ ! -h ${quotedFile} ] && [ -f ${quotedFile} ] || moved 'it is no plain file any more'
said=$(writers ${shellQuoted(inode)}; mapped)
case $said in *' plain '*|*'mapped '*) moved 'a process writes to it without O_APPEND, or has mapped it';; esac
exec 9<>${quotedFile} || exit 1
[ "$(stat -L -c '%d:%i %h' /proc/self/fd/0 <&9 2>/dev/null)" = ${shellQuoted(`${inode} 1`)} ] || moved 'it is another file now'
copy=${quotedFile}.$(date +%Y%m%d-%H%M%S).gz
umask 077; set -C
exec 8>"$copy" || exit 1
set +C
${limitOf(COPY_SECONDS)}
$limit gzip -c <&9 >&8 || { rm -f -- "$copy"; echo 'it could not be compressed; nothing was emptied'; exit 1; }
${own}
: >/proc/self/fd/9`
}

function judge(answer: Answer, [file = '']: readonly string[], before: Before): Verdict {
  const was = numberIn(before['bytes']) ?? 0
  if (valueOf(answer, 'seen') !== 'yes') return unseen(`the folder of ${file} could not be looked into`)
  const inode = valueOf(answer, 'inode')
  if (inode === '') return unseen(`${file} is not there any more: somebody else has rotated it`)
  if (inode !== before['inode']) return unseen(`${file} is another file now: somebody else has rotated it`)
  const now = allocated(answer)
  if (now === undefined) return unseen(`the box did not say how large ${file} is now`)
  const copied = allocated(answer, 'copied')
  const copy = valueOf(answer, 'copy')
  return {
    worked: now < was / 2,
    says: [
      `${file} takes ${bytes(now)} now, and took ${bytes(was)}`,
      ...(copied === undefined || copy === '' ? [] : [`what was in it is in ${copy}, ${bytes(copied)}`]),
      ...spaceChange(before, answer),
    ],
  }
}
