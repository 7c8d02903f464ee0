import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeJson, safeText, truncate, width, wrap } from './safe-text.ts'

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/
const anyText = fc.string({ unit: 'binary', maxLength: 60 })

describe('safeText', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', String.raw`\x1b[31mred\x1b[0m`],
    ['evil\u202egpj.exe', String.raw`evil\u{202e}gpj.exe`],
    ['a\nb\tc', String.raw`a\x0ab\x09c`],
    ['zero\u200bwidth', String.raw`zero\u{200b}width`],
    ['plain ü 漢', 'plain ü 漢'],
  ])('%j', (text, expected) => {
    expect(safeText(text)).toBe(expected)
  })

  it('leaves nothing harmful in any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(safeText(text)).not.toMatch(HARMFUL)
        expect(safeText(text).isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('safeJson', () => {
  it('means the same and is harmless to print', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = safeJson({ text })
        expect(JSON.parse(json)).toEqual({ text })
        expect(json.replaceAll('\n', '')).not.toMatch(HARMFUL)
      }),
    )
  })
})

describe('wrap and truncate', () => {
  it('keep within the columns and lose no word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 10, max: 60 }), (text, columns) => {
        const lines = wrap(text, columns)
        expect(lines.every((line) => width(line) <= columns)).toBe(true)
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
        expect(width(truncate(text, columns))).toBeLessThanOrEqual(columns)
      }),
    )
  })

  it('counts wide characters as two columns', () => {
    expect(width('漢字')).toBe(4)
    expect(truncate('漢字漢字', 5)).toBe('漢字…')
  })
})
