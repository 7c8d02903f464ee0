import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { castHeader, castLines, readCast, sizeOf, usableSize, type CastEvent } from './cast.ts'

const header = {
  columns: 80,
  rows: 24,
  term: 'xterm-256color',
  startedAtMs: 1_504_467_315_000,
  title: 'shell on web-1',
}
const written = (events: readonly CastEvent[]): string => {
  const line = castLines()
  return castHeader(header) + events.map(line).join('')
}
const events = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 100_000 }),
      code: fc.constantFrom('o' as const, 'i' as const, 'm' as const, 'r' as const, 'x' as const),
      data: fc.string({ unit: 'grapheme' }),
    }),
    { maxLength: 20 },
  )
  .map((all) => {
    let atMs = 0
    return all.map(({ gap, code, data }) => ({ atMs: (atMs += gap), code, data }))
  })

describe('asciicast', () => {
  it('reads what it wrote', () => {
    fc.assert(
      fc.property(events, (all) => {
        const read = readCast(written(all))
        if (!read.ok) throw new Error(read.why)
        expect({
          ...read.cast,
          events: read.cast.events.map((each) => ({ ...each, atMs: Math.round(each.atMs) })),
        }).toEqual({
          columns: 80,
          rows: 24,
          startedAtMs: 1_504_467_315_000,
          title: 'shell on web-1',
          events: all,
        })
      }),
    )
  })

  it('writes what the specification shows', () => {
    const line = castLines()
    expect(castHeader(header)).toBe(
      '{"version":3,"term":{"cols":80,"rows":24,"type":"xterm-256color"},"timestamp":1504467315,"title":"shell on web-1"}\n',
    )
    expect(line({ atMs: 248, code: 'o', data: '\u001b[1mHello\r\n' })).toBe('[0.248, "o", "\\u001b[1mHello\\r\\n"]\n')
    expect(line({ atMs: 2248, code: 'r', data: '90x30' })).toBe('[2.000, "r", "90x30"]\n')
  })

  it('reads a recording of a terminal that told no size, as one of the usual size', () => {
    for (const [cols, rows, columns] of [
      [0, 0, 80],
      [132, 0, 132],
    ] as const) {
      const read = readCast(
        `{"version":3,"term":{"cols":${cols},"rows":${rows}}}\n[0.1, "o", "x"]\n[0.1, "r", "0x0"]\n`,
      )
      expect(read).toMatchObject({ ok: true, cast: { columns, rows: 24 } })
    }
    expect(usableSize(0, undefined)).toEqual({ columns: 80, rows: 24 })
    expect(usableSize(132, 43)).toEqual({ columns: 132, rows: 43 })
  })

  it('reads the example of version 3, comments and unknown kinds of events in it', () => {
    const text = `{"version": 3, "term": {"cols": 80, "rows": 24}, "timestamp": 1504467315, "title": "Demo"}
# event stream follows
[0.25, "o", "Hello"]
[1, "q", "of the future"]
[3.5, "m", ""]
[0.5, "x", "0"]`
    expect(readCast(text)).toEqual({
      ok: true,
      cast: {
        columns: 80,
        rows: 24,
        startedAtMs: 1_504_467_315_000,
        title: 'Demo',
        events: [
          { atMs: 250, code: 'o', data: 'Hello' },
          { atMs: 4750, code: 'm', data: '' },
          { atMs: 5250, code: 'x', data: '0' },
        ],
      },
    })
  })

  it('reads version 2, whose times count from the beginning', () => {
    const read = readCast('{"version": 2, "width": 80, "height": 24}\n[0.5, "o", "a"]\n[1.5, "o", "b"]\n')
    expect(read.ok && read.cast.events.map(({ atMs }) => atMs)).toEqual([500, 1500])
  })

  it('leaves out a last line that was cut off, and says of any other that it is no event', () => {
    const whole = written([
      { atMs: 1, code: 'o', data: 'a' },
      { atMs: 2, code: 'o', data: 'b' },
    ])
    expect(readCast(whole.slice(0, -6))).toMatchObject({ ok: true, cast: { events: [{ data: 'a' }] } })
    expect(readCast(whole.replace('"a"]', ''))).toEqual({ ok: false, why: 'line 2 is no event' })
  })

  it('takes any text for a recording or for none', () => {
    fc.assert(
      fc.property(events, fc.nat(), fc.string(), (all, at, noise) => {
        const text = written(all)
        const place = at % (text.length + 1)
        for (const each of [noise, text.slice(0, place), text.slice(0, place) + noise + text.slice(place)])
          expect(typeof readCast(each).ok).toBe('boolean')
      }),
    )
  })

  it.each([
    ['90x30', { columns: 90, rows: 30 }],
    ['0x30', undefined],
    ['99999x2', undefined],
    ['', undefined],
    ['1e3x5', undefined],
  ])('reads the size %j', (text, size) => {
    expect(sizeOf(text)).toEqual(size)
  })
})
