import { describe, expect, it } from 'vitest'
import { chained, look, opened, purged, ran } from '../../test/incidents/entries.ts'
import type { Short } from '../../test/incidents/entries.ts'
import { notifiableAs } from './notifiable-as.ts'

function kindOf(entry: Short): string | undefined {
  const last = chained([opened, entry]).at(-1)
  return last && notifiableAs(last)
}

describe('what a team hears of as a change on a box', () => {
  const said = { price: 'change', priceSaid: true } as const

  it('is a command of which the engineer said that it changes or stops something, once it has been run', () => {
    expect(kindOf(ran('systemctl restart orders-api', { ...said, of: 1 }))).toBe('changed')
    expect(kindOf(ran('systemctl restart orders-api', { ...said, of: 1, exit: 1 }))).toBe('changed')
    expect(kindOf(ran('kill -STOP 90', { ...said, price: 'pause', of: 1, state: 'lost', exit: undefined }))).toBe(
      'changed',
    )
  })

  it('is a detached one when it begins: nobody knows when its end will be collected', () => {
    const running = { state: 'running', exit: undefined } as const
    expect(kindOf(ran('reindex', { ...said, ...running, job: 'a1' }))).toBe('changed')
    expect(kindOf(ran('reindex', { ...said, of: 1, job: 'a1' }))).toBeUndefined()
    expect(kindOf(ran('reindex', { ...said, ...running }))).toBeUndefined()
  })

  it('is none that only counts as a change since nobody said what it costs, nor one that was not started', () => {
    expect(kindOf(ran('df -h', { price: 'change', of: 1 }))).toBeUndefined()
    expect(kindOf(ran('df -h', { price: 'free', priceSaid: true, of: 1 }))).toBeUndefined()
    expect(kindOf(ran('reboot', { ...said, state: 'not-started', exit: undefined }))).toBeUndefined()
  })

  it('is beside that what entries say themselves', () => {
    expect(kindOf({ did: 'changed', payload: { what: 'x', price: 'change' } })).toBe('changed')
    expect(kindOf({ did: 'noted', payload: { text: 'x' } })).toBeUndefined()
    expect(kindOf(look([]))).toBeUndefined()
    const [first] = chained([opened])
    expect(first && notifiableAs(purged(first))).toBe('opened')
  })
})
