import { evidenceId } from '../../src/incidents/entry.ts'
import type { CopyItem } from '../../src/incidents/store.ts'
import { forgedEntries, forgedEvidence, noted as forgedNote, OPENED } from './forge.ts'

/** Of each thing that can be wrong with a copy one example: what it is, its items, what is said. */
export function hostileCopies(): readonly (readonly [string, readonly CopyItem[], RegExp])[] {
  const bytes = Buffer.from('forged evidence')
  const id = evidenceId(bytes)
  const [first, second, third] = forgedEntries([OPENED, forgedNote('one', [id]), forgedNote('two')])
  if (!first || !second || !third) throw new Error('three entries were forged')
  const evidence = forgedEvidence(bytes)
  const as = (...entries: readonly object[]): CopyItem[] => entries.map((entry) => ({ entry }) as CopyItem)
  const from = (...made: Parameters<typeof forgedEntries>[0][]): CopyItem[] =>
    as(...made.flatMap((each) => forgedEntries(each)))
  const deep = `{"text":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  return [
    ['an empty copy', [], /it has no entries/],
    [
      'an entry that was changed',
      [...as(first, { ...second, by: 'eve@x' }), evidence],
      /entry 2: its header was changed/,
    ],
    [
      'a payload that was changed',
      [...as(first, { ...second, body: '{"text":"x"}' })],
      /entry 2: what it says was changed/,
    ],
    ['a salt that was changed', as({ ...first, salt: 'f'.repeat(32) }), /entry 1: what it says was changed/],
    ['an entry that is missing', as(first, third), /entry 2: it is missing/],
    ['an entry that is there twice', as(first, first), /entry 2: it is missing: the next one has the number 1/],
    ['one that does not open an incident', from([forgedNote('x')]), /does not open an incident/],
    [
      'entries of two incidents',
      as(first, { ...second, incident: '20260102-zzzz' }),
      /of another incident, 20260102-zzzz/,
    ],
    [
      'an incident whose name is a path',
      from([{ ...OPENED, header: { incident: '../../etc/x' } }]),
      /entry 1 .*incident/,
    ],
    [
      'a payload that is gone',
      [...from([OPENED, { ...forgedNote('x'), silent: true }])],
      /entry 2: what it says is gone/,
    ],
    [
      'a payload that is there though it was purged',
      from([OPENED, forgedNote('x'), { did: 'purged', payload: { seq: 2, why: 'x' } }]),
      /entry 2: entry 3 says that it was purged/,
    ],
    [
      'a tombstone without what it says',
      from([
        OPENED,
        { ...forgedNote('x'), silent: true },
        { did: 'purged', payload: { seq: 2, why: 'x' }, silent: true },
      ]),
      /entry 3: it says what was purged, and that is gone/,
    ],
    ['evidence that is missing', as(first, second, third), /the evidence [0-9a-f]{12} is missing/],
    [
      'evidence that was changed',
      [...as(first, second), { evidence: id, bytes: Buffer.from('x') }],
      /evidence .* was changed/,
    ],
    ['evidence that is there twice', [...as(first, second), evidence, evidence], /is there twice/],
    [
      'evidence that no entry names',
      [...as(first, second), evidence, forgedEvidence(Buffer.from('y'))],
      /no entry names/,
    ],
    ['evidence between the entries', [...as(first, second), evidence, ...as(third)], /stands behind the evidence/],
    ['a form of a later version', from([{ ...OPENED, header: { v: 2 } }]), /entry 1: it has the form 2/],
    ['a header with a key too many', as({ ...first, extra: 1 }), /entry 1 has not the form of one/],
    ['a header with control characters', from([{ ...OPENED, header: { by: 'eve\u001b[2J' } }]), /entry 1 .*by/],
    ['a moment that is none', from([{ ...OPENED, header: { at: '2026-13-41T00:00:00.000Z' } }]), /entry 1 .*at/],
    ['a number that is none', from([{ ...OPENED, header: { seq: 1.5 } }]), /entry 1 .*seq/],
    ['a payload that is a list', from([{ did: 'opened', payload: [] }]), /no JSON object/],
    ['a payload that is no JSON', as({ ...first, body: '{' }), /no JSON/],
    ['a payload that is nested too deep', as({ ...first, body: deep }), /nested deeper than 64/],
    [
      'a payload that is too long',
      from([{ did: 'opened', payload: { title: 'x'.repeat(5e6), boxes: [] } }]),
      /longer than/,
    ],
    ['nothing that is an entry', as({}), /entry 1 has not the form of one/],
    ['a salt without a payload', as({ ...first, body: undefined }), /come together/],
  ]
}
