import { describe, expect, it } from 'vitest'
import { chained, opened, purged, ran, short, STARTED_MS, type Short } from '../../test/incidents/entries.ts'
import { neverToldOf, type NamedReceiver } from './untold.ts'

const ME = 'alice@laptop'
const LATER_MS = STARTED_MS + 24 * 3_600_000

function receiver(name: string, on: NamedReceiver['on'] = ['opened', 'changed', 'closed']): NamedReceiver {
  return { name, on, isCalled: (where) => where === name }
}
const slack = receiver('slack')

function notified(of: number, where: string, ok = true, by = ME): Short {
  return short('notified', { of, where, ok }, { by })
}

function untold(shorts: readonly Short[], receivers: readonly NamedReceiver[] = [slack], me = ME, nowMs = LATER_MS) {
  return neverToldOf(chained(shorts), receivers, me, nowMs).map(({ of, where }) => `${of} ${where}`)
}

const change = short('changed', { what: 'x', price: 'change' })

describe('what nobody was told, and nothing says so', () => {
  it('is what my halligan.yaml says that somebody hears of, without a word in the record', () => {
    expect(untold([opened, short('noted', { text: 'x' }), change])).toEqual(['1 slack', '3 slack'])
    expect(untold([opened, change], [receiver('slack', ['changed'])])).toEqual(['2 slack'])
  })

  it('is not what arrived, nor what the record says that it did not', () => {
    expect(untold([opened, notified(1, 'slack')])).toEqual([])
    expect(untold([opened, notified(1, 'slack', false)])).toEqual([])
  })

  it('is one of two that a killed console was telling, if it had been told before', () => {
    const both = [slack, receiver('pager')]
    const before = [opened, notified(1, 'slack'), notified(1, 'pager')]
    expect(untold([...before, change, notified(4, 'slack')], both)).toEqual(['4 pager'])
  })

  it('is nothing for one who came into halligan.yaml later, or stands in it under another name', () => {
    expect(untold([opened, notified(1, 'slack')], [slack, receiver('pager')])).toEqual([])
    expect(
      untold([opened, notified(1, 'slack'), change, notified(3, 'slack'), notified(3, 'pager')], [receiver('pager')]),
    ).toEqual([])
  })

  it('is of others only for whom they have told', () => {
    const bob = { by: 'bob@desk' }
    const theirs = short('changed', { what: 'x', price: 'change' }, bob)
    expect(untold([opened, notified(1, 'slack'), theirs])).toEqual([])
    expect(untold([opened, notified(1, 'slack'), theirs, theirs, notified(4, 'slack', true, bob.by)])).toEqual([
      '3 slack',
    ])
  })

  it('is neither what was purged, nor a command of which nobody is told, nor what is being told right now', () => {
    const [entry] = chained([opened])
    if (!entry) throw new Error('there is one')
    expect(neverToldOf([purged(entry)], [slack], ME, LATER_MS)).toEqual([])
    expect(untold([opened, notified(1, 'slack'), ran('df')])).toEqual([])
    expect(untold([opened], [slack], ME, STARTED_MS + 3_000)).toEqual([])
  })
})
