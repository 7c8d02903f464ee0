import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { depthOf, evidenceOf, wordsOf } from './payloads.ts'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)
const C = 'c'.repeat(64)

describe('the evidence that a payload names', () => {
  it('stands below a key `evidence` or `cast`, at any depth, in lists too', () => {
    const payload = {
      evidence: [A, 'no id'],
      kept: [{ evidence: B }, { what: C }],
      cast: C,
      deep: { evidence: { other: A.replace('a', 'd') } },
    }
    expect(evidenceOf(payload)).toEqual([A, B, C])
  })

  it('is none in a text that looks like an id elsewhere', () => {
    expect(evidenceOf({ text: A, head: B, lists: [[A]], evidence: `${A} ` })).toEqual([])
  })
})

describe('the words of a payload', () => {
  it('are its texts in order, a line each, but for ids of evidence and NUL', () => {
    expect(wordsOf({ text: 'one', list: ['two', A, { three: 'th\0ree' }], number: 4, none: null })).toBe(
      'one\ntwo\nth ree',
    )
    expect(wordsOf(undefined)).toBe('')
  })

  it('are text that a database keeps as it is, whatever the payload is', () => {
    fc.assert(
      fc.property(
        fc.object({ withNullPrototype: true }),
        fc.array(fc.integer({ min: 0, max: 0xffff })),
        (payload, units) => {
          const words = wordsOf({ ...payload, text: String.fromCharCode(...units) })
          expect(words.isWellFormed() && !words.includes('\0')).toBe(true)
        },
      ),
    )
  })
})

describe('the depth of a payload', () => {
  it.each([
    [1, 0],
    ['text', 0],
    [{}, 1],
    [{ text: 'x' }, 1],
    [{ list: [] }, 2],
    [{ list: [{ in: ['x'] }] }, 4],
  ])('%j is nested %i deep', (value, depth) => {
    expect(depthOf(value)).toBe(depth)
  })

  it('is found of what would exhaust the stack', () => {
    const deep: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000))
    expect(depthOf(deep)).toBe(200_000)
    expect(evidenceOf(deep)).toEqual([])
  })
})
