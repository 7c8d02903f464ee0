import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chained, look, opened, purged, ran, short, type Short } from '../../test/incidents/entries.ts'
import { incidentBoxesOf } from './incident-boxes.ts'

/** A look that could not enter. */
function shut(box: string, kind: string): Short {
  const failure = { kind, message: `${box}: ${kind}`, tryNext: 'x' }
  return short('looked', { state: 'unknown', findings: [], cleared: [], blind: [], failure }, { box })
}
function recording(file: string, hostname: string): Short {
  return look([], { box: `recorded:${file}`, identity: { hostname } })
}
/** After an opening that names web-1. */
function boxesOf(...shorts: readonly Short[]) {
  const { boxes, untried, notEntered } = incidentBoxesOf(chained([opened, ...shorts]))
  return [boxes.map(({ box }) => box), untried, notEntered.map(({ box }) => box)]
}

describe('the boxes of an incident', () => {
  it('are those that were entered, by a look or by a command', () => {
    expect(boxesOf(look([]), look([], { box: 'db-1' }), ran('uptime', { box: 'db-2' }))).toEqual([
      ['web-1', 'db-1', 'db-2'],
      [],
      [],
    ])
  })

  it('are not those that nobody has tried, nor those that nobody could enter', () => {
    expect(boxesOf()).toEqual([[], ['web-1'], []])
    expect(boxesOf(shut('web1', 'name-not-resolved'), shut('orders-api', 'name-not-resolved'))).toEqual([
      [],
      ['web-1'],
      ['web1', 'orders-api'],
    ])
    expect(boxesOf(shut('db-1', 'timed-out'))).toEqual([[], ['web-1'], ['db-1']])
    const failure = { kind: 'name-not-resolved', message: 'x', tryNext: 'x' }
    expect(boxesOf(short('examined', { abilities: [], failure }, { box: 'web1' }))[2]).toEqual(['web1'])
    expect(boxesOf(short('examined', { abilities: [] }, { box: 'db-1' }))[0]).toEqual(['db-1'])
    expect(boxesOf(ran('x', { box: 'web1', state: 'not-started', exit: undefined }))[2]).toEqual(['web1'])
  })

  it('are those that were named at the opening, and were reached for in vain', () => {
    expect(boxesOf(shut('web-1', 'timed-out'))).toEqual([['web-1'], [], []])
    expect(boxesOf(shut('web-1', 'permission-denied'))).toEqual([['web-1'], [], []])
    // There is nothing of that name: it was mistyped.
    expect(boxesOf(shut('web-1', 'name-not-resolved'))).toEqual([[], [], ['web-1']])
    expect(boxesOf(shut('web-1', 'name-not-resolved'), look([]))).toEqual([['web-1'], [], []])
  })

  it('are no recordings of boxes that are there, and else one for each host', () => {
    const identity = { hostname: 'web-1.example' }
    expect(boxesOf(look([], { identity }), recording('a', 'web-1.example'))[0]).toEqual(['web-1'])
    expect(boxesOf(recording('a', 'web-7'), recording('b', 'web-7'), recording('c', 'db-1'))).toEqual([
      ['web-7', 'db-1'],
      ['web-1'],
      [],
    ])
    const { boxes } = incidentBoxesOf(chained([opened, recording('a', 'web-7'), recording('b', 'web-7')]))
    expect(boxes).toEqual([{ box: 'web-7', names: new Set(['recorded:a', 'recorded:b']), isRecording: true }])
    expect(boxesOf(look([], { box: 'recorded:nameless' }))[0]).toEqual(['recorded:nameless'])
  })

  it('are those about whose entries nobody can say any more that they were not entered', () => {
    const entries = chained([opened, shut('db-1', 'timed-out')]).map((entry) =>
      entry.seq === 2 ? purged(entry) : entry,
    )
    expect(incidentBoxesOf(entries).boxes.map(({ box }) => box)).toEqual(['db-1'])
  })

  it('have each name in one place, whatever was done', () => {
    const box = fc.constantFrom('web-1', 'web1', 'db-1', 'recorded:a', 'recorded:b')
    const entry = box.chain((name) =>
      fc.constantFrom<Short>(
        look([], { box: name, identity: { hostname: 'web-1' } }),
        look([], { box: name }),
        shut(name, 'timed-out'),
        shut(name, 'name-not-resolved'),
        ran('x', { box: name }),
      ),
    )
    fc.assert(
      fc.property(fc.array(entry), (shorts) => {
        const entries = chained([opened, ...shorts])
        const { boxes, untried, notEntered } = incidentBoxesOf(entries)
        const names = [...boxes.flatMap((each) => [...each.names]), ...untried, ...notEntered.map((each) => each.box)]
        expect(names.length).toBe(new Set(names).size)
        const missing = entries.flatMap((each) =>
          each.box === undefined || names.includes(each.box) ? [] : [each.box],
        )
        expect(missing.filter((name) => !name.startsWith('recorded:'))).toEqual([])
      }),
    )
  })
})
