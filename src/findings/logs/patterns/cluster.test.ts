import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { templatesOf } from './cluster.ts'

describe('templates', () => {
  it('are constant words, with <*> for what varies', () => {
    const names = ['anna', 'bert', 'cora', 'dora', 'emil', 'fred', 'gina']
    const templates = templatesOf(names.map((name, at) => `mail to ${name} was sent after ${at} tries`))
    expect(new Set(templates)).toEqual(new Set(['mail to <*> was sent after <*> tries']))
  })

  it('tell apart what few words tell apart', () => {
    const states = ['opened', 'closed', 'opened', 'closed']
    expect(new Set(templatesOf(states.map((state, at) => `connection ${at} was ${state}`)))).toEqual(
      new Set(['connection <*> was opened', 'connection <*> was closed']),
    )
  })

  it.each([
    ['lists of any length', ['deleted 1', 'deleted 1 2', 'deleted 1, 2, 3, 4']],
    ['a size that is told twice', ['got 12 bytes from 1', 'got 2048 bytes (2.00 KB) from 1']],
    [
      'a host that is not known',
      ['connection from 10.0.0.7 (a1.example.org) at 7', 'connection from 10.0.0.8 () at 9'],
    ],
    ['a number at the end', ['finished in 12 ms', 'finished in 3']],
  ])('are one for %s', (_, messages) => {
    expect(new Set(templatesOf(messages)).size).toBe(1)
  })

  it('keep names that end in a number, and letters before one', () => {
    expect(templatesOf(['accepted from 10.0.0.7 on ssh2', 'accepted from 10.0.0.8 on ssh2'])).toEqual([
      'accepted from <*> on ssh2',
      'accepted from <*> on ssh2',
    ])
    expect(templatesOf(['node web-12 left', 'node web-7 left'])[0]).toBe('node web-<*> left')
  })

  it('count what a message stands for', () => {
    const messages = ['worker 1 of anna', 'worker 2 of bert']
    expect(templatesOf(messages, [5, 1])).toHaveLength(2)
  })

  it('are there for any messages, the same for the same one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('a 1', 'a b', '')), { maxLength: 30 }),
        (messages) => {
          const templates = templatesOf([...messages, ...messages])
          expect(templates.slice(0, messages.length)).toEqual(templates.slice(messages.length))
        },
      ),
      { numRuns: 200 },
    )
  })
})
