import type { CastEvent } from './cast.ts'
import { applied, type Change, type FindSecrets } from './change.ts'
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
  cutOff(): readonly CastEvent[]
  /** What is still held. */
  end(): readonly CastEvent[]
}

/** A line that does not end is redacted in pieces. Characters. */
const HELD_CHARACTERS = 128 * 1024
/** From where such a piece ends to where it is cut: longer than secrets are. What is longer all the same is held until its end is seen. Characters. */
const CUT_DISTANCE = 4 * 1024
/** What is found so near to the end may go on. Characters. */
const GROWING = 1024
/** What stands before a secret, and tells it, is not further away. Characters. */
const CONTEXT = 1024
/** So far a blank between words is looked for. Characters. */
const WORD_SEARCH = 1024
/** No key is so long: an OpenPGP key with a photograph and many subkeys has some 100 KB. Characters. */
const KEY_CHARACTERS = 1024 * 1024
/** Something of this is in the first line of every key. */
const MAY_BEGIN_A_KEY = /----|Lines/

/** A line that ends so may have a value below it. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const MAY_OPEN_A_VALUE = /[:=|>\\][-+\d]{0,2}[ \t]{0,9}(?:\u001b\[[\d;]{0,20}[mK]){0,9}\r{0,2}\n/

export function castRedaction(find: FindSecrets): CastRedaction {
  return castEdit({ changesIn: find, elsewhereFrom: SHORTEST_ELSEWHERE, heldCharacters: HELD_CHARACTERS })
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

  function cutOff(): readonly CastEvent[] {
    const { ready, rest } = editedBeginning(held, edit)
    unread = []
    return replaceHeld(
      ready,
      rest.filter(({ code }) => code !== 'o'),
    )
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

/** Text as it is read, with the place in the output of each of its characters; -1 for what is only read so. */
interface ReadText {
  readonly text: string
  readonly places: () => readonly number[]
  /** Places of what was taken back, and of the backspaces that did it. */
  readonly erased: readonly number[]
}

function edited(events: readonly CastEvent[], edit: Edit): readonly CastEvent[] {
  return rewritten(events, takenOf(events, edit).taken, edit)
}

/**
 * The events up to a place where nothing that is to be changed goes on, and the rest, in which what ends for certain is changed already: what told it may be
 * in the first part.
 */
function editedBeginning(
  events: readonly CastEvent[],
  edit: Edit,
): { readonly ready: readonly CastEvent[]; readonly rest: readonly CastEvent[] } {
  const output = outputOf(events)
  const { taken, open } = takenOf(events, edit, output.length - GROWING)
  const cut = breakBefore(output, Math.min(output.length - CUT_DISTANCE, open - CONTEXT))
  if (cut <= 0) return { ready: [], rest: events }
  const [ready, rest] = cutAt(events, cut)
  const later = new Map([...taken].flatMap(([place, mark]) => (place < cut ? [] : [[place - cut, mark] as const])))
  return { ready: rewritten(ready, taken, edit), rest: rewritten(rest, later, edit) }
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

interface Taken {
  /** By place in the joined output: the mark that begins there, or nothing for what goes on. */
  readonly taken: ReadonlyMap<number, string>
  /** Where the first begins of those that reach beyond the place up to which changes are made. */
  readonly open: number
}

function takenOf(
  events: readonly CastEvent[],
  { changesIn, elsewhereFrom }: Edit,
  until = Number.POSITIVE_INFINITY,
): Taken {
  const readings = readingsOf(events)
  const taken = new Map<number, string>()
  let open = Number.POSITIVE_INFINITY
  /** With their marks; each is looked for once, however often it stands there. */
  const secrets = new Map<string, string>()
  const known = new Map<ReadText, readonly number[]>()
  const placesOf = (reading: ReadText): readonly number[] => {
    const places = known.get(reading) ?? reading.places()
    known.set(reading, places)
    return places
  }
  const take = (reading: ReadText, start: number, end: number, mark: string): void => {
    const all = placesOf(reading)
      .slice(start, end)
      .filter((place) => place >= 0)
    if ((all.at(-1) ?? 0) >= until) {
      open = Math.min(open, all[0] ?? open)
      return
    }
    const gone = all.filter((place) => !taken.has(place))
    gone.forEach((place, index) => taken.set(place, index === 0 ? mark : ''))
    const [first = 0, last = 0] = [gone[0], gone.at(-1)]
    // What was struck over, or mistyped, within it would spell it all the same.
    for (const place of reading.erased) if (place > first && place < last && !taken.has(place)) taken.set(place, '')
  }
  for (const reading of readings)
    for (const { start, end, mark } of changesIn(reading.text)) {
      secrets.set(reading.text.slice(start, end), mark)
      take(reading, start, end, mark)
    }
  // A line that is edited shows a secret before it is one: what it was found to be is taken out wherever it stands near.
  for (const [text, mark] of [...secrets].filter(([text]) => text.trim().length >= elsewhereFrom))
    for (const reading of readings)
      for (let at = reading.text.indexOf(text); at >= 0; at = reading.text.indexOf(text, at + text.length))
        take(reading, at, at + text.length, mark)
  return { taken, open }
}

function rewritten(
  events: readonly CastEvent[],
  taken: ReadonlyMap<number, string>,
  { changesIn }: Edit,
): readonly CastEvent[] {
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
  const output = outputOf(events)
  const written = reading()
  const corrected = output.includes('\b') ? reading() : undefined
  const add = (text: string, place: number): void => {
    written.add(text, place)
    corrected?.add(text, place)
  }
  for (const { 0: piece, index, groups } of output.matchAll(SEQUENCES)) {
    const final = groups?.['final']
    if (final !== undefined) {
      // To the right, or to a column behind what stands there.
      if (final === 'C' || (final === 'G' && Number(groups?.['numbers'] || 1) > 1)) add(' ', -1)
      else if (!INLINE.includes(final)) add('\n', -1)
    } else if (piece === '\b') corrected?.takeBack(index)
    else if (piece.endsWith('\n') || piece === '\r') add('\n', -1)
    else if (piece === '\t' || (piece !== ' \r' && piece >= ' ')) add(piece, index)
    else if (JUMPS_WITHOUT_NUMBERS.has(piece)) add('\n', -1)
  }
  return corrected ? [written.read(), corrected.read()] : [written.read()]
}

function outputOf(events: readonly CastEvent[]): string {
  return events.flatMap(({ code, data }) => (code === 'o' ? [data] : [])).join('')
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
