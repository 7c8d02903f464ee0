import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entriesSaying, rareWords, wordsRepeated } from './rare-words.ts'
import type { AnyEntry } from './store.ts'

let seq = 0
function note(text: string, more: Partial<AnyEntry> = {}): AnyEntry {
  const header = {
    v: 1,
    incident: '20261125-k7qm',
    at: '',
    by: 'amy@web01',
    payloadHash: '',
    prev: '',
    hash: '',
    salt: '',
  }
  return { ...header, seq: ++seq, did: 'noted', payload: { text }, ...more } as AnyEntry
}

describe('the rare words of what is purged', () => {
  const others = [note('the pool of orders-api is small'), note('it is on web01, see 20261125-k7qm, hunter2 again')]
  const target = note('typed hunter2 as the password of the pool, on web01: zanzibar, ‹secret:password:k7q9›')

  it('have a digit, or stand nowhere else; names of boxes and people, and marks, are none', () => {
    expect(rareWords([target], others)).toEqual(['hunter2', 'zanzibar'])
  })

  it('are known in a reason, in capitals too', () => {
    const words = rareWords([target], others)
    expect(wordsRepeated('Password HUNTER2 was in it', words)).toEqual(['hunter2'])
    expect(wordsRepeated('a password was typed into the wrong window', words)).toEqual([])
  })

  it('are found in entries that still say them', () => {
    expect(entriesSaying(others, ['hunter2', 'zanzibar'])).toEqual([{ entry: others[1], words: ['hunter2'] }])
    expect(entriesSaying([note('x', { payload: undefined })], ['hunter2'])).toEqual([])
  })

  it('have every word with a digit of five characters and more, whatever it stands among', () => {
    const secret = fc.stringMatching(/^[a-z][a-z0-9!$%&-]{3,12}[0-9]$/)
    fc.assert(
      fc.property(fc.string(), secret, fc.string(), (before, planted, after) => {
        const words = rareWords([note(`${before} ${planted} ${after}`)], others)
        if (planted !== '20261125-k7qm') expect(wordsRepeated(`it said ${planted}.`, words)).not.toEqual([])
      }),
    )
  })
})
