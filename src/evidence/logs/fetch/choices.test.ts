import { describe, expect, it } from 'vitest'
import { isoLayout, stamped } from '../../../../test/logs/lines.ts'
import { filesOf } from './files.ts'
import { filterScript, recordStartOf } from './filter.ts'
import { clockSetBack, readFrom } from './slack.ts'
import { lastLines } from './last-lines.ts'
import { linesAgain } from './follow-again.ts'
import { lineFilter } from './line-filter.ts'

const HOUR = 3_600_000
const T0 = Date.parse('2026-03-01T10:00:00.000Z')
const ALL = { grep: [], not: [], fields: [], ignoreCase: false }

describe('which files of a log are read', () => {
  const files = [0, 1, 2, 3].map((at) => ({ path: `app.log.${at}`, bytes: 1, modifiedAtMs: T0 - at * 24 * HOUR }))

  it('are those that ended after the beginning of the window and began before its end, oldest first', () => {
    expect(filesOf(files, {})).toEqual([3, 2, 1, 0])
    expect(filesOf(files, { fromMs: T0 - HOUR })).toEqual([0])
    expect(filesOf(files, { fromMs: T0 - 25 * HOUR })).toEqual([1, 0])
    expect(filesOf(files, { fromMs: T0 - 50 * HOUR, toMs: T0 - 49 * HOUR })).toEqual([2])
    expect(filesOf(files, { toMs: T0 - 49 * HOUR })).toEqual([3, 2])
    // Some minutes around the change are of both.
    expect(filesOf(files, { fromMs: T0 - 24 * HOUR + 60_000, toMs: T0 })).toEqual([1, 0])
  })

  it('are those of the kubelet too, which packs a file when it rotates the next one', () => {
    const rotated = [
      { path: 'web/0.log', bytes: 1, modifiedAtMs: T0 },
      { path: 'web/0.log.20260301-090000', bytes: 1, modifiedAtMs: T0 - HOUR },
      { path: 'web/0.log.20260301-060000.gz', bytes: 1, modifiedAtMs: T0 - HOUR - 100 },
    ]
    expect(filesOf(rotated, { fromMs: T0 - 3 * HOUR, toMs: T0 - 2 * HOUR })).toEqual([2, 1])
  })

  it('are all of them where their times say nothing', () => {
    const copied = files.map((file, at) => ({ ...file, modifiedAtMs: T0 + at }))
    expect(filesOf(copied, { fromMs: T0 - HOUR, toMs: T0 })).toEqual([3, 2, 1, 0])
  })
})

describe('a clock that is set back', () => {
  it('is looked for around both ends of the window', () => {
    const autumn = Date.parse('2026-10-25T01:00:00Z')
    expect(clockSetBack({ zone: 'Europe/Vienna', nowMs: 0 }, { fromMs: autumn - HOUR })).toBe(HOUR)
    expect(clockSetBack({ zone: 'Europe/Vienna', nowMs: 0 }, { fromMs: autumn - 24 * HOUR, toMs: autumn + HOUR })).toBe(
      HOUR,
    )
    expect(clockSetBack({ zone: 'Europe/Vienna', nowMs: 0 }, { fromMs: autumn + 24 * HOUR })).toBe(0)
    expect(clockSetBack({ zone: 'Europe/Vienna', nowMs: 0 }, { fromMs: Date.parse('2026-03-29T01:00:00Z') })).toBe(0)
    expect(clockSetBack({ zone: 'UTC', nowMs: 0 }, { fromMs: autumn })).toBe(0)
    expect(clockSetBack({ zone: '+02:00', nowMs: 0 }, { fromMs: autumn })).toBe(0)
    expect(clockSetBack({ zone: 'Mars/Olympus', nowMs: 0 }, { fromMs: autumn })).toBe(0)
    expect(
      clockSetBack({ zone: 'Australia/Lord_Howe', nowMs: 0 }, { fromMs: Date.parse('2026-04-04T15:00:00Z') }),
    ).toBe(HOUR / 2)
  })
})

describe('lines that are wanted from a moment on', () => {
  const from = (text: string): string =>
    new Date(readFrom({ zone: 'Europe/Vienna', nowMs: 0 }, Date.parse(text))).toISOString().slice(11, 16)

  it('are read from the hour before, where the clocks were set back within an hour of it', () => {
    expect(from('2026-10-24T23:59:00Z')).toBe('23:59')
    expect(from('2026-10-25T00:00:00Z')).toBe('00:00')
    expect(from('2026-10-25T00:30:00Z')).toBe('00:00')
    expect(from('2026-10-25T01:00:00Z')).toBe('00:00')
    expect(from('2026-10-25T01:30:00Z')).toBe('00:30')
    expect(from('2026-10-25T02:00:00Z')).toBe('02:00')
    expect(from('2026-03-29T01:00:00Z')).toBe('01:00')
  })
})

describe('the beginning of a record', () => {
  const block = (text: string) => [{ bytes: Buffer.from(text), fromStart: true }]

  it('is what lines with a time have in common and others have not', () => {
    const text = stamped(T0, 30, 61_000, (at) => `x${at % 3 ? '' : '\n  at f (a.js:1)\nCaused by: e'}`)
    const { isMultiLine, recordStart } = recordStartOf(block(text), isoLayout)
    expect(isMultiLine).toBe(true)
    expect(recordStart).toMatch(/^\^2026-03-01T/)
    expect(recordStart).not.toMatch(/[\s'"`$\\/]/)
  })

  it('is not needed where each record has one line, and unknown where others begin like it', () => {
    expect(recordStartOf(block(stamped(T0, 5, 1)), isoLayout)).toEqual({ isMultiLine: false, recordStart: undefined })
    const odd = stamped(T0, 5, 1, () => 'x\n2026-03-01T10:00 but no time')
    expect(recordStartOf(block(odd), isoLayout)).toMatchObject({ isMultiLine: true })
  })
})

describe('a filter on the box', () => {
  it('uses ripgrep only for what means the same to it', () => {
    const usesRipgrep = (grep: string): boolean => filterScript({ ...ALL, grep: [grep] })?.includes('works rg') ?? false
    expect(['ERROR', ' 50[0-9] ', '^a.*b$', '(GET|POST) /x', String.raw`10\.0\.0\.7`].map(usesRipgrep)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ])
    expect(
      ['a{2}', '[[:digit:]]', String.raw`\<w`, 'a+?', '[a&&b]', '(?i)a', '*a', 'a||b', String.raw`[\]]`, 'é'].map(
        usesRipgrep,
      ),
    ).toEqual(Array.from({ length: 10 }, () => false))
    expect(filterScript(ALL)).toBeUndefined()
  })

  it('narrows a field by the part of its value that no format quotes, and never by a level', () => {
    const script = filterScript({
      ...ALL,
      fields: [
        { name: 'path', value: '/a "b"/orders' },
        { name: 'level', value: 'error' },
      ],
    })
    expect(script).toContain("-F -e 'orders'")
    expect(script).not.toContain('error')
  })
})

describe('a filter on the console', () => {
  it('decides on records, also when they come in pieces', () => {
    const text = stamped(T0, 200, 1000, (at) => `r${at}${at % 5 ? '' : '\n  at frame\nCaused by: deep'}`)
    const filter = lineFilter({ ...ALL, grep: ['deep'], not: ['r[0-9]0\\b'], ignoreCase: true }, isoLayout)
    const pieces: Uint8Array[] = []
    for (let at = 0; at < text.length; at += 17)
      for (const piece of filter.push(Buffer.from(text.slice(at, at + 17)))) pieces.push(Buffer.from(piece))
    for (const piece of filter.finish()) pieces.push(piece)
    const wanted = text.split(/^(?=2026)/m).filter((record) => record.includes('deep') && !/r[0-9]0\b/.test(record))
    expect(Buffer.concat(pieces).toString()).toBe(wanted.join(''))
  })

  it('gives a record that has paused, and what goes on with it later', () => {
    const filter = lineFilter({ ...ALL, grep: ['bad'] }, isoLayout)
    expect(filter.push(Buffer.from(stamped(T0, 1, 0, () => 'bad')))).toEqual([])
    expect(Buffer.concat([...filter.pause()]).toString()).toContain('bad')
    const later = [...filter.push(Buffer.from(`  at frame\n${stamped(T0 + 1, 1, 0)}`)), ...filter.finish()]
    expect(Buffer.concat(later).toString()).toBe('  at frame\n')
  })

  it('bears lines without an end', () => {
    const filter = lineFilter({ ...ALL, grep: ['x'] }, isoLayout)
    let bytes = 0
    for (let at = 0; at < 100; at += 1)
      for (const piece of filter.push(Buffer.alloc(100_000, 'x'))) bytes += piece.length
    expect(bytes).toBe(10_000_000)
  })
})

describe('the last lines', () => {
  it.each([
    ['a\nb\nc\n', 2, true, 'b\nc\n'],
    ['a\nb\nc', 2, true, 'b\nc'],
    ['a\nb\n', 5, true, 'a\nb\n'],
    ['rest\na\nb\n', 5, false, 'a\nb\n'],
    ['a\n', 0, true, ''],
    ['', 3, true, ''],
  ])('of %j, %i of them', (text, count, isAll, wanted) => {
    expect(Buffer.from(lastLines(Buffer.from(text), count, isAll)).toString()).toBe(wanted)
  })
})

describe('lines that are handed out again', () => {
  it('come once, also when several are of one moment', () => {
    const line = (ms: number, text: string): string =>
      `${(T0 + ms) / 1000}`.replace(/^(\d+)$/, '$1.000') + ` web app[1]: ${text}\n`
    const again = linesAgain()
    const push = (text: string): string => Buffer.concat([...again.push(Buffer.from(text))]).toString()
    const first = [line(1, 'a'), line(2, 'b'), line(2, 'c')].join('')
    again.restart()
    expect(push(first)).toBe(first)
    expect(again.sinceMs()).toBe(T0 + 2)
    again.restart()
    expect(push(first + line(2, 'd') + line(3, 'e'))).toBe(line(2, 'd') + line(3, 'e'))
    again.restart()
    expect(push(line(4, 'f').slice(0, 9))).toBe('')
    expect(push(line(4, 'f').slice(9))).toBe(line(4, 'f'))
  })
})
