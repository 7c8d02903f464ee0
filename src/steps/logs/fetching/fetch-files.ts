import { randomHex } from '../../../base/random.ts'
import type { RunResult } from '../../../boxes/box.ts'
import { filterScript } from '../../../evidence/logs/fetch/filter.ts'
import { filesOf } from '../../../evidence/logs/fetch/files.ts'
import { fileOrder, fileScript } from '../../../evidence/logs/fetch/script.ts'
import { isFiltered } from '../../../evidence/logs/window.ts'
import { converse, type Conversation } from './conversation.ts'
import { deliver } from './deliver.ts'
import { BOX_SECONDS_MORE, type Fetching } from './fetching.ts'
import { locateAll, openingOf, TO_THE_END, type Located } from './locate.ts'
import { close } from './opened-file.ts'

/** Nothing of a file for so long: its disk hangs, or what reads it. A starved box takes some seconds to start a process. Milliseconds. */
const STALL_MS = 15_000
/** Of the limit of seconds, so that the other files have their turn. */
const STALL_SHARE = 1 / 4
/** No less, whatever the limit is. Milliseconds. */
const LEAST_STALL_MS = 1_000

/**
 * Finds the window in each file that can hold some of it, then has the pieces sent, the oldest first. Where a file stalls, that is said, and the session is given
 * up for another one that reads the others.
 */
export async function fetchFiles(fetching: Fetching): Promise<RunResult | undefined> {
  const { source, caps, ends, delivery, wide } = fetching
  const stallMs = Math.max(LEAST_STALL_MS, Math.min(STALL_MS, caps.seconds * 1000 * STALL_SHARE))
  const left = new Set(filesOf(source.files, wide))
  for (;;) {
    const conversation = begin(fetching, left, stallMs)
    const heardAll = await read(fetching, conversation, left)
    if (!conversation.hasStalled()) return heardAll ? undefined : rest(conversation)
    const { about } = conversation
    delivery.miss(
      `${source.files[about]?.path}: nothing came of it for ${Math.round(stallMs / 1000)} s: its disk may hang, or what reads it; the rest of it is missing`,
    )
    left.delete(about)
    if (left.size === 0 || ends.aborted) return undefined
  }
}

/** What the box says until it ends, which is nothing of the files any more. */
async function rest(conversation: Conversation): Promise<RunResult> {
  while (await conversation.next());
  return conversation.result
}

function begin(fetching: Fetching, wanted: ReadonlySet<number>, stallMs: number): Conversation {
  const { box, source, caps, ends, filter } = fetching
  const boundary = randomHex(16)
  const newest = newestOf(fetching, wanted)
  const script = fileScript({
    boundary,
    paths: source.files.map(({ path }) => path),
    first: newest < 0 ? '' : openingOf(fetching, newest),
    filter: filterScript(filter),
    seconds: Math.ceil(caps.seconds) + BOX_SECONDS_MORE,
  })
  const what = `read the log ${source.id}`
  return converse(box, script, { what, boundary, timeoutMs: caps.seconds * 1000 + 60_000, signal: ends, stallMs })
}

function newestOf({ source }: Fetching, wanted: ReadonlySet<number>): number {
  return source.files.findIndex((_, at) => wanted.has(at))
}

/**
 * @param left files that are wanted; what was read is taken out
 * @returns whether all was heard, and no filter can have complained: then the end of the session, some round trips away, is not waited for
 */
async function read(fetching: Fetching, conversation: Conversation, left: Set<number>): Promise<boolean> {
  const { ends, filter } = fetching
  const asked = newestOf(fetching, left)
  const { located, open } = await locateAll(fetching, conversation, { wanted: left, asked })
  if (conversation.hasStalled()) return false
  const pieces = withinBudget(fetching, located).filter(({ range }) => range.toByte > range.fromByte)
  if (open !== undefined && open !== pieces[0]?.at) await close(conversation)
  let heard = false
  for (const [nth, each] of pieces.entries()) {
    if (ends.aborted || conversation.hasStalled()) break
    conversation.about = each.at
    heard = await deliver(fetching, conversation, each, { isOpen: each.at === open, isLast: nth === pieces.length - 1 })
    if (!conversation.hasStalled()) left.delete(each.at)
  }
  if (pieces.length === 0) conversation.tell(fileOrder.end)
  return heard && !isFiltered(filter) && !ends.aborted
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
