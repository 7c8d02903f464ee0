import { bytes } from '../../base/format.ts'
import { quoted } from '../../base/shell-quoted.ts'
import {
  AS_ROOT,
  hasForm,
  numberIn,
  refused,
  unseen,
  valueOf,
  type Answer,
  type Before,
  type Plan,
  type Relief,
  type Verdict,
} from './relief.ts'
import { folderOf, isPath } from './paths.ts'
import { canRotate, COMPRESSED_A_SECOND, COPY_SECONDS, LEAST_BYTES, MOST_BYTES, ROOM_SHARE } from './rotate-limits.ts'
import { actScript, checkScript, copyOf, MODE, OWNER, partOf, planScript, SIZE, STAMP } from './rotate-scripts.ts'
import { limitOf } from './shell.ts'
import { allocated, INODE, roomIn, SPACE_FORM, spaceChange, spaceIn, spaceNow } from './space.ts'

/** Offered from this size on. Bytes. */
const OFFERED_BYTES = 256 * 1024 * 1024
/** find(1) counts in these unless it is told otherwise, which that of busybox cannot be. Bytes. */
const BLOCK_BYTES = 512
const MOST_OFFERED = 5
const SURVEY_SECONDS = 5

/**
 * Copies a log beside itself, compressed, and empties it: what logrotate(8) calls copytruncate, for a log that nobody rotates or that cannot wait. Whoever writes it goes on.
 *
 * Refused: what is no plain file of text, has a second name or is a link or reached through one, what a process has mapped, what some process writes to without O_APPEND (open(2): its
 * next write would go to the old place, behind a hole of zeros) or may write to, where not all descriptors could be seen, and where there is no room or no time for the copy. What is
 * written between the end of the copy and the emptying is lost.
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
  plan: (answer, [file = '']) => refusalOf(answer, file) ?? planOf(answer, file),
  isBefore: (before) =>
    hasForm(before, { inode: INODE, owner: OWNER, mode: MODE, stamp: STAMP, bytes: SIZE, space: SPACE_FORM }),
  act: {
    script: ([file = ''], before) => actScript(file, before),
    check: ([file = ''], before) => checkScript(file, before),
    judge,
  },
  // Logs of services lie there; a walk over all data of a box takes minutes.
  survey: `${limitOf(SURVEY_SECONDS)}
$limit find /var/log -xdev -type f -name '*.log' -size +${OFFERED_BYTES / BLOCK_BYTES} 2>/dev/null | head -n ${MOST_OFFERED} | while read -r file; do
  stat -c "log %b %B %s $(stat -f -c '%a %S' -- "$file" 2>/dev/null) %n" -- "$file"
done`,
  offers: (answer) =>
    (answer.get('log') ?? []).flatMap((line) => {
      const [, file = ''] = /^(?:\d{1,15} ){5}(.+)$/.exec(line) ?? []
      const [blocks = 0, block = 0, size = 0, free = 0, unit = 0] = line.split(' ', 5).map(Number)
      return isPath(file) && file !== '/' && canRotate(size, free * unit)
        ? [{ target: [file], why: `it takes ${bytes(blocks * block)}` }]
        : []
    }),
}

/** Why it cannot be done; undefined where it can. */
function refusalOf(answer: Answer, file: string): Plan | undefined {
  const seen = `halligan run BOX --price free -- ls -lt ${quoted(folderOf(file))}`
  if (valueOf(answer, 'link') === 'yes')
    return refused(`${file} is a symbolic link: the file that it leads to is what can be rotated.`, seen)
  if (valueOf(answer, 'there') !== 'yes') return refused(`There is no ${file}.`, seen)
  const kind = valueOf(answer, 'kind')
  if (kind !== 'regular file' && kind !== 'regular empty file') return refused(`${file} is no plain file.`, seen)
  if (valueOf(answer, 'uid') !== '0') return refused(`Only root sees who writes to ${file}.`, AS_ROOT)
  const real = valueOf(answer, 'real')
  if (real !== file)
    return refused(
      isPath(real)
        ? `${file} is reached through a link: it is ${real}, which can be rotated.`
        : `Where ${file} really lies could not be seen.`,
      isPath(real) ? `rotate-log ${quoted(real)}` : seen,
    )
  const tools = (answer.get('lacks') ?? []).join(', ')
  if (tools !== '') return refused(`This box has no ${tools}.`, 'halligan doctor BOX')
  if (valueOf(answer, 'links') !== '1')
    return refused(`${file} has other names, under which it would be emptied as well.`, seen)
  if (valueOf(answer, 'text') !== 'yes')
    return refused(`${file} is no text: what writes it may read it again, as a database does.`, seen)
  const [mapped] = answer.get('mapped') ?? []
  if (mapped !== undefined)
    return refused(`${file} is mapped into the memory of process ${mapped}, which would be ended by SIGBUS.`, seen)
  const plain = (answer.get('writer') ?? []).flatMap(writerIn).find(({ how }) => how === 'plain')
  if (plain)
    return refused(
      `${plain.name} (${plain.pid}) writes to ${file} without O_APPEND: its next line would go to the old place, behind a hole of zeros, and what reads the log would be lost in it. Its own way of reopening its log has to be used, or a restart.`,
      `halligan inspect BOX ${plain.pid}`,
    )
  if (valueOf(answer, 'fds') !== 'read' || valueOf(answer, 'maps') !== 'read')
    return refused(
      `Who writes to ${file}, or has it mapped, could not be seen of all processes: one that does not append would be lost in it.`,
      AS_ROOT,
    )
  return refusalOfSize(answer, file)
}

function refusalOfSize(answer: Answer, file: string): Plan | undefined {
  const taken = allocated(answer)
  const size = numberIn(valueOf(answer, 'size'))
  const forms = { inode: INODE, owner: OWNER, mode: MODE, stamp: STAMP, size: SIZE }
  if (
    taken === undefined ||
    size === undefined ||
    !SIZE.test(String(taken)) ||
    !Object.entries(forms).every(([name, form]) => form.test(valueOf(answer, name)))
  )
    return refused(`The box did not say how large ${file} is, or whose.`, 'halligan look BOX')
  if (taken < LEAST_BYTES) return refused(`${file} takes ${bytes(taken)} alone.`, 'halligan relieve BOX')
  if (size > MOST_BYTES)
    return refused(
      `${file} has ${bytes(size)}, and would not be compressed within ${COPY_SECONDS} s: more than ${bytes(MOST_BYTES)} are left to its own rotation.`,
      'halligan relieve BOX',
    )
  const room = roomIn(answer)
  if (room === undefined) return refused(`How much is free where ${file} lies could not be seen.`, 'halligan look BOX')
  if (room < Math.max(size, taken) / ROOM_SHARE)
    return refused(
      `There is no room for a compressed copy of ${bytes(Math.max(size, taken))}: ${bytes(room)} are free, and a quarter is wanted. To throw away what is in it is another thing, which only you can decide.`,
      'halligan relieve BOX',
    )
  return undefined
}

/** What nobody forbids. */
function planOf(answer: Answer, file: string): Plan {
  const [inode = '', owner = '', mode = '', stamp = ''] = ['inode', 'owner', 'mode', 'stamp'].map((name) =>
    valueOf(answer, name),
  )
  const writers = (answer.get('writer') ?? []).flatMap(writerIn)
  const taken = allocated(answer) ?? 0
  const seconds = Math.max(1, Math.round((numberIn(valueOf(answer, 'size')) ?? 0) / COMPRESSED_A_SECOND))
  return {
    possible: true,
    lines: [
      `now: ${file} takes ${bytes(taken)}${spaceNow(answer)}; written to by ${writersWords(writers)}`,
      `will be done: gzip -1 -c ${file} >${copyOf(file, stamp)}, then ${file} is cut to 0 bytes; who writes it goes on`,
      ...dangers(answer, file, writers),
      `costs: what is written between both is lost: a few lines. The copy stays, and takes a tenth of the size or less; it costs one CPU for about ${seconds} s`,
      'back: nothing puts it together again; the copy has what was in it',
    ],
    before: { inode, owner, mode, stamp, bytes: String(taken), space: spaceIn(answer) },
  }
}

/** What only a person knows. */
function dangers(answer: Answer, file: string, writers: readonly Writer[]): readonly string[] {
  const both = writers.filter(({ how }) => how === 'rw')
  return [
    ...(/\.log[^/]*$|\/log\//.test(file)
      ? []
      : [
          'danger: neither its name nor its folder says that it is a log. What is text and grows may be read again (a mailbox, an append-only file of a database, a list of packages): say yes only if you know that it is not',
        ]),
    ...(both.length === 0
      ? []
      : [
          `danger: it is open for reading and writing by ${writersWords(both)}, which may need what is in it: say yes only if you know that it does not`,
        ]),
    ...(valueOf(answer, 'contained') === 'yes'
      ? ['danger: this box is a container: who writes to the same file from outside of it was not seen']
      : []),
  ]
}

interface Writer {
  readonly pid: string
  readonly how: string
  readonly name: string
}

function writerIn(line: string): readonly Writer[] {
  const [, pid, how = '', name = ''] = /^([1-9]\d{0,9}) (appends|rw|plain) ?(.{0,200})$/.exec(line) ?? []
  return pid === undefined ? [] : [{ pid, how, name }]
}

function writersWords(writers: readonly Writer[]): string {
  const names = [...new Map(writers.map(({ pid, name }) => [pid, `${name} (${pid})`])).values()]
  return names.length === 0 ? 'nobody at the moment' : names.slice(0, 5).join(', ')
}

/** By the copy of this run, which gets its name once the log was emptied: the log itself may have grown again, or somebody else may have rotated it since. */
function judge(answer: Answer, [file = '']: readonly string[], before: Before): Verdict {
  const was = numberIn(before['bytes']) ?? 0
  const stamp = before['stamp'] ?? ''
  if (valueOf(answer, 'seen') !== 'yes') return unseen(`the folder of ${file} could not be looked into`)
  const inode = valueOf(answer, 'inode')
  const now = inode === before['inode'] ? allocated(answer) : undefined
  if (valueOf(answer, 'copy') === 'yes') {
    const copied = allocated(answer, 'copied')
    const size = copied === undefined ? '' : `, ${bytes(copied)}`
    return {
      worked: true,
      says: [
        now === undefined
          ? `${file} was emptied; another file, or none, has its name now`
          : `${file} takes ${bytes(now)} now, and took ${bytes(was)}${now < was / 2 ? '' : ': it has grown again since'}`,
        `what was in it is in ${copyOf(file, stamp)}${size}`,
        ...spaceChange(before, answer),
      ],
    }
  }
  if (valueOf(answer, 'part') === 'yes')
    return unseen(
      `it still goes on, or was ended in between: ${partOf(file, stamp)} has what was copied so far, and may be all that is left of the log`,
    )
  if (inode === '') return unseen(`${file} is not there any more: somebody else has rotated it`)
  if (inode !== before['inode']) return unseen(`${file} is another file now: somebody else has rotated it`)
  if (now === undefined) return unseen(`the box did not say how large ${file} is now`)
  const says = [`${file} takes ${bytes(now)} now, and took ${bytes(was)}`, ...spaceChange(before, answer)]
  if (now >= was / 2) return { worked: false, says }
  return unseen(...says, `there is no ${copyOf(file, stamp)}: somebody else has emptied it, or moved the copy away`)
}
