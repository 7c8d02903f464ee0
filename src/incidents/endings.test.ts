import { describe, expect, it } from 'vitest'
import { chained, opened, purged, ran, short, type Short } from '../../test/incidents/entries.ts'
import { endsOf, pairOf } from './endings.ts'
import { holdingsOf } from './holding.ts'
import type { PayloadOf } from './payloads.ts'
import type { AnyEntry } from './store.ts'
import { interventionsOf } from './story/interventions.ts'
import { triedOf } from './tried.ts'

function shell(payload: Partial<PayloadOf<'shelled'>>, by = 'alice@laptop'): Short {
  return short('shelled', { commands: [], columns: 80, rows: 24, ...payload }, { box: 'web-1', by })
}
const typed = (...lines: readonly string[]) => lines.map((line) => ({ at: '2026-11-25T14:00:00.000Z', line }))

/** Which entry ends which. */
const ended = (entries: readonly AnyEntry[]) => [...endsOf(entries)].map(([began, { seq }]) => [began, seq])
const tried = (entries: readonly AnyEntry[]) => triedOf(entries).map(({ by, what }) => [by, what])

describe('the end of what an entry began', () => {
  it('is told by a later entry of the same kind that is over', () => {
    const entries = chained([
      opened,
      ran('df', { state: 'running', exit: undefined }),
      shell({ state: 'running' }),
      ran('df', { of: 2 }),
      short('stopped', { job: 'j', state: 'wanted' }, { box: 'web-1' }),
      short('stopped', { job: 'j', state: 'told', wanted: 5 }, { box: 'web-1' }),
      // None of these ends anything.
      ran('df', { of: 3 }),
      ran('df', { of: 2, state: 'running' }),
      ran('df', { of: 99 }),
    ])
    expect(ended(entries)).toEqual([
      [2, 4],
      [5, 6],
    ])
    expect(holdingsOf(entries).map(({ seq }) => seq)).toEqual([])
    expect(pairOf(entries, 4).map(({ seq }) => seq)).toEqual([2, 4])
  })

  it('is the one that was seen, not that of a session which was left lying and then looked lost', () => {
    const entries = chained([
      opened,
      shell({ state: 'running' }),
      shell({ state: 'ended', of: 2, exit: 0, tookMs: 5000, commands: typed('ls') }),
      shell({ state: 'lost', of: 2, tookMs: 100, commands: typed('ls') }, 'bob@desk'),
    ])
    expect(ended(entries)).toEqual([[2, 3]])
    expect(tried(entries)).toEqual([['alice@laptop', 'ls']])
    expect(interventionsOf(entries).map(({ seq, typed: lines }) => [seq, lines])).toEqual([[2, 1]])
    expect(pairOf(entries, 2).map(({ seq }) => seq)).toEqual([2, 3, 4])
  })

  it('is the last one where none was seen', () => {
    const lost = (of: number): Short => ran('dump', { state: 'lost', exit: undefined, of })
    const entries = chained([
      opened,
      ran('dump', { state: 'running', job: 'j' }),
      lost(2),
      lost(2),
      ran('dump', { of: 2 }),
    ])
    expect(ended(entries.slice(0, 4))).toEqual([[2, 4]])
    expect(ended(entries)).toEqual([[2, 5]])
  })

  it('is over, and not known, once it was purged', () => {
    const all = chained([
      opened,
      ran('df', { state: 'running' }),
      ran('df', { of: 2 }),
      short('purged', { seq: 3, why: 'a name', of: 2, over: true }),
    ])
    const entries = all.map((entry) => (entry.seq === 3 ? purged(entry) : entry))
    expect(ended(entries)).toEqual([])
    expect(holdingsOf(entries)).toEqual([])
  })
})

describe('what was typed in a shell', () => {
  it('was typed by whoever opened it, not by whoever took it in when its console was gone', () => {
    const lost = shell({ state: 'lost', of: 2, commands: typed('rm -rf /var/lib/orders') }, 'bob@desk')
    const entries = chained([opened, shell({ state: 'running' }), lost])
    expect(tried(entries)).toEqual([['alice@laptop', 'rm -rf /var/lib/orders']])
    const first = entries.map((entry) => (entry.seq === 2 ? purged(entry) : entry))
    expect(tried(first)).toEqual([['alice@laptop', 'rm -rf /var/lib/orders']])
  })
})
