import { randomHex } from '../../../base/random.ts'
import type { RunResult } from '../../../boxes/box.ts'
import { recordStartOf, filterScript } from '../../../evidence/logs/fetch/filter.ts'
import { filesOf } from '../../../evidence/logs/fetch/files.ts'
import { fileOrder, fileScript } from '../../../evidence/logs/fetch/script.ts'
import { windowSearch, type FoundRange, type Probe } from '../../../evidence/logs/fetch/search.ts'
import { linesInWindow } from '../../../evidence/logs/fetch/window.ts'
import type { LineLayout } from '../../../evidence/logs/layout/line-layout.ts'
import { converse, type Conversation } from './conversation.ts'
import { cannotRead } from './fetch-words.ts'
import { BOX_SECONDS_MORE, type Fetching } from './fetching.ts'
import { unpacker } from './unpack.ts'

/** A file of the log, and what of it is wanted. */
interface Located {
  /** Its place among the files of the source. */
  readonly at: number
  readonly identity: string
  readonly size: number
  readonly range: FoundRange
  /** Undefined: none of its lines bears a time, or no window is asked for. */
  readonly layout: LineLayout | undefined
  readonly recordStart: string | undefined
}

/** Of a log without times a window cannot be told; its end is what it wrote last. Bytes. */
const UNDATED_BYTES = 1024 * 1024
/** Large blocks copy fast; small ones read no more of a short piece than it needs. Bytes. */
const BLOCK_BYTES = 64 * 1024
const SMALL_BLOCK_BYTES = 4 * 1024
const SMALL_PIECE_BYTES = 1024 * 1024
/** Packing a short piece costs more than it saves. Bytes. */
const WORTH_PACKING_BYTES = 100 * 1024
/** Of a packed file: text packs to a tenth, and so many blocks of it tell where the window begins; each costs the box a process. */
const USUAL_RATIO = 10
const INDEX_BLOCKS = 128
const MOST_INDEX_BLOCKS = 4096
const INDEX_BLOCK_BYTES = 4 * 1024
const LEAST_BETWEEN_BYTES = 1024 * 1024
/** Beyond what any file holds: to its end. */
const TO_THE_END = Number.MAX_SAFE_INTEGER

/** Finds the window in each file that can hold some of it, then has the pieces sent, the oldest first. */
export async function fetchFiles(fetching: Fetching): Promise<RunResult | undefined> {
  const { box, source, caps, ends, filter, wide } = fetching
  const boundary = randomHex(16)
  const wantedPlaces = new Set(filesOf(source.files, wide))
  const newest = source.files.findIndex((_, at) => wantedPlaces.has(at))
  const script = fileScript({
    boundary,
    paths: source.files.map(({ path }) => path),
    first: newest < 0 ? '' : openingOf(fetching, newest),
    filter: filterScript(filter),
    seconds: Math.ceil(caps.seconds) + BOX_SECONDS_MORE,
  })
  const conversation = converse(box, script, {
    what: `read the log ${source.id}`,
    boundary,
    timeoutMs: caps.seconds * 1000 + 60_000,
    signal: ends,
  })
  const { located, open } = await locateAll(fetching, conversation, { wanted: wantedPlaces, asked: newest })
  const pieces = withinBudget(fetching, located).filter(({ range }) => range.toByte > range.fromByte)
  if (open !== undefined && open !== pieces[0]?.at) await close(conversation)
  let heard = false
  for (const [nth, each] of pieces.entries()) {
    if (ends.aborted) break
    heard = await deliver(fetching, conversation, each, { isOpen: each.at === open, isLast: nth === pieces.length - 1 })
  }
  if (pieces.length === 0) conversation.tell(fileOrder.end)
  // All was heard, and no filter can have complained: the end of the session, some round trips away, is not waited for.
  if (heard && !isFiltered(filter) && !ends.aborted) return undefined
  while (await conversation.next());
  return conversation.result
}

async function close(conversation: Conversation): Promise<void> {
  conversation.tell(fileOrder.close)
  await until(conversation, 'done')
}

/**
 * Newest first, so that what was rotated since it was listed is looked for under its next name; given oldest first. The one that was looked at last is
 * left open: it is the first that is sent.
 */
async function locateAll(
  fetching: Fetching,
  conversation: Conversation,
  { wanted, asked }: { readonly wanted: Set<number>; readonly asked: number },
): Promise<{ readonly located: readonly Located[]; readonly open: number | undefined }> {
  const { source, ends } = fetching
  const located: Located[] = []
  let open: number | undefined
  for (const [at, file] of source.files.entries()) {
    if (!wanted.has(at) || ends.aborted) continue
    if (open !== undefined) await close(conversation)
    open = undefined
    if (at !== asked) conversation.tell(openingOf(fetching, at))
    const found = await locate(fetching, conversation, at)
    if (!found) continue
    open = at
    if (located.some(({ identity }) => identity !== '' && identity === found.identity)) {
      await close(conversation)
      open = undefined
      continue
    }
    located.unshift(found)
    const rotated = file.identity !== undefined && found.identity !== '' && file.identity !== found.identity
    if (rotated && at + 1 < source.files.length) wanted.add(at + 1)
  }
  return { located, open }
}

/** Where no filter thins them out, what is beyond the limit of bytes is left out at the old end: what was written last tells most. */
function withinBudget({ caps, filter, delivery }: Fetching, located: readonly Located[]): readonly Located[] {
  if (isFiltered(filter)) return located
  let left = caps.bytes
  const kept: Located[] = []
  for (const each of located.toReversed()) {
    const { fromByte, toByte } = each.range
    const known = toByte === TO_THE_END ? 0 : toByte - fromByte
    if (left <= 0 || known - EDGES_BYTES > left) delivery.cap('bytes', 'earlier')
    if (left <= 0) continue
    const cut = known - EDGES_BYTES > left
    kept.unshift(cut ? { ...each, range: { ...each.range, fromByte: toByte - left } } : each)
    left -= known
  }
  return kept
}

/** What is read around a window beside it, at the most. Bytes. */
const EDGES_BYTES = 384 * 1024

function isFiltered(filter: Fetching['filter']): boolean {
  return filter.grep.length + filter.not.length + filter.fields.length > 0
}

function needsLines({ wide, filter }: Fetching): boolean {
  return wide.fromMs !== undefined || wide.toMs !== undefined || isFiltered(filter)
}

/** The first orders for a file: its first blocks are asked for in the same breath, by the size that it had when it was listed. */
function openingOf(fetching: Fetching, at: number): string {
  const file = fetching.source.files[at]
  if (!file) return ''
  const open = fileOrder.open(at, file.packed)
  if (!needsLines(fetching)) return open
  if (file.packed) return open + indexOrder(file.bytes)
  const first = windowSearch(file.bytes, fetching.wide).next()
  return first.length > 0 ? open + probeOrder(first) : open
}

async function locate(fetching: Fetching, conversation: Conversation, at: number): Promise<Located | undefined> {
  const { source, wide, delivery, layoutOf, time, filter } = fetching
  const file = source.files[at]
  if (!file) return undefined
  const hasWindow = wide.fromMs !== undefined || wide.toMs !== undefined
  const asks = needsLines(fetching)
  const opened = await openedOf(fetching, conversation, at)
  if (!opened) return undefined
  let blocks = asks && (file.packed || file.bytes > 0) ? await blocksOf(fetching, conversation) : []
  if (asks && !file.packed && blocks.length === 0 && opened.size > 0) {
    conversation.tell(probeOrder(windowSearch(opened.size, wide).next()))
    blocks = await blocksOf(fetching, conversation)
  }
  if (file.packed) delivery.read(asks ? file.bytes : 0)
  const layout = blocks.length > 0 ? layoutOf(sampleOf(blocks), time) : undefined
  const size = file.packed ? (blocks.at(-1)?.probe.offset ?? 0) + betweenBytes(file.bytes) : opened.size
  const range = !hasWindow
    ? { ...EVERYTHING, toByte: file.packed ? TO_THE_END : size }
    : file.packed
      ? packedRange(fetching, blocks, size, layout)
      : await search(fetching, conversation, { size, blocks, layout, listed: file.bytes })
  if (range.undated && size > 0) saysUndated(fetching, file.path, size)
  const starts = layout && isFiltered(filter) ? recordStartOf(blocks.map(asText), layout) : undefined
  if (starts?.isMultiLine && starts.recordStart === undefined)
    delivery.skip(
      `${file.path}: its records could not be told apart on the box, so the filter worked on single lines: lines of a stack trace that do not match are missing (--around TIME shows the whole records)`,
    )
  return {
    at,
    identity: opened.identity,
    size: opened.size,
    range: range.undated && !file.packed ? { ...range, fromByte: Math.max(0, size - UNDATED_BYTES) } : range,
    layout: hasWindow && !range.undated ? layout : undefined,
    recordStart: starts?.recordStart,
  }
}

const EVERYTHING = { fromByte: 0, toByte: 0, windowBytes: 0, slackMs: 0, undated: false }

function saysUndated({ delivery }: Fetching, path: string, size: number): void {
  const part = size > UNDATED_BYTES ? 'its last MiB is' : 'all of it is'
  delivery.skip(
    `${path}: none of the lines that were looked at bears a time, so the window could not be found; ${part} shown`,
  )
}

type Block = { readonly probe: Probe; readonly bytes: Uint8Array }

function asText({ probe, bytes }: Block): { readonly bytes: Uint8Array; readonly fromStart: boolean } {
  return { bytes, fromStart: probe.offset === 0 }
}

/** Whole lines of its beginning, of its middle and of its end. */
function sampleOf(blocks: readonly Block[]): Uint8Array {
  const some = [blocks[0], blocks[Math.floor(blocks.length / 2)], blocks.at(-1)].filter((block) => block !== undefined)
  return Buffer.concat([...new Set(some)].map(wholeLines))
}

function wholeLines({ probe, bytes }: Block): Uint8Array {
  const from = probe.offset === 0 ? 0 : bytes.indexOf(0x0a) + 1
  const to = bytes.lastIndexOf(0x0a) + 1
  return to > from ? bytes.subarray(from, to) : bytes.subarray(from)
}

/** Round by round, until the window is known. */
async function search(
  fetching: Fetching,
  conversation: Conversation,
  {
    size,
    blocks,
    layout,
    listed,
  }: {
    readonly size: number
    readonly blocks: readonly Block[]
    readonly layout: LineLayout | undefined
    readonly listed: number
  },
): Promise<FoundRange> {
  const { wide, ends } = fetching
  const found = windowSearch(size, wide)
  const first = found.next()
  if (!layout) return { ...found.found(), undated: size > 0 }
  for (const { probe, bytes } of blocks) found.take(probe, bytes)
  // It has grown since it was listed: its new end was not seen.
  const unseen = size === listed ? [] : first.filter(({ offset }) => offset >= listed - SMALL_BLOCK_BYTES)
  for (let probes: readonly Probe[] = unseen; ; probes = found.next()) {
    if (probes.length > 0) {
      conversation.tell(probeOrder(probes))
      for (const { probe, bytes } of await blocksOf(fetching, conversation)) found.take(probe, bytes)
    }
    found.read(layout)
    if (ends.aborted || (probes.length === 0 && probes !== unseen)) return found.found()
  }
}

/** The window in what was sampled while it was unpacked; its last part has no known end. */
function packedRange(
  { wide }: Fetching,
  blocks: readonly Block[],
  size: number,
  layout: LineLayout | undefined,
): FoundRange {
  const found = windowSearch(size, wide)
  if (!layout) return { ...found.found(), undated: true, fromByte: 0, toByte: TO_THE_END }
  for (const { probe, bytes } of blocks) found.take(probe, bytes)
  found.read(layout)
  const range = found.found()
  if (range.undated) return { ...range, fromByte: 0, toByte: TO_THE_END }
  return range.toByte >= size ? { ...range, toByte: TO_THE_END } : range
}

function betweenBytes(packedBytes: number): number {
  const usual = (packedBytes * USUAL_RATIO) / INDEX_BLOCKS
  return Math.max(LEAST_BETWEEN_BYTES, Math.ceil(usual / LEAST_BETWEEN_BYTES) * LEAST_BETWEEN_BYTES)
}

function indexOrder(packedBytes: number): string {
  return fileOrder.index(INDEX_BLOCK_BYTES, betweenBytes(packedBytes) / INDEX_BLOCK_BYTES - 1, MOST_INDEX_BLOCKS)
}

/** All of one round are of one size. */
function probeOrder(probes: readonly Probe[]): string {
  const bytes = probes[0]?.bytes ?? SMALL_BLOCK_BYTES
  return fileOrder.probe(
    bytes,
    probes.map(({ offset }) => offset / bytes),
  )
}

interface Opened {
  readonly identity: string
  readonly size: number
}

/** Undefined: it cannot be read, which is said, and nothing is open. */
async function openedOf(fetching: Fetching, conversation: Conversation, at: number): Promise<Opened | undefined> {
  const { source, delivery } = fetching
  const file = source.files[at]
  for (;;) {
    const piece = await conversation.next()
    if (!piece) return undefined
    if (piece.kind === 'bytes') continue
    const [word, , second = '', third = ''] = piece.words
    if (word === 'cannot') {
      const why =
        second === 'unpacker' ? `it is packed, and there is no ${file?.packed} on this box` : cannotRead(second)
      delivery.miss(`${file?.path}: ${why}`)
      await close(conversation)
      return undefined
    }
    // A box without stat: the size when it was listed, its identity unknown.
    if (word === 'opened') return { identity: second, size: /^\d+$/.test(third) ? Number(third) : (file?.bytes ?? 0) }
    if (word === 'done') {
      delivery.miss(`${file?.path}: it could not be opened`)
      return undefined
    }
  }
}

/** The answer to a round of probes. */
async function blocksOf({ delivery, source }: Fetching, conversation: Conversation): Promise<readonly Block[]> {
  const blocks: Block[] = []
  let pieces: Uint8Array[] = []
  let probe: Probe | undefined
  const settle = (): void => {
    const bytes = Buffer.concat(pieces)
    pieces = []
    if (!probe || bytes.length === 0) return
    blocks.push({ probe, bytes })
    if (source.kind === 'file') delivery.read(bytes.length)
    delivery.probe()
  }
  for (;;) {
    const piece = await conversation.next()
    if (!piece) return blocks
    if (piece.kind === 'bytes') pieces.push(piece.bytes)
    else {
      settle()
      const [word, number, bytes] = piece.words
      if (word === 'asked') return blocks
      probe = word === 'block' ? { offset: Number(number) * Number(bytes), bytes: Number(bytes) } : undefined
    }
  }
}

/** Takes what comes until a mark; gives the marks on the way. */
async function until(conversation: Conversation, last: string): Promise<readonly (readonly string[])[]> {
  const marks: (readonly string[])[] = []
  for (;;) {
    const piece = await conversation.next()
    if (!piece) return marks
    if (piece.kind !== 'mark') continue
    marks.push(piece.words)
    if (piece.words[0] === last) return marks
  }
}

/** Has the piece of one file sent. True: all that was to be heard of it was. */
async function deliver(
  fetching: Fetching,
  conversation: Conversation,
  located: Located,
  { isOpen, isLast }: { readonly isOpen: boolean; readonly isLast: boolean },
): Promise<boolean> {
  const { source, filter, delivery, packs, wide } = fetching
  const { at, range, layout } = located
  const file = source.files[at]
  const opened = isOpen ? located : await openAgain(fetching, conversation, located)
  if (!file || !opened) {
    if (isLast) conversation.tell(fileOrder.end)
    return false
  }
  if (located.recordStart !== undefined) conversation.tell(fileOrder.fold(located.recordStart))
  const length = range.toByte - range.fromByte
  const codec = packs && length > WORTH_PACKING_BYTES ? 'auto' : 'none'
  const mostBytes = delivery.left() + 1
  const blockBytes = length < SMALL_PIECE_BYTES ? SMALL_BLOCK_BYTES : BLOCK_BYTES
  const from = Math.floor(range.fromByte / blockBytes)
  const count = Math.ceil(range.toByte / blockBytes) - from
  conversation.tell(
    file.packed
      ? fileOrder.unpack(codec, range.fromByte, Math.min(length, TO_THE_END), mostBytes)
      : fileOrder.send(codec, blockBytes, from, count, mostBytes),
  )
  conversation.tell(isLast ? fileOrder.close + fileOrder.end : fileOrder.close)
  const startsWithin = range.fromByte === 0 && wide.fromMs === undefined
  const lines = layout ? linesInWindow(layout, wide, startsWithin) : undefined
  const start = from * blockBytes
  // Nothing is taken out by its time: it ends where the search said, and begins with a whole line.
  const raw = lines || file.packed || isFiltered(filter) ? undefined : exactly(range.fromByte - start, length)
  const ended = await stream(fetching, conversation, file.path, async (bytes) => {
    const pieces = lines ? lines.push(bytes) : raw ? raw(bytes) : [bytes]
    for (const piece of pieces) await delivery.give(piece)
  })
  for (const piece of lines?.finish() ?? []) await delivery.give(piece)
  if (file.packed && range.toByte === TO_THE_END && isDamaged(ended) && delivery.left() > 0)
    delivery.miss(`${file.path}: it is damaged or was cut off: what could be unpacked before that is shown`)
  delivery.read(file.packed ? file.bytes : Math.min(count * blockBytes, Math.max(0, opened.size - start)))
  if (isFiltered(filter)) delivery.window(range.toByte === TO_THE_END ? 0 : range.windowBytes || length)
  const marks = await until(conversation, 'done')
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
  for (const place of [at, at + 1]) {
    const file = source.files[place]
    if (!file) break
    conversation.tell(fileOrder.open(place, file.packed))
    const opened = await openedOf(fetching, conversation, place)
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
