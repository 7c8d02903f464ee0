import { afterEach, describe, expect, it } from 'vitest'
import { INCIDENT, look, short } from '../../test/incidents/entries.ts'
import { testRecord, type TestRecord } from '../../test/incidents/open-incident.ts'
import { redact } from '../../test/redact.ts'
import { localBox } from '../boxes/local.ts'
import { openBox } from '../boxes/open.ts'
import { StoreProblem } from '../incidents/store.ts'
import { handOver, type HandoverParts } from './handover.ts'

let record: TestRecord
afterEach(() => record.end())

// The box is this machine: a real look, without a network.
const looking: NonNullable<HandoverParts['look']> = () => ({
  box: localBox(),
  options: { deep: false, windowSeconds: 0.2, compression: 'none', redact },
})
const here = short('opened', { title: 'it is slow', boxes: ['local'] })

describe('handing over', () => {
  it('looks again at every box but recordings, and records the looks before the hand-over', async () => {
    record = await testRecord(here, look([], { box: 'recorded:web-1.look' }))
    await record.write(short('noted', { text: 'x' }))
    const asked: string[] = []
    const done = await handOver({
      ...record.as('alice@laptop'),
      to: 'bob',
      text: 'watch it',
      look: (name) => {
        asked.push(name)
        const seen = looking('')
        // What the first entry of the record names is not there: it is told as such.
        return name === 'local' ? seen : { ...seen, box: openBox('-no-box') }
      },
    })
    expect(asked.toSorted()).toEqual(['local', 'web-1'])
    const entries = await record.store.read(INCIDENT)
    expect(entries.slice(4).map(({ did }) => did)).toEqual(['looked', 'looked', 'handed-over'])
    expect(entries.at(-1)).toMatchObject({ payload: { to: 'bob', text: 'watch it' } })
    expect(done.recorded.map(({ how }) => how)).toEqual(['recorded', 'recorded', 'recorded'])
    const local = done.situation.boxes.find(({ box }) => box === 'local')
    expect(local).toMatchObject({ box: 'local', looks: 1, last: { failure: undefined } })
    expect(local?.last?.identity?.hostname).toMatch(/\S/)
    expect(done.situation.last).toMatchObject({ seq: entries.length })
  })

  it('shows what it saw though the record takes nothing', async () => {
    record = await testRecord(here)
    const open = record.as('alice@laptop')
    const problem = new StoreProblem('disk-full', 'there is no room', 'Free some space')
    const full = { ...open.recorder, record: () => Promise.resolve({ how: 'failed', problem } as const) }
    const done = await handOver({ ...open, recorder: full, to: undefined, text: undefined, look: looking })
    expect(done.recorded.map(({ how }) => how)).toEqual(['failed', 'failed', 'failed'])
    const local = done.situation.boxes.find(({ box }) => box === 'local')
    expect(local).toMatchObject({ looks: 1, last: { seq: undefined } })
    expect(await record.store.read(INCIDENT)).toHaveLength(2)
  })

  it.each([
    [
      'taken over',
      { why: 'taken', holder: { by: 'bob@desk' } },
      short('took-over', { from: 'alice@laptop' }, { by: 'bob@desk' }),
    ],
    ['closed', { why: 'closed', closed: { by: 'bob@desk' } }, short('closed', { cause: 'x' }, { by: 'bob@desk' })],
  ])('is not written where it was %s while the boxes were looked at', async (_, left, meanwhile) => {
    record = await testRecord(here)
    const seen = looking('local')
    const done = await handOver({
      ...record.as('alice@laptop'),
      to: 'bob',
      text: undefined,
      // A box is closed when it has been looked at.
      look: () => ({ ...seen, box: { ...seen.box, close: () => record.write(meanwhile) } }),
    })
    expect(done.left).toMatchObject(left)
    expect((await record.store.read(INCIDENT)).map(({ did }) => did)).not.toContain('handed-over')
    expect(done.recorded).toHaveLength(done.looks.length)
  })

  it('looks at nothing when it is asked not to', async () => {
    record = await testRecord(here)
    const done = await handOver({ ...record.as('alice@laptop'), to: undefined, text: undefined, look: undefined })
    expect(done).toMatchObject({ looks: [], situation: { handedOver: { by: 'alice@laptop' } } })
  })
})
