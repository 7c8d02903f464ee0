import { describe, expect, it } from 'vitest'
import { chained, look, opened, purged, short } from '../../test/incidents/entries.ts'
import { exampleFrom } from './judgement-example.ts'

const pool = short('supposed', { hypothesis: 1, text: 'the pool' })
const disk = short('supposed', { hypothesis: 2, text: 'the disk' })
const out = short('ruled-out', { hypothesis: 1, why: 'no', by: [2] })

describe('an example of a judgement', () => {
  it('is of the hypothesis that was meant, by what was seen last on a box', () => {
    const entries = chained([opened, look([]), pool, disk])
    expect(exampleFrom('rule-out', 2, entries)).toBe(
      'halligan hypothesis rule-out 2 "p99 of the database is 3 ms" --by 2',
    )
  })

  it.each([undefined, 7])('is of one that is open where %j names none', (number) => {
    expect(exampleFrom('confirm', number, chained([opened, look([]), pool, disk, out]))).toMatch(
      /^halligan hypothesis confirm 2 ".+" --by 2$/,
    )
  })

  it('names no entry that shows nothing any more', () => {
    const entries = chained([opened, pool, look([])])
    expect(exampleFrom('confirm', 1, [...entries.slice(0, 2), ...entries.slice(2).map(purged)])).toMatch(/--by 2$/)
  })

  it('is none without a hypothesis', () => {
    expect(exampleFrom('confirm', 1, chained([opened, look([])]))).toBeUndefined()
  })
})
