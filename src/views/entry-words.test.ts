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

  it('counts what was kept, not what could not be seen', () => {
    const kept = [
      { what: 'limits of 812', evidence: 'a' },
      { what: 'journal' },
      { what: 'stack of 812', blind: 'needs root' },
    ]
    const preserved = short('preserved', { state: 'ok', findings: [], cleared: [], blind: [], kept })
    expect(wordsOf(opened, preserved)[1]).toBe('preserved 2 things: ok')
  })

  it('says who closed the record of a shell whose console was killed', () => {
    const lost = { columns: 80, rows: 24, state: 'lost', of: 2, tookMs: 5_000, commands: [] } as const
    const [, takenIn, cut] = wordsOf(
      opened,
      short('shelled', { ...lost, takenIn: true }, { by: 'bob@desk' }),
      short('shelled', { ...lost, why: 'The line was cut.' }),
    )
    expect(takenIn).toBe('shell (lost, closed by bob@desk), 0 commands, 5 s, began as #2')
    expect(cut).toBe('shell, 0 commands, 5 s (lost), began as #2: The line was cut.')
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
