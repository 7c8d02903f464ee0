import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fittedHelp } from './help-text.ts'

describe('help for a narrow terminal', () => {
  it('wraps a paragraph as a whole, and an explanation below itself', () => {
    const text = [
      'Examples:',
      '  halligan run web-1 -- uptime    what is said of this example is too long',
      '  halligan run web-1 --sudo --timeout 60 -- systemctl restart orders-api   short',
      '',
      'Written down before it starts, and again with output when it has',
      'ended.',
    ].join('\n')
    expect(fittedHelp(text, 62)).toBe(
      [
        'Examples:',
        '  halligan run web-1 -- uptime    what is said of this example',
        '                                  is too long',
        '  halligan run web-1 --sudo --timeout 60 -- systemctl restart orders-api',
        '        short',
        '',
        'Written down before it starts, and again with output when it',
        'has ended.',
      ].join('\n'),
    )
  })

  it('changes nothing that fits, and never loses a word', () => {
    const line = fc.stringMatching(/^ {0,4}[a-z]{1,9}(?: {1,3}[a-z]{1,9}){0,20}$/)
    fc.assert(
      fc.property(fc.array(line), fc.integer({ min: 20, max: 200 }), (lines, columns) => {
        const text = lines.join('\n')
        const fitted = fittedHelp(text, columns)
        if (lines.every((each) => each.length <= columns)) expect(fitted).toBe(text)
        expect(fitted.split(/\s+/)).toEqual(text.split(/\s+/))
      }),
    )
  })
})
