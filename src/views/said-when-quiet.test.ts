import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { saidWhenQuiet } from './said-when-quiet.ts'

describe('what is said when it is quiet', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('waits for the end of a flood', () => {
    const say = vi.fn<() => void>()
    const words = saidWhenQuiet(say)
    words.shown()
    words.begin()
    for (let at = 0; at < 10; at += 1) {
      vi.advanceTimersByTime(200)
      words.shown()
    }
    expect(say).not.toHaveBeenCalled()
    vi.advanceTimersByTime(10_000)
    words.shown()
    vi.advanceTimersByTime(10_000)
    expect(say).toHaveBeenCalledTimes(1)
  })

  it('does not wait for ever, and says nothing after the end', () => {
    const say = vi.fn<() => void>()
    const words = saidWhenQuiet(say)
    words.begin()
    for (let at = 0; at < 100; at += 1) {
      vi.advanceTimersByTime(200)
      words.shown()
    }
    expect(say).toHaveBeenCalledTimes(1)
    const unsaid = saidWhenQuiet(say)
    unsaid.begin()
    unsaid.end()
    vi.advanceTimersByTime(10_000)
    expect(say).toHaveBeenCalledTimes(1)
  })
})
