import type { CastEvent } from './cast.ts'
import { applied, type Change } from './change.ts'

/**
 * Takes secrets out of the output of a terminal before it is written. A secret may come in many pieces (each key that is typed is echoed by itself),
 * with colours in between (grep marks what it found), and over the edge of a row, so what is redacted is the text that a person reads; what is found
 * there is then taken out of the events that it came in, and the mark put where it began.
 *
 * Output is held until its line is over, and of a private key until its end. `push` gives the events that are ready, in order, with the times that they had; one
 * that is older than what was given already comes next.
 */
export interface CastRedaction {
  push(event: CastEvent): readonly CastEvent[]
  /** What is still held. */
  end(): readonly CastEvent[]
}

/** A line that does not end is redacted in pieces; a private key is shorter (RSA of 16,384 bits: 13 KB). Characters. */
const HELD_CHARACTERS = 128 * 1024
const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/g
const KEY_ENDS = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/g

/** @param redact gives a text with each secret replaced by a mark */
export function castRedaction(redact: (text: string) => string): CastRedaction {
  return castEdit({
    changesIn: (text) => changesOf(text, redact(text)),
    elsewhereFrom: SHORTEST_ELSEWHERE,
    heldCharacters: HELD_CHARACTERS,
  })
}

/** Any other change of what a person reads is made in the same way. */
export interface Edit {
  readonly changesIn: (text: string) => readonly Change[]
  /** What is so long and was changed once is changed wherever it stands near. Characters. */
  readonly elsewhereFrom: number
  /** A line that does not end is changed in pieces of this length. Characters. */
  readonly heldCharacters: number
}

export function castEdit(edit: Edit): CastRedaction {
  let held: CastEvent[] = []
  let heldCharacters = 0

  function push(event: CastEvent): readonly CastEvent[] {
    const at = event.code === 'o' ? lastLineEnd(event.data) : 0
    if (at === 0) {
      hold(event)
      return heldCharacters > edit.heldCharacters ? release() : []
    }
    hold({ ...event, data: event.data.slice(0, at) })
    const ready = heldCharacters <= edit.heldCharacters && isWithinKey(held) ? [] : release()
    if (at < event.data.length) hold({ ...event, data: event.data.slice(at) })
    return ready
  }

  /** That a line was typed is known only once it was echoed; output stays in its order, whatever the clock does. */
  function hold(event: CastEvent): void {
    const isTyped = event.code === 'i' || event.code === 'm'
    const after = isTyped ? held.findLastIndex(({ atMs }) => atMs <= event.atMs) : held.length - 1
    held.splice(after + 1, 0, event)
    heldCharacters += event.data.length
  }

  function release(): readonly CastEvent[] {
    const events = held
    held = []
    heldCharacters = 0
    return edited(events, edit)
  }

  return { push, end: release }
}

/** Behind the last line feed, or before the last jump to another row; 0 when the line goes on. */
function lastLineEnd(data: string): number {
  let last = data.lastIndexOf('\n') + 1
  for (const { index } of data.matchAll(JUMPS)) last = Math.max(last, index)
  return last
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const JUMPS = /\u001b\[[0-9;]*[ABEFHdef]|\u001b\[\?(?:47|1047|1049)[hl]|\u001b[8EM]/g

function isWithinKey(events: readonly CastEvent[]): boolean {
  if (!events.some(({ data }) => data.includes('-----'))) return false
  const { text } = readingsOf(events)[0] ?? { text: '' }
  return (text.match(KEY_BEGINS)?.length ?? 0) > (text.match(KEY_ENDS)?.length ?? 0)
}

/** Text as it is read, with the place in the output of each of its characters; -1 for what is only read so. */
interface ReadText {
  readonly text: string
  readonly places: () => readonly number[]
  /** Places of what was taken back, and of the backspaces that did it. */
  readonly erased: readonly number[]
}

interface Secret {
  readonly text: string
  readonly mark: string
}

function edited(events: readonly CastEvent[], { changesIn, elsewhereFrom }: Edit): readonly CastEvent[] {
  const readings = readingsOf(events)
  /** By place in the joined output: the mark that begins there, or nothing for what goes on. */
  const taken = new Map<number, string>()
  const secrets: Secret[] = []
  const known = new Map<ReadText, readonly number[]>()
  const placesOf = (reading: ReadText): readonly number[] => {
    const places = known.get(reading) ?? reading.places()
    known.set(reading, places)
    return places
  }
  const take = (reading: ReadText, start: number, end: number, mark: string): void => {
    const gone = placesOf(reading)
      .slice(start, end)
      .filter((place) => place >= 0 && !taken.has(place))
    gone.forEach((place, index) => taken.set(place, index === 0 ? mark : ''))
    const [first = 0, last = 0] = [gone[0], gone.at(-1)]
    // What was struck over, or mistyped, within it would spell it all the same.
    for (const place of reading.erased) if (place > first && place < last && !taken.has(place)) taken.set(place, '')
  }
  for (const reading of readings)
    for (const { start, end, mark } of changesIn(reading.text)) {
      secrets.push({ text: reading.text.slice(start, end), mark })
      take(reading, start, end, mark)
    }
  // A line that is edited shows a secret before it is one: what it was found to be is taken out wherever it stands near.
  for (const { text, mark } of secrets.filter(({ text }) => text.trim().length >= elsewhereFrom))
    for (const reading of readings)
      for (let at = reading.text.indexOf(text); at >= 0; at = reading.text.indexOf(text, at + text.length))
        take(reading, at, at + text.length, mark)
  const others = (event: CastEvent): CastEvent =>
    event.code === 'o' ? event : { ...event, data: applied(event.data, changesIn(event.data)) }
  if (taken.size === 0) return events.map(others)
  let place = 0
  return events.map((event) => {
    if (event.code !== 'o') return others(event)
    let data = ''
    for (const unit of unitsOf(event.data)) {
      data += taken.get(place) ?? unit
      place += 1
    }
    return { ...event, data }
  })
}

/** Shorter ones stand in other words by chance. Characters. */
const SHORTEST_ELSEWHERE = 6

function unitsOf(text: string): readonly string[] {
  return Array.from({ length: text.length }, (_, at) => text[at] ?? '')
}

const SEQUENCES =
  // eslint-disable-next-line no-control-regex -- control characters are what it reads
  /\u001b\[(?<numbers>[?!0-9:;]*)[ !]?(?<final>[@-~])|\u001b(?:[()][B0]|[78DEMH])| \r(?!\n)|\r+\n|(?:[^\u0000-\u001f ]| (?!\r))+|[^]/g

/**
 * The output as a person reads it, in two ways: everything that was written, and without what backspace took back (the first one of a
 * mistyped word that was corrected, the second one of one that was not). In both, colours are nothing, a jump of the cursor ends the line, and what the shell
 * does at the edge of a row to go on in the next one (a blank and a carriage return) is nothing.
 */
function readingsOf(events: readonly CastEvent[]): readonly ReadText[] {
  const output = events.flatMap(({ code, data }) => (code === 'o' ? [data] : [])).join('')
  const written = reading()
  const corrected = output.includes('\b') ? reading() : undefined
  const add = (text: string, place: number): void => {
    written.add(text, place)
    corrected?.add(text, place)
  }
  for (const { 0: piece, index, groups } of output.matchAll(SEQUENCES)) {
    const final = groups?.['final']
    if (final !== undefined) {
      if (final === 'C') add(' ', -1)
      else if (!INLINE.includes(final)) add('\n', -1)
    } else if (piece === '\b') corrected?.takeBack(index)
    else if (piece.endsWith('\n') || piece === '\r') add('\n', -1)
    else if (piece === '\t' || (piece !== ' \r' && piece >= ' ')) add(piece, index)
    else if (JUMPS_WITHOUT_NUMBERS.has(piece)) add('\n', -1)
  }
  return corrected ? [written.read(), corrected.read()] : [written.read()]
}

/** Collects text with its places; -1 for a character that stands nowhere in the output. */
function reading() {
  const pieces: { text: string; place: number }[] = []
  const erased: number[] = []
  return {
    add: (text: string, place: number): void => void pieces.push({ text, place }),
    takeBack: (backspace: number): void => {
      const last = pieces.at(-1)
      if (last === undefined || last.text === '\n') return
      if (last.place >= 0) erased.push(last.place + last.text.length - 1, backspace)
      if (last.text.length === 1) pieces.pop()
      else last.text = last.text.slice(0, -1)
    },
    read: (): ReadText => ({
      erased,
      text: pieces.map(({ text }) => text).join(''),
      // Most output has no secret: nobody asks.
      places: () =>
        pieces.flatMap(({ text, place }) =>
          Array.from({ length: text.length }, (_, at) => (place < 0 ? -1 : place + at)),
        ),
    }),
  }
}

const JUMPS_WITHOUT_NUMBERS: ReadonlySet<string> = new Set(['\u001b8', '\u001bE', '\u001bM', '\u001bD'])
/** Colours, erasing and editing within the row, forms of the cursor. */
const INLINE = 'mJKXP@qhl'

/** What stands in the place of a secret; both forms that redaction gives. */
const MARKS = /‹secret:[a-z][a-z0-9-]{0,39}:[0-9a-z]{4}›|\[redacted\]/g

/** Where the redacted text differs: between the marks it is as before. Where it is not, all from the first to the last difference is one change. */
export function changesOf(before: string, after: string): readonly Change[] {
  if (before === after) return []
  const marks = after.match(MARKS) ?? []
  const kept = after.split(MARKS)
  const changes: Change[] = []
  let at = 0
  for (const [index, piece] of kept.entries()) {
    const isLast = index === kept.length - 1
    const found = index === 0 ? 0 : isLast ? before.length - piece.length : before.indexOf(piece, at + 1)
    if (found < at || !before.startsWith(piece, found)) return [wholeChange(before, after)]
    if (index > 0) changes.push({ start: at, end: found, mark: marks[index - 1] ?? '' })
    at = found + piece.length
  }
  return changes
}

function wholeChange(before: string, after: string): Change {
  let start = 0
  while (start < after.length && before[start] === after[start]) start += 1
  let end = before.length
  let afterEnd = after.length
  while (end > start && afterEnd > start && before[end - 1] === after[afterEnd - 1]) {
    end -= 1
    afterEnd -= 1
  }
  return { start, end, mark: after.slice(start, afterEnd) }
}
