import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoLayout } from '../../../../test/logs/iso-layout.ts'
import { layoutOf } from '../layout/layout.ts'
import type { LineLayout } from '../layout/line-layout.ts'
import { mergeMined } from './merge-mined.ts'
import type { Mined } from './mined.ts'
import { createMiner, type MinerOptions } from './miner.ts'

const BEGIN = Date.UTC(2026, 0, 2, 3, 4, 5)

/** A record `seconds` after the beginning. */
function at(seconds: number, text: string): string {
  return `${new Date(BEGIN + seconds * 1_000).toISOString()} ${text}`
}

function mined(lines: readonly string[], options: MinerOptions = {}, layout: LineLayout = isoLayout): Mined {
  return minedOf([Buffer.from(lines.join('\n'))], options, layout)
}

function minedOf(chunks: readonly Uint8Array[], options: MinerOptions = {}, layout: LineLayout = isoLayout): Mined {
  const miner = createMiner(layout, options)
  for (const chunk of chunks) {
    const own = Uint8Array.from(chunk)
    miner.feed(own)
    own.fill(0x78)
  }
  return miner.finish()
}

function told(result: Mined): readonly (readonly [number, string | undefined])[] {
  return result.rows.map(({ count, samples }) => [count, samples[0]?.text.slice(25)])
}

describe('rows', () => {
  it('are one for records that differ in numbers alone', () => {
    const result = mined([at(0, 'took 12 ms for web-7'), at(1, 'took 1 ms for web-81'), at(2, 'took long')])
    expect(told(result)).toEqual([
      [2, 'took 12 ms for web-7'],
      [1, 'took long'],
    ])
    expect(result).toMatchObject({ lines: 3, records: 3, undated: 0, other: 0, backwards: 0, cutBytes: 0 })
    expect(result.rows[0]).toMatchObject({ firstAtMs: BEGIN, lastAtMs: BEGIN + 1_000 })
  })

  it.each([
    [
      'JSON without blanks',
      '{"level":"info","id":1,"msg":"pool is open"}',
      '{"level":"error","id":2,"msg":"pool is closed"}',
    ],
    ['keys and values', 'id=1 level=info msg=open', 'id=2 level=error msg=closed'],
    ['paths', 'GET /orders/12/items', 'GET /users/13/items'],
    ['the level as a number', '{"level":30,"msg":"x"}', '{"level":50,"msg":"x"}'],
    ['the priority of the journal', '{"PRIORITY":"3","MESSAGE":"x"}', '{"PRIORITY":"6","MESSAGE":"x"}'],
    ['the class of a failed request', '"GET / HTTP/1.1" 200 1234', '"GET / HTTP/1.1" 502 1234'],
    ['classes of statuses', '"GET / HTTP/1.1" 404 12', '"GET / HTTP/1.1" 502 12'],
    ['what a terminal shows in colour', '\u001b[32mINFO\u001b[0m x', '\u001b[31mERROR\u001b[0m x'],
  ])('are two for %s', (_, one, other) => {
    expect(mined([at(0, one), at(1, other)]).rows).toHaveLength(2)
  })

  it.each([
    ['addresses with and without a port', 'from 10.0.0.7', 'from 10.0.0.7:4711'],
    ['lists of numbers', 'ids [1,2,3]', 'ids [4,5]'],
    ['UUIDs', 'job 0b4f1c2e-1111-4222-8333-444455556666', 'job 1b4f1c2e-1111-4222-8333-444455556667'],
    ['colours', '\u001b[32mINFO\u001b[0m x', 'INFO x'],
    ['statuses of one class', '"GET / HTTP/1.1" 502 1234', '"GET / HTTP/1.1" 503 9'],
  ])('are one for %s', (_, one, other) => {
    expect(mined([at(0, one), at(1, other)]).rows).toHaveLength(1)
  })

  it('are two when the type of the exception differs', () => {
    const failed = (...trace: readonly string[]): readonly string[] => [at(0, 'request 7 failed'), ...trace]
    const traces = [
      failed('java.lang.IllegalStateException: pool 1', '\tat orders.Pool.take(Pool.java:88)'),
      failed('java.lang.IllegalStateException: pool 2', '\tat orders.Pool.take(Pool.java:89)', '\t... 12 more'),
      failed('java.lang.IllegalStateException: pool 2', 'Caused by: java.net.ConnectException: refused'),
      failed('Traceback (most recent call last):', '  File "a.py", line 1, in f', 'ValueError: 1'),
      failed('Traceback (most recent call last):', '  File "b.py", line 2, in g', 'KeyError: 1'),
      failed('System.InvalidOperationException: x', ' ---> System.TimeoutException: 30 s'),
    ]
    const result = mined(traces.flat())
    expect(result.rows.map(({ count }) => count)).toEqual([2, 1, 1, 1, 1])
    expect(result.records).toBe(6)
    expect(result.rows[0]?.samples[0]?.text).toBe(traces[0]?.join('\n'))
  })

  it('beyond the limit make room by letting go of what was seen once', () => {
    const word = (number: number): string =>
      String(number).replaceAll(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)))
    const random = Array.from({ length: 200 }, (_, number) => at(number, `word ${word(number)}`))
    const result = mined([at(0, 'often'), at(0, 'often'), ...random, at(201, 'new at the end'), at(201, 'often')], {
      rows: 50,
    })
    expect(result.rows.length).toBeLessThanOrEqual(50)
    expect(told(result)).toContainEqual([3, 'often'])
    expect(told(result)).toContainEqual([1, 'new at the end'])
    expect(sumOf(result)).toBe(204)
  })

  it('are no more than the limit when none is single', () => {
    const result = mined(
      ['a', 'b', 'c', 'a', 'b', 'c'].map((word) => at(0, word)),
      { rows: 2 },
    )
    expect(result.rows.length).toBeLessThanOrEqual(2)
    expect(sumOf(result)).toBe(6)
  })
})

describe('time', () => {
  it('is counted in buckets that begin at the origin', () => {
    const result = mined([at(0, 'a'), at(9.5, 'a'), at(10, 'a'), at(10.4, 'a')], { originMs: BEGIN + 10_000 })
    expect(result.timeline).toEqual({ originMs: BEGIN + 10_000, widthMs: 1_000, first: -10, buckets: 11 })
    expect([...(result.rows[0]?.counts ?? [])]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2])
  })

  it('makes buckets twice as wide until the span fits', () => {
    const result = mined([at(3_600, 'a'), at(0, 'a'), at(7_200, 'a')], { originMs: BEGIN })
    expect(result.timeline).toMatchObject({ widthMs: 32_000, first: 0, buckets: 226 })
    expect(result.rows[0]?.counts[112]).toBe(1)
    expect(result.backwards).toBe(1)
  })

  it('outside of what is believed is none', () => {
    const result = mined([at(0, 'a'), at(86_400, 'a')], { fromMs: BEGIN, toMs: BEGIN + 60_000 })
    expect(result).toMatchObject({ undated: 1, timeline: { buckets: 1 } })
  })

  it('is that of the record before where a record bears none', () => {
    const lines = [at(7, 'INFO served'), 'panic: no stock', 'goroutine 1 [running]:', at(9, 'INFO served')]
    const layout = layoutOf(Buffer.from(lines.join('\n')), { nowMs: BEGIN + 60_000, zone: 'UTC' })
    const { rows, undated } = mined(lines, {}, layout)
    expect(undated).toBe(1)
    expect(rows.map(({ count, firstAtMs }) => [count, firstAtMs - BEGIN])).toEqual([
      [2, 7000],
      [1, 7000],
    ])
  })

  it('is NaN for a row without any', () => {
    const [row] = mined(['no time here']).rows
    expect(row).toMatchObject({ count: 1, firstAtMs: NaN, lastAtMs: NaN })
  })
})

describe('samples', () => {
  it('are from before and from after the origin', () => {
    const lines = Array.from({ length: 2_000 }, (_, second) => at(second, `took ${second} ms`))
    const [row] = mined(lines, { originMs: BEGIN + 1_900_000 }).rows
    const seconds = row?.samples.map(({ atMs }) => (atMs - BEGIN) / 1_000) ?? []
    expect(seconds[0]).toBe(0)
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b))
    expect(seconds.filter((each) => each >= 1_900)).toHaveLength(8)
    expect(seconds.filter((each) => each < 1_900).length).toBeGreaterThanOrEqual(8)
  })

  it('are at most 16 KiB each', () => {
    const [row] = mined([at(0, 'dump'), ...Array.from({ length: 2_000 }, () => '    at somewhere in the code')]).rows
    expect(row?.samples[0]?.text.length).toBe(16_384)
  })
})

describe('bad input', () => {
  it('is a line of 10 MB: cut', () => {
    const chunks = [
      Buffer.from(at(0, 'begin ')),
      ...Array.from({ length: 10 }, () => Buffer.alloc(1_000_000, 'x')),
      Buffer.from(`\n${at(1, 'next')}\n`),
    ]
    const result = minedOf(chunks)
    expect(result).toMatchObject({ lines: 2, records: 2, bytes: 10_000_062 })
    expect(result.cutBytes).toBe(10_000_031 - 65_536)
  })

  it('is many large records of all kinds: samples are cut shorter, memory is bounded', () => {
    const miner = createMiner(isoLayout, { originMs: BEGIN })
    const letters = (number: number): string =>
      String(number).replaceAll(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)))
    for (let number = 0; number < 2_500; number++)
      miner.feed(Buffer.from(`${at(number, letters(number))}${' and so on'.repeat(1_600)}\n`))
    const { rows, bytes } = miner.finish()
    const kept = rows.reduce((sum, { samples }) => sum + (samples[0]?.text.length ?? 0), 0)
    expect(rows).toHaveLength(2_500)
    expect(bytes).toBeGreaterThan(40_000_000)
    expect(kept).toBeLessThan(33_554_432)
    expect(rows[2_499]?.samples[0]?.text.slice(25, 29)).toBe(letters(2_499))
  })

  it('is a file that was truncated under its writer: NUL bytes are skipped', () => {
    const result = minedOf([Buffer.from(`${at(0, 'a')}\n${'\0'.repeat(5_000)}${at(1, 'a')}\n\0\0\n\n`)])
    expect(result).toMatchObject({ records: 2, lines: 4, undated: 0 })
    expect(result.rows).toHaveLength(1)
  })

  it('is no text: decoded with U+FFFD', () => {
    const [row] = minedOf([Buffer.concat([Buffer.from(at(0, 'x ')), Buffer.from([0xff, 0xfe])])]).rows
    expect(row?.samples[0]?.text.slice(25)).toBe('x \uFFFD\uFFFD')
  })

  it('of any kind and in chunks of any length gives the same', () => {
    fc.assert(
      fc.property(
        someLog,
        fc.array(fc.nat({ max: 200 }), { maxLength: 20 }),
        fc.nat({ max: 100 }),
        (log, cuts, origin) => {
          const options = { originMs: BEGIN + origin * 1_000, rows: 20 }
          expect(minedOf(cutAt(log, cuts), options)).toEqual(minedOf([log], options))
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a layout that reads heads of lines whose end is not known', () => {
  /** Lines of which many begin as the one before does, with what a line may hold and end with. */
  const someLines = fc
    .array(
      fc.tuple(
        fc.constantFrom('', '', '', '\0\0', '  ', '    at f (a.js:1:2)\n', 'ValueError: x\n', '\n'),
        fc.nat({ max: 3 }),
        fc.constantFrom(
          ' a',
          ' b 12',
          ' ',
          '',
          ' \u001b',
          ' \u001b[31m red',
          ' \u001b[',
          ' status=502',
          '\0',
          ' [x]: y',
        ),
        fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '\n\n'),
      ),
      { minLength: 1, maxLength: 40 },
    )
    .map((all) =>
      all.map(([before, second, text, end]) => `${before}${at(second, '').trimEnd()}${text}${end}`).join(''),
    )

  const plain = Buffer.from([at(0, 'a'), at(1, 'b 12'), at(2, 'c')].join('\n'))
  const openLayout = (): LineLayout => layoutOf(plain, { nowMs: BEGIN + 60_000, zone: 'UTC' })

  it('mines what one does that is given whole lines, in chunks of any length', () => {
    expect(openLayout().readOpenHead).toBeDefined()
    fc.assert(
      fc.property(someLines, fc.array(fc.nat({ max: 200 }), { maxLength: 10 }), (text, cuts) => {
        const log = Buffer.from(text)
        const { readOpenHead: _, ...whole } = openLayout()
        expect(minedOf(cutAt(log, cuts), {}, openLayout())).toEqual(minedOf([log], {}, whole))
      }),
      { numRuns: 200 },
    )
  })

  it('cuts a line of 100,000 bytes as one does that is given whole lines', () => {
    const log = Buffer.from([at(0, 'a'), at(0, 'long '.repeat(20_000)), at(0, 'b'), ''].join('\n'))
    const { readOpenHead: _, ...whole } = openLayout()
    const result = minedOf([log], {}, openLayout())
    expect(result).toEqual(minedOf([log], {}, whole))
    expect(result.cutBytes).toBe(100_025 - 65_536)
  })
})

describe('rows that are too many', () => {
  const word = (nth: number): string =>
    nth.toString(26).replaceAll(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)))
  const log = Array.from({ length: 3_000 }, (_, nth) =>
    at(nth, nth === 2_000 ? 'ERROR no room on disk' : `user z${word(nth)}q came by q${word(7 * nth)}z`),
  )

  it('are one by their frequent words, with all counts, and what says something else stays apart', () => {
    const { rows, other, folded, records } = mined(log, { rows: 100, originMs: BEGIN + 1_000_000 })
    expect(rows).toHaveLength(2)
    const [noise, single] = rows.toSorted((a, b) => b.count - a.count)
    expect(noise).toMatchObject({ count: 2_999, firstAtMs: BEGIN, lastAtMs: BEGIN + 2_999_000 })
    expect(noise?.counts.reduce((sum, each) => sum + each, 0)).toBe(2_999)
    expect(noise?.folded).toBeGreaterThan(2_900)
    expect(single?.samples[0]?.text).toContain('ERROR no room on disk')
    expect([other, folded, records]).toEqual([0, 2_999, 3_000])
    const sides = noise?.samples.map(({ atMs }) => atMs < BEGIN + 1_000_000)
    expect(sides).toContain(true)
    expect(sides).toContain(false)
  })

  it('of some records each are folded as well, the smallest first, and a failed request is no other one', () => {
    const visits = Array.from({ length: 4_000 }, (_, nth) =>
      at(nth, `GET /of/z${word(nth % 1_000)}q ${nth % 50 === 49 ? 503 : 200}`),
    )
    const { rows, other } = mined(visits, { rows: 100 })
    expect(other).toBe(0)
    const failed = rows.filter(({ samples }) => samples[0]?.text.endsWith('503'))
    expect(failed.reduce((sum, { count }) => sum + count, 0)).toBe(80)
    for (const row of rows)
      expect(new Set(row.samples.map(({ text }) => text.slice(-3))).size, row.samples[0]?.text).toBe(1)
    expect(rows.reduce((sum, { counts }) => sum + counts.reduce((all, each) => all + each, 0), 0)).toBe(4_000)
  })

  it('make nothing new that was folded before', () => {
    const visits = Array.from({ length: 20_000 }, (_, nth) => at(nth, `GET /of/z${word((nth * 7) % 500)}q 200`))
    const { rows } = mined(visits, { rows: 100 })
    const late = rows.filter(({ firstAtMs }) => firstAtMs > BEGIN + 10_000_000)
    expect(late).toEqual([])
    expect(rows.some(({ count }) => count > 19_000)).toBe(true)
  })

  it('without a word in common are counted, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 300 }), fc.string({ maxLength: 12 })), { maxLength: 300 }),
        fc.integer({ min: 1, max: 30 }),
        (lines, most) => {
          const result = mined(
            lines.map(([second, text]) => at(second, text)),
            { rows: most, originMs: BEGIN + 150_000 },
          )
          expect(sumOf(result)).toBe(result.records)
          expect(result.rows.length).toBeLessThanOrEqual(most)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('a layout that looks back', () => {
  const lookingBack: LineLayout = {
    ...isoLayout,
    continues: (bytes, start, end) => isoLayout.continues(bytes, start, end) && bytes[start - 2] !== 0x2e,
  }

  it('finds the line before in the same bytes, in chunks of any length', () => {
    fc.assert(
      fc.property(someLog, fc.array(fc.nat({ max: 60 }), { maxLength: 30 }), (log, cuts) => {
        expect(minedOf(cutAt(log, cuts), {}, lookingBack)).toEqual(minedOf([log], {}, lookingBack))
      }),
      { numRuns: 200 },
    )
  })

  it('is told the truth on both sides of a border between chunks', () => {
    const log = Buffer.from(`${at(0, 'a.')}\nloose\n    at f\n`)
    for (let cut = 0; cut <= log.length; cut++)
      expect(minedOf([log.subarray(0, cut), log.subarray(cut)], {}, lookingBack).records).toBe(2)
  })
})

describe('mined parts', () => {
  it('merged are what the whole gives', () => {
    fc.assert(
      fc.property(fc.array(someLog, { maxLength: 4 }), (logs) => {
        const ended = logs.map((log) => Buffer.concat([log, Buffer.from(`\n${at(0, 'end')}\n`)]))
        const merged = mergeMined(ended.map((log) => minedOf([log])))
        const whole = minedOf(ended)
        for (const figure of ['bytes', 'lines', 'cutBytes'] as const) expect(merged[figure]).toBe(whole[figure])
        expect(sumOf(merged)).toBe(merged.records)
        if (logs.every(beginsRecord)) {
          expect(countsOf(merged)).toEqual(countsOf(whole))
          if (logs.length > 0) expect(merged.timeline).toEqual(whole.timeline)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('of different origins are refused', () => {
    expect(() => mergeMined([mined([], { originMs: 1 }), mined([], { originMs: 2 })])).toThrow(/origins/)
  })
})

const someLine = fc.oneof(
  fc
    .tuple(
      fc.nat({ max: 5_000 }),
      fc.constantFrom('took 12 ms', 'took 7 ms', 'level=error x', 'a\0b', 'GET /a/1 500', ''),
    )
    .map(([second, text]) => at(second, text)),
  fc.constantFrom(
    '',
    '\r',
    '    at f (a.js:1:2)',
    'ValueError: bad',
    'Caused by: a.B: c',
    'Caused by: a.C: c',
    '\0\0',
    'loose 1',
  ),
  fc.string({ maxLength: 30 }),
)
const someLog = fc.oneof(
  fc.array(someLine, { maxLength: 40 }).map((lines) => Buffer.from(lines.join('\n'))),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
)

function beginsRecord(log: Uint8Array): boolean {
  return isoLayout.timeOf(log, 0, log.length) >= 0
}

function cutAt(log: Uint8Array, lengths: readonly number[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = []
  let from = 0
  for (const length of lengths) {
    chunks.push(log.subarray(from, from + length))
    from += length
  }
  return [...chunks, log.subarray(from)]
}

function countsOf(result: Mined): ReadonlyMap<string | undefined, readonly number[]> {
  return new Map(result.rows.map(({ signature, count, counts }) => [signature, [count, ...counts]]))
}

function sumOf(result: Mined): number {
  return result.rows.reduce((sum, { count }) => sum + count, result.other)
}
