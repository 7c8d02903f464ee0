import { describe, expect, it } from 'vitest'
import { openBox } from '../../boxes/open.ts'
import type { JudgedPattern } from '../../findings/logs/verdict.ts'
import { findLogs } from './discover.ts'
import { firstPatterns } from './redacted-answer.ts'

function pattern(verdict: JudgedPattern['verdict'], before: number, after: number): JudgedPattern {
  return { verdict, before: { count: before }, after: { count: after } } as JudgedPattern
}

describe('patterns of a log that has very many', () => {
  const ranked = [pattern('new', 0, 9), pattern('spiking', 2, 8), pattern('new', 0, 1), pattern('steady', 3, 4)]

  it('are listed as far as anybody reads, and what is left out is said', () => {
    const { patterns, notices } = firstPatterns(ranked, 2)
    expect(patterns).toEqual(ranked.slice(0, 2))
    expect(notices).toEqual([
      'of 4 patterns the first 2 are listed; those behind them have 8 records, and 1 of them are not as before. A --grep tells fewer apart',
    ])
  })

  it('are listed all, and nothing is said, where they are few', () => {
    expect(firstPatterns(ranked, 4)).toEqual({ patterns: ranked, notices: [] })
  })
})

describe('the clock of this machine', () => {
  it('is the one that its logs are read by: nothing is corrected', async () => {
    const box = openBox('local')
    const { skewMs } = await findLogs(box, { subjects: ['/nonexistent/app.log'] })
    await box.close()
    expect(skewMs).toBe(0)
  })
})
