import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { pause } from './slots.ts'

describe('pause', () => {
  it('leaves nothing at the signal once it is over: who polls pauses hundreds of times', async () => {
    const { signal } = new AbortController()
    await pause(1, signal)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it.each([
    ['is aborted meanwhile', (controller: AbortController) => void setTimeout(() => controller.abort(), 1)],
    ['was aborted before', (controller: AbortController) => controller.abort()],
  ])('ends early when the signal %s', async (_, abort) => {
    const controller = new AbortController()
    abort(controller)
    await pause(3_600_000, controller.signal)
    expect(controller.signal.aborted).toBe(true)
  })
})
