import { anchorsOf } from './anchors.ts'
import { inOne, applied, type Change, type FindSecrets } from '../change.ts'
import { withoutColours } from './colours.ts'
import { markOf, MARKS, MARKS_BEGIN } from './mark.ts'
import { goneOn, openedBy } from './next-line.ts'
import { privateKeysIn } from './private-keys.ts'
import { HIDDEN, type Rule, type Span } from './rule.ts'
import { rules } from './rules.ts'
import { named } from './spellings.ts'
import { inWideText } from './wide-text.ts'

/** Takes the secrets out of a text. */
export type Redact = (text: string) => string

export interface RedactorOptions {
  /** What marks are made with: 32 random bytes that stay at home (`key.ts`). */
  readonly key: Uint8Array
  /** Of halligan.yaml (`patterns.ts`). */
  readonly patterns?: readonly Rule[]
}

/**
 * Secrets are taken out before anything is written or shown (rule: redact before writing). The rules look at the form of what
 * surrounds a secret (a name, a scheme, a prefix of a known kind of token, the option of a known program); what has no such form
 * cannot be told from other text, and stays. A secret becomes `‹secret:kind:mark›`, the same one the same mark everywhere, so that
 * lines stay comparable.
 *
 * Works on an answer of many lines as on one word: no rule reaches over the end of a line but that of private keys and of values that stand
 * below their name, none takes more than linear time, and what was redacted once stays as it is. A function of the text and the key alone; it never throws.
 */
export function redactor(options: RedactorOptions): Redact {
  const find = secretsFinder(options)
  return (text) => applied(text, find(text))
}

/** The same, for who has to know where they stand. */
export function secretsFinder({ key, patterns = [] }: RedactorOptions): FindSecrets {
  const all = [...patterns, ...rules]
  const anchors = anchorsOf(all.map((rule) => rule.anchors))
  const ofNames = all.indexOf(named)
  const secretsIn: FindSecrets = (text) => {
    const marks = marksOf(key)
    const { plain, written } = withoutColours(text)
    const keys = privateKeysIn(plain, (found) => marks('private-key', found))
    const keyless = applied(plain, keys)
    const others: Change[] = []
    const opened: Change[] = []
    anchors.scan(keyless, (start, end, owners) => {
      const found = settled(keyless.slice(start, end), (line) =>
        spansOf(line, owners, all).map((span) => ({
          start: span.start,
          end: span.end,
          mark: marks(span.kind, line.slice(span.start, span.end)),
        })),
      )
      for (const change of found) others.push({ ...change, start: start + change.start, end: start + change.end })
      if (owners.includes(ofNames)) opened.push(...behindLine(keyless, start, end, marks))
    })
    return written(inOne(keys, opened.length === 0 ? others : together(others, opened)))
  }
  return (text) => {
    const wide = inWideText(text, secretsIn)
    return inOne(wide, secretsIn(applied(text, wide)))
  }
}

/** The value of a name with which a line ends, in the lines behind it. */
function behindLine(
  text: string,
  start: number,
  end: number,
  mark: (kind: string, secret: string) => string,
): readonly Change[] {
  const changes: Change[] = []
  let open = openedBy(text.slice(start, end))
  for (let from = end + 1; open && from < text.length;) {
    const lineEnd = text.indexOf('\n', from)
    const to = lineEnd < 0 ? text.length : lineEnd
    const line = text.slice(from, to)
    const part = goneOn(open, MARKS_BEGIN.some((begin) => line.includes(begin)) ? '' : line)
    if (part?.span) {
      const { start: at, end: behind, kind } = part.span
      changes.push({ start: from + at, end: from + behind, mark: mark(kind, line.slice(at, behind)) })
    }
    open = part?.open
    from = to + 1
  }
  return changes
}

/** Both, in order; of two that overlap all that either takes. */
function together(some: readonly Change[], others: readonly Change[]): readonly Change[] {
  const whole: Change[] = []
  for (const change of [...some, ...others].toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = whole.at(-1)
    if (!last || change.start >= last.end) whole.push(change)
    else if (change.end > last.end) whole[whole.length - 1] = { ...last, end: change.end }
  }
  return whole
}

/** A mark may set free what was not seen beside its secret: again, until nothing changes. Real lines are settled after one round. */
const ROUNDS = 8

function settled(line: string, find: FindSecrets): readonly Change[] {
  let all: readonly Change[] = []
  let now = line
  for (let round = 0; round < ROUNDS; round++) {
    const found = find(now)
    if (found.length === 0) break
    all = inOne(all, found)
    now = applied(now, found)
  }
  return all
}

/** Marks of one text: a secret that stands on many lines is counted out once. */
function marksOf(key: Uint8Array): (kind: string, secret: string) => string {
  const known = new Map<string, string>()
  return (kind, secret) => {
    const name = `${kind}:${secret}`
    const mark = known.get(name) ?? markOf(key, kind, secret)
    known.set(name, mark)
    return mark
  }
}

/** What the rules whose anchors are in a line find in it, in the order of the line; what overlaps is one. */
function spansOf(line: string, owners: readonly number[], all: readonly Rule[]): readonly Span[] {
  const isMarked = MARKS_BEGIN.some((begin) => line.includes(begin))
  const shown = isMarked ? line.replaceAll(MARKS, (mark) => HIDDEN.repeat(mark.length)) : line
  const found: Span[] = []
  for (const owner of owners) for (const span of all[owner]?.find(shown) ?? []) found.push(span)
  return found.length > 1 ? joined(found.toSorted((a, b) => a.start - b.start)) : found
}

/** Spans that overlap become one, of the kind of the longest. */
function joined(spans: readonly Span[]): readonly Span[] {
  const whole: Span[] = []
  let longest = 0
  for (const span of spans) {
    const last = whole.at(-1)
    const length = span.end - span.start
    if (!last || span.start >= last.end) {
      whole.push(span)
      longest = length
      continue
    }
    whole[whole.length - 1] = {
      start: last.start,
      end: Math.max(last.end, span.end),
      kind: length > longest ? span.kind : last.kind,
    }
    longest = Math.max(longest, length)
  }
  return whole
}
