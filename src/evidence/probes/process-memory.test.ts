import { describe, expect, it } from 'vitest'
import { NotThere } from '../probe.ts'
import { processMemory } from './process-memory.ts'

const meta = { beganAtMs: 0 }
const rollup = (lines: string): string =>
  `==> 812/smaps_rollup <==\n55d0a7400000-7ffd8b5fe000 ---p 00000000 00:00 0                          [rollup]\n${lines}\n==> /dev/null <==\n`

describe('kinds of memory', () => {
  it('are told apart', () => {
    const text = rollup(
      'Rss:              190212 kB\nPss:              188034 kB\nPss_Anon:         186112 kB\nPss_File:           1822 kB\nPss_Shmem:           100 kB\nSwap:                  4 kB',
    )
    expect(processMemory.parse({ during: { atSeconds: 1, text } }, meta)).toEqual(
      new Map([
        [
          812,
          {
            pssBytes: 188_034 * 1024,
            anonymousBytes: 186_112 * 1024,
            fileBytes: 1_822 * 1024,
            sharedBytes: 100 * 1024,
            swapBytes: 4 * 1024,
          },
        ],
      ]),
    )
  })

  it('are not told apart by kernels before 5.4', () => {
    const text = rollup('Rss:              190212 kB\nPss:              188034 kB\nSwap:                  0 kB')
    expect(processMemory.parse({ during: { atSeconds: 1, text } }, meta).get(812)).toMatchObject({
      anonymousBytes: undefined,
    })
  })

  it('are unseen without the right to see them', () => {
    expect(() => processMemory.parse({ during: { atSeconds: 1, text: '==> /dev/null <==' } }, meta)).toThrow(NotThere)
  })
})
