import type { Change } from '../change.ts'
import { MARKS } from './mark.ts'

/**
 * Finds private keys: blocks of RFC 7468 and OpenPGP (RFC 9580, 6.2), SSH2 (RFC 4716) and PuTTY, on one line or over several. The
 * lines may stand behind something that is the same on each (the stamp of a log, the name of a file in an answer, an indent), and the
 * end may be cut off: then the key goes on while lines look like one.
 *
 * `mark` is given the text of the key without what its layout adds, so that the same key has the same mark however it is laid out.
 */
export function privateKeysIn(text: string, mark: (key: string) => string): readonly Change[] {
  // Searching for words is several times faster than for forms.
  if (!WORDS.some((word) => text.includes(word))) return []
  const changes: Change[] = []
  BEGINS.lastIndex = 0
  for (let begin = BEGINS.exec(text); begin; begin = BEGINS.exec(text)) {
    const start = begin.index
    const block = begin[0] === PUTTY_BEGINS ? puttyBehind(text, start) : blockBehind(text, start, BEGINS.lastIndex)
    if (!block) continue
    changes.push({ start: block.start, end: block.end, mark: mark(block.key) })
    BEGINS.lastIndex = block.end
  }
  return changes
}

/** Where the line ends with which a key ends that began before the text; 0 when none does. What is before it is the rest of that key. */
export function endOfCutKey(text: string): number {
  const end = text.search(LAST_LINES)
  if (end < 0) return 0
  BEGINS.lastIndex = 0
  const begin = BEGINS.exec(text)
  return begin && begin.index < end ? 0 : (lineAt(text, end)?.end ?? 0)
}

/** Follows a text that comes line by line. */
export interface KeyFollower {
  push(line: string): void
  /** Whether the key of the lines before goes on in this one, or ends in it; without a line, whether there is one that may. */
  goesOn(line?: string): boolean
}

/** The forms are those of `privateKeysIn`; what may be a line of a key is taken for one until the next line tells. */
export function keyFollower(): KeyFollower {
  let open: OpenKey | undefined
  return {
    push: (line) => {
      const own = open && ownPartOf(line, open)
      open = own !== undefined && open && !ENDS.test(own) && open.linesLeft > 1 ? oneLineOn(open) : keyBegunIn(line)
    },
    goesOn: (line) => open !== undefined && (line === undefined || ownPartOf(line, open) !== undefined),
  }
}

/** A key whose end has not come. */
interface OpenKey {
  /** What stands before it in its first line. */
  readonly before: string
  readonly isPutty: boolean
  /** PuTTY says how many they are. */
  readonly linesLeft: number
}

function oneLineOn(open: OpenKey): OpenKey {
  return { ...open, linesLeft: open.linesLeft - 1 }
}

/** What of a line belongs to a key; undefined when nothing does. */
function ownPartOf(line: string, { before, isPutty }: OpenKey): string | undefined {
  const own = unprefixed(line, before)
  if (own === undefined) return undefined
  if (isPutty) return PUTTY_LINE.test(own.trim()) ? own : undefined
  const last = ENDS.exec(own)
  return KEY_LINE.test((last ? own.slice(0, last.index) : own).trim()) ? own : undefined
}

/** The key that begins in a line and does not end in it. */
function keyBegunIn(line: string): OpenKey | undefined {
  const begin = WORDS.some((word) => line.includes(word)) ? [...line.matchAll(BEGINS)].at(-1) : undefined
  if (!begin) return undefined
  const behind = line.slice(begin.index + begin[0].length)
  const before = textBefore(line, begin.index)
  if (begin[0] === PUTTY_BEGINS) return { before, isPutty: true, linesLeft: Number(behind) + 1 }
  return ENDS.test(behind) ? undefined : { before, isPutty: false, linesLeft: Number.POSITIVE_INFINITY }
}

const WORDS = ['PRIVATE KEY', 'Private-Lines: ']
/** Says how many lines of base64 follow. */
const PUTTY_BEGINS = 'Private-Lines: '
const BEGINS =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|---- BEGIN SSH2 [A-Z ]{0,20}PRIVATE KEY ----|Private-Lines: (?=\d{1,4}[ \t\r]*$)/gm
const ENDS = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|---- END SSH2 [A-Z ]{0,20}PRIVATE KEY ----/
/** `ENDS`, and what follows the lines of PuTTY. */
const LAST_LINES = new RegExp(`${ENDS.source}|Private-(?:MAC|Hash): [0-9a-f]{6}`)
/** A line within a key: base64, a check sum of OpenPGP, or a header (RFC 1421; OpenPGP; RFC 4716). */
const HEADER = String.raw`(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|Subject|x-[\w-]{1,40}): .{0,200}`
const KEY_LINE = new RegExp(String.raw`^(?:[A-Za-z0-9+/=]*|${HEADER})\\?$`)
const HEADER_LINE = new RegExp(`^${HEADER}`)
const PUTTY_LINE = /^[A-Za-z0-9+/=]+$/
/** So much of base64 is no word, though other text stands before it. Characters. */
const SURE_LENGTH = 16
/** What stands before a key is compared line by line up to this. Characters. */
const BEFORE_LENGTH = 200

/** A key: where it starts and ends in the text, and what it says. */
interface Block {
  readonly start: number
  readonly end: number
  readonly key: string
}

interface Line {
  readonly text: string
  readonly end: number
}

function lineAt(text: string, start: number): Line | undefined {
  if (start > text.length) return undefined
  const lineEnd = text.indexOf('\n', start)
  const end = lineEnd < 0 ? text.length : lineEnd
  return { text: text.slice(start, end), end }
}

/** A key whose head ends at `body`: up to its end in the same line, else the rest of the line and the lines that go on. */
function blockBehind(text: string, start: number, body: number): Block {
  const first = lineAt(text, body) ?? { text: '', end: text.length }
  const closing = ENDS.exec(first.text)
  if (closing) {
    const end = body + closing.index + closing[0].length
    return { start, end, key: bare(first.text.slice(0, closing.index)) }
  }
  const before = textBefore(text, start)
  const key = [first.text]
  let end = first.end
  for (let line = lineAt(text, end + 1); line; line = lineAt(text, end + 1)) {
    const own = unprefixed(line.text, before)
    const last = own === undefined ? null : ENDS.exec(own)
    if (own !== undefined && last && KEY_LINE.test(own.slice(0, last.index).trim())) {
      key.push(own.slice(0, last.index))
      return { start, end: line.end - own.length + last.index + last[0].length, key: bare(key.join('\n')) }
    }
    if (own === undefined || !isKeyLine(own, before, lineAt(text, line.end + 1)?.text)) break
    key.push(own)
    end = line.end
  }
  return { start, end, key: bare(key.join('\n')) }
}

/** As many lines of base64 as are announced, or fewer; how many stays. */
function puttyBehind(text: string, begin: number): Block | undefined {
  const start = begin + PUTTY_BEGINS.length
  const announcing = lineAt(text, start) ?? { text: '', end: text.length }
  const before = textBefore(text, begin)
  const key: string[] = []
  let end = announcing.end
  for (let count = Number(announcing.text); count > 0; count--) {
    const line = lineAt(text, end + 1)
    const own = line && unprefixed(line.text, before)?.trim()
    if (!line || !own || !PUTTY_LINE.test(own)) break
    key.push(own)
    end = line.end
  }
  return key.length === 0 ? undefined : { start, end, key: key.join('') }
}

/** What stands before a key in its line; nothing where that is longer than any prefix. */
function textBefore(text: string, start: number): string {
  const before = text.slice(Math.max(0, start - BEFORE_LENGTH - 1), start)
  const lineEnd = before.lastIndexOf('\n')
  return lineEnd < 0 && before.length > BEFORE_LENGTH ? '' : before.slice(lineEnd + 1)
}

/** The name of a file, which the answer of a box has before each line of it. */
const FRAME = /^\d+\/\w+:/

/** A line without what stood before the key's first line; undefined when it stands behind the name of another file. Digits may count on. */
function unprefixed(line: string, before: string): string | undefined {
  const frame = FRAME.exec(before)?.[0]
  if (frame !== undefined) return line.startsWith(frame) ? line.slice(frame.length) : undefined
  if (before === '') return line
  const isSame = line.slice(0, before.length).replaceAll(/\d/g, '0') === before.replaceAll(/\d/g, '0')
  return isSame ? line.slice(before.length) : line.replace(CONTINUES, '')
}

/** What shells ask with for the rest of a quotation: `> `, `dquote> `. */
const CONTINUES = /^(?:[a-z]{1,10})?> /

/** Behind other text a short line may be a word of it; the last line of a key may be short. */
function isKeyLine(text: string, before: string, next: string | undefined): boolean {
  const line = text.trim()
  if (!KEY_LINE.test(line)) return false
  const isAlone = before.trim() === '' || FRAME.test(before)
  const isSure = line === '' || line.length >= SURE_LENGTH || HEADER_LINE.test(line)
  return isAlone || isSure || (next !== undefined && ENDS.test(next))
}

/** Without blanks, line ends, their escapes, and what a log or a quotation adds. */
function bare(key: string): string {
  return key.replaceAll(MARKS, '').replaceAll(/\\+[nrt]|[\s"',\\]/g, '')
}
