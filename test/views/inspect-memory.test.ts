import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { MemoryUse } from '../../src/evidence/inspect/memory-use.ts'
import { growsSteadily, memoryHeadlines, rankedTypes } from '../../src/findings/inspect/memory-growth.ts'
import type { Inspection } from '../../src/steps/inspect/inspection.ts'
import { inspectJson } from '../../src/views/inspect/inspect-json.ts'
import { inspectScreen } from '../../src/views/inspect/inspect-screen.ts'
import { memoryUseLines } from '../../src/views/inspect/memory-lines.ts'
import { plainWidth, type Style } from '../../src/views/style.ts'
import { expectGolden } from '../golden.ts'
import { inspectionOf, recordedState } from './inspections.ts'

const MIB = 1024 * 1024
const usual: Style = { columns: 80, color: false, unicode: true }

const use: MemoryUse = {
  watchedMs: 30_400,
  byKind: [
    { kind: 'anonymous', mappings: 91, residentBytes: 61 * MIB, swapBytes: 2 * MIB, grewBytes: 9 * MIB },
    { kind: 'arenas', mappings: 4, residentBytes: 12 * MIB, swapBytes: 0, grewBytes: -MIB },
    { kind: 'files', mappings: 41, residentBytes: 11 * MIB, swapBytes: 0, grewBytes: 0 },
    { kind: 'kernel', mappings: 4, residentBytes: 0, swapBytes: 0, grewBytes: 0 },
  ],
  over: [61, 63, 64, 66, 68, 70].map((size, at) => ({
    atMs: at * 6_000,
    anonymousBytes: size * MIB,
    fileBytes: 11 * MIB,
    sharedBytes: 0,
    swapBytes: 0,
  })),
  heaps: [{ name: 'old_space', bytes: 41 * MIB, grewBytes: 3 * MIB }],
  types: [
    { name: 'str', count: 81_204, bytes: 30 * MIB, grewCount: 12, grewBytes: 900 },
    { name: 'shop.orders.Order\u001b[2J', count: 24_000, bytes: 6 * MIB, grewCount: 12_000, grewBytes: 3.1 * MIB },
    ...Array.from({ length: 80 }, (_, at) => ({
      name: `shop.Type${at}`,
      count: at,
      bytes: at,
      grewCount: 0,
      grewBytes: 0,
    })),
  ],
  sites: [
    {
      frame: { function: 'keepOrder', file: '/srv/shop/orders.js', line: 12, own: true },
      thread: 'worker 1',
      bytes: 3 * MIB,
    },
  ],
  noTypes: { why: 'its price is pause, which nobody accepted', hint: '--accept pause' },
  notes: ['counted are objects that may hold others; texts, bytes and numbers that they hold are not'],
}

const watched: Inspection = {
  ...inspectionOf(recordedState()),
  doing: memoryHeadlines(use),
  memoryUse: {
    inspector: 'cpython-memory',
    title: 'objects of Python by type, from its memory',
    use: { ...use, types: rankedTypes(use.types ?? []) },
    growsSteadily: growsSteadily(use),
  },
}

function lines(style: Style, details: boolean): string {
  if (!watched.memoryUse) throw new Error('it was watched')
  return `${memoryUseLines(watched.memoryUse, style, details).join('\n')}\n`
}

describe('memory that was watched, as a screen', () => {
  it.each([
    ['inspect-memory.txt', () => inspectScreen(watched, usual, false)],
    ['inspect-memory-details.txt', () => lines({ ...usual, columns: 120 }, true)],
    ['inspect-memory-ascii.txt', () => inspectScreen(watched, { ...usual, unicode: false }, false)],
  ])('%s is as it was read and found good', (name, screen) => {
    expectGolden(name, screen(), path.join(import.meta.dirname, '../fixtures/inspect-goldens'))
  })

  it.each([40, 60, 80, 140])('fits into %d columns', (columns) => {
    const wide = lines({ columns, color: true, unicode: true }, true)
      .split('\n')
      .filter((line) => plainWidth(line) > columns)
    expect(wide).toEqual([])
  })

  it('is whole in the contract', () => {
    const { memory } = JSON.parse(inspectJson(watched)) as { memory: { residentBytes: number; watched: object } }
    expect(memory.residentBytes).toBeGreaterThan(0)
    expect(memory.watched).toMatchObject({
      inspector: 'cpython-memory',
      growsSteadily: true,
      watchedMs: 30_400,
      byKind: use.byKind,
      types: expect.arrayContaining([expect.objectContaining({ name: 'str', grewCount: 12 })]),
      typesLeft: 0,
    })
  })
})
