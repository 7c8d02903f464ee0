import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anchorsOf } from './anchors.ts'
import { automatonOf } from './automaton.ts'

type Found = readonly (readonly [string, readonly number[]])[]

/** Each line that was called back for, with its owners: found in the text alone, and by the automaton. */
function found(owned: readonly (readonly string[])[], text: string): Found {
  const [short, long] = [anchorsOf(owned), automatonOf(owned)].map((anchors) => {
    const lines: (readonly [string, readonly number[]])[] = []
    anchors.scan(text, (start, end, owners) => lines.push([text.slice(start, end), owners]))
    return lines
  })
  expect(long).toEqual(short)
  return short ?? []
}

describe('anchorsOf', () => {
  it.each([
    ['x pass y', [['x pass y', [0]]]],
    ['PASS', [['PASS', [0]]]],
    ['compass', [['compass', [0, 1]]]],
    ['a\nkey-7\n\nkey-x', [['key-7', [2]]]],
    ['pas\ns', []],
    ['', []],
  ])('%j', (text, expected) => {
    expect(found([['pass', 'pw'], ['compass'], ['key-0']], text)).toEqual(expected)
  })

  it('has every line for an owner without anchors', () => {
    expect(found([['x'], []], 'a\nx\n')).toEqual([
      ['a', [1]],
      ['x', [0, 1]],
      ['', [1]],
    ])
  })

  it('finds what a search for each of them finds', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '0', '-'), minLength: 1, maxLength: 4 })
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'B', '7', '-', '\n', 'é', 'Ċ', '上', '😀'),
      maxLength: 60,
    })
    const folded = (written: string): string =>
      written.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()).replaceAll(/\d/g, '0')
    fc.assert(
      fc.property(
        fc.array(fc.array(word, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
        text,
        (owned, written) => {
          const expected = written.split('\n').flatMap((line) => {
            const owners = owned.flatMap((anchors, owner) =>
              anchors.some((anchor) => folded(line).includes(folded(anchor))) ? [owner] : [],
            )
            return owners.length > 0 ? [[line, owners]] : []
          })
          expect(found(owned, written)).toEqual(expected)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('finds what lies over the end of a piece', () => {
    const text = `${'x'.repeat(65_534)}pass${'y'.repeat(70_000)}`
    expect(found([['pass']], text)).toEqual([[text, [0]]])
  })
})
