import { bytes, percent } from '../../base/format.ts'
import type { Filesystem } from '../../evidence/probes/filesystems.ts'
import { canRotate } from '../../evidence/reliefs/rotate-limits.ts'
import { amongAsked } from '../asked-filesystems.ts'
import { check, type FindingDraft } from '../check.ts'
import { searchReason, searchWords } from '../found-on-disk.ts'
import { next, nextRelieve, quoted } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

/** Writes to it fail with ENOSPC, or soon will: databases stop, logs end, temporary files cannot be made. */
export const diskFull = check({
  id: 'disk-full',
  title: 'File system full',
  resource: 'filesystem',
  about:
    'A file system without free blocks refuses every write with ENOSPC: databases go read-only or stop, logs end in the middle, ' +
    'temporary files cannot be made. df shows used / (used + available); the reserve for root (5 % on ext4) is not available to services. ' +
    'If du finds much less than df, a deleted file is still held open (deleted-open-file). Where it is nearly full a walk of 0.3 s over it names the largest file or folder, whoever wrote it.',
  needs: ['filesystems'],
  wants: ['open-files', 'clock', 'process-stat', 'process-command', 'process-cgroup'],
  essential: true,
  limits: {
    criticalPercent: {
      value: 98,
      unit: '%',
      why: 'on a busy box the last 2 % go within minutes, and many programs stop before 100 %',
    },
    warningPercent: {
      value: 90,
      unit: '%',
      why: 'the usual alert line of monitoring plugins; ext4 also slows down as free extents get small',
    },
    roomBytes: {
      value: 10 * 1024 ** 3,
      unit: 'bytes',
      why: 'a file system of many terabytes at 91 % has room for days: no warning while this much is available',
    },
    fileShare: {
      value: 0.1,
      unit: 'of the file system',
      why: 'a file that takes a tenth of it is worth naming; smaller ones are not what filled it',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { criticalPercent, warningPercent, roomBytes, fileShare }, { box }) => {
    const { filesystems } = seen.filesystems
    const files = seen['open-files']
    const noneDeleted = files !== undefined && files.unreadable === 0 && files.deleted.length === 0
    const findings = filesystems.flatMap((fs): FindingDraft[] => {
      if (fs.readOnly || fs.totalBytes === 0) return []
      const critical = fs.usedPercent >= criticalPercent && fs.availableBytes < roomBytes
      const warning = fs.usedPercent >= warningPercent && fs.availableBytes < roomBytes
      if (!critical && !warning) return []
      const large = fs.openFiles.find((file) => file.bytes >= fileShare * fs.totalBytes)
      const holder = large && processSubject(large.pid, seen)
      const found = large ? '' : searchWords(fs, fileShare, seen.clock)
      return [
        {
          state: critical ? 'critical' : 'warning',
          severity: critical
            ? (fs.usedPercent - criticalPercent) / (100 - criticalPercent)
            : (fs.usedPercent - warningPercent) / 10,
          title: `${fs.mount} is ${percent(fs.usedPercent)} full, ${bytes(fs.availableBytes)} available${large && holder ? `; ${processWords(holder)} has ${large.path} open, ${bytes(large.bytes)}` : found}`,
          why: `${
            critical
              ? 'Writes fail with ENOSPC or will within minutes.'
              : `${bytes(fs.usedBytes)} of ${bytes(fs.totalBytes)} are used.`
          }${searchReason(fs, seen.clock)}`,
          subject: { kind: 'filesystem', name: fs.mount, ...(holder?.pid === undefined ? {} : { pid: holder.pid }) },
          measured: [
            { what: 'used', value: fs.usedPercent, limit: 100, unit: '%', source: `df -P ${fs.mount}` },
            { what: 'available', value: fs.availableBytes, unit: 'bytes', source: `df -P ${fs.mount}` },
          ],
          next: [
            next(box, `du -xh --max-depth=2 ${quoted(fs.mount)} | sort -h | tail`, 'see which folder grew', 'slow'),
            noneDeleted
              ? next(
                  box,
                  `find ${quoted(fs.mount)} -xdev -type f -size +${largeMegabytes(fs.totalBytes)}M -mtime -2 -exec ls -l {} +`,
                  'see which large files were written within two days',
                  'slow',
                )
              : next(box, `lsof +L1 ${quoted(fs.mount)}`, 'find deleted files that are still held open'),
            ...journalSteps(fs, box),
            ...logSteps(large ?? fs.search?.files[0], fs.availableBytes, box),
          ],
        },
      ]
    })
    const fullest = filesystems.toSorted((a, b) => b.usedPercent - a.usedPercent)[0]
    return amongAsked(
      findings,
      seen.filesystems,
      fullest
        ? `fullest file system is ${fullest.mount} at ${percent(fullest.usedPercent)}`
        : 'no local file system to fill',
    )
  },
})

/** Where the journal of systemd is among what takes the space: its oldest files can be let go of. */
function journalSteps({ search, openFiles, totalBytes }: Filesystem, box: string): FindingDraft['next'] {
  const paths = [search?.heaviest, ...(search?.files ?? []), ...openFiles].map((each) => each?.path ?? '')
  if (!paths.some((path) => path.includes('/log/journal'))) return []
  const keep = totalBytes >= SMALL_BYTES ? '200M' : '16M'
  return nextRelieve(box, ['vacuum-journal', keep], 'delete the oldest files of the journal')
}

/**
 * A log that takes much of it can be compressed and emptied while it is written to, where a copy has room; others are left alone: what they are for only a person knows.
 */
function logSteps(
  file: { readonly path: string; readonly bytes: number } | undefined,
  available: number,
  box: string,
): FindingDraft['next'] {
  if (!file || !canRotate(file.bytes, available)) return []
  if (!/\/log\/|\.log$/.test(file.path) || /\/log\/journal\/|\.(?:gz|xz|zst|bz2)$/.test(file.path)) return []
  return nextRelieve(box, ['rotate-log', file.path], 'compress the log into a copy, and empty it')
}

/** On less than this, 200 MiB of journal are much. Bytes. */
const SMALL_BYTES = 4 * 1024 ** 3

/** A hundredth of a small one, so that there is something to find; 100 MiB are large on any. */
function largeMegabytes(totalBytes: number): number {
  return Math.max(1, Math.min(100, Math.floor(totalBytes / 1024 ** 2 / 100)))
}
