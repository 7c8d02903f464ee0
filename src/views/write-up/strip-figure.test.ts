import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StripState } from './charts.ts'
import { stripFigure } from './strip-figure.ts'

/** Minutes of an hour at which a box was found so. */
function figure(states: readonly (readonly [minute: number, state: StripState['state']])[]): string {
  const at = (minute: number): string => new Date(Date.parse('2026-11-25T14:00:00Z') + minute * 60_000).toISOString()
  return stripFigure({
    from: at(0),
    to: at(60),
    boxes: [{ name: 'web-1', states: states.map(([minute, state]) => ({ at: at(minute), state, seq: undefined })) }],
    marks: [],
  })
}

/** Each piece with its width in percent, and its word with the class by which narrow screens leave it out. */
function pieces(html: string): readonly (readonly [width: number, word: string | undefined, isWide: boolean])[] {
  return [...html.matchAll(/<svg x="[\d.]+%" y="2" width="([\d.]+)%"[^>]*>(.*?)<\/svg>/g)].map(
    ([, width, inside = '']) => {
      const [, classes = '', word] = /<text [^>]*class="([^"]*)">(\w+)<\/text>/.exec(inside) ?? []
      return [Number(width), word, classes.includes('wide')]
    },
  )
}

describe('the word in a piece of the strip', () => {
  it('stands where it fits, on a narrow screen too', () => {
    expect(
      pieces(
        figure([
          [0, 'critical'],
          [30, 'ok'],
        ]),
      ),
    ).toEqual([
      [48.5, 'critical', false],
      [48.5, 'ok', false],
    ])
  })

  it('is left out where it would be cut: the pattern, the legend and the title are left', () => {
    const html = figure([
      [0, 'unknown'],
      [3, 'critical'],
      [6, 'ok'],
    ])
    expect(pieces(html).map(([, word]) => word)).toEqual([undefined, undefined, 'ok'])
    expect(html).toContain('<title>unknown from 14:00:00</title>')
    expect(html).toContain('critical from 14:03:00')
  })

  it('is left out on narrow screens alone where it fits on others', () => {
    expect(
      pieces(
        figure([
          [0, 'critical'],
          [11, 'ok'],
        ]),
      )[0],
    ).toEqual([17.78, 'critical', true])
  })

  it('is whole, however long a state held', () => {
    const state = fc.constantFrom('critical', 'warning', 'ok', 'unknown')
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(59), { minLength: 1 }), fc.infiniteStream(state), (minutes, states) => {
        const sorted = minutes.toSorted((a, b) => a - b)
        const found = pieces(figure(sorted.map((minute) => [minute, states.next().value])))
        expect(found).toHaveLength(sorted.length)
        for (const [width, word, isWide] of found) {
          // Pictures are 320 pixels wide on small phones, and 410 where labels stand beside them; letters of 12 pixels.
          const room = (width / 100) * (isWide ? 410 : 320)
          if (word !== undefined) expect(room).toBeGreaterThan(7 + word.length * 7)
        }
      }),
    )
  })
})
