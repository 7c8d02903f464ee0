import { isUtf8 } from 'node:buffer'
import * as z from 'zod/mini'
import { noExport, notIntact } from './copy-audit.ts'
import { BEFORE_THE_FIRST, EVIDENCE_LIMIT, type StoredEntry } from './entry.ts'
import type { CopyItem } from './store.ts'

/**
 * An incident as lines of JSON (docs/record.md): what it is; an entry a line, in order; each piece of evidence as text or, where it is no UTF-8, as base64,
 * in parts of a bounded length; how much there was. Frozen with version 1.
 */
const SCHEMA = 'halligan.export/1'
/** Of a piece of evidence in one line; text is cut at most three bytes before, between two characters (RFC 3629). Bytes. */
const PART_BYTES = 1024 * 1024
const PART_LEAST_BYTES = PART_BYTES - 3
/** Of the largest piece. A reader that took more, or shorter ones, would hold an object for each byte of a hostile file. */
const PARTS_LIMIT = Math.ceil(EVIDENCE_LIMIT / PART_LEAST_BYTES)

const id = z.string().check(z.regex(/^[0-9a-f]{64}$/))
const count = z.int().check(z.nonnegative())
const number = z.int().check(z.positive())
const shapes = {
  first: z.object({ schema: z.literal(SCHEMA) }),
  // The form of an entry is for copyAudit.
  entry: z.strictObject({ entry: z.looseObject({ hash: z.string() }) }),
  text: z.strictObject({ evidence: id, part: number, of: number, text: z.string() }),
  base64: z.strictObject({ evidence: id, part: number, of: number, base64: z.string() }),
  end: z.strictObject({ end: z.strictObject({ entries: count, evidence: count, head: id }) }),
}

/** What a line counts at the end. */
type Count = z.infer<typeof shapes.end>['end']
const NOTHING: Count = { entries: 0, evidence: 0, head: BEFORE_THE_FIRST }

/** Without line ends. */
export async function* exportLines(items: AsyncIterable<CopyItem>): AsyncIterable<string> {
  let told = NOTHING
  yield JSON.stringify({ schema: SCHEMA })
  for await (const item of items) {
    told = counted(told, item)
    if ('entry' in item) yield JSON.stringify(item)
    else yield* partsOf(item.evidence, item.bytes)
  }
  yield JSON.stringify({ end: told })
}

function* partsOf(evidence: string, bytes: Uint8Array): Iterable<string> {
  const text = isUtf8(bytes)
  const pieces = [...cutAt(bytes, text)]
  for (const [index, piece] of pieces.entries()) {
    const buffer = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    const content = text ? { text: buffer.toString('utf8') } : { base64: buffer.toString('base64') }
    yield JSON.stringify({ evidence, part: index + 1, of: pieces.length, ...content })
  }
}

/** At least one piece; of text between two characters. */
function* cutAt(bytes: Uint8Array, text: boolean): Iterable<Uint8Array> {
  let from = 0
  do {
    const to = Math.min(from + PART_BYTES, bytes.length)
    const end = text ? characterStart(bytes, to) : to
    yield bytes.subarray(from, end)
    from = end
  } while (from < bytes.length)
}

/** There or at most three bytes before: the others of a character begin with the bits 10 (RFC 3629). */
function characterStart(bytes: Uint8Array, at: number): number {
  let start = at
  while (start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1
  return start
}

/** What the lines hold, in their form only: whether it fits together is for `copyAudit`. Throws a `StoreProblem` of the kind `not-intact`. */
export async function* itemsOf(lines: AsyncIterable<string>): AsyncIterable<CopyItem> {
  const parts = partsToJoin()
  let at = 0
  let seen = NOTHING
  let ended = false
  for await (const line of lines) {
    at += 1
    const said =
      at === 1 ? { nothing: startMistake(line) } : ended ? { wrong: 'stands behind the end' } : read(line, parts)
    if ('wrong' in said) throw notIntact(`line ${at} ${said.wrong}`)
    if ('item' in said) {
      seen = counted(seen, said.item)
      yield said.item
    } else if ('end' in said) {
      if (!isSame(said.end, seen)) throw notIntact(`line ${at} counts something else than there was`)
      ended = true
    }
  }
  if (!ended) throw notIntact(at === 0 ? 'it is empty' : 'its end is missing')
}

function startMistake(line: string): undefined {
  if (!shapes.first.safeParse(jsonOf(line)).success)
    throw noExport('the file', `it does not begin as an export does (${SCHEMA})`)
}

type Said =
  | { readonly item: CopyItem }
  | { readonly end: Count }
  | { readonly wrong: string }
  /** A part of what is not yet whole, or the first line. */
  | { readonly nothing: undefined }

function read(line: string, parts: Parts): Said {
  const value = jsonOf(line)
  const [text, base64] = [shapes.text.safeParse(value).data, shapes.base64.safeParse(value).data]
  if (text) return parts.next({ ...text, bytes: Buffer.from(text.text, 'utf8') })
  if (base64) return parts.next({ ...base64, bytes: Buffer.from(base64.base64, 'base64') })
  if (parts.open()) return { wrong: 'breaks off a piece of evidence' }
  const entry = shapes.entry.safeParse(value).data?.entry
  // Its form is looked at by copyAudit, before anybody relies on it.
  if (entry) return { item: { entry: entry as unknown as StoredEntry } }
  const end = shapes.end.safeParse(value).data
  return end ?? { wrong: 'is neither an entry nor evidence nor the end' }
}

interface Part {
  readonly evidence: string
  readonly part: number
  readonly of: number
  readonly bytes: Uint8Array
}
interface Parts {
  next(part: Part): Said
  /** A piece is begun and not whole. */
  open(): boolean
}

function partsToJoin(): Parts {
  let before: Part[] = []
  let sum = 0
  return {
    next: (part) => {
      const [first = part] = before
      if (part.evidence !== first.evidence || part.of !== first.of || part.part !== before.length + 1)
        return { wrong: 'is not the next part of its evidence' }
      const wrong = partMistake(part)
      if (wrong !== undefined) return { wrong }
      before.push(part)
      sum += part.bytes.length
      if (sum > EVIDENCE_LIMIT) return { wrong: TOO_LARGE }
      if (part.part < part.of) return { nothing: undefined }
      const bytes = Buffer.concat(before.map((each) => each.bytes))
      before = []
      sum = 0
      return { item: { evidence: part.evidence, bytes } }
    },
    open: () => before.length > 0,
  }
}

function partMistake({ part, of, bytes }: Part): string | undefined {
  if (of > PARTS_LIMIT) return TOO_LARGE
  if (bytes.length > PART_BYTES) return `is a part that is too long: ${bytes.length} bytes`
  const least = part < of ? PART_LEAST_BYTES : of > 1 ? 1 : 0
  return bytes.length < least ? `is a part that is too short: ${bytes.length} bytes` : undefined
}

const TOO_LARGE = `makes a piece of evidence larger than ${EVIDENCE_LIMIT} bytes`

function counted(seen: Count, item: CopyItem): Count {
  return 'entry' in item
    ? { ...seen, entries: seen.entries + 1, head: item.entry.hash }
    : { ...seen, evidence: seen.evidence + 1 }
}

function isSame(one: Count, other: Count): boolean {
  return one.entries === other.entries && one.evidence === other.evidence && one.head === other.head
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
