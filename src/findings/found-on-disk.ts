import { bytes, count, duration } from '../base/format.ts'
import type { FoundFile } from '../evidence/disk-walk.ts'
import type { Clock } from '../evidence/probes/clock.ts'
import type { Filesystem } from '../evidence/probes/filesystems.ts'

/**
 * What takes the space of a nearly full file system, as the end of a title: its largest file where that takes at least this share of it, else
 * the folder that holds most. Empty where no search was made, or nothing stands out.
 */
export function searchWords(
  { search, totalBytes, usedBytes }: Filesystem,
  fileShare: number,
  clock: Clock | undefined,
): string {
  if (!search) return ''
  const [largest] = search.files
  if (largest && largest.bytes >= fileShare * totalBytes) return `; ${fileWords(largest, clock)}`
  const { heaviest, cut } = search
  if (!heaviest || heaviest.bytes < FOLDER_SHARE * usedBytes) return ''
  return `; ${cut ? 'at least ' : ''}${bytes(heaviest.bytes)} of it in ${count(heaviest.files, 'file')} below ${heaviest.path}`
}

/** What else was found, as sentences for the reason. */
export function searchReason({ search }: Filesystem, clock: Clock | undefined): string {
  if (!search) return ''
  const [, ...others] = search.files
  return (
    (others.length > 0
      ? ` Large too: ${others
          .slice(0, 3)
          .map((file) => fileWords(file, clock))
          .join('; ')}.`
      : '') + (search.cut ? ' The search for it was short and did not see all of it: there may be larger ones.' : '')
  )
}

/** The folder that has most of the files, as the end of a title; empty likewise. */
export function crowdWords({ search, inodes, inodesFree }: Filesystem): string {
  const crowded = search?.crowded
  if (!crowded || crowded.files < (search.cut ? CROWD_LEAST : CROWD_SHARE * (inodes - inodesFree))) return ''
  return `; ${search.cut ? 'at least ' : ''}${count(crowded.files, 'file')} below ${crowded.path}`
}

/** The largest file that was written within the last seconds: what grows though nobody that was seen has it open. */
export function writtenWords({ search }: Filesystem, clock: Clock | undefined): string {
  if (!clock) return ''
  const fresh = search?.files.find(({ writtenAtSeconds }) => {
    const ago = clock.boxMs / 1000 - writtenAtSeconds
    return ago >= -AHEAD_SECONDS && ago <= FRESH_SECONDS
  })
  return fresh ? `; ${fileWords(fresh, clock)}` : ''
}

/** What grows steadily is written within this. Seconds. */
const FRESH_SECONDS = 10
/** The search comes after the clock was read, by less than this. A date further ahead somebody has set (touch(1), an archive, a clock that was wrong). Seconds. */
const AHEAD_SECONDS = 5

/** `/var/log/debug.log has 3.1 GiB, written 2 s ago`. */
function fileWords({ path, bytes: size, writtenAtSeconds }: FoundFile, clock: Clock | undefined): string {
  const ago = clock ? clock.boxMs / 1000 - writtenAtSeconds : undefined
  const when =
    ago === undefined
      ? ''
      : ago < -AHEAD_SECONDS
        ? `, dated ${duration(-ago)} in the future`
        : `, written ${ago < 1 ? 'just now' : `${duration(ago)} ago`}`
  return `${path} has ${bytes(size)}${when}`
}

/** A folder with less than this of what is used is not where it went. Share. */
const FOLDER_SHARE = 0.2
/** A folder with less than this of all files is not where the inodes went. Share. */
const CROWD_SHARE = 0.2
/** In a walk that did not come to its end: a folder with fewer is an ordinary one. Files. */
const CROWD_LEAST = 5_000
