import { afterEach, describe, expect, it } from 'vitest'
import { short } from '../../test/incidents/entries.ts'
import { overtaken, testRecord, type TestRecord } from '../../test/incidents/open-incident.ts'
import { situationOf, type Situation } from '../incidents/situation.ts'
import { INCIDENT, look, ran } from '../../test/incidents/entries.ts'
import { closeIncident } from './close.ts'
import { planPurge, purge } from './purge.ts'
import { judge, suppose } from './hypothesis.ts'
import { reopen } from './reopen.ts'
import { link, settle } from './settle.ts'
import { takeOver } from './take-over.ts'

let record: TestRecord
afterEach(() => record.end())

async function situation(): Promise<Situation> {
  return situationOf(await record.store.read(INCIDENT))
}

const kinds = async (): Promise<readonly string[]> => (await record.store.read(INCIDENT)).map(({ did }) => did)

describe('a hypothesis', () => {
  it('gets the next number, though somebody else supposes something at the same moment', async () => {
    record = await testRecord()
    const alice = overtaken(record.as('alice@laptop'), () => suppose(record.as('bob@desk'), 'the disk'))
    expect(await suppose(alice, 'the pool')).toMatchObject({ how: 'recorded', entry: { payload: { hypothesis: 2 } } })
    expect((await situation()).hypotheses.map(({ number, text, by }) => [number, text, by])).toEqual([
      [1, 'the disk', 'bob@desk'],
      [2, 'the pool', 'alice@laptop'],
    ])
  })

  it('is ruled out and confirmed by entries that are there', async () => {
    record = await testRecord(short('supposed', { hypothesis: 1, text: 'the pool' }), look([]))
    const open = record.as('bob@desk')
    const verdict = { state: 'ruled-out', number: 1, why: 'p99 is 3 ms', evidence: [3] } as const
    expect(await judge(open, { ...verdict, number: 7 })).toMatchObject({
      how: 'left',
      leave: { why: 'no-such-hypothesis' },
    })
    expect(await judge(open, { ...verdict, evidence: [3, 99] })).toMatchObject({
      how: 'left',
      leave: { why: 'no-such-entry', missing: [99], purged: [] },
    })
    expect(await judge(open, verdict)).toMatchObject({
      how: 'recorded',
      entry: { did: 'ruled-out', payload: { by: [3] } },
    })
    await record.store.purge(INCIDENT, 3, { at: '2026-11-25T15:00:00.000Z', by: 'bob@desk', why: 'a name in it' })
    expect(await judge(open, { ...verdict, state: 'confirmed' })).toMatchObject({
      how: 'left',
      leave: { why: 'no-such-entry', missing: [], purged: [3] },
    })
  })
})

describe('closing', () => {
  const confirmed = [
    short('supposed', { hypothesis: 1, text: 'the pool' }),
    short('confirmed', { hypothesis: 1, why: 'seen', by: [1] }),
  ]

  it('takes the confirmed hypothesis for the cause', async () => {
    record = await testRecord(...confirmed)
    const outcome = await closeIncident(record.as('alice@laptop'), { cause: undefined, anyway: undefined })
    expect(outcome).toMatchObject({ how: 'closed', overridden: [], entry: { payload: { cause: 'the pool' } } })
  })

  it('is refused with everything that stands against it, and nothing is written', async () => {
    record = await testRecord(ran('sleep 9', { state: 'running', job: 'j-1', exit: undefined }))
    const outcome = await closeIncident(record.as('alice@laptop'), { cause: undefined, anyway: undefined })
    expect(outcome.how === 'refused' ? outcome.obstacles.length : 0).toBe(2)
    expect(await kinds()).toEqual(['opened', 'ran'])
  })

  it('is not made possible by a purge of what still runs, nor impossible by one of what is over', async () => {
    record = await testRecord(
      ran('sleep 9', { state: 'running', job: 'j-1', exit: undefined }),
      short('relieved', { what: 'port closed', price: 'change', undo: 'open it' }, { box: 'web-1' }),
    )
    const gone = async (seq: number) =>
      purge(record.store, INCIDENT, await planPurge(record.store, INCIDENT, seq), {
        at: '2026-11-25T15:00:00.000Z',
        by: 'bob@desk',
        why: 'a name in it',
      })
    await gone(2)
    await gone(3)
    const open = record.as('alice@laptop')
    const refused = await closeIncident(open, { cause: 'the pool', anyway: undefined })
    expect(refused.how === 'refused' ? refused.obstacles.map(({ what }) => what.slice(0, 2)) : []).toEqual(['#2', '#3'])
    await settle(open, 2, undefined)
    await settle(open, 3, undefined)
    await record.write(ran('df', { state: 'running', exit: undefined }), ran('df', { of: 8 }), ran('id', { exit: 1 }))
    for (const seq of [6, 9, 10]) await gone(seq)
    expect((await situation()).holdings).toEqual([])
    expect(await closeIncident(open, { cause: 'the pool', anyway: undefined })).toMatchObject({ how: 'closed' })
  })

  it('is done anyway for a reason, which is written first', async () => {
    record = await testRecord(ran('sleep 9', { state: 'running', job: 'j-1', exit: undefined }))
    const outcome = await closeIncident(record.as('alice@laptop'), { cause: 'the pool', anyway: 'stays until Monday' })
    expect(outcome).toMatchObject({ how: 'closed', overridden: [{ what: expect.stringContaining('#2 still runs') }] })
    const entries = await record.store.read(INCIDENT)
    expect(entries.map(({ did }) => did)).toEqual(['opened', 'ran', 'overrode', 'closed'])
    expect(entries[2]).toMatchObject({
      payload: { reason: 'stays until Monday', what: expect.stringContaining('#2 still runs') },
    })
  })

  it('takes back what was handed over and nobody has taken', async () => {
    record = await testRecord(short('handed-over', { to: 'bob' }))
    const alice = record.as('alice@laptop')
    expect(await takeOver(alice, 'alice@laptop')).toMatchObject({
      how: 'recorded',
      entry: { payload: { from: 'alice@laptop' } },
    })
    expect(await situation()).toMatchObject({ handedOver: undefined, holder: { by: 'alice@laptop', seq: 3 } })
    expect(await takeOver(alice, 'alice@laptop')).toMatchObject({ how: 'left', leave: { why: 'yours' } })
  })

  it('by two at once is done by one, and the other hears who it was', async () => {
    record = await testRecord(...confirmed)
    const bob = record.as('bob@desk')
    const alice = overtaken(record.as('alice@laptop'), () =>
      closeIncident(bob, { cause: 'bob says so', anyway: undefined }),
    )
    const outcome = await closeIncident(alice, { cause: undefined, anyway: undefined })
    expect(outcome).toMatchObject({ how: 'closed-before', closed: { by: 'bob@desk', cause: 'bob says so' } })
    expect((await kinds()).filter((did) => did === 'closed')).toHaveLength(1)
  })

  it('decides again when something came in between: a note does not matter, a job does', async () => {
    record = await testRecord(...confirmed)
    const noted = overtaken(record.as('alice@laptop'), () => record.write(short('noted', { text: 'x' })))
    expect((await closeIncident(noted, { cause: undefined, anyway: undefined })).how).toBe('closed')
    await reopen(record.as('alice@laptop'))
    const job = overtaken(record.as('alice@laptop'), () =>
      record.write(ran('sleep 9', { state: 'running', job: 'j', exit: undefined })),
    )
    expect((await closeIncident(job, { cause: undefined, anyway: undefined })).how).toBe('refused')
  })

  it('overrides what came in between in an entry of its own', async () => {
    record = await testRecord(ran('sleep 8', { state: 'running', job: 'j', exit: undefined }))
    let turn = 0
    const open = record.as('alice@laptop')
    const busy = {
      ...open,
      recorder: {
        ...open.recorder,
        record: async (...parts: Parameters<typeof open.recorder.record>) => {
          turn += 1
          if (turn === 2) await record.write(ran('sleep 9', { state: 'running', job: 'k', exit: undefined }))
          return open.recorder.record(...parts)
        },
      },
    }
    const outcome = await closeIncident(busy, { cause: 'the pool', anyway: 'both may stay' })
    expect(outcome.how === 'closed' ? outcome.overridden.map(({ what }) => what.slice(0, 2)) : []).toEqual(['#2', '#4'])
    expect(await kinds()).toEqual(['opened', 'ran', 'overrode', 'ran', 'overrode', 'closed'])
  })
})

describe('taking over', () => {
  it('is recorded once, and said to who has it already', async () => {
    record = await testRecord(short('handed-over', { to: 'bob' }))
    expect(await takeOver(record.as('bob@desk'), 'bob@desk')).toMatchObject({
      how: 'recorded',
      entry: { payload: { from: 'alice@laptop' } },
    })
    expect(await takeOver(record.as('bob@desk'), 'bob@desk')).toMatchObject({ how: 'left', leave: { why: 'yours' } })
    expect(await kinds()).toEqual(['opened', 'handed-over', 'took-over'])
  })

  it('takes back what was handed over and nobody has taken', async () => {
    record = await testRecord(short('handed-over', { to: 'bob' }))
    const alice = record.as('alice@laptop')
    expect(await takeOver(alice, 'alice@laptop')).toMatchObject({
      how: 'recorded',
      entry: { payload: { from: 'alice@laptop' } },
    })
    expect(await situation()).toMatchObject({ handedOver: undefined, holder: { by: 'alice@laptop', seq: 3 } })
    expect(await takeOver(alice, 'alice@laptop')).toMatchObject({ how: 'left', leave: { why: 'yours' } })
  })

  it('by two at once is done by one, and the other hears who it was', async () => {
    record = await testRecord()
    const carol = overtaken(record.as('carol@box'), () => takeOver(record.as('bob@desk'), 'bob@desk'))
    expect(await takeOver(carol, 'carol@box')).toMatchObject({
      how: 'left',
      leave: { why: 'taken', holder: { by: 'bob@desk' } },
    })
  })

  it('of what was closed is refused', async () => {
    record = await testRecord(short('closed', { cause: 'x' }))
    expect(await takeOver(record.as('bob@desk'), 'bob@desk')).toMatchObject({ how: 'left', leave: { why: 'closed' } })
    expect(await suppose(record.as('bob@desk'), 'y')).toMatchObject({ how: 'left', leave: { why: 'closed' } })
  })
})

describe('settling', () => {
  it('pays a debt, also after the incident was closed', async () => {
    record = await testRecord(
      short('changed', { what: 'pool', price: 'change', debt: true, running: true }, { box: 'web-1' }),
      short('closed', {}),
    )
    const open = record.as('bob@desk')
    expect(await link(open, 2, { commit: 'abc' })).toMatchObject({ how: 'recorded' })
    expect(await situation()).toMatchObject({ debts: [], holdings: [{ seq: 2 }], closed: { seq: 3 } })
    expect(await settle(open, 2, 'the box was built anew')).toMatchObject({ how: 'recorded', entry: { box: 'web-1' } })
    expect((await situation()).holdings).toEqual([])
  })

  it('is of an entry that is there, and of one that can be over', async () => {
    record = await testRecord(look([]))
    expect(await link(record.as('bob@desk'), 9, { commit: 'abc' })).toMatchObject({
      how: 'left',
      leave: { why: 'no-such-entry', last: 2 },
    })
    expect(await settle(record.as('bob@desk'), 9, undefined)).toMatchObject({
      how: 'left',
      leave: { why: 'no-such-entry' },
    })
    expect(await settle(record.as('bob@desk'), 2, undefined)).toMatchObject({
      how: 'left',
      leave: { why: 'not-that-kind' },
    })
  })
})

describe('reopening', () => {
  it('gives it the title, the boxes and the service that it had, to who does it', async () => {
    record = await testRecord(look([], { box: 'db-1' }), short('closed', {}))
    expect(await reopen(record.as('bob@desk'))).toMatchObject({ how: 'recorded' })
    expect(await situation()).toMatchObject({
      title: 'checkout returns 500s',
      closed: undefined,
      holder: { by: 'bob@desk' },
      boxes: [{ box: 'db-1' }],
      untriedBoxes: ['web-1'],
    })
    const [summary] = await record.store.list()
    expect(summary).toMatchObject({ closedAt: undefined })
    expect(await reopen(record.as('carol@box'))).toMatchObject({
      how: 'left',
      leave: { why: 'open', holder: { by: 'bob@desk' } },
    })
  })
})

describe('a record that cannot be written', () => {
  it('is told as what it is, and never thrown', async () => {
    record = await testRecord()
    const open = { ...record.as('alice@laptop'), incident: 'none' }
    expect(await suppose(open, 'x')).toMatchObject({ how: 'failed', problem: { kind: 'no-such-incident' } })
  })
})
