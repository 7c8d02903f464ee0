import { RE2JS } from 're2js'
import { HIDDEN, type Rule, type Span } from './rule.ts'

export type PatternRule =
  | { readonly ok: true; readonly rule: Rule }
  /** What is wrong with the pattern, for a sentence that names it. */
  | { readonly ok: false; readonly why: string }

/** The group of this name is the secret; without one, all that is matched. */
const GROUP = 'secret'
/**
 * One search takes time linear in the line whatever the pattern is, but looking for the next match starts a new search: `a[^z]*z|a` walks
 * to the end of a line of `a` for each of them (20,000 characters took 14 s). After so many matches the rest of the line is one secret:
 * nothing of it is shown, and a line of a megabyte takes some seconds.
 */
const MATCHES_OF_A_LINE = 100

/**
 * A rule for a pattern that a person wrote (`redact:` of halligan.yaml). It runs in RE2, an engine that does not track back: it refuses
 * what cannot be matched in linear time (looking ahead, back-references) and repetitions that would take much memory.
 */
export function patternRule(kind: string, pattern: string): PatternRule {
  try {
    const form = RE2JS.compile(RE2JS.translateRegExp(pattern), RE2JS.LOOKBEHINDS)
    if (form.test('')) return { ok: false, why: 'it matches where there is nothing, and so everywhere' }
    const group = Object.hasOwn(form.namedGroups(), GROUP) ? GROUP : 0
    return {
      ok: true,
      rule: { what: `${kind} of halligan.yaml`, anchors: [], find: (line) => spansIn(line, form, group, kind) },
    }
  } catch (error) {
    return {
      ok: false,
      why: error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error),
    }
  }
}

function spansIn(line: string, form: RE2JS, group: string | number, kind: string): readonly Span[] {
  // Whether there is a match at all is answered some ten times faster than where.
  if (!form.test(line)) return []
  const spans: Span[] = []
  const matcher = form.matcher(line)
  for (let count = 0; matcher.find(); count++) {
    const start = count < MATCHES_OF_A_LINE ? matcher.start(group) : matcher.start(0)
    const end = count < MATCHES_OF_A_LINE ? matcher.end(group) : line.length
    if (start >= 0) spans.push(...withoutHidden(line, start, end).map((piece) => ({ ...piece, kind })))
    if (count === MATCHES_OF_A_LINE) break
  }
  return spans
}

const SHOWN = new RegExp(`[^${HIDDEN}]+`, 'g')

/** The stretches of a span that are not marked already. */
function withoutHidden(line: string, start: number, end: number): readonly Omit<Span, 'kind'>[] {
  return [...line.slice(start, end).matchAll(SHOWN)].map(({ 0: text, index }) => ({
    start: start + index,
    end: start + index + text.length,
  }))
}
