import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { betweenSequences } from './between-sequences.ts'

const isBetween = (text: string | Uint8Array): boolean => {
  const between = betweenSequences()
  between.push(Buffer.from(text))
  return between.isBetween()
}

describe('between the sequences of a program', () => {
  it.each([
    ['plain text\r\n', true],
    ['\u001b', false],
    ['\u001b[3', false],
    ['\u001b[34m', true],
    ['\u001b(', false],
    ['\u001b(B', true],
    ['\u001b]0;a title', false],
    ['\u001b]0;a title\u0007', true],
    ['\u001b]0;a title\u001b', false],
    ['\u001b]0;a title\u001b\\', true],
    ['\u001b7', false],
    ['\u001b7moved\u001b8', true],
    ['\u001b[smoved\u001b[u', true],
    ['ü', true],
    ['\u001b[3\u0018', true],
  ])('%j: %j', (text, between) => expect(isBetween(text)).toBe(between))

  it('is not within a character', () => {
    const bytes = Buffer.from('a€𝄞')
    expect([1, 2, 3, 4, 5, 7, 8].map((end) => isBetween(bytes.subarray(0, end)))).toEqual([
      true,
      false,
      false,
      true,
      false,
      false,
      true,
    ])
  })

  it('knows whether the screen is a full-screen program’s, and what takes a line away', () => {
    const between = betweenSequences()
    between.push(Buffer.from('\u001b[?1049h'))
    expect([between.isAlternate(), between.wasCleared(), between.wasCleared()]).toEqual([true, true, false])
    between.push(Buffer.from('\u001b[?1049l'))
    expect([between.isAlternate(), between.wasCleared()]).toEqual([false, true])
    between.push(Buffer.from('\u001b[H\u001b[2J'))
    expect(between.wasCleared()).toBe(true)
    between.push(Buffer.from('\u001b[1;10r'))
    expect(between.wasCleared()).toBe(true)
    between.push(Buffer.from('\u001b[K'))
    expect(between.wasCleared()).toBe(false)
  })

  it('is the same in whatever pieces it comes', () => {
    const piece = fc.constantFrom(
      '\u001b',
      '[',
      '?1049h',
      ']0;',
      '\u0007',
      '\\',
      '7',
      '8',
      'm',
      'ü',
      '𝄞',
      'x',
      '\u0018',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.nat({ max: 60 }), (pieces, cut) => {
        const bytes = Buffer.from(pieces.join(''))
        const halves = betweenSequences()
        halves.push(bytes.subarray(0, cut))
        halves.push(bytes.subarray(cut))
        expect(halves.isBetween()).toBe(isBetween(bytes))
      }),
      { numRuns: 300 },
    )
  })
})
