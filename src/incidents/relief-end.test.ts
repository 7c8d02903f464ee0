import { describe, expect, it } from 'vitest'
import { chained, opened, purged, short, type Short } from '../../test/incidents/entries.ts'
import { obstaclesTo } from './closing.ts'
import { notifiableAs } from './notifiable-as.ts'
import type { PayloadOf } from './payloads.ts'
import { situationOf, type Situation } from './situation.ts'

const relieved = (more: Partial<PayloadOf<'relieved'>>, box = 'web-1'): Short =>
  short('relieved', { what: 'pause backup.timer', price: 'change', relief: 'pause-timer', ...more }, { box })
const intent = relieved({ state: 'running', undo: 'start backup.timer', target: ['backup.timer'] })
const situation = (...more: readonly Short[]): Situation => situationOf(chained([opened, ...more]))

describe('a relief', () => {
  it('that has begun is unfinished until somebody has seen how it ended', () => {
    for (const lost of [[intent], [intent, relieved({ state: 'lost', of: 2 })]]) {
      expect(situation(...lost).holdings).toMatchObject([
        {
          seq: 2,
          kind: 'relief',
          what: 'pause backup.timer (how it ended was not seen)',
          settledBy: 'halligan relieve web-1 check 2',
        },
      ])
      expect(obstaclesTo(situation(...lost), 'known')).toMatchObject([
        { tryNext: expect.stringMatching(/^halligan relieve web-1 check 2;.*halligan undone 2 HOW/) },
      ])
    }
  })

  it('that was done through sudo is looked at, and taken back, through sudo', () => {
    const asRoot = relieved({ state: 'running', undo: 'start backup.timer', target: ['backup.timer'], sudo: true })
    expect(situation(asRoot).holdings).toMatchObject([{ settledBy: 'halligan relieve --sudo web-1 check 2' }])
    expect(situation(asRoot, relieved({ state: 'ended', of: 2, worked: true })).holdings).toMatchObject([
      { settledBy: 'halligan relieve --sudo web-1 undo 2' },
    ])
  })

  it('that has ended holds while it can be taken back, whether it worked or not', () => {
    for (const worked of [true, false])
      expect(situation(intent, relieved({ state: 'ended', of: 2, worked })).holdings).toMatchObject([
        { seq: 2, undo: 'start backup.timer', settledBy: 'halligan relieve web-1 undo 2' },
      ])
    const restart = relieved({ what: 'restart orders.service', relief: 'restart', state: 'running' })
    expect(situation(restart, relieved({ state: 'ended', of: 2, worked: true })).holdings).toEqual([])
  })

  it('that was not started holds nothing, nor one that was taken back', () => {
    expect(situation(relieved({ state: 'not-started', why: 'masked' })).holdings).toEqual([])
    expect(situation(intent, relieved({ state: 'not-started', of: 2 })).holdings).toEqual([])
    const done = relieved({ state: 'ended', of: 2, worked: true })
    const back = relieved({ state: 'running', undoes: 2 })
    expect(situation(intent, done, back).holdings.map(({ seq }) => seq)).toEqual([2, 4])
    const over = [back, relieved({ state: 'ended', of: 4, worked: true, undoes: 2 }), short('undone', { of: 2 })]
    expect(situation(intent, done, ...over).holdings).toEqual([])
  })

  it('is one thing that was tried, with what came of it', () => {
    const tried = (...more: readonly Short[]) => situation(...more).tried.map(({ seq, relief }) => [seq, relief])
    expect(tried(intent, relieved({ state: 'ended', of: 2, worked: true }))).toEqual([[2, 'done']])
    expect(tried(intent, relieved({ state: 'ended', of: 2, worked: false }))).toEqual([[2, 'failed']])
    expect(tried(intent)).toEqual([[2, 'unseen']])
    expect(tried(relieved({ state: 'not-started' }))).toEqual([[2, 'not-started']])
    expect(tried(relieved({}))).toEqual([[2, 'done']])
  })

  it('is known to be over where the entry that said so was purged', () => {
    const entries = chained([
      opened,
      relieved({ relief: 'restart', state: 'running' }),
      relieved({ relief: 'restart', state: 'ended', of: 2, worked: true }),
      short('purged', { seq: 3, why: 'a name in it', of: 2, over: true }),
    ])
    expect(situationOf(entries.map((entry) => (entry.seq === 3 ? purged(entry) : entry))).holdings).toEqual([])
  })

  it('is told of once it is known how it ended', () => {
    const as = (each: Short) => notifiableAs(chained([opened, each])[1]!)
    expect(as(intent)).toBeUndefined()
    expect(as(relieved({ state: 'not-started' }))).toBeUndefined()
    expect(as(relieved({ state: 'ended', of: 1, worked: true }))).toBe('relieved')
    expect(as(relieved({}))).toBe('relieved')
  })
})
