import { describe, expect, it } from 'vitest'
import { chained, opened, short } from '../../test/incidents/entries.ts'
import { easedOf } from './eased.ts'
import type { PayloadOf } from './payloads.ts'

const relieved = (payload: Partial<PayloadOf<'relieved'>>) =>
  short('relieved', { what: 'restart orders.service', price: 'change', ...payload }, { box: 'web-1' })
const ended = (worked: boolean) => relieved({ state: 'ended', of: 2, worked })

describe('a relief that nothing takes back', () => {
  it.each([
    ['worked', [relieved({ state: 'running' }), ended(true)], [2]],
    ['did not work', [relieved({ state: 'running' }), ended(false)], []],
    ['was not seen to end', [relieved({ state: 'running' })], []],
    ['was not begun', [relieved({ state: 'not-started' })], []],
    ['can be taken back all the same', [relieved({ state: 'running', undo: 'start it' }), ended(true)], []],
    ['takes another one back', [relieved({ state: 'running', undoes: 1 }), ended(true)], []],
    ['is said to be over', [relieved({ state: 'running' }), ended(true), short('undone', { of: 2 })], []],
  ] as const)('is asked about when it %s: %s', (_when, shorts, expected) => {
    expect(easedOf(chained([opened, ...shorts])).map(({ seq }) => seq)).toEqual(expected)
  })
})
