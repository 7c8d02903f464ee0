import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { terminalFilter, type Allowed } from './terminal-filter.ts'

const through = (allowed: Allowed, ...pieces: readonly string[]): string => {
  const filter = terminalFilter(allowed)
  return pieces.map((piece) => filter.push(piece)).join('')
}

/** What may come out, written down a second time: text, and these sequences. */
const HARMLESS: Readonly<Record<Allowed, RegExp>> = {
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  lines: /^(?:[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|[\t\n\r\b]|\u001b\[[0-9:;]*m)*$/u,
  screen:
    // eslint-disable-next-line no-control-regex -- control characters are what it is about
    /^(?:[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|[\t\n\r\b\u000b\u000c\u000e\u000f]|\u001b\[[0-9:;]*m|\u001b\[[0-9;]*[A-HJ-MPSTXZ@I`abdefgrsu]|\u001b\[4[hl]|\u001b\[\d* q|\u001b\[!p|\u001b\[\?\d?[JK]|\u001b\[\?[0-9;]+[hl]|\u001b[78DEMH]|\u001b[()][B0])*$/u,
}

/** Text that looks like terminal output: real sequences, broken ones, and what is dangerous. */
const output = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        '\u001b',
        '\u001b[',
        '\u009b',
        '\u001b]',
        '\u001bP',
        '\u009d',
        '\u001b\\',
        '\u0007',
        '\u0018',
        '\u001b[?',
        '\u0005',
      ),
      fc
        .tuple(fc.constantFrom('\u001b[', '\u009b'), fc.stringMatching(/^[0-?]{0,6}[ -/]{0,2}[@-~]$/))
        .map((parts) => parts.join('')),
      fc.constantFrom(
        '52;c;ZXZpbA==\u0007',
        '0;title\u001b\\',
        '6n',
        '>c',
        '21t',
        '?1003h',
        '?2004h',
        '>4;2m',
        '5i',
        '31m',
        '2J',
        '10;4H',
      ),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))

describe.each(['lines', 'screen'] as const)('what a terminal is given of hostile output (%s)', (allowed) => {
  it('is text and harmless sequences, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(output, fc.array(fc.nat(80), { maxLength: 6 }), (text, cuts) => {
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b), text.length]
        const pieces = places.slice(1).map((place, at) => text.slice(places[at], place))
        const shown = through(allowed, ...pieces)
        expect(shown).toMatch(HARMLESS[allowed])
        // A pair of surrogates that was cut is two characters, and so are the halves of nothing else.
        if (text.isWellFormed() && pieces.every((piece) => piece.isWellFormed()))
          expect(shown).toBe(through(allowed, text))
      }),
    )
  })

  it('does nothing to what it has given already', () => {
    fc.assert(
      fc.property(output, (text) => {
        expect(through(allowed, through(allowed, text))).toBe(through(allowed, text))
      }),
    )
  })

  it.each([
    ['the clipboard', '\u001b]52;c;ZXZpbA==\u0007'],
    ['a title', '\u001b]0;owned\u001b\\'],
    ['a title of screen', '\u001bkowned\u001b\\'],
    ['the form of C1', '\u009d0;owned\u009c'],
    ['a question for the device', '\u001b[c\u001b[>c\u001b[=c\u001bZ\u0005'],
    ['a question for the cursor', '\u001b[6n\u001b[?6n'],
    ['a question for a mode or a setting', '\u001b[?25$p\u001bP$qm\u001b\\\u001bP+q544e\u001b\\'],
    ['a question for the title', '\u001b[21t'],
    ['mouse, focus, bracketed paste', '\u001b[?1003h\u001b[?1006h\u001b[?1004h\u001b[?2004h'],
    ['what keys send', '\u001b[>4;2m\u001b[?1h\u001b=\u001b[>1u'],
    ['a printer', '\u001b[5i'],
    ['a full reset', '\u001bc'],
    ['a bell', '\u0007'],
    ['a string that ends in another sequence', '\u001b]0;x\u001b[6n'],
  ])('has not %s', (_, text) => {
    expect(through(allowed, `before${text}after`)).toBe('beforeafter')
  })

  it('has colours, and words as they are', () => {
    const text = 'plain ü 漢 👩‍🚒\u001b[1;38;5;208mcolour\u001b[38:2::1:2:3mmore\u001b[0m\r\nnext\ttab'
    expect(through(allowed, text)).toBe(text)
  })

  it('goes on after a string that was cancelled', () => {
    expect(through(allowed, '\u001b]0;x\u0018seen')).toBe('seen')
  })
})

describe('a screen', () => {
  it('is drawn as full-screen programs draw it', () => {
    const text =
      '\u001b[?1049h\u001b[2J\u001b[1;24r\u001b[10;4Hx\u001b[K\u001b7\u001b8\u001b(0qqq\u001b(B\u001b[?25l\u001b[?2026h\u001bM'
    expect(through('screen', text)).toBe(text)
    expect(through('lines', text)).toBe('xqqq')
  })
})
