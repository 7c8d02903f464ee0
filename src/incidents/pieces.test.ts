import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EXAMPLES } from '../../test/record/kinds.ts'
import { evidenceOf, isDid } from './payloads.ts'
import { piecesNamed, piecesOf } from './pieces.ts'
import type { AnyEntry } from './store.ts'

const hash = (digit: string): string => digit.repeat(64)

function entryOf(did: string, payload: unknown): AnyEntry {
  const header = { v: 1, incident: 'x', seq: 1, at: '', by: '', payloadHash: '', prev: '', hash: '', salt: '' }
  return (isDid(did) ? { ...header, did, payload } : { ...header, did: 'other', saysDid: did, payload }) as AnyEntry
}

const kept = entryOf('preserved', {
  ...EXAMPLES.preserved,
  findings: [],
  evidence: [hash('a')],
  kept: [
    { what: 'memory map of 812', evidence: hash('b') },
    { what: 'open files of 812', evidence: hash('c') },
    { what: 'memory map of 90', evidence: hash('d') },
    { what: 'stack of 812', blind: 'needs root' },
  ],
})

describe('the pieces of an entry', () => {
  it('are called by what they are', () => {
    expect(piecesOf(kept).map(({ what }) => what)).toEqual([
      'answer',
      'memory map of 812',
      'open files of 812',
      'memory map of 90',
    ])
    const outputs = [
      { from: 'stdout', evidence: hash('1'), printedBytes: 1, keptBytes: 1 },
      { from: 'stderr', evidence: hash('2'), printedBytes: 1, keptBytes: 1 },
    ]
    expect(piecesOf(entryOf('ran', { ...EXAMPLES.ran, evidence: [hash('1'), hash('2')], outputs }))).toEqual([
      { what: 'stdout', evidence: hash('1') },
      { what: 'stderr', evidence: hash('2') },
    ])
  })

  it('are two where two things have the same content, as many as were kept', () => {
    const same = entryOf('preserved', {
      ...EXAMPLES.preserved,
      findings: [],
      evidence: [hash('a')],
      kept: [
        { what: 'mounts as it sees them of 812', evidence: hash('b') },
        { what: 'mounts', evidence: hash('b') },
      ],
    })
    expect(piecesOf(same).map(({ what }) => what)).toEqual(['answer', 'mounts as it sees them of 812', 'mounts'])
  })

  it('are named by a number, by the whole name, or by words of it', () => {
    const named = (words: string): readonly string[] => piecesNamed(words, piecesOf(kept)).map(({ what }) => what)
    expect(named('2')).toEqual(['memory map of 812'])
    expect(named('Answer')).toEqual(['answer'])
    expect(named('map 812')).toEqual(['memory map of 812'])
    expect(named('map')).toEqual(['memory map of 812', 'memory map of 90'])
    // A number that is no place is a word: that of a process.
    expect(named('90')).toEqual(['memory map of 90'])
    expect(named('coffee')).toEqual([])
    expect(named('')).toEqual([])
  })

  it('are all that the payload names, each once, each with a name of its own, of whatever kind the entry is', () => {
    const id = fc.constantFrom(...'abcdef'.split('').map(hash))
    const payload = fc.record({ evidence: fc.array(id), cast: id, deep: fc.record({ evidence: fc.array(id) }) })
    fc.assert(
      fc.property(fc.constantFrom('looked', 'ran', 'shelled', 'noted', 'drilled'), payload, (did, each) => {
        const pieces = piecesOf(entryOf(did, each))
        expect(pieces.map(({ evidence }) => evidence).toSorted()).toEqual(evidenceOf(each).toSorted())
        expect(new Set(pieces.map(({ what }) => what)).size).toBe(pieces.length)
      }),
    )
  })
})
