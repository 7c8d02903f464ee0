import { anchorsOf } from './anchors.ts'
import { markOf, MARKS, MARKS_BEGIN } from './mark.ts'
import { withoutPrivateKeys } from './private-keys.ts'
import { HIDDEN, type Rule, type Span } from './rule.ts'
import { rules } from './rules.ts'

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
 * Works on an answer of many lines as on one word: no rule but that of private keys reaches over the end of a line, none takes more
 * than linear time, and what was redacted once stays as it is. A function of the text and the key alone; it never throws.
 */
export function redactor({ key, patterns = [] }: RedactorOptions): Redact {
  const all = [...patterns, ...rules]
  const anchors = anchorsOf(all.map((rule) => rule.anchors))
  return (text) => {
    const marks = marksOf(key)
    const keyless = withoutPrivateKeys(text, (found) => marks('private-key', found))
    const parts: string[] = []
    let written = 0
    anchors.scan(keyless, (start, end, owners) => {
      const line = keyless.slice(start, end)
      const redacted = settled(line, (each) => withoutSpans(each, spansOf(each, owners, all), marks))
      if (redacted === line) return
      parts.push(keyless.slice(written, start), redacted)
      written = end
    })
    return parts.length === 0 ? keyless : parts.join('') + keyless.slice(written)
  }
}

/** A mark may set free what was not seen beside its secret: again, until nothing changes. Real lines are settled after one round. */
const ROUNDS = 8

function settled(line: string, redact: (line: string) => string): string {
  let before = line
  for (let round = 0; round < ROUNDS; round++) {
    const after = redact(before)
    if (after === before) break
    before = after
  }
  return before
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
  const hidden = MARKS_BEGIN.some((begin) => line.includes(begin))
    ? line.replaceAll(MARKS, (mark) => HIDDEN.repeat(mark.length))
    : line
  const found = owners.flatMap((owner) => all[owner]?.find(hidden) ?? [])
  return joined(found.toSorted((a, b) => a.start - b.start))
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

function withoutSpans(line: string, spans: readonly Span[], marks: (kind: string, secret: string) => string): string {
  let redacted = ''
  let written = 0
  for (const { start, end, kind } of spans) {
    redacted += line.slice(written, start) + marks(kind, line.slice(start, end))
    written = end
  }
  return redacted + line.slice(written)
}
