import { describe, expect, it } from 'vitest'
import { terminalScreen } from '../../base/terminal-screen.ts'
import { statusLine } from './status-line.ts'

/** A terminal with a program and a status line on it. */
function terminalOf(columns: number, rows: number) {
  const screen = terminalScreen(columns, rows)
  let raw = ''
  const write = (text: string): void => {
    raw += text
    // Titles are no part of the screen.
    // eslint-disable-next-line no-control-regex -- control characters are what it looks for
    screen.write(text.replaceAll(/\u001b\][^\u0007]*\u0007|\u001b\[2[23];0t/g, ''))
  }
  const status = statusLine({ columns, rows }, write)
  const print = (text: string): void => {
    write(text)
    status.shown(Buffer.from(text))
  }
  return { screen, status, print, raw: () => raw }
}

describe('the line at the foot', () => {
  it('stands below what the program prints, which scrolls above it', () => {
    const { screen, status, print } = terminalOf(30, 10)
    status.say('STILL 1 s', 'STILL')
    status.begin()
    for (let line = 1; line <= 20; line += 1) print(`line ${line}\r\n`)
    print('(gdb) in')
    status.say('STILL 2 s', 'STILL')
    print('fo')
    const lines = screen.lines().map((line) => line.trimEnd())
    expect(lines.slice(-3)).toEqual(['line 20', '(gdb) info', 'STILL 2 s'])
    expect(screen.line()).toBe('(gdb) info')
  })

  it('is not drawn within a sequence, and is as soon as that has ended', () => {
    const { status, print, raw } = terminalOf(30, 10)
    status.begin()
    print('\u001b[3')
    status.say('STILL 1 s', 'STILL')
    expect(raw()).not.toContain('STILL')
    print('1m')
    expect(raw()).toContain('STILL 1 s')
  })

  it('comes back when the program clears the screen, and leaves a full-screen program alone but for the title', () => {
    const { screen, status, print, raw } = terminalOf(30, 10)
    status.say('runs', 'runs')
    status.begin()
    print('\u001b[H\u001b[2J')
    expect(screen.lines().at(-1)?.trimEnd()).toBe('runs')
    print('\u001b[?1049h\u001b[H\u001b[2J')
    const before = raw().length
    status.say('STILL 3 s', 'STILL 3 s')
    expect(raw().slice(before)).toBe('\u001b]0;STILL 3 s\u0007')
    print('\u001b[?1049l')
    expect(screen.lines().at(-1)?.trimEnd()).toBe('STILL 3 s')
  })

  it('is gone at the end, and the whole screen scrolls again', () => {
    const { screen, status, print } = terminalOf(30, 10)
    status.say('runs', 'runs')
    status.begin()
    print('one\r\n')
    status.end()
    for (let line = 1; line <= 12; line += 1) print(`line ${line}\r\n`)
    expect(screen.lines().join('\n')).not.toContain('runs')
    expect(screen.lines().at(-1)).toBe('line 12')
  })

  it('takes no row of a terminal that has few', () => {
    const { status, print, raw } = terminalOf(30, 6)
    expect([status.rowsOf(6), status.rowsOf(24)]).toEqual([6, 23])
    status.say('runs', 'runs')
    status.begin()
    print('x')
    expect(raw()).toBe('\u001b[22;0t\u001b]0;runs\u0007x')
  })

  it('shows a hostile name as harmless text, cut to the terminal', () => {
    const { screen, status } = terminalOf(12, 10)
    status.say('runs: \u001b]0;evil\u0007\u001b[2J a very long name', 'x\u0007y')
    status.begin()
    expect(screen.lines().at(-1)).toMatch(/^runs: .{0,6}$/)
  })
})
