import { describe, expect, it } from 'vitest'
import { csvRecords } from '../../bench/support/csv.ts'
import { parsingAccuracy } from '../../bench/support/parsing-accuracy.ts'

describe('accuracy of templates', () => {
  it('is 1 where all is right', () => {
    expect(parsingAccuracy(['1', '1', '2'], ['a <*>', 'a <*>', 'b'], ['a <*>', 'a <*>', 'b'])).toEqual({
      GA: 1,
      FGA: 1,
      PA: 1,
      FTA: 1,
    })
  })

  it('counts messages whose group is right, and groups that are', () => {
    // Event 1 is split, event 2 is right though its template is not, events 3 and 4 are taken as one.
    const events = ['1', '1', '2', '2', '3', '4']
    const truths = ['a <*>', 'a <*>', 'b <*>', 'b <*>', 'c', 'd']
    const found = ['a x', 'a y', 'b', 'b', 'c', 'c']
    const accuracy = parsingAccuracy(events, truths, found)
    expect(accuracy.GA).toBeCloseTo(2 / 6)
    // One right group of four found and of four true ones.
    expect(accuracy.FGA).toBeCloseTo(1 / 4)
    // The message of event 3 has the true template; the template has messages of another.
    expect(accuracy.PA).toBeCloseTo(1 / 6)
    expect(accuracy.FTA).toBe(0)
  })

  it('counts a true template for a part of its messages as right for FTA and wrong for GA', () => {
    const accuracy = parsingAccuracy(['1', '1'], ['a <*>', 'a <*>'], ['a <*>', 'a b'])
    expect(accuracy).toMatchObject({ GA: 0, FGA: 0, PA: 0.5 })
    // One of two found templates, of one true one: precision 1/2, recall 1.
    expect(accuracy.FTA).toBeCloseTo(2 / 3)
  })
})

describe('comma-separated values', () => {
  it('may be quoted, with commas, quotes and line ends', () => {
    expect(csvRecords('A,B\r\n1,"x, ""y""\nz"\r\n,2\n')).toEqual([
      { A: '1', B: 'x, "y"\nz' },
      { A: '', B: '2' },
    ])
  })
})
