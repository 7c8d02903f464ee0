import { describe, expect, it } from 'vitest'
import type { Login, SudoLine } from '../../evidence/drift/contents.ts'
import { whoWas } from './who.ts'

const MINUTE = 60_000
/** When the file was written. */
const AT = Date.parse('2026-11-26T12:00:00Z')

function login(user: string, fromMinutes: number, toMinutes: number | undefined): Login {
  const toMs = toMinutes === undefined ? undefined : AT + toMinutes * MINUTE
  return { user, from: `pts/0 10.0.0.${user.length}`, fromMs: AT + fromMinutes * MINUTE, toMs }
}

function sudo(text: string, minutes: number, moreMs = 0): SudoLine {
  return { text, atMs: AT + minutes * MINUTE + moreMs }
}

describe('who was there when a file was written', () => {
  it.each([
    ['from before until after', login('amy', -10, 5), true],
    ['who came at that very moment', login('amy', 0, 5), true],
    ['who left at that very moment', login('amy', -10, 0), true],
    ['who is still there', login('amy', -10_000, undefined), true],
    ['who had left a minute before', login('amy', -10, -1), false],
    ['who came a minute later', login('amy', 1, undefined), false],
  ] as const)('is one %s: %s', (_when, one, was) => {
    expect(whoWas(AT, [one], [])).toEqual(was ? ['amy was logged in (pts/0 10.0.0.3)'] : [])
  })

  it('is named once for each place, however often they logged in', () => {
    const twice = [login('amy', -10, 5), login('amy', -9, 5), login('robert', -3, 1)]
    expect(whoWas(AT, twice, [])).toEqual([
      'amy was logged in (pts/0 10.0.0.3)',
      'robert was logged in (pts/0 10.0.0.6)',
    ])
  })

  it.each([
    ['in the quarter of an hour before', sudo('amy : COMMAND=vi', -15), true],
    ['in the same second, which the file system cut off', sudo('amy : COMMAND=vi', 0, 999), true],
    ['a moment earlier than that', sudo('amy : COMMAND=vi', -15, -1), false],
    ['later', sudo('amy : COMMAND=vi', 0, 1_001), false],
  ] as const)('used sudo %s: %s', (_when, line, counts) => {
    expect(whoWas(AT, [], [line])).toEqual(counts ? ['sudo: amy : COMMAND=vi'] : [])
  })

  it('is told by the last lines of sudo, each on one line, where there are many', () => {
    const lines = [-9, -7, -5, -3, -1].map((minutes) => sudo(`amy :\n  COMMAND=vi ${minutes}`, minutes))
    expect(whoWas(AT, [], lines)).toEqual([-5, -3, -1].map((minutes) => `sudo: amy : COMMAND=vi ${minutes}`))
  })

  it('is cut off where a whole office was there', () => {
    const office = Array.from({ length: 40 }, (_, at) => login(`user${'x'.repeat(at)}`, -10, 5))
    expect(whoWas(AT, office, [sudo('amy : COMMAND=vi', -1)])).toHaveLength(6)
  })

  it('is nobody where nothing is known', () => {
    expect(whoWas(AT, [], [])).toEqual([])
  })
})
