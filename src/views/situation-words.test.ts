import { describe, expect, it } from 'vitest'
import { chained, look, opened, short, STARTED_MS, type Short } from '../../test/incidents/entries.ts'
import { situationOf } from '../incidents/situation.ts'
import { reservationsAbout } from '../incidents/closing.ts'
import { reservationWords, startWords } from './situation-words.ts'

const [LEAK, DISK, LOAD] = [{ title: 'leak of sockets' }, { title: 'disk is full' }, { title: 'load is high' }]

/** What is said of web-1 a minute after the last of these looks. */
function saidOf(...looks: readonly Short[]): string {
  const [story] = situationOf(chained([opened, ...looks])).boxes
  return story ? startWords(story, STARTED_MS + (looks.length + 1) * 60_000).join(', ') : ''
}

describe('how a box is against its start', () => {
  it('is as at the start where nothing came and nothing went', () => {
    expect(saidOf(look([LEAK]))).toBe('seen once')
    expect(saidOf(look([LEAK]), look([LEAK]))).toBe('as at the start')
    expect(saidOf(look([]), look([]))).toBe('as at the start')
    expect(saidOf(look([], { state: 'unknown' }), look([], { state: 'unknown' }))).toBe('as at the start')
  })

  it('is the same state with other findings where some are gone or new', () => {
    expect(saidOf(look([LEAK, DISK]), look([LEAK]))).toBe('still critical, 1 gone')
    expect(saidOf(look([LEAK, DISK]), look([LOAD]))).toBe('still critical, 2 gone, 1 new')
    expect(saidOf(look([LEAK]), look([LEAK, DISK, LOAD]))).toBe('still critical, 2 new')
  })

  it('is another state than at the start', () => {
    expect(saidOf(look([LEAK]), look([]))).toBe('at the start CRITICAL')
  })
})

describe('what whoever closes should know', () => {
  const NOW_MS = STARTED_MS + 60 * 60_000
  const said = (me: string, ...shorts: readonly Short[]): readonly string[] =>
    reservationsAbout(situationOf(chained([opened, ...shorts])), me).map((each) => reservationWords(each, NOW_MS))

  it('is which boxes burned when they were seen last', () => {
    expect(said('alice@laptop', look([LEAK], { minute: 40 }), look([LEAK], { box: 'db-1', minute: 55 }))).toEqual([
      'still critical at the last look: web-1, 20 min ago; db-1, 5 min ago',
    ])
    // A door that is shut since says nothing else.
    expect(said('alice@laptop', look([LEAK], { minute: 40 }), look([], { state: 'unknown' }))).toHaveLength(1)
    expect(said('alice@laptop', look([LEAK]), look([]))).toEqual([])
  })

  it('is that somebody else was to have it', () => {
    const handed = short('handed-over', { to: 'bob' }, { minute: 30 })
    expect(said('alice@laptop', handed)).toEqual([
      expect.stringMatching(/^alice@laptop had handed it over to bob at .*, and nobody has taken it over$/),
    ])
    expect(said('bob@desk', handed)).toEqual([])
    expect(said('alice@laptop', handed, short('took-over', { from: 'alice@laptop' }, { by: 'bob@desk' }))).toEqual([])
  })

  it('is that several causes are confirmed', () => {
    const cause = (hypothesis: number, text: string): readonly Short[] => [
      short('supposed', { hypothesis, text }),
      short('confirmed', { hypothesis, why: 'seen', by: [1] }),
    ]
    expect(said('alice@laptop', ...cause(1, 'the disk'), ...cause(2, 'the pool'))).toEqual([
      '2 hypotheses are confirmed, which may contradict each other: 1 "the disk", 2 "the pool"',
    ])
    expect(said('alice@laptop', ...cause(1, 'the disk'))).toEqual([])
  })

  it('is what only eased it, and that nothing takes it back', () => {
    const restart = { what: 'restart orders.service', price: 'change' } as const
    const begun = short('relieved', { ...restart, state: 'running' }, { box: 'web-1' })
    expect(said('alice@laptop', begun, short('relieved', { ...restart, state: 'ended', of: 2, worked: true }))).toEqual(
      [
        'what only eased it was done, and nothing takes it back: #2 restart orders.service on web-1. Is what made it necessary mended?',
      ],
    )
  })
})
