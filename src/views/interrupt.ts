/** As shells report a program that SIGINT ended: 128 + 2. */
export const INTERRUPTED = 130

/** The first Ctrl-C aborts the signal, so that what is known so far is shown and nothing is left behind; the second ends at once. */
export function stopOnInterrupt(): { readonly signal: AbortSignal; readonly finish: () => void } {
  const controller = new AbortController()
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    controller.abort()
  }
  process.on('SIGINT', interrupt)
  return { signal: controller.signal, finish: () => process.off('SIGINT', interrupt) }
}
