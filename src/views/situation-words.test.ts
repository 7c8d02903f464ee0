import { describe, expect, it } from 'vitest'
import { chained, look, opened, STARTED_MS, type Short } from '../../test/incidents/entries.ts'
import { situationOf } from '../incidents/situation.ts'
import { startWords } from './situation-words.ts'

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
