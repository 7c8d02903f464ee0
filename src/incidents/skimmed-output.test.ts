import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { terminalFilter } from '../base/terminal-filter.ts'
import { terminalScreen } from '../base/terminal-screen.ts'
import { skimmedOutput } from './skimmed-output.ts'

function screenAfter(text: string) {
  const screen = terminalScreen(40, 10)
  screen.write(terminalFilter('screen').push(text))
  return { line: screen.line(), column: screen.column(), isAlternate: screen.isAlternate() }
}

describe('skimmed output', () => {
  it('shows the same line before the cursor, and the same screen, as all of it', () => {
    const piece = fc.oneof(
      fc.constant('a line of a log\r\n'.repeat(8_000)),
      fc.constantFrom('\u001b[?1049h', '\u001b[?1049l', '\u001b[31mred\u001b[0m\r\n', 'root@web-1:~# ', '\r\n'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const skimmed = skimmedOutput()
        for (const each of [...pieces, '\r\n# ']) skimmed.push(each)
        const whole = screenAfter([...pieces, '\r\n# '].join(''))
        expect(screenAfter(skimmed.take())).toEqual(whole)
        expect(skimmed.take()).toBe('')
      }),
      { numRuns: 30 },
    )
  })

  it('keeps little of much, also of a line that does not end', () => {
    const skimmed = skimmedOutput()
    for (let at = 0; at < 100; at += 1) skimmed.push('x'.repeat(65_536))
    expect(skimmed.take().length).toBeLessThanOrEqual(128 * 1024)
  })
})
