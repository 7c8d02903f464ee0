import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editsOf, unifiedDiff } from './unified-diff.ts'

const names = { before: 'a', after: 'b' }

describe('a unified diff', () => {
  it('shows what changed with the lines around it', () => {
    const before = 'one\ntwo\nthree\nfour\nfive\nsix\n'
    expect(unifiedDiff(before, before.replace('five\n', '5\n'), names)).toBe(
      '--- a\n+++ b\n@@ -2,5 +2,5 @@\n two\n three\n four\n-five\n+5\n six\n',
    )
    expect(unifiedDiff('a\nb', 'a\nc\n', names)).toBe(
      '--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n',
    )
    expect(unifiedDiff('', 'a\n', names)).toBe('--- a\n+++ b\n@@ -0,0 +1 @@\n+a\n')
    expect(unifiedDiff('a', 'a', names)).toBe('')
  })

  it('makes the one text of the other', () => {
    const text = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n'), { maxLength: 30 })
    fc.assert(
      fc.property(text, text, (before, after) => {
        const edits = editsOf(before, after)
        const without = (sign: string): readonly string[] =>
          edits.filter((each) => each.sign !== sign).map(({ line }) => line)
        expect(without('+')).toEqual(before)
        expect(without('-')).toEqual(after)
      }),
      { numRuns: 200 },
    )
  })

  it('shows texts that have nothing in common as one replaced by the other', () => {
    const many = (letter: string): string => Array.from({ length: 3_000 }, (_, at) => `${letter}${at}\n`).join('')
    const lines = unifiedDiff(many('a'), many('b'), names).split('\n')
    expect(lines[2]).toBe('@@ -1,3000 +1,3000 @@')
    expect(lines).toHaveLength(6_004)
  })
})
