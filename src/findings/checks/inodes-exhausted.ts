import { percent } from '../../base/format.ts'
import { amongAsked } from '../asked-filesystems.ts'
import { check, grade, type FindingDraft } from '../check.ts'
import { crowdWords } from '../found-on-disk.ts'
import { next, quoted } from '../next.ts'

export const inodesExhausted = check({
  id: 'inodes-exhausted',
  title: 'File system out of inodes',
  resource: 'filesystem',
  about:
    'Each file takes an inode, and ext4 makes their number when the file system is made. Without one, creating a file fails with "No space left on device" while df shows free space. Usually one folder holds millions of small files: sessions, mail, cache, spool.',
  needs: ['filesystems'],
  limits: {
    warningPercent: { value: 90, unit: '%', why: 'what creates files without end does not stop at nine tenths' },
    criticalPercent: { value: 98, unit: '%', why: 'creating files fails now or within minutes' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: ({ filesystems: asked }, { warningPercent, criticalPercent }, { box }) => {
    const { filesystems } = asked
    // Some file systems (btrfs, vfat) make inodes as needed and report none.
    const counted = filesystems.filter(({ inodes, readOnly }) => inodes > 0 && !readOnly)
    const findings = counted.flatMap((fs): FindingDraft[] => {
      const graded = grade(fs.inodesUsedPercent, warningPercent, criticalPercent, 100)
      if (!graded) return []
      return [
        {
          ...graded,
          title: `${fs.mount} has used ${percent(fs.inodesUsedPercent)} of its inodes, ${fs.inodesFree} are left${crowdWords(fs)}`,
          why: `New files fail with "No space left on device" although ${percent(100 - fs.usedPercent)} of the space is free.${fs.search?.cut ? ' The search for the folder was short and did not see all of it.' : ''}`,
          subject: { kind: 'filesystem', name: fs.mount },
          measured: [
            {
              what: 'inodes in use',
              value: fs.inodes - fs.inodesFree,
              limit: fs.inodes,
              unit: 'count',
              source: `df -i ${fs.mount}`,
            },
          ],
          next: [
            next(
              box,
              `find ${quoted(fs.mount)} -xdev -printf '%h\\n' | sort | uniq -c | sort -rn | head`,
              'see which folder holds the files (reads every name: takes a while)',
            ),
          ],
        },
      ]
    })
    const fullest = counted.toSorted((a, b) => b.inodesUsedPercent - a.inodesUsedPercent)[0]
    return amongAsked(
      findings,
      asked,
      fullest
        ? `most inodes are used on ${fullest.mount}, ${percent(fullest.inodesUsedPercent)}`
        : 'no file system counts inodes',
    )
  },
})
