import { describe, expect, it } from 'vitest'
import { hotThreads } from './hot-threads.ts'

const thread = (ticks: number): string => `813 (worker) R 1 812 812 0 -1 4194560 0 0 0 0 ${ticks} 0 0 0 20 0 9 0 1000`
const parse = (...lines: readonly string[]) =>
  hotThreads.parse({ middle: { atSeconds: 1, text: lines.join('\n') } }, { beganAtMs: 0 })

describe('hot-threads', () => {
  it('is empty where nobody was busy, which the box says by saying nothing', () => {
    expect(parse('')).toEqual([])
  })

  it('counts the ticks between its two samples', () => {
    expect(parse('at 10.00', 'P 812', thread(100), 'at 10.50', 'P 812', thread(150))).toEqual([
      { pid: 812, tid: 813, name: 'worker', state: 'R', cpuPercent: 100 },
    ])
  })

  it.each([
    ['the second sample is missing', ['at 10.00', 'P 812', thread(100)]],
    ['no time passed between them', ['at 10.00', 'P 812', thread(100), 'at 10.00', 'P 812', thread(150)]],
    ['it is no sample at all', ['awk: syntax error']],
  ])('finds no quiet threads in an answer in which %s', (_, lines) => {
    expect(() => parse(...lines)).toThrow(/sample/)
  })
})
