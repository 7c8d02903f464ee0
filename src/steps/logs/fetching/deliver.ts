import { lastLine } from '../../../evidence/logs/fetch/last-line.ts'
import { fileOrder } from '../../../evidence/logs/fetch/script.ts'
import { lineFilter } from '../../../evidence/logs/fetch/line-filter.ts'
import { linesInWindow } from '../../../evidence/logs/fetch/window.ts'
import type { LogFile } from '../../../evidence/logs/source.ts'
import { isFiltered } from '../../../evidence/logs/window.ts'
import { SMALL_BLOCK_BYTES } from './blocks.ts'
import type { Conversation } from './conversation.ts'
import type { Fetching } from './fetching.ts'
import { holdsText, TO_THE_END, type Located } from './locate.ts'
import { close, openedOf, until, type Opened } from './opened-file.ts'
import { unpacker } from './unpack.ts'

/** Large blocks copy fast; small ones read no more of a short piece than it needs. Bytes. */
const BLOCK_BYTES = 64 * 1024
const SMALL_PIECE_BYTES = 1024 * 1024
/** Packing a short piece costs more than it saves. Bytes. */
const WORTH_PACKING_BYTES = 100 * 1024

/** Has the piece of one file sent. True: all that was to be heard of it was. */
export async function deliver(
  fetching: Fetching,
  conversation: Conversation,
  located: Located,
  { isOpen, isLast }: { readonly isOpen: boolean; readonly isLast: boolean },
): Promise<boolean> {
  const { source, filter, delivery, packs, kept: times } = fetching
  const { at, range, layout } = located
  const file = source.files[at]
  const opened = isOpen ? located : await openAgain(fetching, conversation, located)
  if (!file || !opened) {
    if (isLast) conversation.tell(fileOrder.end)
    return false
  }
  if (located.recordStart !== undefined) conversation.tell(fileOrder.fold(located.recordStart))
  if (located.filteredHere) conversation.tell(fileOrder.all)
  const length = range.toByte - range.fromByte
  const codec = packs && length > WORTH_PACKING_BYTES ? 'auto' : 'none'
  const mostBytes = located.filteredHere ? length + BLOCK_BYTES : delivery.left() + 1
  const blockBytes = length < SMALL_PIECE_BYTES ? SMALL_BLOCK_BYTES : BLOCK_BYTES
  const from = Math.floor(range.fromByte / blockBytes)
  const count = Math.ceil(range.toByte / blockBytes) - from
  conversation.tell(
    file.packed
      ? fileOrder.unpack(codec, range.fromByte, Math.min(length, TO_THE_END), mostBytes)
      : fileOrder.send(codec, blockBytes, from, count, mostBytes),
  )
  // A filter may find nothing for long; and what is packed is unpacked from its beginning.
  conversation.patient = isFiltered(filter) || file.packed !== undefined
  conversation.tell(isLast ? fileOrder.close + fileOrder.end : fileOrder.close)
  const startsWithin = range.fromByte === 0 && times.fromMs === undefined
  const lines = layout ? linesInWindow(layout, times, startsWithin) : undefined
  const start = from * blockBytes
  // Nothing is taken out by its time: it ends where the search said, and begins with a whole line.
  const raw = lines || file.packed || isFiltered(filter) ? undefined : exactly(range.fromByte - start, length)
  const end =
    at === 0 && !file.packed && range.toByte >= opened.size ? lastLine((bytes) => delivery.give(bytes)) : undefined
  const give = (bytes: Uint8Array): Promise<void> => (end ?? delivery).give(bytes)
  const here = located.filteredHere && lineFilter(filter, located.filteredHere)
  let came = 0
  const ended = await stream(fetching, conversation, file.path, async (bytes) => {
    came += bytes.length
    const pieces = lines ? lines.push(bytes) : raw ? raw(bytes) : [bytes]
    for (const piece of pieces) for (const kept of here?.push(piece) ?? [piece]) await give(kept)
  })
  for (const piece of lines?.finish() ?? []) for (const kept of here?.push(piece) ?? [piece]) await give(kept)
  for (const piece of here?.finish() ?? []) await give(piece)
  conversation.patient = false
  const damaged = file.packed && range.toByte === TO_THE_END && isDamaged(ended) && delivery.left() > 0
  if (damaged) delivery.miss(`${file.path}: it is damaged or was cut off: what could be unpacked before that is shown`)
  delivery.read(file.packed ? file.bytes : Math.min(count * blockBytes, Math.max(0, opened.size - start)))
  if (isFiltered(filter)) delivery.window(range.toByte === TO_THE_END ? 0 : range.windowBytes || length)
  const marks = await until(conversation, 'done')
  const isEnded = fetching.ends.aborted || conversation.hasStalled()
  const all = file.packed ? 1 : Math.min(count * blockBytes, opened.size - start, sizeIn(marks) - start)
  const isShort =
    !isFiltered(filter) && !isEnded && !damaged && delivery.left() > 0 && came < all && holdsText(file, opened)
  if (isShort)
    delivery.miss(
      `${file.path}: ${came} bytes of it came${file.packed ? '' : ` where there are ${all}`}: the disk, or what reads and packs it there (${file.packed ?? 'dd'}, ${codec === 'auto' ? 'zstd or gzip' : 'cat'}), does not work`,
    )
  const hasShrunk = sizeIn(marks) < opened.size
  if (end) await settleLastLine(fetching, file, located, { line: end.line(), isCut: isShort || isEnded, hasShrunk })
  changesOf(fetching, file.path, opened, marks)
  return marks.at(-1)?.[0] === 'done'
}

/** The file that was looked at, also where it has its next name by now. */
async function openAgain(
  fetching: Fetching,
  conversation: Conversation,
  { at, identity }: Located,
): Promise<Opened | undefined> {
  const { source, delivery } = fetching
  // That there is nothing of that name by now is said in the end, in other words.
  const says = (sentence: string, why: string): void => (why === 'gone' ? undefined : delivery.miss(sentence))
  for (const place of [at, at + 1]) {
    const file = source.files[place]
    if (!file) break
    conversation.tell(fileOrder.open(place, file.packed))
    const opened = await openedOf(fetching, conversation, place, says)
    if (!opened) continue
    if (opened.identity === identity) return opened
    await close(conversation)
  }
  delivery.miss(`${source.files[at]?.path}: it was rotated away while it was read; read it again`)
  return undefined
}

/** Cuts a stream of bytes to a piece of it. */
function exactly(skip: number, length: number): (bytes: Uint8Array) => readonly Uint8Array[] {
  let passed = 0
  return (bytes) => {
    const from = Math.max(0, skip - passed)
    const to = Math.min(bytes.length, skip + length - passed)
    passed += bytes.length
    return to > from ? [bytes.subarray(from, to)] : []
  }
}

/** How an unpacker ended: none says 0 of what it could not unpack to its end; one that is told to stop ends by a signal. */
function isDamaged(exitCode: string | undefined): boolean {
  return exitCode !== undefined && /^[1-9]\d{0,2}$/.test(exitCode) && Number(exitCode) < FIRST_OF_A_SIGNAL
}

const FIRST_OF_A_SIGNAL = 128

/** Takes what comes between `data` and `sent`; gives what the box says of how it ended. */
async function stream(
  { delivery, ends }: Fetching,
  conversation: Conversation,
  path: string,
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<string | undefined> {
  let packed: ReturnType<typeof unpacker> | undefined
  for (;;) {
    const piece = await conversation.next()
    if (piece?.kind === 'bytes') await packed?.push(piece.bytes)
    else if (piece?.words[0] === 'data') packed = unpacker(piece.words[1] ?? '', take)
    else {
      const whole = (await packed?.finish()) ?? true
      if (!whole && !ends.aborted)
        delivery.miss(`${path}: what the box packed for the way could not be unpacked to its end`)
      return piece?.words[1]
    }
  }
}

/** How long it was when it was closed; where the box did not say, no shorter than before. Bytes. */
function sizeIn(marks: readonly (readonly string[])[]): number {
  const size = marks.find(([word]) => word === 'closed')?.[2] ?? ''
  return /^\d+$/.test(size) ? Number(size) : Number.POSITIVE_INFINITY
}

/** A log that was written to so lately may be in the middle of a line. Milliseconds. */
const LATELY_MS = 10_000

/**
 * What has no end yet is half a line, which would be read as one, or as going on with the record before: it is held back where somebody writes, and that is said.
 *
 * A filter of the box gives each line an end, so what it gave last is compared with the end of the file.
 */
async function settleLastLine(
  { source, time, delivery }: Fetching,
  { path, modifiedAtMs }: LogFile,
  { unfinished }: Located,
  { line, isCut, hasShrunk }: { readonly line: Uint8Array; readonly isCut: boolean; readonly hasShrunk: boolean },
): Promise<void> {
  // Half of a line that is gone; that it shrank is said.
  if (hasShrunk && line.at(-1) !== NEWLINE) return undefined
  // At a limit it is not the end of the log.
  const isHalf =
    !isCut &&
    line.length > 0 &&
    line.length <= delivery.left() &&
    (line.at(-1) !== NEWLINE || isTheSame(line.subarray(0, -1), unfinished))
  const isWritten = source.writers.length > 0 || time.nowMs - modifiedAtMs < LATELY_MS
  if (!isHalf || !isWritten) return delivery.give(line)
  delivery.skip(
    `${path}: its last line has no end yet, so it was left out (${line.length} bytes); ask again, or follow it with -f`,
  )
  return undefined
}

function isTheSame(line: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && other.length > 0 && Buffer.from(line).equals(other)
}

const NEWLINE = 0x0a

/** What has become of it while it was read. */
function changesOf({ delivery }: Fetching, path: string, opened: Opened, marks: readonly (readonly string[])[]): void {
  const closed = marks.find(([word]) => word === 'closed')
  const named = marks.find(([word]) => word === 'named')
  if (!closed || !/^\d+$/.test(closed[2] ?? '')) return
  if (Number(closed[2]) < opened.size)
    delivery.miss(
      `${path}: it shrank from ${opened.size} to ${closed[2]} bytes while it was read; what was cut off is missing`,
    )
  if (closed[3] === '0') delivery.skip(`${path}: it was deleted while it was read; it was read to its end`)
  else if (named && named[1] !== opened.identity)
    delivery.skip(
      `${path}: it was rotated while it was read; it was read to its end, and what came after is in the new file`,
    )
}
