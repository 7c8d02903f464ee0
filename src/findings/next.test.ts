import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { next, nextInspect, nextRelieve, quoted, runsLine, saysPrice, throughSudo } from './next.ts'

const command = (box: string, line: string): string => next(box, line, 'why', 'slow').command

describe('next', () => {
  it.each([
    ['local', 'free -m', 'free -m'],
    ['recorded:web-1.look', 'free -m', 'free -m'],
    ['web-1', 'free -m', "halligan run web-1 --price slow -- 'free -m'"],
    ['amy@web-1:2222', 'uptime', 'halligan run amy@web-1:2222 --price slow -- uptime'],
    ['amy@[::1]:2222', 'uptime', "halligan run 'amy@[::1]:2222' --price slow -- uptime"],
    ['docker:shop_1', 'ps aux', "halligan run docker:shop_1 --price slow -- 'ps aux'"],
    ['web-1', "dmesg | grep -E 'oom|killed'", `halligan run web-1 --price slow -- "dmesg | grep -E 'oom|killed'"`],
    ['web-1', `ls ${quoted("it's here")}`, `halligan run web-1 --price slow -- 'ls "it'\\''s here"'`],
    ['-oProxyCommand=x', 'uptime', 'uptime'],
  ])('%s: %s', (box, line, expected) => {
    expect(command(box, line)).toBe(expected)
  })
})

describe('throughSudo', () => {
  it.each([
    ['web-1', 'dmesg | tail', "halligan run --sudo web-1 --price slow -- 'dmesg | tail'"],
    ['local', 'dmesg | tail', "sudo sh -c 'dmesg | tail'"],
  ])('%s: %s', (box, line, expected) => {
    expect(throughSudo(next(box, line, 'why', 'slow'))).toEqual({ command: expected, why: 'why', price: 'slow' })
  })
})

describe('runsLine', () => {
  it.each([
    ['web-1', 'ps aux', "'ps aux'", true],
    ['web-1', 'uptime', 'uptime', true],
    ['web-1', 'uptime', 'time', false],
    ['local', 'uptime', 'uptime', true],
    ['local', 'uptime', 'time', false],
  ])('%s: %s is %s: %s', (box, line, typed, isIt) => {
    expect(runsLine(command(box, line), typed)).toBe(isIt)
  })
})

describe('nextInspect', () => {
  it('looks into a process of the box for nothing, as root where the look was; not into a recording', () => {
    const [step] = nextInspect('web-1', 812, 'see')
    expect(step).toEqual({ command: 'halligan inspect web-1 812', why: 'see', price: 'free' })
    expect(step && throughSudo(step).command).toBe('halligan inspect --sudo web-1 812')
    expect(nextInspect('recorded:a.halligan', 812, 'see')).toEqual([])
    expect(nextInspect('-oProxyCommand=x', 812, 'see')).toEqual([])
  })
})

describe('nextRelieve', () => {
  it('names the relief with its price, as root where the look was; what a box named is one word and no option', () => {
    const [step] = nextRelieve('web-1', ['restart', 'a$(x).service'], 'start it again')
    expect(step).toEqual({
      command: "halligan relieve web-1 restart 'a$(x).service'",
      why: 'start it again',
      price: 'change',
    })
    expect(step && throughSudo(step).command).toBe("halligan relieve --sudo web-1 restart 'a$(x).service'")
    expect(nextRelieve('web-1', ['restart', '--anyway'], 'x')).toEqual([])
    expect(nextRelieve('-oProxyCommand=x', ['restart', 'x'], 'x')).toEqual([])
  })

  it('is a command by hand in a recording, where there is one', () => {
    expect(nextRelieve('recorded:a', ['restart', 'x'], 'x')).toEqual([])
    expect(nextRelieve('recorded:a', ['free-deleted', '8:4'], 'x', ': >/proc/8/fd/4')).toEqual([
      { command: ': >/proc/8/fd/4', why: 'x', price: 'change' },
    ])
  })
})

describe('saysPrice', () => {
  it.each([
    ['halligan run web-1 --price slow -- uptime', true],
    ["halligan run --sudo web-1 --price slow -- 'a -- b'", true],
    // What it is to cost and what it says are not the same.
    ['halligan run web-1 --price free -- uptime', false],
    ["halligan run web-1 -- 'nice --price slow -- x'", false],
    ['echo --price slow -- uptime', false],
    ['halligan inspect web-1 812', false],
    ['', false],
  ])('%s: %s', (line, says) => {
    expect(saysPrice(line, 'slow')).toBe(says)
  })
})

describe('quoted', () => {
  it('gives back any word through a real shell, and runs nothing of it', () => {
    const telling = fc.string({ unit: fc.constantFrom("'", '"', '$', '`', '\\', '!', ' ', 'a'), maxLength: 12 })
    const word = fc.oneof(telling, fc.string({ maxLength: 40 })).filter((text) => !text.includes('\0'))
    fc.assert(
      fc.property(word, (text) => {
        expect(execFileSync('sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' })).toBe(text)
      }),
      { numRuns: 50 },
    )
  })
})
