import { bytes, count, percent } from '../../base/format.ts'
import { check, unknown, verdict, type FindingDraft } from '../check.ts'
import { next, nextRelieve } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const deletedOpenFile = check({
  id: 'deleted-open-file',
  title: 'A deleted file is still held open and takes space',
  resource: 'filesystem',
  about:
    'rm removes a name; the space comes back when the last process closes the file. A log that was deleted instead of rotated fills the disk invisibly: df says full, du finds nothing. Truncating it through /proc/PID/fd/N gives the space back without a restart; that is suggested only where its process can do nothing but write to it.',
  needs: ['open-files', 'filesystems'],
  wants: ['process-stat', 'process-command', 'process-cgroup'],
  limits: {
    sharePercent: {
      value: 10,
      unit: '% of its file system',
      why: 'a tenth of a file system in a file without a name surprises everybody',
    },
    largeBytes: {
      value: 5 * 1024 ** 3,
      unit: 'bytes',
      why: 'on a large file system this much is worth a line whatever the share',
    },
    leastBytes: {
      value: 1024 ** 2,
      unit: 'bytes',
      why: 'small deleted files (locks, shared libraries after an upgrade) are everywhere',
    },
    fullPercent: { value: 90, unit: '% used', why: 'on a file system that is nearly full this file is the fire' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { sharePercent, largeBytes, leastBytes, fullPercent }, { box }) => {
    const { deleted, unreadable } = seen['open-files']
    const findings = deleted.slice(0, 10).flatMap((file): FindingDraft[] => {
      if (file.bytes < leastBytes) return []
      const fs = seen.filesystems.filesystems
        .filter(({ mount }) => file.path === mount || file.path.startsWith(mount.endsWith('/') ? mount : `${mount}/`))
        .toSorted((a, b) => b.mount.length - a.mount.length)[0]
      const share = fs ? (100 * file.bytes) / fs.totalBytes : 0
      if (share < sharePercent && file.bytes < largeBytes) return []
      const critical = fs !== undefined && fs.usedPercent >= fullPercent
      const subject = processSubject(file.pid, seen)
      return [
        {
          state: critical ? 'critical' : 'warning',
          severity: critical ? 0.9 : Math.min(1, share / 100),
          title: `${processWords(subject)} holds ${bytes(file.bytes)} of ${file.path}, which was deleted`,
          why: `The space comes back only when it is closed${fs ? `: ${percent(share)} of ${fs.mount}, which is ${percent(fs.usedPercent)} full` : ''}. du does not find it.`,
          subject,
          measured: [
            {
              what: 'space of the deleted file',
              value: file.bytes,
              ...(fs ? { limit: fs.totalBytes } : {}),
              unit: 'bytes',
              source: `/proc/${file.pid}/fd/${file.descriptor}`,
            },
          ],
          next: [
            next(
              box,
              `tail -c 2000 /proc/${file.pid}/fd/${file.descriptor}`,
              'see what it is: it can still be read, and copied if it is needed',
            ),
            // What its process can read it may need: a library that was replaced, a table of a database, the disk of a virtual machine.
            ...(file.onlyWritten
              ? nextRelieve(
                  box,
                  ['free-deleted', `${file.pid}:${file.descriptor}`],
                  'give the space back without a restart (empties the file)',
                  `: >/proc/${file.pid}/fd/${file.descriptor}`,
                )
              : []),
            ...(file.onlyWritten && subject.unit?.endsWith('.service')
              ? nextRelieve(box, ['reload', subject.unit], 'have it open its log anew, if a reload does that')
              : []),
          ],
        },
      ]
    })
    const largest = deleted[0]
    if (findings.length === 0 && unreadable > 0)
      return unknown(
        `the descriptors of ${count(unreadable, 'process', 'processes')} could not be listed`,
        'run with --sudo',
      )
    return verdict(
      findings,
      largest ? `largest deleted file that is still open has ${bytes(largest.bytes)}` : 'no deleted file is held open',
    )
  },
})
