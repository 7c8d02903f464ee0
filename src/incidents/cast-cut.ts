import type { CastEvent } from './cast.ts'
import { rewritten, takenOf, type Edit } from './cast-change.ts'
import { outputOf } from './cast-reading.ts'

/** From where what is held of a line that does not end stops, to where it is cut: longer than secrets are. What is longer all the same is held until its end is seen. Characters. */
const CUT_DISTANCE = 4 * 1024
/** What is found so near to the end may go on. Characters. */
const GROWING = 1024
/** What stands before a secret, and tells it, is not further away. Characters. */
const CONTEXT = 1024
/** So far a blank between words is looked for. Characters. */
const WORD_SEARCH = 1024

/**
 * The events up to a place where nothing that is to be changed goes on, and the rest, in which what ends for certain is changed already: what told it may be
 * in the first part. `restBytes` is how much output the rest was before that.
 */
export function editedBeginning(
  events: readonly CastEvent[],
  edit: Edit,
): { readonly ready: readonly CastEvent[]; readonly rest: readonly CastEvent[]; readonly restBytes: number } {
  const output = outputOf(events)
  const { taken, open } = takenOf(events, edit, output.length - GROWING)
  const cut = breakBefore(output, Math.min(output.length - CUT_DISTANCE, open - CONTEXT))
  if (cut <= 0) return { ready: [], rest: events, restBytes: Buffer.byteLength(output) }
  const [ready, rest] = cutAt(events, cut)
  const later = new Map([...taken].flatMap(([place, mark]) => (place < cut ? [] : [[place - cut, mark] as const])))
  const restBytes = Buffer.byteLength(output.slice(cut))
  return { ready: rewritten(ready, taken, edit), rest: rewritten(rest, later, edit), restBytes }
}

/** Behind a blank or a comma; not within a character of two halves. */
function breakBefore(output: string, from: number): number {
  for (let at = from; at > Math.max(0, from - WORD_SEARCH); at--) if (/[ \t,]/.test(output[at - 1] ?? '')) return at
  return /[\uD800-\uDBFF]/.test(output[from - 1] ?? '') ? from - 1 : from
}

/** All that came before a place in the output, and all that came behind it. */
function cutAt(events: readonly CastEvent[], cut: number): readonly [readonly CastEvent[], readonly CastEvent[]] {
  let place = 0
  const at = events.findIndex(({ code, data }) => code === 'o' && (place += data.length) >= cut)
  const event = events[at]
  if (!event) return [events, []]
  const length = event.data.length - (place - cut)
  const behind = length < event.data.length ? [{ ...event, data: event.data.slice(length) }] : []
  return [
    [...events.slice(0, at), { ...event, data: event.data.slice(0, length) }],
    [...behind, ...events.slice(at + 1)],
  ]
}
