import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { terminalFilter } from './terminal-filter.ts'
import { terminalScreen } from './terminal-screen.ts'

function shown(output: string, columns = 20, rows = 5) {
  const fed: string[] = []
  const off: string[] = []
  const screen = terminalScreen(columns, rows, {
    onLineFeed: (line) => fed.push(line()),
    onScrolledOff: (line) => off.push(line),
  })
  screen.write(terminalFilter('screen').push(output))
  return {
    lines: screen.lines(),
    line: screen.line(),
    column: screen.column(),
    fed,
    off,
    isAlternate: screen.isAlternate(),
  }
}

describe('the screen of a terminal', () => {
  it.each<readonly [string, string, readonly string[]]>([
    ['lines', 'one\r\ntwo', ['one', 'two']],
    ['a line feed alone stays in its column', 'one\ntwo', ['one', '   two']],
    ['a carriage return writes over', 'abc\rX', ['Xbc']],
    ['backspace', 'abc\b\bX', ['aXc']],
    ['tabs', 'a\tb', ['a       b']],
    ['erasing to the end', 'abcdef\r\u001b[3C\u001b[K', ['abc']],
    ['erasing all', 'abc\r\n\u001b[2J\u001b[Hx', ['x']],
    ['inserting and deleting characters', 'abef\u001b[2D\u001b[2@cd\u001b[1;1H\u001b[P', ['bcdef']],
    ['jumps', '\u001b[3;4Hx\u001b[1;1Hy', ['y', '', '   x']],
    ['inserting and deleting lines', 'a\r\nb\r\nc\u001b[2;1H\u001b[L\u001b[1;1H\u001b[M', ['', 'b', 'c']],
    ['save and restore', 'ab\u001b7cd\u001b8X', ['abXd']],
    ['a wide character takes two columns', '漢x\u001b[1;1H\u001b[2CX', ['漢X']],
    ['a combining mark takes none', 'e\u0301x', ['e\u0301x']],
    ['colours', '\u001b[1;31mred\u001b[0m', ['red']],
    ['repeating', 'x\u001b[3b', ['xxxx']],
    ['a long line over two rows is one', 'x'.repeat(25), ['x'.repeat(25)]],
  ])('has %s', (_, output, lines) => {
    expect(shown(output).lines).toEqual(lines)
  })

  it('knows the line that is typed, over the edge of a row as readline does it', () => {
    const typed = `$ ${'a'.repeat(18)} \r${'b'.repeat(5)}`
    expect(shown(typed)).toMatchObject({ line: `$ ${'a'.repeat(18)}bbbbb`, column: 25 })
    expect(shown(`${typed}\r\n`).fed).toEqual([`$ ${'a'.repeat(18)}bbbbb`])
  })

  it('tells lines that leave it at the top, whole', () => {
    const { off, lines } = shown(`${'x'.repeat(25)}\r\n1\r\n2\r\n3\r\n4\r\n5`)
    expect(off).toEqual(['x'.repeat(25)])
    expect(lines).toEqual(['1', '2', '3', '4', '5'])
  })

  it('keeps apart what a full-screen program draws', () => {
    const { lines, isAlternate, fed } = shown(
      'before\r\n\u001b[?1049h\u001b[2J\u001b[1;1Hfull\r\nscreen\u001b[?1049lafter',
    )
    expect({ lines, isAlternate, fed }).toEqual({ lines: ['before', 'after'], isAlternate: false, fed: ['before'] })
  })

  it('scrolls within a region and leaves the rest', () => {
    expect(shown('a\r\nb\r\nc\r\nd\u001b[2;3r\u001b[3;1H\r\nX').lines).toEqual(['a', 'c', 'X', 'd'])
  })

  it('takes any output and size', () => {
    const pieces = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 10 }),
      fc
        .tuple(
          fc.stringMatching(/^[?!]?[0-9;]{0,6}$/),
          fc.constantFrom(...Array.from('ABCDEFGHIJKLMPSTXZ@abdefghlrsu')),
        )
        .map(([numbers, final]) => `\u001b[${numbers}${final}`),
      fc.constantFrom(
        '\n',
        '\r\n',
        '\b',
        '\t',
        '漢',
        'e\u0301',
        '\u001b7',
        '\u001b8',
        '\u001bM',
        '\u001b[?1049h',
        '\u001b[?1049l',
      ),
    )
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 10 }),
        (all, columns, rows) => {
          const screen = terminalScreen(columns, rows)
          const filter = terminalFilter('screen')
          for (const [at, piece] of all.entries()) {
            screen.write(filter.push(piece))
            if (at % 7 === 6) screen.resize(1 + ((columns * at) % 30), 1 + (at % 9))
          }
          expect(screen.lines().length).toBeLessThanOrEqual(10)
          expect(screen.column()).toBeGreaterThanOrEqual(0)
          expect(typeof screen.line()).toBe('string')
        },
      ),
    )
  })
})
