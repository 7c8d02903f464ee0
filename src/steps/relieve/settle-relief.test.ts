import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { chained, opened, short, STARTED_MS } from '../../../test/incidents/entries.ts'
import { boxThatSays, keepingRecorder } from '../../../test/relieve/box-that-says.ts'
import type { PayloadOf } from '../../incidents/payloads.ts'
import type { RecordDraft } from '../../incidents/recorder.ts'
import { recordedRelief, type RecordedRelief } from './recorded-relief.ts'
import { checkRelief } from './settle-relief.ts'

const BEFORE = [
  { name: 'ActiveState', value: 'active' },
  { name: 'MainPID', value: '812' },
  { name: 'InvocationID', value: '0123456789ab' },
]
const begun = (more: Partial<PayloadOf<'relieved'>> = {}) =>
  chained([
    opened,
    short(
      'relieved',
      {
        what: 'restart orders.service',
        price: 'change',
        relief: 'restart',
        target: ['orders.service'],
        state: 'running',
        before: BEFORE,
        ...more,
      },
      { box: 'web-1', minute: 0 },
    ),
  ])

describe('a relief of the record', () => {
  it('is taken by what was there before, in its form', () => {
    expect(recordedRelief(begun(), 'web-1', 2)).toMatchObject({ seq: 2, before: { MainPID: '812' } })
  })

  it.each([
    [{ name: 'MainPID', value: '[redacted]' }],
    [{ name: 'InvocationID', value: "'; touch made; '" }],
    [{ name: 'link', value: '/etc' }],
  ])('is not where the record says %j', (odd) => {
    expect(recordedRelief(begun({ before: [...BEFORE, odd] }), 'web-1', 2)).toMatchObject({
      why: expect.stringContaining('cannot be told from the record'),
    })
  })
})

const UP = ['ActiveState=active', 'SubState=running', 'MainPID=900', 'NRestarts=0']
const answer = (run: string): string =>
  ['first', 'then'].flatMap((moment) => [...UP, `InvocationID=${run}`].map((line) => `${moment}.${line}`)).join('\n')
const SAME = answer('0123456789abcdef')
const ANOTHER = answer('ffff456789abcdef')
const WAITING = `${SAME}\njob waiting`

describe('a look how a relief ended', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => vi.useRealTimers())

  /** What it says of a box that answers so, that many minutes after the relief was begun; and what was written down. */
  const looked = async (said: string, minutes: number) => {
    vi.setSystemTime(STARTED_MS + minutes * 60_000)
    const entries = begun()
    const recorded = recordedRelief(entries, 'web-1', 2)
    if ('why' in recorded) throw new Error(recorded.why)
    const drafts: RecordDraft[] = []
    const done = await checkRelief(
      boxThatSays(() => ({ text: said })),
      options(recorded, drafts),
    )
    return { state: done.state, worked: done.worked, why: done.failure?.message, written: drafts.map(({ did }) => did) }
  }

  it('writes nothing down of one that has not worked yet and may still be done', async () => {
    expect(await looked(SAME, 9)).toEqual({
      state: 'lost',
      worked: false,
      why: expect.stringMatching(/#2 has not worked so far: .*less than 10 minutes ago/),
      written: [],
    })
    expect(await looked(SAME, 11)).toMatchObject({ state: 'ended', worked: false, written: ['relieved'] })
  })

  it('writes down one that is seen to have worked, however young', async () => {
    expect(await looked(ANOTHER, 1)).toMatchObject({ state: 'ended', worked: true, written: ['relieved'] })
  })

  it('leaves open what the box does not show, however old', async () => {
    for (const said of [WAITING, '', 'then.ActiveState='])
      expect(await looked(said, 600)).toEqual({
        state: 'lost',
        worked: false,
        why: expect.stringMatching(/^How #2 ended cannot be seen: /),
        written: [],
      })
  })
})

function options(recorded: RecordedRelief, drafts: RecordDraft[]) {
  return {
    recorded,
    recorder: keepingRecorder(drafts),
    entries: async () => [],
    redact: (text: string) => text,
    signal: new AbortController().signal,
    onStage: () => undefined,
  }
}
