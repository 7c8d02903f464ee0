import type { PastChange, PastCommit } from '../../evidence/repository/history.ts'

/** How much of a commit lies on the box. */
export interface Score {
  /** Files of the commit that lie on the box as it has them. */
  readonly matching: number
  /** All files of the commit. */
  readonly files: number
}

export interface BestCommit {
  readonly commit: string
  readonly score: Score
  /** Other commits that fit as well. */
  readonly equal: number
  /** Commits that were compared. */
  readonly scored: ReadonlySet<string>
}

/**
 * The commit that fits a box best. Only one commit of each connected history has to be compared whole: what the others differ by from their first parents
 * says the rest. Of several that fit as well the newest.
 *
 * @param known scores of commits that were compared whole
 * @param isOnBox whether the box has this blob at this path
 * @param boxFiles files of the box that were compared
 */
export function bestCommit(
  steps: readonly PastCommit[],
  known: ReadonlyMap<string, Score>,
  isOnBox: (path: string, blob: string) => boolean,
  boxFiles: number,
): BestCommit | undefined {
  const scores = scoresOf(steps, known, isOnBox)
  const times = new Map(steps.map(({ commit, atMs }) => [commit, atMs]))
  const ranked = [...scores]
    .filter(([commit]) => times.has(commit))
    .map(([commit, score]) => ({ commit, score, atMs: times.get(commit) ?? 0, fit: fit(score, boxFiles) }))
    .toSorted((a, b) => b.fit - a.fit || b.atMs - a.atMs)
  const [first] = ranked
  if (!first) return undefined
  const equal = ranked.filter((each) => each.fit === first.fit).length - 1
  return { commit: first.commit, score: first.score, equal, scored: new Set(ranked.map(({ commit }) => commit)) }
}

/** Of all files of either side, those that are the same: so neither a commit with few files nor one with many is preferred. */
function fit({ matching, files }: Score, boxFiles: number): number {
  return matching / Math.max(1, files + boxFiles - matching)
}

function scoresOf(
  steps: readonly PastCommit[],
  known: ReadonlyMap<string, Score>,
  isOnBox: (path: string, blob: string) => boolean,
): ReadonlyMap<string, Score> {
  const scores = new Map(known)
  const deltas = steps.map((step) => ({ ...step, ...deltaOf(step.changes, isOnBox) }))
  const touching = new Map<string, (typeof deltas)[number][]>()
  for (const each of deltas)
    for (const end of [each.commit, each.parent])
      if (end !== undefined) touching.set(end, [...(touching.get(end) ?? []), each])
  const open = [...known.keys()]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const from = scores.get(at)
    if (!from) continue
    for (const { commit, parent, matching, files } of touching.get(at) ?? []) {
      const sign = at === commit ? -1 : 1
      const other = at === commit ? parent : commit
      if (other === undefined || scores.has(other)) continue
      scores.set(other, { matching: from.matching + sign * matching, files: from.files + sign * files })
      open.push(other)
    }
  }
  return scores
}

/** What a commit adds to the score of its parent. */
function deltaOf(changes: readonly PastChange[], isOnBox: (path: string, blob: string) => boolean): Score {
  let [matching, files] = [0, 0]
  for (const { path, before, after } of changes) {
    if (before !== undefined) {
      files -= 1
      if (isOnBox(path, before)) matching -= 1
    }
    if (after !== undefined) {
      files += 1
      if (isOnBox(path, after)) matching += 1
    }
  }
  return { matching, files }
}
