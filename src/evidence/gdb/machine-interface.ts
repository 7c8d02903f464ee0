/**
 * A value of gdb's machine interface (GDB/MI output syntax, "Debugging with GDB", 27.2.2): `"text"`, `{name=value,…}`, `[value,…]` or `[name=value,…]`.
 *
 *     ^done,stack=[frame={level="0",addr="0x00007f40ad6ed545",func="clock_nanosleep",from="/lib/x86_64-linux-gnu/libc.so.6"}]
 *
 * Texts are quoted as in C, bytes beyond ASCII in octal, so that no name of a function can pose as a line or a field of its own.
 */
export type MachineValue = string | readonly MachineValue[] | { readonly [name: string]: MachineValue }

/** A result record by its fields. Undefined for a line that is none. What was cut off in the middle is read as far as it goes. */
export function machineRecord(line: string): { readonly [name: string]: MachineValue } | undefined {
  const began = /^\^(?:done|error),/.exec(line)
  return began ? tuple({ text: line, at: began[0].length, depth: 0 }, undefined) : undefined
}

interface Place {
  readonly text: string
  at: number
  depth: number
}

/** What nests deeper is no answer of gdb's. */
const DEEPEST = 20

function value(place: Place): MachineValue | undefined {
  const begin = place.text[place.at]
  if (begin === '"') return quoted(place)
  if ((begin !== '{' && begin !== '[') || place.depth >= DEEPEST) return undefined
  place.at += 1
  place.depth += 1
  const read = begin === '{' ? tuple(place, '}') : list(place)
  place.depth -= 1
  return read
}

function tuple(place: Place, end: string | undefined): { readonly [name: string]: MachineValue } {
  const fields = new Map<string, MachineValue>()
  for (;;) {
    const name = nameAt(place)
    if (name === undefined) break
    const read = value(place)
    if (read === undefined) break
    if (!fields.has(name)) fields.set(name, read)
    if (place.text[place.at] !== ',') break
    place.at += 1
  }
  if (end !== undefined && place.text[place.at] === end) place.at += 1
  return Object.fromEntries(fields)
}

function list(place: Place): readonly MachineValue[] {
  const values: MachineValue[] = []
  while (place.text[place.at] !== ']') {
    nameAt(place)
    const read = value(place)
    if (read === undefined) return values
    values.push(read)
    if (place.text[place.at] === ',') place.at += 1
  }
  place.at += 1
  return values
}

/** `func=`: moves behind it. */
function nameAt(place: Place): string | undefined {
  const NAME = /([A-Za-z_][\w-]{0,60})=/y
  NAME.lastIndex = place.at
  const name = NAME.exec(place.text)?.[1]
  if (name !== undefined) place.at = NAME.lastIndex
  return name
}

const ESCAPED: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, b: 8, f: 12, v: 11, a: 7, e: 27 }

/** One cut off in the middle is what there is of it. */
function quoted(place: Place): string {
  const { text } = place
  const pieces: Buffer[] = []
  let from = place.at + 1
  let at = from
  const flush = (): void => {
    if (at > from) pieces.push(Buffer.from(text.slice(from, at)))
  }
  while (at < text.length && text[at] !== '"') {
    if (text[at] !== '\\') {
      at += 1
      continue
    }
    flush()
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0]
    const letter = text[at + 1] ?? ''
    pieces.push(
      octal === undefined
        ? Buffer.from(ESCAPED[letter] === undefined ? letter : [ESCAPED[letter]])
        : Buffer.from([Number.parseInt(octal, 8) & 0xff]),
    )
    at += 1 + (octal?.length ?? 1)
    from = at
  }
  at = Math.min(at, text.length)
  flush()
  place.at = at + 1
  return Buffer.concat(pieces).toString('utf8')
}
