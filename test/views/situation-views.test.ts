import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { width } from '../../src/base/safe-text.ts'
import { fitted } from '../../src/views/screen-budget.ts'
import { situationMarkdown } from '../../src/views/situation-markdown.ts'
import { situationScreen } from '../../src/views/situation-terminal.ts'
import type { Style } from '../../src/views/style.ts'
import { closedView, crowdedView, hostileView, lateView, nightView, youngView } from './situations.ts'

const usual: Style = { columns: 80, color: false, unicode: true }
const narrow: Style = { ...usual, columns: 40 }
const views = { nightView, youngView, closedView, crowdedView, hostileView, lateView }

/** Lines that a terminal of so many columns shows. */
function terminalLines(screen: string, columns: number): number {
  return screen
    .trimEnd()
    .split('\n')
    .reduce((lines, line) => lines + Math.max(1, Math.ceil(width(line) / columns)), 0)
}

describe('a hand-over on the screen', () => {
  it.each(Object.entries(views))('fits a terminal of 80 by 24 with its prompt: %s', (_name, view) => {
    expect(terminalLines(situationScreen(view(), usual), 80)).toBeLessThanOrEqual(23)
  })

  it('fits whatever the incident holds, and however long its texts are, with what the command says below it', () => {
    fc.assert(
      fc.property(
        fc.record({
          many: fc.integer({ min: 0, max: 40 }),
          long: fc.integer({ min: 1, max: 900 }),
          command: fc.integer({ min: 1, max: 2_500 }),
          isClosed: fc.boolean(),
        }),
        fc.record({
          unseen: fc.constantFrom(0, 3, 200),
          below: fc.constantFrom(0, 1),
          rows: fc.constantFrom(0, 24, 25, 30, 50),
        }),
        fc.constantFrom(80, 100, 140),
        (fullness, more, columns) => {
          const screen = situationScreen(lateView(more, fullness), { ...usual, columns })
          expect(terminalLines(screen, columns)).toBeLessThan(Math.max(24, more.rows) - more.below)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('has all of an ordinary late night, with counts behind the labels', () => {
    const screen = situationScreen(lateView({ below: 1, unseen: 3 }), usual)
    for (const label of ['boxes', 'holds', 'debts', 'affected', 'cause', 'ruled out', 'open', 'next', 'tried'])
      expect(screen).toMatch(new RegExp(`^  ${label}( \\+\\d+)? `, 'm'))
    expect(screen).toMatch(/^ {2}holds \+3 /m)
    expect(screen).toContain('… in --markdown: what + counts\n')
    expect(screen).toContain('REBOOTED since the start')
  })

  it('does without what was tried before it does without the words of the one who goes, and counts it', () => {
    const view = lateView({ below: 1, unseen: 3 }, { many: 30, long: 300, command: 130 })
    const screen = situationScreen(view, usual)
    expect(screen).not.toMatch(/^ {2}tried/m)
    expect(screen).toContain('… in --markdown: what + counts, 90 tried\n')
    expect(screen).toMatch(/ruled out \+29 .*… \(#2, #3, #4\)$/m)
    expect(screen).toMatch(/it fills up\n {2}in 40 min .*\n.*\n {2}\(2 more lines in --markdown\)/)
    expect(screen).toContain(view.situation.last.hash)
  })

  it('leaves a command that is longer than the screen has room for to --markdown', () => {
    const screen = situationScreen(lateView({ below: 1 }, { command: 2_000 }), usual)
    expect(screen).not.toContain('xxxx')
    expect(screen).toMatch(/in --markdown: .* suggested/)
  })

  it('leaves room for what the command says below it', () => {
    expect(terminalLines(situationScreen({ ...crowdedView(), rows: 30, below: 1 }, usual), 80)).toBe(28)
  })

  it('shows more where there is room', () => {
    const lines = [24, 40, 60].map((rows) => terminalLines(situationScreen({ ...crowdedView(), rows }, usual), 80))
    expect(lines).toEqual([23, 39, 59])
  })

  it.each(Object.entries(views))(
    'cuts no line beyond a narrow terminal, but commands that are there to be copied: %s',
    (_name, view) => {
      const tooLong = situationScreen(view(), narrow)
        .split('\n')
        .filter((line) => width(line) > 40 && !line.includes('→'))
      expect(tooLong).toEqual([])
    },
  )

  it('says of everything that was left out how much it is', () => {
    const screen = situationScreen(crowdedView(), usual)
    const counted = [...screen.matchAll(/… (\d+) (?:more|before) in --markdown/g)].map(([, number]) => Number(number))
    expect(counted.length).toBeGreaterThan(4)
    expect(counted.every((number) => number > 0)).toBe(true)
  })

  it('names what was ruled out, by which entries, and the whole head hash', () => {
    const view = nightView()
    const screen = situationScreen(view, usual)
    expect(screen).toContain('1 the database is slow: p99 of the database is 3 ms')
    expect(screen).toContain('by #6 on db-1 ($ psql')
    expect(screen).toContain(view.situation.last.hash)
  })

  it.each([
    ['screen', () => situationScreen(hostileView(), usual)],
    ['narrow screen', () => situationScreen(hostileView(), narrow)],
    ['Markdown', () => situationMarkdown(hostileView())],
  ])('lets no text of others move the cursor, turn the line or begin one of its own: %s', (_where, made) => {
    const text = made()
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    expect(text.split('\n').filter((line) => /^\s*head deadbeef/.test(line))).toEqual([])
  })

  it('lets no text of others be markup', () => {
    const text = situationMarkdown(hostileView())
    expect(text).not.toMatch(/(?<!\\)<img|(?<!\\)\[a\]\(|(?<!\\)@channel/)
  })
})

describe('fitting a screen', () => {
  const section = (label: string, count: number): Parameters<typeof fitted>[0][number] => {
    return {
      label,
      items: Array.from({ length: count }, (_item, n) => [`${label} ${n}`]),
      total: count,
      more: (left) => `${left} more`,
    }
  }

  it('gives room in turns, and says what is left', () => {
    const shown = fitted([section('a', 5), section('b', 1), section('c', 0), section('d', 5)], 8, () => 1)
    expect(shown.map(({ label, items, left }) => [label, items.length, left])).toEqual([
      ['a', 3, '2 more'],
      ['b', 1, undefined],
      ['d', 2, '3 more'],
    ])
  })

  it('shows the last item in place of the line that would count it', () => {
    expect(fitted([section('a', 3)], 3, () => 1)).toMatchObject([{ left: undefined, items: { length: 3 } }])
  })

  it('lets nothing disappear where there is no room at all', () => {
    expect(
      fitted([section('a', 3), section('b', 2)], 0, () => 1).map(({ items, left }) => [items.length, left]),
    ).toEqual([
      [1, '2 more'],
      [1, '1 more'],
    ])
  })
})
