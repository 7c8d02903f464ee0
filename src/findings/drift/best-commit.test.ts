import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PastCommit } from '../../evidence/repository/history.ts'
import { bestCommit } from './best-commit.ts'

type Files = ReadonlyMap<string, string>
const step = (commit: string, parent: string | undefined, before: Files, after: Files, atMs: number): PastCommit => ({
  commit,
  parent,
  atMs,
  changes: [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => ({ path, before: before.get(path), after: after.get(path) })),
})
const none: Files = new Map()

describe('the commit that fits a box best', () => {
  it('is the one that was deployed, found from the newest alone', () => {
    const trees: readonly Files[] = [
      new Map([['a', '1']]),
      new Map([
        ['a', '2'],
        ['b', '1'],
      ]),
      new Map([
        ['a', '2'],
        ['b', '2'],
      ]),
    ]
    const steps = trees.map((tree, at) =>
      step(`c${at}`, at === 0 ? undefined : `c${at - 1}`, trees[at - 1] ?? none, tree, at),
    )
    const on = (box: Files) => (path: string, blob: string) => box.get(path) === blob
    const known = (box: Files) =>
      new Map([['c2', { matching: [...trees[2]!].filter(([p, b]) => box.get(p) === b).length, files: 2 }]])
    const deployed = new Map([
      ['a', '2'],
      ['b', '1'],
    ])
    expect(bestCommit(steps, known(deployed), on(deployed), 2)).toEqual({
      commit: 'c1',
      score: { matching: 2, files: 2 },
      equal: 0,
      scored: new Set(['c0', 'c1', 'c2']),
    })
    expect(bestCommit(steps, new Map(), on(none), 0)).toBeUndefined()
  })

  it('scores each commit of any history as if it had been compared whole', () => {
    const tree = fc
      .dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3'))
      .map((each) => new Map(Object.entries(each)))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(tree, fc.nat()), { minLength: 1, maxLength: 12 }),
        tree,
        fc.nat(),
        (all, box, chosen) => {
          const parents = all.map(([, parent], at) => (at === 0 ? undefined : parent % at))
          const steps = all.map(([files], at) => {
            const parent = parents[at]
            return step(
              `c${at}`,
              parent === undefined ? undefined : `c${parent}`,
              parent === undefined ? none : (all[parent]?.[0] ?? none),
              files,
              at,
            )
          })
          const isOnBox = (path: string, blob: string): boolean => box.get(path) === blob
          const score = (files: Files) => ({
            matching: [...files].filter(([path, blob]) => isOnBox(path, blob)).length,
            files: files.size,
          })
          const start = chosen % all.length
          const best = bestCommit(steps, new Map([[`c${start}`, score(all[start]?.[0] ?? none)]]), isOnBox, box.size)
          const scores = all.map(([files]) => score(files))
          const fits = scores.map(({ matching, files }) => matching / Math.max(1, files + box.size - matching))
          const highest = Math.max(...fits)
          expect(best?.commit).toBe(`c${fits.lastIndexOf(highest)}`)
          expect(best?.score).toEqual(scores[fits.lastIndexOf(highest)])
          expect(best?.scored.size).toBe(all.length)
        },
      ),
      { numRuns: 200 },
    )
  })
})
