import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

interface Names {
  readonly namesAt: (
    source: string,
    offset: number,
  ) => { readonly declared: readonly string[]; readonly used: readonly string[] }
  readonly functionsAt: (source: string, offsets: readonly number[]) => readonly number[]
}
const { namesAt, functionsAt } = (await import(new URL('names.js', import.meta.url).href)) as Names

/** Asked at the mark `HERE`. */
function at(source: string): ReturnType<Names['namesAt']> {
  return namesAt(source.replace('HERE', ''), source.indexOf('HERE'))
}

describe('names of variables at a place of a source', () => {
  it.each<readonly [string, readonly string[]]>([
    ['function f(a, b) { HEREgo() }', ['a', 'b']],
    ['const outer = 1; function f(a) { let b = 2, c = g(1, 2), d; HEREgo() }', ['a', 'b', 'c', 'd']],
    ['function f({ a, b: c, ...d }, [e, , g] = [], h = other(1)) { HEREgo() }', ['a', 'c', 'd', 'e', 'g', 'h']],
    ['class A { total(rate) { for (const item of this.items) { HEREsum += item } } }', ['rate', 'item']],
    ['function f() { for (let at = 0, end = 9; at < end; at += 1) HEREgo() }', ['at', 'end']],
    ['function f(a) { try { x() } catch (error) { HEREgo() } }', ['a', 'error']],
    ['function f(a) { { const gone = 1 } if (a) { const here = 2; HEREgo() } }', ['a', 'here']],
    ['items.forEach((item, at) => { HEREgo() })', ['item', 'at']],
    ['const f = (a) => (b) => HEREa + b', ['a', 'b']],
    ['const f = async item => { await g(); HEREgo() }', ['item']],
    ['const o = { m(a) { const b = `x ${ a + "}" } y`; HEREgo() } }', ['a', 'b']],
    ['function f(a) { const r = /[/"]}/.test(a), q = a / 2 / 3; HEREgo() }', ['a', 'r', 'q']],
    ['function f(a) { // const no = 1\n /* let no2 */ const s = "let no3"; HEREgo() }', ['a', 's']],
    ['function f(a)\n{\n  const { b, c: { d }, ["e"]: g } = a\n  HEREgo()\n}', ['a', 'b', 'd', 'g']],
    ['function outer(a) { const b = 1; return function inner(c) { HEREgo() } }', ['c']],
    ['function f(a) { function g(b) { const c = 1 } const d = 2; HEREgo() }', ['a', 'd']],
    ['function f(a) { const b = a == 1 ? { x: 1 } : [2]\n const c = 3\n HEREgo() }', ['a', 'b', 'c']],
  ])('%s', (source, declared) => {
    expect(at(source).declared).toEqual(declared)
  })

  it('has what else the line names, and no member, key or word of the language', () => {
    const { used } = at(
      'const rate = 3\nfunction f(item) {\n  HEREreturn { sum: total(item.price) * rate, ok: typeof unit }\n}',
    )
    expect(used).toEqual(['total', 'rate', 'unit'])
  })

  it('parts the functions of one line', () => {
    const source = 'items.forEach((item) => { add(item) }); done()'
    const [outer, inner, last] = functionsAt(source, [0, source.indexOf('add'), source.indexOf('done')])
    expect(inner).toBe(source.indexOf('{'))
    expect([outer, last]).toEqual([-1, -1])
  })

  it('comes to an end with any text, and knows nothing that is not in it', () => {
    const piece = fc.constantFrom(
      'function f(',
      ') {',
      '}',
      '(',
      '[',
      ']',
      '`',
      '${',
      '/',
      '*/',
      '//',
      '\n',
      '"',
      "'",
      '\\',
      '=>',
      '=',
      ',',
      ';',
      'let a',
      'const { b }',
      'catch (',
      'for (',
      'x',
      '.',
      ':',
    )
    const source = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' ')),
    )
    fc.assert(
      fc.property(source, fc.nat({ max: 200 }), (text, offset) => {
        const { declared, used } = namesAt(text, Math.min(offset, text.length))
        for (const name of [...declared, ...used]) expect(text).toContain(name)
        expect(functionsAt(text, [0, text.length])).toHaveLength(2)
      }),
      { numRuns: 300 },
    )
  })
})
