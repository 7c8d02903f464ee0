import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../evidence/inspect/frame.ts'
import type { ThreadStack } from '../../evidence/inspect/stacks.ts'
import { foldedStack, stackGroups } from './stacks.ts'

const wait: readonly Frame[] = [
  { function: 'lll_lock_wait', module: 'libc.so.6' },
  { function: 'price', file: 'cart.c', line: 118, own: true },
]
const spin: readonly Frame[] = [{ function: 'spin', file: 'cart.c', line: 7, own: true }]
const thread = (tid: number, frames: readonly Frame[], cpuMs?: number): ThreadStack => ({
  tid,
  frames,
  ...(cpuMs === undefined ? {} : { cpuMs }),
})

describe('threads by their stacks', () => {
  it('those at work first, then the largest group; who did not move and used no CPU is stuck', () => {
    const groups = stackGroups({
      samples: [
        { atMs: 0, threads: [thread(1, wait, 5), thread(2, wait, 5), thread(3, spin, 100)] },
        { atMs: 200, threads: [thread(1, wait, 5), thread(2, wait, 5.4), thread(3, spin, 290)] },
      ],
    })
    expect(groups.map(({ threads, moves, ownFrame }) => [threads.map(({ tid }) => tid), moves, ownFrame])).toEqual([
      [[3], 'busy', 0],
      [[1, 2], 'stuck', 1],
    ])
    expect(groups[0]?.cpuMs).toBe(190)
  })
  it('who is elsewhere in the second sample is busy, though it used no CPU worth a word', () => {
    const samples = [
      { atMs: 0, threads: [thread(1, wait, 5)] },
      { atMs: 200, threads: [thread(1, spin, 5)] },
    ]
    expect(stackGroups({ samples })[0]?.moves).toBe('busy')
  })
  it('who was seen once, or whose CPU is not known, is neither', () => {
    expect(stackGroups({ samples: [{ atMs: 0, threads: [thread(1, wait, 5)] }] })[0]?.moves).toBe('unknown')
    const twice = [0, 200].map((atMs) => ({ atMs, threads: [thread(1, wait)] }))
    expect(stackGroups({ samples: twice })[0]).toMatchObject({ moves: 'unknown', cpuMs: undefined })
    expect(stackGroups({ samples: [] })).toEqual([])
  })
  it('values of locals make no other stack', () => {
    const withLocal = (value: string): readonly Frame[] => [
      { ...(spin[0] ?? { function: '' }), locals: [{ name: 'n', value }] },
    ]
    expect(
      stackGroups({ samples: [{ atMs: 0, threads: [thread(1, withLocal('1')), thread(2, withLocal('2'))] }] }),
    ).toHaveLength(1)
  })
  it('no thread is lost or told twice', () => {
    const frames = fc.array(fc.record({ function: fc.constantFrom('a', 'b'), own: fc.boolean() }), { maxLength: 4 })
    const threads = fc.uniqueArray(fc.record({ tid: fc.nat(50), frames, cpuMs: fc.nat(9) }), {
      selector: ({ tid }) => tid,
      maxLength: 20,
    })
    fc.assert(
      fc.property(threads, threads, (first, last) => {
        const groups = stackGroups({
          samples: [
            { atMs: 0, threads: first },
            { atMs: 200, threads: last },
          ],
        })
        const told = groups.flatMap((group) => group.threads.map(({ tid }) => tid))
        expect(told.toSorted((a, b) => a - b)).toEqual(last.map(({ tid }) => tid).toSorted((a, b) => a - b))
      }),
      { numRuns: 100 },
    )
  })
})

describe('a stack as it is shown', () => {
  it('keeps the innermost frame, its own and those that its own called', () => {
    const library = (name: string): Frame => ({ function: name, own: false })
    const frames = ['poll', 'recv', 'wait', 'query'].map(library)
    const shown = foldedStack(
      [...frames, { function: 'order', own: true }, ...['run', 'loop', 'main'].map(library)],
      20,
    )
    expect(shown.map((line) => (line.kind === 'frame' ? line.frame.function : line.frames))).toEqual([
      'poll',
      2,
      'query',
      'order',
      3,
    ])
  })
  it('tells of each frame, or counts it, within its lines', () => {
    const frames = fc.array(fc.record({ function: fc.constant('f'), own: fc.boolean() }), { maxLength: 40 })
    fc.assert(
      fc.property(frames, fc.integer({ min: 2, max: 12 }), (all, most) => {
        const shown = foldedStack(all, most)
        expect(shown.length).toBeLessThanOrEqual(most)
        expect(shown.reduce((sum, line) => sum + (line.kind === 'frame' ? 1 : line.frames), 0)).toBe(all.length)
      }),
      { numRuns: 150 },
    )
  })
})
