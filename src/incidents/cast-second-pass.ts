import { castLines, readCast, type CastEvent } from './cast.ts'
import { castEdit, SESSION } from './cast-redaction.ts'
import type { Change } from './change.ts'
import type { FindMore } from './redaction/index.ts'

/**
 * A recorded session, looked through once more before it goes into the record. Our own rules have been over it as it came; the second pass is slow and waits for
 * nothing, so it comes when the session is over. What it finds in the text that a person reads is taken out of the events that it came in. Bytes that hold
 * nothing of the kind, or no session, come back as they were.
 */
export async function castLookedThrough(bytes: Uint8Array, find: FindMore): Promise<Uint8Array> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  const read = readCast(text)
  if (!read.ok) return bytes
  const known = new Map<string, readonly Change[]>()
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const unknown = new Set<string>()
    const events = editedEvents(read.cast.events, (said) => {
      const changes = known.get(said)
      if (!changes) unknown.add(said)
      return changes ?? []
    })
    if (unknown.size === 0) return written(text, events, known) ?? bytes
    for (const said of unknown) known.set(said, await find(said))
  }
  throw new Error('a session could not be looked through for secrets: its text is a different one each time')
}

/** The first finds out what is read; the second changes it. Where a line without an end is cut depends on what was changed before: that may take another. */
const MOST_ROUNDS = 8

function editedEvents(
  events: readonly CastEvent[],
  changesIn: (text: string) => readonly Change[],
): readonly CastEvent[] {
  const edit = castEdit({ ...SESSION, changesIn })
  return [...events.flatMap((event) => edit.push(event)), ...edit.end()]
}

/** Undefined when there is nothing to change. The header, and what we remark beside it, stay. */
function written(
  text: string,
  events: readonly CastEvent[],
  known: ReadonlyMap<string, readonly Change[]>,
): Uint8Array | undefined {
  if ([...known.values()].every((changes) => changes.length === 0)) return undefined
  const lines = text.split('\n')
  const kept = lines.filter((line, at) => at === 0 || line.startsWith('#')).map((line) => `${line}\n`)
  return Buffer.from([...kept, ...events.map(castLines())].join(''))
}
