import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactor } from './index.ts'
import { patternRule } from './patterns.ts'

/** A redactor with one pattern of a person. */
function redactorWith(pattern: string): (text: string) => string {
  const made = patternRule('badge', pattern)
  if (!made.ok) throw new Error(made.why)
  return redactor({ key: Buffer.alloc(32, 7), patterns: [made.rule] })
}

const kinds = (text: string): string => text.replaceAll(/‹secret:([\w-]+):[0-9a-z]{4}›/g, '‹$1›')

describe('patternRule', () => {
  it.each([
    [String.raw`BADGE-\d{6}`, 'of BADGE-123456, BADGE-12', 'of ‹badge›, BADGE-12'],
    [String.raw`employee (?<secret>\w+)`, 'employee amy\nemployee bob', 'employee ‹badge›\nemployee ‹badge›'],
    ['(?i)project (?P<secret>x[a-z]+)', 'Project xerxes', 'Project ‹badge›'],
    ['(?<=agent )[0-9]+', 'agent 47', 'agent ‹badge›'],
    [String.raw`\p{Lu}{3}é`, 'ÄÖÜé', '‹badge›'],
    [String.raw`\d+`, 'password=12345678 77', 'password=‹badge› ‹badge›'],
    [
      'secret|badge|[a-z]',
      'password=hunter2 BADGE',
      '‹badge›‹badge›‹badge›‹badge›‹badge›‹badge›‹badge›‹badge›=‹password› BADGE',
    ],
  ])('%j on %j', (pattern, text, expected) => {
    const redact = redactorWith(pattern)
    const once = redact(text)
    expect(kinds(once)).toBe(expected)
    expect(redact(once)).toBe(once)
  })

  it.each([
    ['(?=a)b', 'invalid or unsupported Perl syntax'],
    [String.raw`(a)\1`, 'invalid escape sequence'],
    ['(', 'missing closing )'],
    ['a{1001}', 'invalid repeat count'],
    ['((a{100}){100}){100}', 'invalid repeat count'],
    ['x*', 'it matches where there is nothing'],
    ['', 'it matches where there is nothing'],
  ])('refuses %j', (pattern, why) => {
    expect(patternRule('badge', pattern)).toEqual({ ok: false, why: expect.stringContaining(why) as string })
  })

  it.each([
    ['(a+)+$', `${'a'.repeat(1_000_000)}b`],
    ['(a|aa)+b', 'a'.repeat(1_000_000)],
    ['([a-z]+)*=', 'a'.repeat(1_000_000)],
    ['.*.*.*=x', '='.repeat(200_000)],
  ])('ends on what makes other engines hang: %s', (pattern, text) => {
    expect(redactorWith(pattern)(text)).toBe(text)
  })

  it('takes the rest of a line on which it matches without end', () => {
    const redacted = redactorWith('a[^z]*z|a')('a'.repeat(50_000))
    expect(kinds(redacted)).toBe('‹badge›'.repeat(101))
  })

  it('is never a throw, whatever the pattern', () => {
    const piece = fc.constantFrom(
      'a',
      '(',
      ')',
      '[',
      ']',
      '*',
      '+',
      '?',
      '{',
      '}',
      '9',
      '1',
      ',',
      '|',
      '\\',
      'd',
      '^',
      '$',
      '.',
      '(?<secret>',
      '(?i)',
      'é',
      '/',
      '-',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.string(), (pieces, text) => {
        const made = patternRule('badge', pieces.join(''))
        expect(
          made.ok ? typeof redactor({ key: Buffer.alloc(32), patterns: [made.rule] })(text) : typeof made.why,
        ).toBe('string')
      }),
    )
  })
})
