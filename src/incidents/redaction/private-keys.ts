import { MARKS } from './mark.ts'

/**
 * Replaces private keys: blocks of RFC 7468 and OpenPGP (RFC 9580, 6.2), SSH2 (RFC 4716) and PuTTY, on one line or over several. The
 * lines may stand behind something that is the same on each (the stamp of a log, the name of a file in an answer, an indent), and the
 * end may be cut off: then the key goes on while lines look like one.
 *
 * `mark` is given the text of the key without what its layout adds, so that the same key has the same mark however it is laid out.
 */
export function withoutPrivateKeys(text: string, mark: (key: string) => string): string {
  if (!WORDS.test(text)) return text
  const lines = text.split('\n')
  const kept: string[] = []
  let line = 0
  let from = 0
  let redacted = ''
  while (line < lines.length) {
    const block = blockAt(lines, line, from)
    if (block) {
      redacted += (lines[line] ?? '').slice(from, block.start) + mark(block.key)
      line = block.last
      from = block.end
    } else {
      kept.push(redacted + (lines[line] ?? '').slice(from))
      redacted = ''
      from = 0
      line++
    }
  }
  return kept.join('\n')
}

const WORDS = /PRIVATE KEY|Private-Lines:/
const BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|---- BEGIN SSH2 [A-Z ]{0,20}PRIVATE KEY ----/g
const ENDS = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|---- END SSH2 [A-Z ]{0,20}PRIVATE KEY ----/g
/** Says how many lines of base64 follow. */
const PUTTY_BEGINS = /Private-Lines: (?=\d{1,4}\s*$)/g
/** A line within a key: base64, a check sum of OpenPGP, or a header (RFC 1421; OpenPGP; RFC 4716). */
const KEY_LINE =
  /^(?:[A-Za-z0-9+/=]*|(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset|Subject|x-[\w-]{1,40}): .{0,200})\\?$/
/** So much of base64 is no word, though other text stands before it. Characters. */
const SURE_LENGTH = 16
/** What stands before a key is compared line by line up to this. Characters. */
const BEFORE_LENGTH = 200

/** A key: where it starts in its first line, where it ends in its last. */
interface Block {
  readonly start: number
  readonly last: number
  readonly end: number
  readonly key: string
}

function blockAt(lines: readonly string[], at: number, from: number): Block | undefined {
  const line = lines[at] ?? ''
  const begin = firstOf(BEGINS, line, from)
  if (!begin) return puttyAt(lines, at, from)
  const start = begin.index
  const body = start + begin[0].length
  const end = firstOf(ENDS, line, body)
  if (end) return { start, last: at, end: end.index + end[0].length, key: bare(line.slice(body, end.index)) }
  return { start, ...restOfKey(lines, at, { before: line.slice(0, start), first: line.slice(body) }) }
}

function restOfKey(
  lines: readonly string[],
  at: number,
  { before, first }: { readonly before: string; readonly first: string },
): Omit<Block, 'start'> {
  const key = [first]
  let last = at
  for (let next = at + 1; next < lines.length; next++) {
    const line = lines[next] ?? ''
    const text = unprefixed(line, before)
    const closing = text === undefined ? null : firstOf(ENDS, text, 0)
    if (text !== undefined && closing && KEY_LINE.test(text.slice(0, closing.index).trim())) {
      const end = line.length - text.length + closing.index + closing[0].length
      return { last: next, end, key: bare([...key, text.slice(0, closing.index)].join('\n')) }
    }
    if (text === undefined || !isKeyLine(text, before, lines[next + 1])) break
    key.push(text)
    last = next
  }
  return { last, end: (lines[last] ?? '').length, key: bare(key.join('\n')) }
}

/** As many lines of base64 as are announced, or fewer. */
function puttyAt(lines: readonly string[], at: number, from: number): Block | undefined {
  const line = lines[at] ?? ''
  const begin = firstOf(PUTTY_BEGINS, line, from)
  if (!begin) return undefined
  const start = begin.index + begin[0].length
  const key: string[] = []
  for (let next = at + 1; next <= at + Number(line.slice(start)); next++) {
    const text = unprefixed(lines[next] ?? '', line.slice(0, begin.index))?.trim() ?? ''
    if (!/^[A-Za-z0-9+/=]+$/.test(text)) break
    key.push(text)
  }
  if (key.length === 0) return undefined
  return { start, last: at + key.length, end: (lines[at + key.length] ?? '').length, key: key.join('') }
}

function firstOf(form: RegExp, line: string, from: number): RegExpExecArray | null {
  form.lastIndex = from
  return form.exec(line)
}

/** The name of a file, which the answer of a box has before each line of it. */
const FRAME = /^\d+\/\w+:/

/** A line without what stood before the key's first line; undefined when it stands behind the name of another file. Digits may count on. */
function unprefixed(line: string, before: string): string | undefined {
  const frame = FRAME.exec(before)?.[0]
  if (frame !== undefined) return line.startsWith(frame) ? line.slice(frame.length) : undefined
  if (before === '' || before.length > BEFORE_LENGTH) return line
  const isSame = line.slice(0, before.length).replaceAll(/\d/g, '0') === before.replaceAll(/\d/g, '0')
  return isSame ? line.slice(before.length) : line
}

/** Behind other text a short line may be a word of it; the last line of a key may be short. */
function isKeyLine(text: string, before: string, next: string | undefined): boolean {
  const line = text.trim()
  if (!KEY_LINE.test(line)) return false
  const isAlone = before.trim() === '' || before.length > BEFORE_LENGTH || FRAME.test(before)
  return isAlone || line === '' || line.length >= SURE_LENGTH || (next !== undefined && firstOf(ENDS, next, 0) !== null)
}

/** Without blanks, line ends, their escapes, and what a log or a quotation adds. */
function bare(key: string): string {
  return key.replaceAll(MARKS, '').replaceAll(/\\+[nrt]|[\s"',\\]/g, '')
}
