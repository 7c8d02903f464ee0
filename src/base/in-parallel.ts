/** Does something for each, at most so many at once; gives what came of it in the order of the names. */
export async function inParallel<T>(
  names: readonly string[],
  atOnce: number,
  act: (name: string) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = []
  let nextIndex = 0
  const worker = async (): Promise<void> => {
    for (let at = nextIndex++; at < names.length; at = nextIndex++) results[at] = await act(names[at] ?? '')
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, names.length) }, worker))
  return results
}
