/** Does something with each, at most so many at once; gives what came of it in the same order. */
export async function inParallel<Each, T>(
  all: readonly Each[],
  atOnce: number,
  act: (each: Each) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = []
  let nextIndex = 0
  const worker = async (): Promise<void> => {
    for (let at = nextIndex++; at < all.length; at = nextIndex++) results[at] = await act(all[at] as Each)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker))
  return results
}
