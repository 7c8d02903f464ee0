import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryUseIn } from './memory-sample.ts'

/** Of test/sick/order-leak.c, looked at twice, shortened: its second thread ran at the second look, so that its stack pointer is not told. */
const ANSWER = `halligan-tick 74114440 5188 1136 0 0
halligan-memory 74114440
sp 0x7ffd7a4a3848
sp 0x7f1c93ffee10
m 872 0 0 00401000-004a1000 r-xp 00001000 fe:00 260875                     /usr/local/bin/order-leak
m 1204 1204 0 1ff3e000-20fd2000 rw-p 00000000 00:00 0                          [heap]
m 3960 3960 16 7f1c8c000000-7f1c8c3de000 rw-p 00000000 00:00 0 
m 0 0 0 7f1c8c3de000-7f1c90000000 ---p 00000000 00:00 0 
m 0 0 0 7f1c937ff000-7f1c93800000 ---p 00000000 00:00 0 
m 8 8 0 7f1c93800000-7f1c94000000 rw-p 00000000 00:00 0 
m 40 40 0 7f1c94000000-7f1c94010000 rw-p 00000000 00:00 0 
m 16 16 0 7f1c95000000-7f1c95004000 rwxp 00000000 00:00 0 
m 12 12 0 7f1c96000000-7f1c96004000 rw-s 00000000 00:01 4711                       /dev/shm/cart
m 12 12 0 7ffd7a485000-7ffd7a4a6000 rw-p 00000000 00:00 0                          [stack]
m 4 0 0 7ffd7a4b0000-7ffd7a4b2000 r-xp 00000000 00:00 0                          [vdso]
others 3 12 4
arena 7f1c8c000000  30 00 00 8c 1c 7f 00 00
arena 7f1c94000000  00 00 00 00 01 00 00 00
halligan-memory-end
halligan-tick 74115480 6188 1136 0 0
halligan-tick 74117480 8188 1136 0 16
halligan-memory 74117480
sp 0x7ffd7a4a3848
m 872 0 0 00401000-004a1000 r-xp 00001000 fe:00 260875                     /usr/local/bin/order-leak
m 2228 2228 0 1ff3e000-21fd2000 rw-p 00000000 00:00 0                          [heap]
m 5960 5960 32 7f1c8c000000-7f1c8c7de000 rw-p 00000000 00:00 0 
m 0 0 0 7f1c937ff000-7f1c93800000 ---p 00000000 00:00 0 
m 12 12 0 7f1c93800000-7f1c94000000 rw-p 00000000 00:00 0 
halligan-memory-end
`

describe('memory by kind', () => {
  it('is what both looks at the map come to', () => {
    const use = memoryUseIn(ANSWER)
    expect(use?.watchedMs).toBe(3040)
    const kinds = Object.fromEntries((use?.byKind ?? []).map(({ kind, ...rest }) => [kind, rest]))
    expect(kinds).toMatchObject({
      heap: { mappings: 1, residentBytes: 2228 * 1024, swapBytes: 0, grewBytes: 1024 * 1024 },
      arenas: { mappings: 1, residentBytes: 5960 * 1024, swapBytes: 32 * 1024, grewBytes: 2016 * 1024 },
      stacks: { mappings: 1, residentBytes: 12 * 1024, grewBytes: -8 * 1024 },
      files: { residentBytes: 872 * 1024, grewBytes: 0 },
      jit: { residentBytes: 0, grewBytes: -16 * 1024 },
      shared: { grewBytes: -12 * 1024 },
      // What begins where an arena could, and is none.
      anonymous: { residentBytes: 0, grewBytes: -40 * 1024 },
      others: { grewBytes: -16 * 1024 },
    })
    expect(use?.over).toEqual([
      { atMs: 0, anonymousBytes: 5188 * 1024, fileBytes: 1136 * 1024, sharedBytes: 0, swapBytes: 0 },
      { atMs: 1040, anonymousBytes: 6188 * 1024, fileBytes: 1136 * 1024, sharedBytes: 0, swapBytes: 0 },
      { atMs: 3040, anonymousBytes: 8188 * 1024, fileBytes: 1136 * 1024, sharedBytes: 0, swapBytes: 16 * 1024 },
    ])
    expect(use?.notes).toEqual([])
  })

  it('of a look that was cut is not told: it would seem as if memory had been given back', () => {
    const cut = ANSWER.slice(0, ANSWER.lastIndexOf('m 12 12 0'))
    expect(memoryUseIn(cut)).toMatchObject({
      watchedMs: 0,
      notes: ['it was looked at once alone: what grew is not known'],
    })
  })

  it.each([
    ['denied', 'its map may not be read by this user'],
    ['large', 'it has more than 8 GiB'],
  ])('that could not be read (%s) is told as a whole, with the reason', (word, reason) => {
    const look = `halligan-memory 5\n${word}\nhalligan-memory-end\n`
    const use = memoryUseIn(`halligan-tick 5 1 2 3 4\n${look}halligan-tick 9 2 2 3 4\n${look}`)
    expect(use).toMatchObject({ byKind: [], notes: [expect.stringContaining(reason)] })
    expect(use?.over).toHaveLength(2)
  })

  it('is read from anything without failing, and sums are never below nothing', () => {
    const line = fc.oneof(
      fc.constantFrom(...ANSWER.split('\n')),
      fc.string(),
      fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()).map(([a, b, c, d]) => `m ${a} ${b} ${c} ${d}`),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
        const use = memoryUseIn(lines.join('\n'))
        for (const kind of use?.byKind ?? []) {
          expect(kind.residentBytes).toBeGreaterThanOrEqual(0)
          expect(kind.swapBytes).toBeGreaterThanOrEqual(0)
        }
      }),
      { numRuns: 200 },
    )
  })
})
