import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WeightedStack } from '../../evidence/inspect/profile.ts'
import { compareProfiles } from './compared-profiles.ts'
import { hotPath, icicleRows } from './icicle.ts'
import { callTree, profileTops, type CallNode } from './profile.ts'

const frame = (called: string, own = false) => ({ function: called, file: `/srv/${own ? 'own' : 'lib'}.js`, own })
const [main, total, price, parse] = [frame('main', true), frame('total', true), frame('price', true), frame('parse')]
const STACKS: readonly WeightedStack[] = [
  { thread: 'a', frames: [price, total, main], weight: 60 },
  { thread: 'b', frames: [total, total, main], weight: 20 },
  { frames: [parse, main], weight: 15 },
  { frames: [parse], weight: 5 },
]

describe('tops of a profile', () => {
  it('are by self and by total, own code marked; a recursion counts once', () => {
    const { total: all, idleShare, ownShare, bySelf, byTotal } = profileTops({ stacks: STACKS, idle: 100 })
    expect([all, idleShare, ownShare]).toEqual([100, 0.5, 0.95])
    expect(bySelf.map((each) => [each.function, each.own, each.selfShare])).toEqual([
      ['price', true, 0.6],
      ['total', true, 0.2],
      ['parse', false, 0.2],
    ])
    expect(byTotal.map((each) => [each.function, each.totalShare])).toEqual([
      ['main', 0.95],
      ['total', 0.8],
      ['price', 0.6],
      ['parse', 0.2],
    ])
  })

  it('of nothing are nothing', () => {
    expect(profileTops({ stacks: [], idle: 0 })).toEqual({
      total: 0,
      idleShare: 0,
      ownShare: 0,
      bySelf: [],
      byTotal: [],
    })
    expect(icicleRows(callTree([]), 80, 20)).toEqual([])
  })
})

describe('the tree of calls', () => {
  it('is one for all threads, the heaviest call first', () => {
    const tree = callTree(STACKS)
    expect(outline(tree)).toEqual([
      'all 100',
      ' main 95',
      '  total 80',
      '   price 60',
      '   total 20',
      '  parse 15',
      ' parse 5',
    ])
    expect(hotPath(tree).map((node) => node.function)).toEqual(['main', 'total', 'price'])
  })
})

describe('two profiles', () => {
  it('are compared by shares, whatever their lengths', () => {
    const doubled = STACKS.map((each) => ({ ...each, weight: each.weight * 2 }))
    expect(compareProfiles({ stacks: STACKS, idle: 0 }, { stacks: doubled, idle: 7 }).bySelf).toEqual([])
    const faster = [
      { frames: [total, main], weight: 5 },
      { frames: [parse], weight: 5 },
    ]
    const { bySelf, tree } = compareProfiles({ stacks: STACKS, idle: 0 }, { stacks: faster, idle: 0 })
    expect(bySelf.map((each) => [each.function, each.before, each.after])).toEqual([
      ['price', 0.6, 0],
      ['parse', 0.2, 0.5],
      ['total', 0.2, 0.5],
    ])
    expect(Object.fromEntries(tree.calls.map((each) => [each.function, [each.before, each.after]]))).toEqual({
      main: [0.95, 0.5],
      parse: [0.05, 0.5],
    })
  })

  it('are compared by names where one tells no files', () => {
    const names = STACKS.map(({ frames, weight }) => ({
      weight,
      frames: frames.map((each) => ({ function: each.function })),
    }))
    const { bySelf, byTotal, byNameAlone } = compareProfiles({ stacks: names, idle: 0 }, { stacks: STACKS, idle: 0 })
    expect([bySelf, byTotal, byNameAlone]).toEqual([[], [], true])
  })
})

describe('any profile', () => {
  const stacks = fc.array(
    fc.record({
      frames: fc.array(fc.constantFrom(main, total, price, parse), { maxLength: 8 }),
      weight: fc.integer({ min: 1, max: 50 }),
    }),
    { maxLength: 12 },
  )

  it('adds up: self to the whole, each call to its calls and itself, each row within the one above', () => {
    fc.assert(
      fc.property(stacks, fc.integer({ min: 10, max: 140 }), (all, columns) => {
        const tree = callTree(all)
        const weight = all.reduce((sum, each) => sum + each.weight, 0)
        const unknown = all.filter(({ frames }) => frames.length === 0).reduce((sum, each) => sum + each.weight, 0)
        const { bySelf, byTotal } = profileTops({ stacks: all, idle: 0 })
        expect(bySelf.reduce((sum, each) => sum + each.self, 0)).toBe(weight - unknown)
        for (const each of byTotal) expect(each.total).toBeLessThanOrEqual(weight)
        expectSums(tree)
        for (const row of icicleRows(tree, columns, 1_000)) {
          if (row.kind !== 'calls') continue
          let end = 0
          for (const { at, width } of row.cells) {
            expect(at).toBeGreaterThanOrEqual(end)
            end = at + width
          }
          expect(end).toBeLessThanOrEqual(columns)
        }
      }),
      { numRuns: 200 },
    )
  })
})

function expectSums(node: CallNode): void {
  expect(node.calls.reduce((sum, each) => sum + each.total, node.self)).toBe(node.total)
  node.calls.forEach(expectSums)
}

function outline(node: CallNode, depth = 0): readonly string[] {
  return [
    `${' '.repeat(depth)}${node.function} ${node.total}`,
    ...node.calls.flatMap((each) => outline(each, depth + 1)),
  ]
}
