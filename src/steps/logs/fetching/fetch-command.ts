import { randomHex } from '../../../base/random.ts'
import type { RunResult } from '../../../boxes/box.ts'
import { commandScript } from '../../../evidence/logs/fetch/commands.ts'
import { journalAsked } from '../../../evidence/logs/fetch/journal-fields.ts'
import { filterScript } from '../../../evidence/logs/fetch/filter.ts'
import { leadingTime } from '../../../evidence/logs/fetch/leading-time.ts'
import { linesInWindow } from '../../../evidence/logs/fetch/window.ts'
import { converse } from './conversation.ts'
import { sentenceOf } from './fetch-words.ts'
import { BOX_SECONDS_MORE, type Fetching } from './fetching.ts'
import { unpacker } from './unpack.ts'

/** A log that a program of the box hands out by itself for a window: the journal, the kernel's, that of a container. */
export async function fetchCommand(fetching: Fetching): Promise<RunResult> {
  const { box, source, caps, ends, filter, window, delivery, packs } = fetching
  const boundary = randomHex(16)
  const asked = journalAsked(source, filter)
  const script = commandScript({
    boundary,
    source,
    window,
    matches: asked.matches,
    filter: filterScript(asked.filter),
    codec: packs ? 'auto' : 'none',
    mostBytes: caps.bytes + 1,
    seconds: Math.ceil(caps.seconds) + BOX_SECONDS_MORE,
  })
  const conversation = converse(box, script, {
    what: `read the log ${source.id}`,
    boundary,
    timeoutMs: caps.seconds * 1000 + 60_000,
    signal: ends,
  })
  // Its lines bear times that need no zone: exactly those of the window are kept, where one is asked for.
  const lines = linesInWindow(leadingTime, window, window.fromMs === undefined)
  const take = async (bytes: Uint8Array): Promise<void> => {
    delivery.read(bytes.length)
    for (const piece of lines.push(bytes)) await delivery.give(piece)
  }
  let packed: ReturnType<typeof unpacker> | undefined
  for (let piece = await conversation.next(); piece; piece = await conversation.next()) {
    if (piece.kind === 'bytes') await packed?.push(piece.bytes)
    else if (piece.words[0] === 'data') packed = unpacker(piece.words[1] ?? '', take)
    else if (piece.words[0] === 'sent') await packed?.finish()
    else if (piece.words[0] === 'cannot') delivery.miss(sentenceOf(source.id, piece.words))
    // Of a journal this user sees a part, and that wholly.
    else delivery.skip(sentenceOf(source.id, piece.words))
  }
  await packed?.finish()
  for (const piece of lines.finish()) await delivery.give(piece)
  return conversation.result
}
