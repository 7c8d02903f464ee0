import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { pause, slotQueue } from './slots.ts'

/** Milliseconds. */
const LONG = 3_600_000

describe('slotQueue', () => {
  it('lets through as many as it has, and the others in the order in which they came', async () => {
    const queue = slotQueue(2)
    const came: number[] = []
    const leave = await Promise.all([queue.take(LONG), queue.take(LONG)])
    const later = [1, 2, 3].map(async (each) => {
      const release = await queue.take(LONG)
      came.push(each)
      return release
    })
    await pause(1, undefined)
    expect(came).toEqual([])
    leave[0]?.()
    // Leaving twice makes room for one.
    leave[0]?.()
    await pause(1, undefined)
    expect(came).toEqual([1])
    leave[1]?.()
    await pause(1, undefined)
    expect(came).toEqual([1, 2])
    ;(await later[0])?.()
    expect(await later[2]).toBeTypeOf('function')
  })

  it.each([
    ['for longer than its limit', () => 1],
    [
      'when it is given up',
      (controller: AbortController) => {
        setTimeout(() => controller.abort(), 1)
        return LONG
      },
    ],
  ])('does not wait %s, and takes no place then', async (_, begin) => {
    const queue = slotQueue(1)
    const release = await queue.take(LONG)
    const controller = new AbortController()
    expect(await queue.take(begin(controller), controller.signal)).toBeUndefined()
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    release?.()
    expect(await queue.take(LONG)).toBeTypeOf('function')
  })

  it('lets nobody in whose signal was aborted before', async () => {
    expect(await slotQueue(1).take(LONG, AbortSignal.abort())).toBeUndefined()
  })
})

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
    await pause(LONG, controller.signal)
    expect(controller.signal.aborted).toBe(true)
  })
})
