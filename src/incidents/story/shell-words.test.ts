import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quoted } from '../../findings/next.ts'
import { shellWords } from './shell-words.ts'

describe('words of a command line of the record', () => {
  it('are those that were typed', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
        expect(shellWords(words.map(quoted).join(' '))).toEqual(words)
      }),
    )
  })

  it.each([
    'a; b',
    'a | b',
    'a & b',
    'a > b',
    '$(a)',
    '`a`',
    '"$a"',
    'a*',
    '~',
    '#a',
    "'a",
    '"a',
    'a \\',
    '{a,b}',
    '!!',
  ])('are not known of more than a simple command: %s', (line) => {
    expect(shellWords(line)).toBeUndefined()
  })

  it('are those that a shell takes it for', () => {
    const lines = fc.string({ unit: fc.constantFrom("'", '"', '\\', ' ', 'a', 'b', '-', '=', '/', '\t') })
    fc.assert(
      fc.property(lines, (line) => {
        const words = shellWords(line)
        if (words === undefined || words.length === 0) return
        const [first = ''] = words
        if (/^[A-Za-z_]\w*=/.test(first)) return
        const said = execFileSync('/bin/sh', ['-c', `printf '<%s>' ${line}`], { encoding: 'utf8' })
        expect(said).toBe(words.map((word) => `<${word}>`).join(''))
      }),
      { numRuns: 200 },
    )
  })
})
