import { isExpression } from '../../../evidence/logs/fetch/line-filter.ts'
import { recordStartOf } from '../../../evidence/logs/fetch/filter.ts'
import { fileOrder } from '../../../evidence/logs/fetch/script.ts'
import { windowSearch, type FoundRange, type Probe } from '../../../evidence/logs/fetch/search.ts'
import type { LineLayout } from '../../../evidence/logs/layout/line-layout.ts'
import type { LogFile } from '../../../evidence/logs/source.ts'
import { isFiltered, type LogFilter } from '../../../evidence/logs/window.ts'
import {
  asText,
  betweenBytes,
  blocksOf,
  indexOrder,
  probeOrder,
  sampleOf,
  SMALL_BLOCK_BYTES,
  type Block,
} from './blocks.ts'
import type { Conversation } from './conversation.ts'
import type { Fetching } from './fetching.ts'
import { close, openedOf, type Opened } from './opened-file.ts'

/** A file of the log, and what of it is wanted. */
export interface Located {
  /** Its place among the files of the source. */
  readonly at: number
  readonly identity: string
  readonly size: number
  readonly range: FoundRange
  /** Undefined: none of its lines bears a time, or no window is asked for. */
  readonly layout: LineLayout | undefined
  readonly recordStart: string | undefined
  /** Its records could not be told apart on the box, so that the filter works on this console, on lines read like this. */
  readonly filteredHere: LineLayout | undefined
  /** Of what was looked at: the end of a last line without an end. */
  readonly unfinished: Uint8Array | undefined
}

/** More than that is not sent only to be thrown away here. Bytes. */
const FILTERED_HERE_BYTES = 16 * 1024 * 1024
/** Of a log without times a window cannot be told; its end is what it wrote last. Bytes. */
const UNDATED_BYTES = 1024 * 1024
/** Beyond what any file holds: to its end. */
export const TO_THE_END = Number.MAX_SAFE_INTEGER

/**
 * Newest first, so that what was rotated since it was listed is looked for under its next name; given oldest first. The one that was looked at last is
 * left open: it is the first that is sent.
 */
export async function locateAll(
  fetching: Fetching,
  conversation: Conversation,
  { wanted, asked }: { readonly wanted: Set<number>; readonly asked: number },
): Promise<{ readonly located: readonly Located[]; readonly open: number | undefined }> {
  const { source, ends } = fetching
  const located: Located[] = []
  let open: number | undefined
  for (const [at, file] of source.files.entries()) {
    if (!wanted.has(at) || ends.aborted || conversation.hasStalled()) continue
    if (open !== undefined) await close(conversation)
    open = undefined
    conversation.about = at
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

/** The first orders for a file: its first blocks are asked for in the same breath, by the size that it had when it was listed. */
export function openingOf(fetching: Fetching, at: number): string {
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
  if (opened.size === 0 && !file.packed && source.files.length === 1) delivery.skip(`${file.path}: it is empty`)
  let blocks = asks && (file.packed || file.bytes > 0) ? await blocksOf(fetching, conversation) : []
  if (asks && !file.packed && blocks.length === 0 && opened.size > 0) {
    conversation.tell(probeOrder(windowSearch(opened.size, wide).next()))
    blocks = await blocksOf(fetching, conversation)
  }
  if (asks && blocks.length === 0 && !conversation.hasStalled() && !fetching.ends.aborted && holdsText(file, opened)) {
    delivery.miss(`${file.path}: the box gave nothing of it, and ${file.packed ?? 'dd'} did not say why`)
    await close(conversation)
    return undefined
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
  const isUntold = starts?.isMultiLine === true && starts.recordStart === undefined
  const sentBytes =
    range.toByte - (range.undated && !file.packed ? Math.max(range.fromByte, size - UNDATED_BYTES) : range.fromByte)
  const isHere = isUntold && sentBytes <= FILTERED_HERE_BYTES && canFilterHere(filter)
  if (isUntold && !isHere)
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
    filteredHere: isHere ? layout : undefined,
    unfinished: file.packed ? undefined : unfinishedOf(blocks, opened.size),
  }
}

/** What this console cannot read of an expression, a box may. */
function canFilterHere({ grep, not }: LogFilter): boolean {
  return [...grep, ...not].every(isExpression)
}

/** Undefined: it ends with a whole line, or its last line is longer than what was looked at. */
function unfinishedOf(blocks: readonly Block[], size: number): Uint8Array | undefined {
  const last = blocks.find(({ probe, bytes }) => probe.offset + bytes.length === size)?.bytes
  const from = (last?.lastIndexOf(NEWLINE) ?? -1) + 1
  return last && from > 0 && from < last.length ? last.subarray(from) : undefined
}

const NEWLINE = 0x0a

/** Packed, nothing takes some tens of bytes, its name with it. Bytes. */
const PACKED_NOTHING_BYTES = 512

/** By its size there is something in it. */
export function holdsText({ packed, bytes }: LogFile, { size }: Opened): boolean {
  return packed ? bytes > PACKED_NOTHING_BYTES : size > 0
}

const EVERYTHING = { fromByte: 0, toByte: 0, windowBytes: 0, slackMs: 0, undated: false }

function saysUndated({ delivery }: Fetching, path: string, size: number): void {
  const part = size > UNDATED_BYTES ? 'its last MiB is' : 'all of it is'
  delivery.skip(
    `${path}: none of the lines that were looked at bears a time, so the window could not be found; ${part} shown`,
  )
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

function needsLines({ wide, filter }: Fetching): boolean {
  return wide.fromMs !== undefined || wide.toMs !== undefined || isFiltered(filter)
}
