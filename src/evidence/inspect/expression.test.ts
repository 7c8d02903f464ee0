import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expressionText, readExpression, readExpressions, type Expression, type Variable } from './expression.ts'

function read(typed: string): string {
  const answer = readExpression(typed)
  return answer.ok ? expressionText(answer.expression) : `refused: ${answer.why}`
}

const NAMES = ['total', 'user', '_x', '$v', 'größe', 'notes', 'android']

const { expression } = fc.letrec<{ variable: Variable; expression: Expression }>((tie) => ({
  variable: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('name' as const), name: fc.constantFrom(...NAMES) }),
    fc.record({ kind: fc.constant('member' as const), of: tie('variable'), name: fc.constantFrom(...NAMES) }),
    fc.record({ kind: fc.constant('index' as const), of: tie('variable'), at: tie('expression') }),
  ),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('variable'),
    fc.record({ kind: fc.constant('number' as const), text: fc.constantFrom('0', '-12', '2.5', '0x1f', '1e-3') }),
    fc.record({ kind: fc.constant('text' as const), text: fc.string({ unit: 'binary', maxLength: 6 }) }),
    fc.record({
      kind: fc.constant('text' as const),
      text: fc.constantFrom('a', "'", '"', '\\', '\n', '\0'),
      isCharacter: fc.constant(true as const),
    }),
    fc.record({ kind: fc.constant('constant' as const), constant: fc.constantFrom('true' as const, 'null' as const) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('expression') }),
    fc.record({
      kind: fc.constant('compare' as const),
      operator: fc.constantFrom('==' as const, '<' as const, '>=' as const),
      left: tie('expression'),
      right: tie('expression'),
    }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('expression'),
      right: tie('expression'),
    }),
  ),
}))

describe('an expression over variables', () => {
  it.each([
    ['total', 'total'],
    ['total<0', 'total < 0'],
    ['order->total >= -1.5', 'order.total >= -1.5'],
    ['items[0].price == 3 and not done', 'items[0].price == 3 && !done'],
    ['not a == b', '!(a == b)'],
    ['!a == b', '!a == b'],
    ['a or b and c', 'a || b && c'],
    ['(a || b) && c', '(a || b) && c'],
    ['grade == \'A\' or name === "A,)"', 'grade == \'A\' || name == "A,)"'],
    ['user == None', 'user == null'],
    ['flags[names["x"]] != 0x1F', 'flags[names["x"]] != 0x1F'],
    ['constructor', 'constructor'],
  ])('%s', (typed, text) => {
    expect(read(typed)).toBe(text)
  })

  it.each([
    ['total = 0', '"=" would set a variable: nothing in the program is changed'],
    ['total += 1', '"+=" would change a variable: nothing in the program is changed'],
    ['i++', '"++" would change a variable: nothing in the program is changed'],
    ['(x := 3)', '":=" would change a variable: nothing in the program is changed'],
    ['exit(1)', '"(" would call a function: that could change or stop the program'],
    ['a.b()', '"(" would call a function: that could change or stop the program'],
    ['list[0](1)', '"(" would call a function: that could change or stop the program'],
    ['system("rm")', '"(" would call a function: that could change or stop the program'],
    ['*p', '"*" is not understood'],
    ['a + 1', '"+" is not understood: nothing is computed'],
    ['a < b < c', 'a < b < c means something else in each language'],
    ['a, b', '"," is not understood: nothing is computed'],
    ['`id`', '"`" is not understood: nothing is computed'],
    ['a\u0001', 'it is not understood from "\\u0001" on'],
    ['a.', 'after "." comes the name of a member'],
    ['a[1', 'a "]" is missing'],
    ['(a', 'a ")" is missing'],
    ['a ==', 'something is missing at its end'],
    ['', 'something is missing at its end'],
    ['12abc', 'it is not understood from "12abc" on'],
    ['"text".length', 'only a variable has members and indexes'],
    ['"open', 'it is not understood from "\\"open" on'],
    ['!'.repeat(50), 'It is nested too deeply'],
    ['('.repeat(50), 'It is nested too deeply'],
    ['a'.repeat(500), 'It is longer than 400 characters'],
  ])('refuses %s', (typed, why) => {
    expect(read(typed)).toBe(`refused: ${why}`)
  })

  it('is told in words that are read as the same again', () => {
    fc.assert(
      fc.property(expression, (tree) => {
        const text = expressionText(tree)
        fc.pre(text.length <= 400)
        const again = readExpression(text)
        if (!again.ok && again.why === 'It is nested too deeply') return
        expect(again).toEqual({ ok: true, expression: tree })
      }),
      { numRuns: 300 },
    )
  })

  it('never throws, and nothing that it lets through can call, assign or compute', () => {
    const bit = fc.constantFrom(...'ab01._$-><=!&|()[]"\' ,+*'.split(''), 'and ', 'not ', '->', '==', '\n', '\\')
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 14 }), (bits) => {
        const answer = readExpression(bits.join(''))
        if (!answer.ok) {
          expect(answer.why).not.toBe('')
          return
        }
        const bare = expressionText(answer.expression).replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""')
        expect(bare).not.toMatch(/[\w$\])"]\s*\(|[^=!<>]=[^=]|[+*,;{}]|--/)
      }),
      { numRuns: 300 },
    )
  })
})

describe('several expressions', () => {
  it('are parted by commas outside of brackets and quotes', () => {
    const answer = readExpressions('total, user.id,names["a,b"] ,matrix[0][1]')
    expect(answer.ok && answer.expressions.map(expressionText)).toEqual([
      'total',
      'user.id',
      'names["a,b"]',
      'matrix[0][1]',
    ])
  })

  it('say which of them is refused', () => {
    expect(readExpressions('total, free(p)')).toMatchObject({ ok: false, part: 'free(p)' })
    expect(readExpressions('total,')).toMatchObject({ ok: false, part: '', why: 'something is missing at its end' })
  })
})
