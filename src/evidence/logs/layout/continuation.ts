import { bytesOf, indexWithin, isBlank, isLetter, lineBefore, startsWith, TAB, withoutReturn } from './line-bytes.ts'

/** What a line looks like that goes on with the one before it, whatever the log. All look at bytes and allocate nothing. */

/**
 * A line that begins at `lineStart` and says what stands in `[start, end)`, judged by its form: indented, empty, a cause, the end of a traceback. The line before
 * is looked at where the form could also be a line of its own; it must be among `bytes`, else the line stands alone.
 *
 * @param indented indentation means that it goes on; false in a log whose own lines are indented
 * @param contentOf where what a line says begins, when something stands before it on each line; -1: no such line
 */
export function looksContinued(
  bytes: Uint8Array,
  lineStart: number,
  start: number,
  lineEnd: number,
  indented: boolean,
  contentOf?: OnLine<number>,
): boolean {
  const end = withoutReturn(bytes, start, lineEnd)
  if (end <= start) return true
  const first = bytes[start]
  if (isBlank(first)) return indented || isFrame(bytes, start, end)
  if (ALWAYS_FIRST[first ?? 0] === 1 && isOneOf(bytes, start, end, ALWAYS)) return true
  if (first === 0x7d || first === 0x5d || first === 0x29) return end - start <= CLOSING
  // The line before is found last: most lines are told by their own form.
  const panic = lineStart > 1 && bytes[lineStart - 2] === 0x3a
  const named = isLetter(first) || first === 0x5f
  const exception = named && namesException(bytes, start, end)
  const frame = named && mayBeGoFrame(bytes, start, end)
  if (!panic && !exception && !frame) return false
  const before = contentBefore(bytes, lineStart, contentOf)
  if (before === -1) return false
  return (
    (panic && startsWith(bytes, before, lineStart, THREAD)) ||
    (exception && startsWith(bytes, before, lineStart, CODE)) ||
    (frame && (bytes[before] === TAB || startsWith(bytes, before, lineStart, GOROUTINE)))
  )
}

export type OnLine<T> = (bytes: Uint8Array, start: number, end: number) => T

/** Where what the line before says begins; -1 when there is none. */
function contentBefore(bytes: Uint8Array, lineStart: number, contentOf?: OnLine<number>): number {
  const before = lineBefore(bytes, lineStart)
  return before === -1 || contentOf === undefined ? before : contentOf(bytes, before, lineStart - 1)
}

/** `},`, `])`: what closes something that was printed over several lines. */
const CLOSING = 3

/**
 * The heading of an exception that nothing has caught. It goes on with the line before only when that one tells of an error itself (`logger.exception` of
 * Python): what the line before says has nothing to do with it otherwise.
 */
export function isExceptionHeading(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]
  if (HEADING_FIRST[first ?? 0] !== 1) return false
  return isOneOf(bytes, start, end, EXCEPTION_HEADINGS)
}

/**
 * The line before the one that begins at `lineStart` says near its beginning that something went wrong, or is the empty one between an exception of Python and
 * the one that followed from it. Parameters as for `looksContinued`.
 */
export function followsError(bytes: Uint8Array, lineStart: number, contentOf?: OnLine<number>): boolean {
  const before = contentBefore(bytes, lineStart, contentOf)
  if (before === -1) return false
  const end = withoutReturn(bytes, before, lineStart - 1)
  if (end <= before) return followsChain(bytes, lineBefore(bytes, lineStart), contentOf)
  const last = Math.min(end, before + BEGINNING)
  for (const word of ERROR_WORDS) if (indexWithin(bytes, before, last, word) !== -1) return true
  return false
}

/** Above the empty line that begins at `blankStart`. Where that is not known the exception belongs to what is above. */
function followsChain(bytes: Uint8Array, blankStart: number, contentOf?: OnLine<number>): boolean {
  const above = contentBefore(bytes, blankStart, contentOf)
  return above === -1 || isOneOf(bytes, above, blankStart, CHAINS)
}

const BEGINNING = 160
const ERROR_WORDS = [
  'ERR',
  'CRIT',
  'FATAL',
  'SEVERE',
  'WARN',
  'EXCEPTION',
  '[error',
  '[crit',
  '"error"',
  ' error ',
].map(bytesOf)

/** What Python writes between two exceptions. */
const CHAINS = ['During handling of the above exception', 'The above exception was the direct cause'].map(bytesOf)

const EXCEPTION_HEADINGS = [
  'Traceback (most recent call last):',
  'panic: ',
  'fatal error: ',
  "thread '",
  'Exception in thread ',
  'Unhandled exception',
  'Uncaught ',
].map(bytesOf)

/** Their first bytes. */
const HEADING_FIRST = new Uint8Array(256)
for (const [first = 0] of EXCEPTION_HEADINGS) HEADING_FIRST[first] = 1

/** Lines of stack traces that stand at the beginning of the line. */
const ALWAYS = [
  'Caused by: ',
  'Suppressed: ',
  'During handling of the above exception',
  'The above exception was the direct cause',
  '--- End of ',
  'goroutine ',
  '[signal ',
  'created by ',
  'stack backtrace:',
  'note: run with `RUST_BACKTRACE',
  'Stack trace:',
  '#0 ',
  '#1 ',
  '#2 ',
  'at ',
  '... ',
].map(bytesOf)

/** Their first bytes, so that nearly no line is compared with all of them. */
const ALWAYS_FIRST = new Uint8Array(256)
for (const [first = 0] of ALWAYS) ALWAYS_FIRST[first] = 1

function isOneOf(bytes: Uint8Array, start: number, end: number, prefixes: readonly Uint8Array[]): boolean {
  for (const prefix of prefixes) if (startsWith(bytes, start, end, prefix)) return true
  return false
}

const FRAMES = ['at ', 'File "', 'from ', '... ', '--- End', 'Caused by: '].map(bytesOf)

function isFrame(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && isBlank(bytes[at])) at += 1
  return isOneOf(bytes, at, end, FRAMES)
}

/** What stands above `ValueError: text`: `    raise ValueError(item)`, or `  File "<string>", line 3` where the code is not known. */
const CODE = bytesOf('  ')
/** Since Rust 1.73 what a panic says stands on the line below `thread 'main' panicked at src/main.rs:12:5:`. */
const THREAD = bytesOf("thread '")

/** `ValueError: text`, `shop.errors.NoStock: 12`, `KeyboardInterrupt` */
function namesException(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  let dots = 0
  let capitals = 0
  for (; at < end && at - start < LONGEST_NAME; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === 0x2e) dots += 1
    else if (byte >= 0x41 && byte <= 0x5a) capitals += 1
    else if (!isLetter(byte) && byte !== 0x5f && (byte < 0x30 || byte > 0x39)) break
  }
  return (at === end || bytes[at] === 0x3a) && capitals + dots > 0
}

const LONGEST_NAME = 200

/** `main.handle(0x1, 0x2)`, between lines that begin with a tab or below `goroutine 1 [running]:`. */
function mayBeGoFrame(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[end - 1] === 0x29 || startsWith(bytes, start, end, EXIT)
}

const GOROUTINE = bytesOf('goroutine ')
const EXIT = bytesOf('exit status ')
