import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearestLines, placeText, statementPlace } from './snapshot.ts'

describe('a statement', () => {
  it.each([
    ['src/cart.py:118', { file: 'src/cart.py', line: 118 }],
    ['/srv/my shop/cart.js:7', { file: '/srv/my shop/cart.js', line: 7 }],
    ['price_order', { function: 'price_order' }],
    ['Cart.total', { function: 'Cart.total' }],
    ['shop::Cart::~Cart', { function: 'shop::Cart::~Cart' }],
    ['cart.c:price_order', { file: 'cart.c', function: 'price_order' }],
    ['cart.cpp:shop::total', { file: 'cart.cpp', function: 'shop::total' }],
  ])('%s', (typed, place) => {
    expect(statementPlace(typed)).toEqual(place)
    expect(placeText(place)).toBe(typed)
  })

  it.each([
    '',
    ':5',
    'cart.c:0',
    'cart.c:99999999',
    'cart.c:',
    'a"b:5',
    "a'b:5",
    'a\nb:5',
    'a b',
    'f()',
    'x::5',
    'a:::b',
    '*0x1234',
    '-exec',
    'f;shell id',
  ])('%j is none', (typed) => {
    expect(statementPlace(typed)).toBeUndefined()
  })

  it('has no sign that could leave a quoted word, whatever was typed', () => {
    const sign = fc.constantFrom(...'aZ_:./~$ "\'`\\\n\0-;()é'.split(''), '::', '\u001b', '\u202e', '\ud800', '😀')
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 12 }), fc.boolean(), (signs, withLine) => {
        const text = signs.join('')
        const place = statementPlace(withLine ? `${text}:5` : text)
        if (place) expect(placeText(place)).not.toMatch(/["'`\\\p{C}]/u)
      }),
      { numRuns: 300 },
    )
  })
})

it('lines near one that has no statement', () => {
  expect(nearestLines([10, 12, 13, 30, 13], 14)).toEqual([10, 12, 13])
  expect(nearestLines([5, 7], 6, 1)).toEqual([5])
  expect(nearestLines([], 6)).toEqual([])
})
