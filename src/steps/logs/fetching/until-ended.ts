/**
 * What comes, until it is over or `ends` is aborted, also while nothing comes: a pipe whose writer stands still is not waited for. What comes later is left
 * to whoever owns the stream.
 */
export async function* untilEnded<T>(chunks: AsyncIterator<T>, ends: AbortSignal): AsyncGenerator<T> {
  let wake = (): void => undefined
  const stop = (): void => wake()
  ends.addEventListener('abort', stop)
  try {
    while (!ends.aborted) {
      // A promise of its own for each: a race with one of the whole stream would keep each of them until the end.
      const next = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
        wake = () => resolve(undefined)
        chunks.next().then(resolve, reject)
      })
      if (!next || next.done) return
      yield next.value
    }
  } finally {
    ends.removeEventListener('abort', stop)
  }
}
