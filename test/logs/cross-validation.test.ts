import { describe, expect, it } from 'vitest'
import { crossValidation, type System } from '../../bench/support/cross-validation.ts'

/** All of its figures are 1 with so many words, and fall with the distance. */
function liking(name: string, words: number): System {
  return {
    name,
    wholeBy: (thresholds) => {
      const figure = 1 / (1 + Math.abs(thresholds.words - words))
      return { GA: figure, FGA: figure, PA: figure, FTA: figure }
    },
  }
}

describe('thresholds that are chosen without some systems', () => {
  it('are those that the others like, whatever the ones left out do', () => {
    const rows = crossValidation([liking('A', 3), liking('B', 3), liking('C', 3), liking('D', 10)])
      .split('\n')
      .filter((line) => /^\| [A-D], /.test(line))
      .map((line) => line.split(' | '))
    expect(rows).toHaveLength(6)
    for (const [names = '', chosen = '', leftOut = ''] of rows) {
      const others = ['A', 'B', 'C', 'D'].filter((name) => !names.includes(name))
      if (others.includes('D')) continue
      expect(chosen).toMatch(/^3, /)
      // One of the two left out likes it wholly, D an eighth.
      expect(leftOut).toBe('0.563 0.563 0.563 0.563')
    }
  })

  it('need three systems at the least', () => {
    expect(crossValidation([liking('A', 3), liking('B', 3)])).toBe('Too few systems to leave 2 out.')
  })
})
