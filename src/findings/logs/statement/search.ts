import { constantWords, priorWeight, STAR, wordsOf, type Word } from './words.ts'

/** A place in the repository with words of a pattern. */
export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** Of one pattern: where its words are, best first. */
export interface Places {
  readonly places: readonly Place[]
}

export interface PlaceFinder {
  /** A line of the repository that has one of the needles. */
  readonly add: (file: string, line: number, text: string) => void
  /** For each template, in the order in which they were given. */
  readonly finish: () => readonly Places[]
  /** How much a word tells in this repository; for `rankStatements`. */
  readonly weightOf: (word: string) => number
}

/** A template has as many needles of one word, and as many of two. One may be a value that was the same in all records, one cut in two by the code. */
const NEEDLES = 3
/** A word that says less is looked for only where there is no better one. */
const TELLING = 1
/** Longer templates are cut: the words of a statement are at its beginning. Words. */
const TEMPLATE_WORDS = 60
/** Lines that are kept of one pattern while lines come in. */
const KEPT = 80
/** Files that are read of one pattern. */
const FILES = 10
/** A place with less than this share of the best one's words is not read. */
const LEAST_SHARE = 0.45
/** Lines of one statement. */
const TOGETHER = 5
/** What stands between two words of a needle: no quote, backslash, verb or brace, since code may write those otherwise. */
const BETWEEN = /^[ ,:;=/._()@#&+-]{1,3}$/

/** Texts to look for, for each template: its rarest words, and pairs of words beside each other. */
export function needlesOf(template: string): readonly string[] {
  const words = constantWords(template).slice(0, TEMPLATE_WORDS)
  const pairs = words.flatMap((word, at) => {
    const next = words[at + 1]
    if (!next || !BETWEEN.test(template.slice(word.end, next.start))) return []
    return [{ text: template.slice(word.start, next.end), weight: priorWeight(word.text) + priorWeight(next.text) }]
  })
  const singles = words.map(({ text }) => ({ text, weight: priorWeight(text) }))
  const best = (
    list: readonly { readonly text: string; readonly weight: number }[],
    least: number,
  ): readonly string[] => {
    const sorted = list
      .filter(({ weight }) => weight >= least)
      .toSorted((a, b) => b.weight - a.weight || (a.text < b.text ? -1 : 1))
    return [...new Set(sorted.map(({ text }) => text))].slice(0, NEEDLES)
  }
  const telling = [...best(singles, TELLING), ...best(pairs, TELLING)]
  if (telling.length > 0) return telling
  const some = best(pairs, 0)
  return some.length > 0 ? some : best(singles, 0)
}

/** Keeps of all lines with a needle those with most of the words of each template, and what is rare in this repository. */
export function createPlaceFinder(templates: readonly string[]): PlaceFinder {
  const byWord = new Map<string, Set<number>>()
  const words = templates.map(
    (template) =>
      new Set(
        constantWords(template)
          .slice(0, TEMPLATE_WORDS)
          .map(({ text }) => text),
      ),
  )
  for (const [at, each] of words.entries()) {
    for (const word of each) byWord.set(word, (byWord.get(word) ?? new Set()).add(at))
  }
  const kept: Kept[][] = templates.map(() => [])
  const runs = templates.map(longestRun)
  const lines = new Map<string, number>()
  const weightOf = (word: string): number => priorWeight(word) / (1 + Math.log2(1 + (lines.get(word) ?? 0)) / RARE)

  const add: PlaceFinder['add'] = (file, line, text) => {
    const found = new Map<number, { words: Set<string>; score: number }>()
    let previous: Word | undefined
    for (const word of wordsOf(text)) {
      const owners = byWord.get(word.text)
      if (!owners) {
        previous = undefined
        continue
      }
      for (const owner of owners) {
        const of = found.get(owner) ?? { words: new Set<string>(), score: 0 }
        found.set(owner, of)
        if (of.words.has(word.text)) continue
        of.words.add(word.text)
        // Two that stand beside each other in the line and are both of the template tell more than two that are far apart.
        const beside = previous && words[owner]?.has(previous.text) ? BESIDE : 1
        of.score += priorWeight(word.text) * beside
      }
      previous = word
    }
    for (const [owner, of] of found) {
      const run = runs[owner]
      if (run !== undefined && text.includes(run)) of.score += AS_IT_IS
    }
    const all = new Set([...found.values()].flatMap((of) => [...of.words]))
    for (const word of all) lines.set(word, (lines.get(word) ?? 0) + 1)
    const factor = placeFactor(file) * (/["'`<]/.test(text) ? 1 : UNQUOTED)
    for (const [owner, of] of found) keep(kept[owner], { file, line, text, words: of.words, score: of.score * factor })
  }
  return { add, weightOf, finish: () => kept.map((list) => ({ places: bestPlaces(list, weightOf) })) }
}

/** The longest constant part of a template, with its signs: `+++ call`. */
function longestRun(template: string): string | undefined {
  const runs = template.split(STAR).map((run) => run.trim().slice(0, RUN_LENGTH))
  const longest = runs.toSorted((a, b) => b.length - a.length)[0]
  return longest === undefined || longest === '' ? undefined : longest
}

/** Characters. */
const RUN_LENGTH = 80
/** A line that has the longest part of a template as it is goes before those that have the same words. */
const AS_IT_IS = 1

interface Kept extends Place {
  readonly words: ReadonlySet<string>
  readonly score: number
}

/** A word in 2^RARE lines tells half of what it would tell alone. */
const RARE = 8
const BESIDE = 1.3
/** A line without a quote holds no text, or a part of one over several lines. */
const UNQUOTED = 0.7

function keep(list: Kept[] | undefined, hit: Kept): void {
  if (!list) return
  list.push(hit)
  if (list.length < 4 * KEPT) return
  list.sort(byScore)
  list.length = KEPT
}

function byScore(a: Kept, b: Kept): number {
  return b.score - a.score || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line)
}

/** Lines that are close together count as one place, whose words are those of all. */
function bestPlaces(list: readonly Kept[], weightOf: (word: string) => number): readonly Place[] {
  const sorted = list
    .toSorted(byScore)
    .slice(0, KEPT)
    .toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line))
  const scored = sorted.map((hit, at) => {
    const words = new Set(hit.words)
    for (const step of [-1, 1]) {
      for (let other = at + step; ; other += step) {
        const near = sorted[other]
        if (!near || near.file !== hit.file || Math.abs(near.line - hit.line) > TOGETHER) break
        for (const word of near.words) words.add(word)
      }
    }
    const weight = [...words].reduce((sum, word) => sum + weightOf(word), 0)
    return { ...hit, score: weight * placeFactor(hit.file) + hit.score / 100 }
  })
  const best = Math.max(0, ...scored.map(({ score }) => score))
  const files = new Set<string>()
  const places: Place[] = []
  for (const hit of scored.toSorted(byScore)) {
    if (hit.score < best * LEAST_SHARE || (files.size >= FILES && !files.has(hit.file))) continue
    files.add(hit.file)
    places.push({ file: hit.file, line: hit.line, text: hit.text })
  }
  return places
}

const TESTS =
  /(?:^|\/)(?:tests?|__tests__|specs?|testdata|fixtures?|mocks?|__mocks__|e2e)\/|[._-](?:test|spec)s?\.\w+$|(?:^|\/)(?:test|conftest)(?:_\w*)?\.py$|(?:Test|Tests|Spec|IT)\.(?:java|kt|scala|cs|groovy)$/
const EXAMPLES = /(?:^|\/)(?:examples?|docs?|samples?|benchmarks?|bench|demos?)\//
const PROSE = /\.(?:md|mdx|rst|txt|adoc|html?|tex|org)$|(?:^|\/)(?:README|CHANGE\w*|NEWS|HISTORY)[^/]*$/i
const CATALOG = /\.(?:json|ya?ml|toml|properties|ini|conf|cfg|xml|po|resx|ftl|arb|strings)$/

/** How likely it is, beside others, that what writes to a log in production stands in this file: tests, examples and documentation repeat it. */
export function placeFactor(file: string): number {
  if (PROSE.test(file)) return 0.3
  return (TESTS.test(file) ? 0.6 : 1) * (EXAMPLES.test(file) ? 0.75 : 1) * (CATALOG.test(file) ? 0.7 : 1)
}
