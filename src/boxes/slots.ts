import { setTimeout as delay } from 'node:timers/promises'

/** Lets so many through at once; the others wait in the order in which they came. `take` gives the way to leave again. */
export function slotQueue(size: number): { readonly take: () => Promise<() => void> } {
  let taken = 0
  const waiting: (() => void)[] = []
  const release = (): void => {
    const next = waiting.shift()
    if (next) next()
    else taken -= 1
  }
  return {
    take: async () => {
      if (taken < size) taken += 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      return release
    },
  }
}

/** Ends early when the signal is aborted, and leaves nothing at it. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  // Its only way to fail is to be aborted.
  await delay(milliseconds, undefined, signal ? { signal } : {}).catch(() => {})
}
