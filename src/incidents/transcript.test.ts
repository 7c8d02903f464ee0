import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cast } from './cast.ts'
import { transcript } from './transcript.ts'

const ESC = '\u001b'
/** As clear(1) of ncurses has it: home, erase the screen, erase what has scrolled off. */
const CLEAR = `${ESC}[H${ESC}[2J${ESC}[3J`

function castOf(...output: readonly string[]): Cast {
  const events = output.map((data, at) => ({ atMs: at, code: 'o' as const, data }))
  return { columns: 20, rows: 5, startedAtMs: undefined, title: undefined, events }
}

describe('the text of a session', () => {
  it('has what stood on the screen before it was cleared', () => {
    const fifteen = Array.from({ length: 15 }, (_, at) => `$ command ${at + 1}\r\n`)
    expect(transcript(castOf(...fifteen, `$ clear\r\n${CLEAR}`, '$ exit\r\n'))).toEqual([
      ...fifteen.map((line) => line.trim()),
      '$ clear',
      '$ exit',
    ])
  })

  it('has it also where the screen is cleared by home and erase to the end, or before the cursor goes home', () => {
    expect(transcript(castOf(`one\r\n${ESC}[H${ESC}[Jtwo`))).toEqual(['one', 'two'])
    expect(transcript(castOf(`one\r\n${ESC}[2J${ESC}[Htwo`))).toEqual(['one', 'two'])
    expect(transcript(castOf(`one\r\nand${ESC}[1J${ESC}[Htwo`))).toEqual(['one', 'two'])
  })

  it('has a line whole that took several rows when it was erased', () => {
    const long = 'x'.repeat(50)
    expect(transcript(castOf(`${long}\r\n${CLEAR}after`))).toEqual([long, 'after'])
    expect(transcript(castOf(`\r\n\r\n\r\n${'y'.repeat(110)}`, `${CLEAR}after`))).toEqual([
      '',
      '',
      '',
      'y'.repeat(110),
      'after',
    ])
  })

  it('leaves out what a full-screen program drew and erased, and has the screen below it', () => {
    const vim = `${ESC}[?1049h${ESC}[2Jdrawn\r\n${ESC}[H${ESC}[Jagain${ESC}[?1049l`
    expect(transcript(castOf(`$ vim\r\n${vim}$ exit`))).toEqual(['$ vim', '$ exit'])
    expect(transcript(castOf(`$ vim\r\n${ESC}[?1049h${ESC}[2Jdrawn`))).toEqual(['$ vim'])
  })

  it('does not repeat what a menu below the prompt showed', () => {
    expect(transcript(castOf(`$ ls\r\na b c\r${ESC}[A${ESC}[4C${ESC}[J -l`))).toEqual(['$ ls -l'])
  })

  it('has every line that was printed, in order, however often the screen is cleared between lines', () => {
    const line = fc.stringMatching(/^[a-z][a-z ]{0,28}[a-z]$/)
    const step = fc.record({ line, clears: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const output = steps.map(({ line: text, clears }) => `${text}\r\n${clears ? CLEAR : ''}`)
        expect(transcript(castOf(...output))).toEqual(steps.map(({ line: text }) => text))
      }),
    )
  })
})
