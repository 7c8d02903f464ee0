import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { castHeader, castLines, readCast, type CastEvent } from './cast.ts'
import { castLookedThrough } from './cast-second-pass.ts'
import { readingsOf } from './cast-reading.ts'
import type { Change } from './change.ts'

/** A kind of token that our own rules do not know. */
const TOKEN = /zz-[a-z0-9]{12}/g
const find = (text: string): Promise<readonly Change[]> =>
  Promise.resolve(
    [...text.matchAll(TOKEN)].map(({ 0: { length }, index }) => ({
      start: index,
      end: index + length,
      mark: '‹secret:zz:abcd›',
    })),
  )

function castOf(events: readonly CastEvent[]): Uint8Array {
  const header = castHeader({ columns: 80, rows: 24, term: 'xterm', startedAtMs: 0, title: 'web-1' })
  return Buffer.from([header, '# halligan {"seq":3}\n', ...events.map(castLines())].join(''))
}
const outputs = (pieces: readonly string[]): readonly CastEvent[] =>
  pieces.map((data, at) => ({ atMs: at * 10, code: 'o', data }))
const lookedThrough = async (bytes: Uint8Array): Promise<string> =>
  Buffer.from(await castLookedThrough(bytes, find)).toString()

/** As a person reads it. */
function said(out: string): string {
  const read = readCast(out)
  return read.ok ? (readingsOf(read.cast.events)[0]?.text ?? '') : out
}

describe('the second pass over a session', () => {
  it.each([
    ['in one piece', ['key zz-abcdefghij01 is new\r\n']],
    ['key by key', [...Array.from('login zz-abcdefghij01'), '\r\n']],
    ['with colours within', ['zz-abc\u001b[32mdefghij\u001b[0m01\r\n']],
    ['over the edge of a row', ['$ login zz-abcde \rfghij01\r\n']],
    ['in a line without an end', ['zz-abcdefghij01 and on']],
  ])('takes out what comes %s', async (_, pieces) => {
    const out = await lookedThrough(castOf(outputs(pieces)))
    expect(out).toContain('‹secret:zz:abcd›')
    expect(said(out)).not.toMatch(/abcde|ij01/)
    expect(readCast(out)).toMatchObject({ ok: true, cast: { columns: 80, rows: 24, title: 'web-1' } })
    expect(out.split('\n')[1]).toBe('# halligan {"seq":3}')
  })

  it('takes it out of what was typed as well, and keeps times and sizes', async () => {
    const events: readonly CastEvent[] = [
      { atMs: 0, code: 'o', data: '$ ' },
      { atMs: 500, code: 'i', data: 'login zz-abcdefghij01\r' },
      { atMs: 500, code: 'o', data: 'login zz-abcdefghij01\r\n' },
      { atMs: 900, code: 'r', data: '100x40' },
      { atMs: 1500, code: 'x', data: '0' },
    ]
    const read = readCast(await lookedThrough(castOf(events)))
    expect(read.ok && read.cast.events.map(({ atMs, code }) => [atMs, code])).toEqual(
      events.map(({ atMs, code }) => [atMs, code]),
    )
    expect(read.ok && read.cast.events[1]?.data).toBe('login ‹secret:zz:abcd›\r')
  })

  it('gives the same bytes where there is nothing to take out, and of what is no session', async () => {
    for (const bytes of [castOf(outputs(['\u001b[31mred\u001b[0m\r\n', 'x\b \b\r\n'])), Buffer.from('zz-abcdefghij01')])
      expect(await castLookedThrough(bytes, find)).toBe(bytes)
  })

  it('finds all of what is there, however it came, in a line that does not end as well', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('zz-abcdefghij01', ' a ', '\r\n', '\u001b[1m', 'word ', 'x'.repeat(40_000)), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.integer({ min: 1, max: 9 }),
        async (parts, size) => {
          const text = parts.join(' ')
          const pieces = text.length > 20_000 ? [text] : (text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [])
          const out = await lookedThrough(castOf(outputs(pieces)))
          expect(said(out)).not.toContain('zz-abcdefghij01')
        },
      ),
      { numRuns: 60 },
    )
  })
})
