/** Lines around a change that are shown, as diff(1) does. */
const CONTEXT = 3
/** More than so many lines that differ are found in a time that grows with their square; the middle is then shown as replaced. */
const EDITS = 500

/**
 * What turns one text into another, as diff -u writes it; empty where they are the same. By Myers' algorithm (An O(ND) Difference Algorithm, 1986).
 *
 * @param names of the two, as they stand in the first two lines
 */
export function unifiedDiff(
  before: string,
  after: string,
  names: { readonly before: string; readonly after: string },
): string {
  if (before === after) return ''
  const edits = editsOf(linesOf(before), linesOf(after))
  return [`--- ${names.before}`, `+++ ${names.after}`, ...hunksOf(edits)].join('\n') + '\n'
}

/** One line with what becomes of it. */
export interface Edit {
  readonly sign: ' ' | '-' | '+'
  readonly line: string
}

/** With the newline that ends it, so that a last line without one is another line. */
function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}

/** All lines of both, in order: what stays, what goes, what comes. */
export function editsOf(before: readonly string[], after: readonly string[]): readonly Edit[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1
  let [endBefore, endAfter] = [before.length, after.length]
  while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) {
    endBefore -= 1
    endAfter -= 1
  }
  return [
    ...signed(' ', before.slice(0, start)),
    ...middle(before.slice(start, endBefore), after.slice(start, endAfter)),
    ...signed(' ', before.slice(endBefore)),
  ]
}

function signed(sign: Edit['sign'], lines: readonly string[]): readonly Edit[] {
  return lines.map((line) => ({ sign, line }))
}

function middle(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const steps = furthest(before, after)
  return steps ? walkedBack(before, after, steps) : [...signed('-', before), ...signed('+', after)]
}

/**
 * For each number of edits how far in `before` each diagonal can be followed; undefined where there are too many. A diagonal is the place in `before` minus that
 * in `after`.
 */
function furthest(
  before: readonly string[],
  after: readonly string[],
): readonly ReadonlyMap<number, number>[] | undefined {
  const steps: Map<number, number>[] = []
  let last = new Map([[1, 0]])
  for (let edits = 0; edits <= Math.min(EDITS, before.length + after.length); edits++) {
    const reached = new Map<number, number>()
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = comesFromAbove(last, diagonal, edits) ? (last.get(diagonal + 1) ?? 0) : (last.get(diagonal - 1) ?? 0) + 1
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x += 1
      reached.set(diagonal, x)
      if (x >= before.length && x - diagonal >= after.length) return [...steps, reached]
    }
    steps.push(reached)
    last = reached
  }
  return undefined
}

/** A line of `after` came last, rather than that one of `before` went. */
function comesFromAbove(last: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  return diagonal === -edits || (diagonal !== edits && (last.get(diagonal - 1) ?? -1) < (last.get(diagonal + 1) ?? -1))
}

function walkedBack(
  before: readonly string[],
  after: readonly string[],
  steps: readonly ReadonlyMap<number, number>[],
): readonly Edit[] {
  const edits: Edit[] = []
  let x = before.length
  let y = after.length
  const keep = (to: number): void => {
    while (x > to) {
      x -= 1
      y -= 1
      edits.push({ sign: ' ', line: before[x] ?? '' })
    }
  }
  for (let at = steps.length - 1; at > 0; at--) {
    const last = steps[at - 1] ?? new Map<number, number>()
    const diagonal = x - y
    const above = comesFromAbove(last, diagonal, at)
    const from = last.get(above ? diagonal + 1 : diagonal - 1) ?? 0
    keep(above ? from : from + 1)
    if (above) {
      y -= 1
      edits.push({ sign: '+', line: after[y] ?? '' })
    } else {
      x -= 1
      edits.push({ sign: '-', line: before[x] ?? '' })
    }
  }
  keep(0)
  return edits.toReversed()
}

function hunksOf(edits: readonly Edit[]): readonly string[] {
  const changed = edits.flatMap(({ sign }, at) => (sign === ' ' ? [] : [at]))
  const hunks: { start: number; end: number }[] = []
  for (const at of changed) {
    const open = hunks.at(-1)
    if (open && at - CONTEXT <= open.end) open.end = Math.min(edits.length, at + CONTEXT + 1)
    else hunks.push({ start: Math.max(0, at - CONTEXT), end: Math.min(edits.length, at + CONTEXT + 1) })
  }
  let [line, other, seen] = [1, 1, 0]
  return hunks.flatMap(({ start, end }) => {
    for (const { sign } of edits.slice(seen, start)) {
      if (sign !== '+') line += 1
      if (sign !== '-') other += 1
    }
    seen = start
    const shown = edits.slice(start, end)
    const olds = shown.filter(({ sign }) => sign !== '+').length
    const news = shown.filter(({ sign }) => sign !== '-').length
    return [`@@ -${range(line, olds)} +${range(other, news)} @@`, ...shown.flatMap(editLines)]
  })
}

/** As diff writes it: of nothing the line before, and no `,1`. */
function range(from: number, length: number): string {
  return length === 1 ? `${from}` : `${length === 0 ? from - 1 : from},${length}`
}

function editLines({ sign, line }: Edit): readonly string[] {
  return line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, String.raw`\ No newline at end of file`]
}
