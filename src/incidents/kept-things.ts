/**
 * The things that were kept of those that were to be: what was seen, also where nothing was in it. One count for the screen of `preserve`, the timeline,
 * `show` and the write-up.
 */
export function keptThings<T extends { readonly blind?: string | undefined }>(things: readonly T[]): readonly T[] {
  return things.filter(({ blind }) => blind === undefined)
}
