import { types } from 'node:util'
import vm from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readExpression, type Expression } from '../../inspect/expression.ts'
import { nodeExpression, nodePrint, RECORDER } from './node-expression.ts'

const { recorder } = (await import(new URL('node-client/inside.js', import.meta.url).href)) as {
  readonly recorder: (request: object, isProxy: (value: unknown) => boolean) => object
}

function read(typed: string): Expression {
  const expression = readExpression(typed)
  if (!expression.ok) throw new Error(expression.why)
  return expression.expression
}

/** What it comes to where these variables are. */
function value(typed: string, variables: object): unknown {
  const ours = recorder({ names: [], secret: 'x' }, types.isProxy)
  return vm.runInNewContext(nodeExpression(read(typed)), { ...variables, [RECORDER]: ours })
}

describe('an expression as JavaScript', () => {
  it.each<readonly [string, object, unknown]>([
    ['total < 0', { total: -1 }, true],
    ['total >= 0 and not done', { total: 3, done: false }, true],
    ['user.name == "ann" || user.id != 3', { user: { name: 'bob', id: 3 } }, false],
    ['items[1].price', { items: [{}, { price: 7 }] }, 7],
    ['items[at]', { items: ['a', 'b'], at: 1 }, 'b'],
    ['prices["AXE"]', { prices: { AXE: 9 } }, 9],
    ['user == null', { user: undefined }, true],
    ['count == 010', { count: 10 }, true],
    ['mask == 0x1f', { mask: 31 }, true],
    ['size > -2.5', { size: -2 }, true],
    ['name.length', { name: 'four' }, 4],
    ['big == 1', { big: 1n }, true],
    ['$ == 3', { $: 3 }, true],
    ['$.id == 3', { $: { id: 3 } }, true],
  ])('%s', (typed, variables, expected) => {
    expect(value(typed, variables)).toBe(expected)
  })

  it.each([
    [
      'items.total',
      {
        items: {
          get total() {
            throw new Error('it was run')
          },
        },
      },
      'a getter, not run',
    ],
    [
      'cart < 3',
      {
        cart: {
          valueOf() {
            throw new Error('it was run')
          },
        },
      },
      'an object is not compared',
    ],
    ['cart.id', { cart: new Proxy({}, {}) }, 'a proxy, not asked'],
    ['cart.id', { cart: null }, 'it is null'],
    ['class', {}, 'no variable is called so'],
    [RECORDER, {}, 'no variable is called so'],
  ])('runs nothing for %s', (typed, variables, why) => {
    expect(() => value(typed, variables)).toThrow(why)
  })

  it('is known by what was typed', () => {
    expect(nodePrint(read('user.id'))).toEqual({ name: 'user.id', code: `${RECORDER}.get(user, "id")` })
  })

  it('is a whole expression that can only name, read and compare, whatever was typed', () => {
    const name = fc.constantFrom(
      'a',
      'b',
      'constructor',
      'prototype',
      '__proto__',
      'eval',
      'this',
      'class',
      '$x',
      '$',
      RECORDER,
      'ünï',
    )
    const { tree } = fc.letrec<{ tree: Expression; variable: Expression }>((tie) => ({
      variable: fc.oneof(
        { depthSize: 'small' },
        name.map((each) => ({ kind: 'name', name: each }) as const),
        fc.record({ kind: fc.constant('member'), of: tie('variable'), name }) as fc.Arbitrary<Expression>,
        fc.record({ kind: fc.constant('index'), of: tie('variable'), at: tie('tree') }) as fc.Arbitrary<Expression>,
      ),
      tree: fc.oneof(
        { depthSize: 'small' },
        tie('variable'),
        fc.string({ unit: 'binary' }).map((text) => ({ kind: 'text', text }) as const),
        fc.constantFrom('0', '-1', '0x1f', '1e999', '007', '-2.5').map((text) => ({ kind: 'number', text }) as const),
        fc.record({ kind: fc.constant('not'), of: tie('tree') }) as fc.Arbitrary<Expression>,
        fc.record({
          kind: fc.constant('compare'),
          operator: fc.constantFrom('==', '<', '>='),
          left: tie('tree'),
          right: tie('tree'),
        }) as fc.Arbitrary<Expression>,
        fc.record({
          kind: fc.constantFrom('and', 'or'),
          left: tie('tree'),
          right: tie('tree'),
        }) as fc.Arbitrary<Expression>,
      ),
    }))
    fc.assert(
      fc.property(tree, (expression) => {
        const code = nodeExpression(expression)
        expect(() => new vm.Script(`(() => ${code})`)).not.toThrow()
        const bare = code.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
        // All that is called is ours.
        expect(
          bare
            .replaceAll(/halligan\$recorder\.(?:get|at|same|less|atMost|none)\(/g, '<')
            .match(/[\p{ID_Continue}$)\]]\(/u),
        ).toBeNull()
        expect(bare).not.toMatch(/[^!=<>]=[^=>]|\+\+|--[^\d]|[;`{}]/)
      }),
      { numRuns: 300 },
    )
  })
})
