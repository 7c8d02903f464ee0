import type { Filesystems } from '../evidence/probes/filesystems.ts'

/** What the checks may know of the search that a look makes over a full file system. */
export interface Searched {
  readonly filesystems: Filesystems | undefined
}

/**
 * A share of the window, percent, as it was at least while the look itself did not search a full file system: all of the time of the search, in which
 * it may have made work wait for disks and CPUs, is taken for its own. What burns all the time burns as much without it.
 *
 * @param part of the box that the search can take: 1 for its disk, 1 of 4 CPUs for each of its processes
 */
export function besideSearch(value: number, { filesystems }: Searched, part = 1): number {
  const search = (filesystems?.searchPercent ?? 0) * Math.min(1, part)
  if (search === 0) return value
  return search >= 100 ? 0 : Math.max(0, (100 * (value - search)) / (100 - search))
}

/** The end of a sentence that says a figure of the window; empty where there was no search. */
export function searchNote({ filesystems }: Searched): string {
  return filesystems?.searchPercent === undefined
    ? ''
    : ', the time in which the look itself searched a full file system among it'
}
