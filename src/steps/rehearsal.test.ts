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
    first.hear(Buffer.from('one '.padEnd(600)))
    vi.advanceTimersByTime(10)
    first.hear(Buffer.from('two'.padEnd(600)))
    beside.hear(Buffer.from('another box'.padEnd(2000)))
    vi.advanceTimersByTime(10)
    expect(reads).toEqual([])
    vi.advanceTimersByTime(1000)
    expect(reads.map((said) => said.trim().replaceAll(/ +/g, ' '))).toEqual(['one two'])
    first.hear(Buffer.from('the second sample'.padEnd(2000)))
    rehearsal(read).hear(Buffer.from('a later look'.padEnd(2000)))
    vi.advanceTimersByTime(1000)
    expect(reads).toHaveLength(1)
  })

  it('reads nothing of an answer that is whole already', async () => {
    const { rehearsal } = await import('./rehearsal.ts')
    const reads: Uint8Array[] = []
    const one = rehearsal((heard) => void reads.push(heard))
    one.hear(Buffer.from('all'.padEnd(2000)))
    one.over()
    one.hear(Buffer.from('too late'.padEnd(2000)))
    vi.advanceTimersByTime(1000)
    expect(reads).toEqual([])
  })

  it('takes the head of an answer for no sample', async () => {
    const { rehearsal } = await import('./rehearsal.ts')
    const reads: Uint8Array[] = []
    const one = rehearsal((heard) => void reads.push(heard))
    one.hear(Buffer.from('begin'))
    vi.advanceTimersByTime(200)
    expect(reads).toEqual([])
    one.hear(Buffer.from('x'.repeat(2000)))
    vi.advanceTimersByTime(200)
    expect(reads).toHaveLength(1)
  })

  it('keeps to itself what is wrong with half an answer', async () => {
    const { rehearsal } = await import('./rehearsal.ts')
    const one = rehearsal(() => {
      throw new Error('half a number')
    })
    one.hear(Buffer.from('4'.padEnd(2000)))
    expect(() => vi.advanceTimersByTime(1000)).not.toThrow()
  })
})
