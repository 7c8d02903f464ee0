import type { CastEvent } from './cast.ts'
import { edited, type Edit } from './cast-change.ts'
import { editedBeginning } from './cast-cut.ts'
import { outputOf, readingsOf } from './cast-reading.ts'
import type { FindSecrets } from './change.ts'
import { keyFollower, valueFollower } from './redaction/index.ts'

/**
 * Takes secrets out of the output of a terminal before it is written. A secret may come in many pieces (each key that is typed is echoed by itself),
 * with colours in between (grep marks what it found), and over the edge of a row, so what is redacted is the text that a person reads; what is found
 * there is then taken out of the events that it came in, and the mark put where it began.
 *
 * Output is held until its line is over, of a private key until its last line, and behind a name whose value stands below it until that is over. `push` gives the events that are ready, in order, with the times that they had; one
 * that is older than what was given already comes next.
 */
export interface CastRedaction {
  push(event: CastEvent): readonly CastEvent[]
  /** Whether this is a line of a private key that began in the lines before. */
  isKeyLine(line: string): boolean
  /** What comes next is not kept: of what is held, all but the end, which may be half a secret. */
  cutOff(): { readonly ready: readonly CastEvent[]; readonly droppedBytes: number }
  /** What is still held. */
  end(): readonly CastEvent[]
}

/** A line that does not end is redacted in pieces. Characters. */
const HELD_CHARACTERS = 128 * 1024
/** No key is so long: an OpenPGP key with a photograph and many subkeys has some 100 KB. Characters. */
const KEY_CHARACTERS = 1024 * 1024
/** Something of this is in the first line of every key: the words, or a control character that may stand within them (grep colours what it found). */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const MAY_BEGIN_A_KEY = /----|Lines|[\b\u001b]/

/** A line that ends so may have a value below it. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const MAY_OPEN_A_VALUE = /[:=|>\\][-+\d]{0,2}[ \t]{0,9}(?:\u001b\[[\d;]{0,20}[mK]){0,9}\r{0,2}\n/

export function castRedaction(find: FindSecrets): CastRedaction {
  return castEdit({ ...SESSION, changesIn: find })
}

/** Shorter ones stand in other words by chance. Characters. */
const SHORTEST_ELSEWHERE = 6

/** How secrets are taken out of a session. */
export const SESSION = { elsewhereFrom: SHORTEST_ELSEWHERE, heldCharacters: HELD_CHARACTERS } as const

export function castEdit(edit: Edit): CastRedaction {
  let held: CastEvent[] = []
  let heldCharacters = 0
  /** At so many a line without an end is cut. */
  let cutCharacters = edit.heldCharacters
  /** Output whose lines were not followed yet. */
  let unread: CastEvent[] = []
  const longest = Math.max(KEY_CHARACTERS, edit.heldCharacters)
  const keys = [keyFollower(), keyFollower()]
  const values = [valueFollower(), valueFollower()]

  function push(event: CastEvent): readonly CastEvent[] {
    const at = event.code === 'o' ? lastLineEnd(event.data) : 0
    if (at === 0) {
      hold(event)
      return isTooMuch() ? releaseBeginning() : []
    }
    hold({ ...event, data: event.data.slice(0, at) })
    follow()
    const ready = (isWithinKey() || isWithinValue()) && !isTooMuch() ? [] : release()
    if (at < event.data.length) hold({ ...event, data: event.data.slice(at) })
    return ready
  }

  /** In both readings: one of them has the head of a key that was mistyped, one that of a key that was corrected. */
  function follow(): void {
    const over = unread
    unread = []
    const output = outputOf(over)
    const isIdle = !isWithinKey() && !isWithinValue()
    if (isIdle && !MAY_BEGIN_A_KEY.test(output) && !MAY_OPEN_A_VALUE.test(output)) return
    const readings = readingsOf(over)
    for (const [index, key] of keys.entries()) {
      const { text } = readings[index] ?? readings[0] ?? { text: '' }
      for (const line of text.replace(/\n$/, '').split('\n')) {
        key.push(line)
        values[index]?.push(line)
      }
    }
  }

  function isWithinKey(): boolean {
    return keys.some((key) => key.goesOn())
  }

  function isWithinValue(): boolean {
    return values.some((value) => value.goesOn())
  }

  function isTooMuch(): boolean {
    return heldCharacters > (isWithinKey() ? longest : cutCharacters)
  }

  /** That a line was typed is known only once it was echoed; output stays in its order, whatever the clock does. */
  function hold(event: CastEvent): void {
    const isTyped = event.code === 'i' || event.code === 'm'
    const after = isTyped ? held.findLastIndex(({ atMs }) => atMs <= event.atMs) : held.length - 1
    held.splice(after + 1, 0, event)
    heldCharacters += event.data.length
    if (event.code === 'o') unread.push(event)
  }

  function release(): readonly CastEvent[] {
    return replaceHeld(edited(held, edit), [])
  }

  /** Of a line that goes on; of one that has nowhere to be cut more is held first. */
  function releaseBeginning(): readonly CastEvent[] {
    const { ready, rest } = editedBeginning(held, edit)
    if (ready.length > 0) return replaceHeld(ready, rest)
    cutCharacters = Math.min(longest, heldCharacters * 2)
    return heldCharacters > longest ? release() : []
  }

  function replaceHeld(ready: readonly CastEvent[], rest: readonly CastEvent[]): readonly CastEvent[] {
    held = [...rest]
    heldCharacters = rest.reduce((sum, { data }) => sum + data.length, 0)
    cutCharacters = edit.heldCharacters
    return ready
  }

  function cutOff(): { readonly ready: readonly CastEvent[]; readonly droppedBytes: number } {
    const { ready, rest, restBytes } = editedBeginning(held, edit)
    unread = []
    replaceHeld(
      ready,
      rest.filter(({ code }) => code !== 'o'),
    )
    return { ready, droppedBytes: restBytes }
  }

  return { push, isKeyLine: (line) => keys.some((key) => key.goesOn(line)), cutOff, end: release }
}

/** Behind the last line feed, or before the last jump to another row; 0 when the line goes on. */
function lastLineEnd(data: string): number {
  let last = data.lastIndexOf('\n') + 1
  for (const { index } of data.matchAll(JUMPS)) last = Math.max(last, index)
  return last
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const JUMPS = /\u001b\[[0-9;]*[ABEFHdef]|\u001b\[\?(?:47|1047|1049)[hl]|\u001b[8EM]/g
