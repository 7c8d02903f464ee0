import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

beforeEach(() => {
  vi.useFakeTimers()
  vi.resetModules()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the rehearsal of an answer', () => {
  it('reads what has come once the box is silent, in the first look of a process alone', async () => {
    const { rehearsal } = await import('./rehearsal.ts')
    const reads: string[] = []
    const read = (heard: Uint8Array): void => void reads.push(Buffer.from(heard).toString())
    const [first, beside] = [rehearsal(read), rehearsal(read)]
    first.hear(Buffer.from('one '))
    vi.advanceTimersByTime(10)
    first.hear(Buffer.from('two'))
    beside.hear(Buffer.from('another box'))
    vi.advanceTimersByTime(10)
    expect(reads).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(reads).toEqual(['one two'])
    first.hear(Buffer.from('the second sample'))
    rehearsal(read).hear(Buffer.from('a later look'))
    vi.advanceTimersByTime(1000)
    expect(reads).toEqual(['one two'])
  })

  it('reads nothing of an answer that is whole already', async () => {
    const { rehearsal } = await import('./rehearsal.ts')
    const reads: Uint8Array[] = []
    const one = rehearsal((heard) => void reads.push(heard))
    one.hear(Buffer.from('all'))
    one.over()
    one.hear(Buffer.from('too late'))
    vi.advanceTimersByTime(1000)
    expect(reads).toEqual([])
  })

  it('keeps to itself what is wrong with half an answer', async () => {
    const { rehearsal } = await import('./rehearsal.ts')
    const one = rehearsal(() => {
      throw new Error('half a number')
    })
    one.hear(Buffer.from('4'))
    expect(() => vi.advanceTimersByTime(1000)).not.toThrow()
  })
})
