import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MemoryUse, ResidentAt, TypeUse } from '../../evidence/inspect/memory-use.ts'
import { growsSteadily, memoryHeadlines, rankedTypes } from './memory-growth.ts'

const MIB = 1024 * 1024
const at = (size: number, index: number): ResidentAt => ({
  atMs: index * 1000,
  anonymousBytes: size,
  fileBytes: 0,
  sharedBytes: 0,
  swapBytes: 0,
})
const NOTHING: MemoryUse = { watchedMs: 30_000, byKind: [], over: [], heaps: [], notes: [] }
const heap = (residentBytes: number, grewBytes: number): MemoryUse['byKind'][number] => ({
  kind: 'heap',
  mappings: 1,
  residentBytes,
  swapBytes: 0,
  grewBytes,
})

describe('what of its memory grows', () => {
  it('is said with its pace, and where it is', () => {
    const use = {
      ...NOTHING,
      byKind: [heap(45 * MIB, 3 * MIB)],
      over: [1, 2, 3, 4].map((size, index) => at(size, index)),
    }
    expect(memoryHeadlines(use)).toEqual([
      { state: 'warning', says: 'Its memory grew by 3.0 MiB in 30 s in the heap; at that pace 360 MiB an hour.' },
    ])
  })

  it('is not said of what goes up and down, of mapped files, or of what allocators keep in hand', () => {
    const over = [5, 9, 4, 9, 5].map((size, index) => at(size, index))
    expect(memoryHeadlines({ ...NOTHING, byKind: [heap(45 * MIB, 3 * MIB)], over })).toEqual([])
    expect(memoryHeadlines({ ...NOTHING, byKind: [{ ...heap(45 * MIB, 3 * MIB), kind: 'files' }] })).toEqual([])
    expect(memoryHeadlines({ ...NOTHING, byKind: [heap(45 * MIB, 200 * 1024)] })).toEqual([])
    expect(memoryHeadlines(NOTHING)).toEqual([])
  })

  it('names the types that grew most, and garbage where it is counted too', () => {
    const types: readonly TypeUse[] = [
      { name: 'str', count: 9, bytes: 90 * MIB, grewCount: 0, grewBytes: 0 },
      { name: 'shop.Order', count: 25_000, bytes: 6 * MIB, grewCount: 12_000, grewBytes: 3.1 * MIB },
    ]
    expect(memoryHeadlines({ ...NOTHING, types })).toEqual([
      { state: 'warning', says: 'shop.Order grew by 12,000 objects, 3.1 MiB in 30 s.' },
    ])
    expect(memoryHeadlines({ ...NOTHING, types, hasGarbage: true })[0]?.says).toContain(
      'garbage that is not collected yet',
    )
  })

  it('names who allocated what stays, of the own code alone', () => {
    const sites: MemoryUse['sites'] = [
      { frame: { function: 'push', file: 'node:internal', own: false }, bytes: 9 * MIB },
      { frame: { function: 'keep', file: '/srv/shop/orders.js', line: 12, own: true }, bytes: 3 * MIB },
    ]
    expect(memoryHeadlines({ ...NOTHING, sites })).toEqual([
      { state: 'warning', says: 'keep (/srv/shop/orders.js:12) allocated 3.0 MiB in 30 s that are still held.' },
    ])
  })

  it('is steady when it rises in most steps and gives next to nothing back', () => {
    const steady = (sizes: readonly number[]): boolean | undefined => growsSteadily({ over: sizes.map(at) })
    expect(steady([1, 2, 3])).toBeUndefined()
    expect(steady([10, 20, 30, 40, 39])).toBe(true)
    expect(steady([10, 40, 40, 40, 40])).toBe(false)
    expect(steady([10, 40, 10, 40, 10])).toBe(false)
  })

  it('ranks those that grow before those that are big, and loses none', () => {
    const type = fc.record({
      name: fc.string(),
      count: fc.nat(),
      bytes: fc.nat(),
      grewCount: fc.option(fc.integer(), { nil: undefined }),
      grewBytes: fc.option(fc.integer(), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(type), (all) => {
        const types = all.map(({ grewCount, grewBytes, ...rest }) => ({
          ...rest,
          ...(grewCount === undefined ? {} : { grewCount }),
          ...(grewBytes === undefined ? {} : { grewBytes }),
        }))
        const ranked = rankedTypes(types)
        expect(ranked).toHaveLength(types.length)
        const grown = ranked.map(
          ({ grewBytes = 0, grewCount = 0 }) => grewBytes > 0 && (grewCount >= 100 || grewBytes >= 16 * 1024),
        )
        expect(grown).toEqual(grown.toSorted((a, b) => Number(b) - Number(a)))
      }),
      { numRuns: 200 },
    )
  })
})
