import { describe, expect, it } from 'vitest'
import { chained, opened, short, type Short } from '../../test/incidents/entries.ts'
import { entryWords } from './entry-words.ts'

function wordsOf(...shorts: readonly Short[]): readonly string[] {
  return chained(shorts).map(entryWords)
}

describe('an entry in one line', () => {
  it('says that an incident was opened again', () => {
    expect(wordsOf(opened, short('closed', {}), opened)).toEqual([
      'opened: checkout returns 500s',
      'closed: ',
      'opened again: checkout returns 500s',
    ])
  })

  it('says why something is over, where that was said', () => {
    const [, bare, why] = wordsOf(
      opened,
      short('undone', { of: 67 }),
      short('undone', { of: 67, why: 'service restarted\nby hand' }),
    )
    expect([bare, why]).toEqual(['undone: #67', 'undone: #67, service restarted […]'])
  })
})
