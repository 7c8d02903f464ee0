import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expressionProblem } from './expression.ts'

const GREPS = [['grep'], ['busybox', 'grep']].filter(
  ([program = '', ...rest]) => spawnSync(program, [...rest, '-q', 'a'], { input: 'a\n' }).status === 0,
)

describe('an expression', () => {
  it.each([
    '(',
    'a)',
    '[',
    '[a',
    '[]',
    '[^]',
    '[b-a]',
    '[[:foo:]]',
    '[:space:]',
    'a\\',
    '\\d+',
    '(?:a)',
    '*a',
    'a|*b',
    '^+',
    'a{1,0}',
    'a{1,2,3}',
    'a{99999}',
    '({)',
    '\\1',
    'a\n(',
    'a\0',
    '[a-c-e]',
    '[a-[:alpha:]]',
  ])('%j is refused with a reason', (text) => {
    expect(expressionProblem(text)).toMatch(/\S/)
  })

  it.each([
    'timeout|refused',
    '(a)\\1',
    'a{2}{3}',
    'a{,3}',
    '{"level":50',
    'x{"a"}',
    '[]a-c^-]+',
    '[[:space:][:digit:]_-]',
    '[\\]',
    '\\[[0-9]+\\]',
    'a||b',
    '()',
    '\\<err\\>',
    '^$',
    'it\'s "quoted"',
    'é',
    '[[.a.][=b=]]',
    'a**',
  ])('%j is taken', (text) => {
    expect(expressionProblem(text)).toBeUndefined()
  })

  it('that is taken is one to every grep that is here', { timeout: 30_000 }, () => {
    expect(GREPS.length).toBeGreaterThan(0)
    const part = fc.constantFrom(
      ...'ab019(|)[]{},*+?^$.\\-:='.split(''),
      '[:alpha:]',
      '[^',
      '\\w',
      '\\(',
      '{1,2}',
      '[a-',
      '(a|b)',
    )
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
        const text = parts.join('')
        fc.pre(expressionProblem(text) === undefined)
        for (const [program = '', ...rest] of GREPS)
          expect(
            spawnSync(program, [...rest, '-E', '-e', text], { input: 'a\n' }).status,
            `${program} ${text}`,
          ).toBeLessThan(2)
      }),
      { numRuns: 60 },
    )
  })
})
