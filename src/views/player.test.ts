import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SCREEN_RESET } from '../base/terminal-filter.ts'
import type { CastEvent } from '../incidents/cast.ts'
import { play } from './player.ts'

const cast = (events: readonly CastEvent[]) => ({ columns: 80, rows: 24, startedAtMs: 0, title: '', events })

async function played(events: readonly CastEvent[], speed = 1, idleLimitMs = 2_000, until = Infinity) {
  const waits: number[] = []
  let text = ''
  await play(cast(events), {
    speed,
    idleLimitMs,
    write: (piece) => (text += piece),
    wait: (milliseconds) => {
      waits.push(milliseconds)
      return Promise.resolve(waits.length < until)
    },
  })
  return { text, waits }
}

it('waits as the recording did, faster and without its long pauses', async () => {
  const events: readonly CastEvent[] = [
    { atMs: 100, code: 'o', data: 'a' },
    { atMs: 101, code: 'o', data: 'b' },
    { atMs: 60_101, code: 'i', data: 'ls\r' },
    { atMs: 60_301, code: 'o', data: 'c' },
  ]
  expect((await played(events)).waits).toEqual([100, 2_201])
  expect((await played(events, 2)).waits).toEqual([50, 1_100.5])
  expect((await played(events)).text).toMatch(/^abc/)
})

it('ends when the person has seen enough, and puts the terminal back', async () => {
  const { text } = await played(
    [
      { atMs: 10, code: 'o', data: '\u001b[?1049hfull' },
      { atMs: 20, code: 'o', data: 'more' },
    ],
    1,
    2_000,
    2,
  )
  expect(text).toContain('full')
  expect(text).not.toContain('more')
  expect(text).toContain(`\u001b[?1049l${SCREEN_RESET}`)
})

it('gives the terminal nothing of a hostile recording but what shows something', async () => {
  const hostile = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        '\u001b]52;c;ZXZpbA==',
        '\u0007',
        '\u001b[6n',
        '\u009b',
        '\u001b[',
        '>4;2m',
        '\u001bP+q',
        '\u001b\\',
      ),
    ),
    { maxLength: 20 },
  )
  await fc.assert(
    fc.asyncProperty(hostile, async (pieces) => {
      const { text } = await played(pieces.map((data, at) => ({ atMs: at, code: 'o', data })))
      expect(text).not.toMatch(
        // eslint-disable-next-line no-control-regex -- control characters are what it is about
        /\u001b[\]PX^_kZc=>]|\u001b\[[<=>]|\u001b\[[0-9;?]*[cntix]|[\u0000-\u0007\u007f-\u009f]/,
      )
    }),
  )
})
