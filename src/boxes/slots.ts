import { setTimeout as delay } from 'node:timers/promises'

export interface SlotQueue {
  /** Gives the way to leave again; undefined when the wait took longer than the limit (milliseconds), or was given up by the signal. */
  readonly take: (limitMs: number, signal?: AbortSignal) => Promise<(() => void) | undefined>
}

/** Lets so many through at once; the others wait in the order in which they came. */
export function slotQueue(size: number): SlotQueue {
  let taken = 0
  const waiting: ((isTaken: boolean) => void)[] = []
  const release = (): void => {
    const next = waiting.shift()
    if (next) next(true)
    else taken -= 1
  }

  function turn(limitMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isTaken: boolean): void => {
        clearTimeout(limit)
        signal?.removeEventListener('abort', giveUp)
        resolve(isTaken)
      }
      const giveUp = (): void => {
        waiting.splice(waiting.indexOf(settle), 1)
        settle(false)
      }
      const limit = setTimeout(giveUp, limitMs)
      signal?.addEventListener('abort', giveUp)
      waiting.push(settle)
    })
  }

  return {
    take: async (limitMs, signal) => {
      if (signal?.aborted) return undefined
      if (taken < size) taken += 1
      else if (!(await turn(limitMs, signal))) return undefined
      let isLeft = false
      return () => {
        if (!isLeft) release()
        isLeft = true
      }
    },
  }
}

/** Ends early when the signal is aborted, and leaves nothing at it. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  // Its only way to fail is to be aborted.
  await delay(milliseconds, undefined, signal ? { signal } : {}).catch(() => {})
}
