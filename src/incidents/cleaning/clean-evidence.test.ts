import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCast } from '../cast.ts'
import { readRecordingBytes } from '../../boxes/recorded.ts'
import { cleanEvidence, type ChangesIn } from './clean-evidence.ts'

/** In place of each `web-7`. */
const changesIn: ChangesIn = (text) =>
  Array.from(text.matchAll(/web-7/g), ({ index }) => ({ start: index, end: index + 5, mark: 'host-1' }))

function clean(bytes: Uint8Array | string): string {
  return Buffer.from(cleanEvidence(Buffer.from(bytes), changesIn).bytes).toString('latin1')
}

const HEADER =
  '{"version": 3, "term": {"cols": 80, "rows": 24, "type":"xterm"}, "timestamp": 1, "title": "web-7", "command": "ssh web-7"}'

describe('cleaned evidence', () => {
  it('is changed in text, in bytes that are no UTF-8, and between zeros', () => {
    expect(clean('a web-7\n')).toBe('a host-1\n')
    expect(clean(Buffer.from('\u00fc web-7', 'latin1'))).toBe('\u00fc host-1')
    expect(clean('ssh\0web-7\0')).toBe('ssh\0host-1\0')
  })

  it('is left out where it is no text, or of two bytes a character', () => {
    for (const bytes of [
      Buffer.from([0xff, 0, 1, 2]),
      Buffer.from([0x1f, 0x8b, 8, 0, 0xff]),
      Buffer.from('web-7 is down', 'utf16le'),
    ]) {
      expect(cleanEvidence(bytes, changesIn).isLeftOut).toBe(true)
      expect(clean(bytes)).toBe(`[halligan: ${bytes.length} bytes that are no text are not in this clean export]\n`)
    }
  })

  it('is changed as a terminal shows it', () => {
    expect(clean('we\u001b[1mb-\u001b[0m7 up')).toBe('host-1\u001b[1m\u001b[0m up')
    expect(clean('w\bwe\beb\bb-\b-7\b7 up')).toBe('w\bhost-1 up')
  })

  it('of a session is changed over its events, and keeps its times and no more of its head than is needed', () => {
    const events = [
      '[0.5, "o", "we"]',
      '[0.1, "r", "90x30"]',
      '[1.25, "o", "b-7\\r\\n"]',
      '[0.1, "i", "ls web-7"]',
      '[1, "x", "0"]',
    ]
    const text = clean([HEADER, '# of web-7', ...events, ''].join('\n'))
    expect(text).not.toMatch(/web-7|b-7|ssh/)
    expect(text).toMatch(/^# of host-1$/m)
    const read = readCast(text)
    expect(read.ok && read.cast).toMatchObject({ columns: 80, rows: 24, title: 'host-1', startedAtMs: 1000 })
    expect(read.ok && read.cast.events.map(({ atMs, code, data }) => [atMs, code, data])).toEqual([
      [500, 'o', 'host-1'],
      [600, 'r', '90x30'],
      [1850, 'o', '\r\n'],
      [1950, 'i', 'ls host-1'],
      [2950, 'x', '0'],
    ])
  })

  it('of a session that no player would take is changed over its events all the same', () => {
    const events = ['[0.5, "o", "we"]', 'no event of web-7', '[1.25, "o", "b-7\\r\\n"]', '[1, "o", "cut of']
    for (const header of [
      '{"version": 3, "term": {"cols": 0, "rows": 0}}',
      '{"version": 2, "width": 80, "height": 24, "env": {"HOST": "web-7"}}',
    ]) {
      const text = clean([header, ...events].join('\n'))
      expect(text).not.toMatch(/web-7|b-7/)
      expect(text).toMatch(/"o", "host-1"\]$/m)
      expect(text).toMatch(/^no event of host-1$/m)
    }
  })

  it('of a look keeps the marks between its frames, whatever a box is called', () => {
    const boundary = 'web-7'.replaceAll(/./g, '5e')
    const header = {
      schema: 'halligan.recording/1',
      box: 'web-7',
      identity: { hostname: 'web-7' },
      boundary,
      startedAtMs: 1,
      beganAtMs: 1,
      durationMs: 1,
      deep: false,
      windowSeconds: 1,
      asked: ['web-7'],
      version: '0.1.0',
    }
    const text = clean(
      `${JSON.stringify(header)}\n\n${boundary} [ cat\n\n${boundary} + web-7 first 1.5\nhostname web-7\n${boundary} - 0\n`,
    )
    const recording = readRecordingBytes(Buffer.from(text), 'x')
    expect('header' in recording && recording.header).toMatchObject({
      box: 'host-1',
      identity: { hostname: 'host-1' },
      asked: ['web-7'],
    })
    expect(text).toContain(`\n${boundary} + web-7 first 1.5\nhostname host-1\n`)
  })

  it('never throws, and says the same of the same', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(`${HEADER}\n${text}`)),
        ),
        (bytes) => {
          expect(clean(bytes)).toBe(clean(bytes))
        },
      ),
    )
  })

  it('stays as it is where nothing is to be changed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        fc.pre(!/web-7/.test(text) && !/(?:[ -~]\0){4}/.test(text))
        expect(Buffer.from(cleanEvidence(Buffer.from(text), changesIn).bytes).toString()).toBe(
          Buffer.from(text).toString(),
        )
      }),
    )
  })
})
