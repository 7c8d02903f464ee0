import { describe, expect, it } from 'vitest'
import type { ShownRecord } from '../../steps/logs/record-assembler.ts'
import { localTime } from '../local-time.ts'
import { recordLines, type RecordStyle } from './record-lines.ts'
import { soughtBy } from './record-output.ts'

const atMs = Date.UTC(2026, 10, 26, 14, 5, 33, 106)
const record = (text: string, at: number = atMs): ShownRecord => ({
  box: 'web-1',
  source: 'unit:orders.service',
  atMs: at,
  text,
  event: undefined,
})
const alone: RecordStyle = {
  style: { columns: 80, color: false, unicode: true },
  boxes: ['web-1'],
  manyLogs: false,
  withDate: false,
  sought: undefined,
}

describe('seconds since the epoch, as the journal has them, are a time that a person reads', () => {
  const journal = `${Math.floor(atMs / 1000)}.106312 web-1 sh[143]: boom`

  it('in one log', () => {
    expect(recordLines(record(journal), alone)).toBe(`${localTime(atMs)}.106 web-1 sh[143]: boom\n`)
  })

  it.each([
    ['<2>', 'crit '],
    ['<3>', 'err '],
    ['<4>', 'warning '],
    ['<28>', 'warning '],
    ['<6>', ''],
    ['<>', ''],
  ])('with a priority that calls for attention as a word: %s', (priority, word) => {
    expect(recordLines(record(`${priority}${journal}`), alone)).toBe(
      `${localTime(atMs)}.106 ${word}web-1 sh[143]: boom\n`,
    )
  })

  it('and once where records of several logs stand beside each other', () => {
    const lines = recordLines(record(journal), { ...alone, manyLogs: true })
    expect(lines).toBe(`${localTime(atMs).slice(11)}.106 orders.service web-1 sh[143]: boom\n`)
  })

  it.each(['2026-11-26 14:05:33 boom', '1795677338 boom', '{"time":1795677338.106}', 'at 1795677338.106312 boom'])(
    'and all else stays as it was written: %s',
    (text) => {
      expect(recordLines(record(text), alone)).toBe(`${text}\n`)
    },
  )

  it('also where the record has no time', () => {
    expect(recordLines(record(journal, NaN), alone)).toBe(`${journal}\n`)
  })
})

describe('what was sought is marked and stays', () => {
  const marked = (text: string, grep: readonly string[], ignoreCase = false): string | undefined =>
    soughtBy(grep, ignoreCase)?.(text)

  it.each([
    ['invoice 17 could not be written', ['could not'], 'invoice 17 [could not] be written'],
    ['timeout, refused', ['time(out)', 'refused'], '[timeout], [refused]'],
    ['it costs $0 and $&', ['costs'], 'it [costs] $0 and $&'],
    ['$1', ['\\$1'], '[$1]'],
  ])('%s', (text, grep, expected) => {
    const words = marked(text, grep)?.replaceAll('\u001b[7m', '[').replaceAll('\u001b[27m', ']')
    expect(words).toBe(expected)
  })

  it('an expression that is not understood marks nothing', () => {
    expect(soughtBy(['a('], false)).toBeUndefined()
  })
})
