import { describe, expect, it } from 'vitest'
import { localBox } from '../../../boxes/local.ts'
import type { LogCaps, LogFilter, LogWindow } from '../../../evidence/logs/window.ts'
import { linesOf, stamped } from '../../../../test/logs/lines.ts'
import { fetchLog } from './fetch.ts'

const T0 = Date.parse('2026-03-01T10:00:00.000Z')
const ALL: LogFilter = { grep: [], not: [], fields: [], ignoreCase: false }
const TEXT = stamped(T0, 5_000, 1000, (at) => `${at % 9 ? 'fine' : 'bad\n  at frame'} ${at}`)

describe('standard input', () => {
  it('is read as it comes, by window, filter and limit', async () => {
    expect((await read({}, ALL)).got).toBe(TEXT)
    const window = { fromMs: T0 + 100_000, toMs: T0 + 2_000_000 }
    expect((await read(window, ALL)).got).toBe(linesOf(TEXT, window.fromMs, window.toMs))
    const records = linesOf(TEXT, window.fromMs, window.toMs).split(/^(?=2026)/m)
    const wanted = records.filter((record) => record.includes('frame') && !/ .*7$/m.test(record)).join('')
    expect((await read(window, { ...ALL, grep: ['FRAME [0-9]+'], not: ['7$'], ignoreCase: true })).got).toBe(wanted)
    const capped = await read({}, ALL, 10_000)
    expect(capped.report).toMatchObject({ capped: 'bytes', skipped: [] })
    expect(TEXT.startsWith(capped.got) && capped.got.endsWith('\n') && capped.got.length > 9_900).toBe(true)
  })

  it('stops at a limit that lies where a chunk ends, and leaves no half line behind', async () => {
    const asked: number[] = []
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < 10_000; at++) {
        asked.push(at)
        yield Buffer.from(`${stamped(T0, 1, 1000, () => 'a line')}half of a l`)
      }
    }
    const { got, report } = await readFrom(endless(), {}, ALL, { bytes: 38 * 10, seconds: 30 })
    expect(got.endsWith('a line\n')).toBe(true)
    expect(report).toMatchObject({ capped: 'bytes', lacks: 'later' })
    expect(asked.length).toBeLessThan(20)
  })

  it('whose writer stands still is not waited for beyond the limit of time', async () => {
    async function* stalled(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(stamped(T0, 3, 1000, () => 'a line'))
      await new Promise(() => {})
    }
    const { got, report } = await readFrom(stalled(), {}, ALL, { bytes: 1e6, seconds: 0.05 })
    expect(got.split('\n')).toHaveLength(4)
    expect(report).toMatchObject({ capped: 'seconds', lacks: 'later' })
  })

  it('that cannot be read is a failure in words', async () => {
    // eslint-disable-next-line require-yield
    async function* broken(): AsyncGenerator<Uint8Array> {
      throw new Error('EISDIR: illegal operation on a directory, read')
    }
    const { failure } = await readFrom(broken(), {}, ALL, { bytes: 1e6, seconds: 30 })
    expect(failure?.message).toContain('could not be read to its end: EISDIR')
  })

  it('may be empty, and has to be there', async () => {
    expect(await read({}, ALL, 10, '')).toMatchObject({ got: '', failure: undefined })
    expect((await read({}, ALL, 10, undefined)).failure?.message).toBe('There is no standard input to read.')
  })
})

async function read(window: LogWindow, filter: LogFilter, bytes = 1e9, ...text: [(string | undefined)?]) {
  const input = text.length === 0 ? TEXT : text[0]
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < (input ?? '').length; at += 1000) yield Buffer.from((input ?? '').slice(at, at + 1000))
  }
  return readFrom(input === undefined ? undefined : pieces(), window, filter, { bytes, seconds: 30 })
}

async function readFrom(
  input: AsyncIterable<Uint8Array> | undefined,
  window: LogWindow,
  filter: LogFilter,
  caps: LogCaps,
) {
  const box = localBox()
  const got: Uint8Array[] = []
  const { report, failure } = await fetchLog(
    box,
    {
      box: 'local',
      id: '-',
      kind: 'stdin',
      files: [],
      found: 'named',
      writers: [],
      head: Buffer.from(TEXT).subarray(0, 65_536),
    },
    {
      window,
      filter,
      caps,
      time: { nowMs: T0, zone: 'UTC' },
      onBytes: (chunk) => void got.push(chunk.slice()),
      signal: new AbortController().signal,
      ...(input === undefined ? {} : { input }),
    },
  )
  await box.close()
  return { got: Buffer.concat(got).toString(), report, failure }
}
