import { percent } from '../../base/format.ts'
import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const openFileTable = check({
  id: 'open-file-table',
  title: 'The file table of the whole box is full',
  resource: 'kernel',
  about:
    'fs.file-max limits open files of all processes together; beyond it open() and accept() fail with ENFILE for everybody but root ("VFS: file-max limit reached").',
  needs: ['kernel-limits'],
  limits: {
    warningPercent: { value: 80, unit: '%', why: 'somebody leaks on a scale that the box was not set up for' },
    criticalPercent: { value: 95, unit: '%', why: 'the next burst fails on every service of the box' },
  },
  shown: { how: 'examples only', why: 'the limit is shared by all boxes of the machine that tests' },
  run: ({ 'kernel-limits': { openFiles } }, { warningPercent, criticalPercent }, { box }) => {
    if (!openFiles || openFiles.limit === 0) return unknown('fs.file-nr could not be read')
    const share = (100 * openFiles.used) / openFiles.limit
    const graded = grade(share, warningPercent, criticalPercent, 100)
    const figures = `${openFiles.used} of ${openFiles.limit} open files in use`
    if (!graded) return verdict([], `${figures} on the whole box`)
    return verdict(
      [
        {
          ...graded,
          title: `The box has ${figures} (${percent(share)})`,
          why: 'At the limit open() and accept() fail with ENFILE in every process that is not root.',
          subject: { kind: 'box', name: box },
          measured: [
            {
              what: 'open files',
              value: openFiles.used,
              limit: openFiles.limit,
              unit: 'count',
              source: '/proc/sys/fs/file-nr',
            },
          ],
          next: [
            next(
              box,
              'for p in /proc/[0-9]*; do echo "$(ls $p/fd 2>/dev/null | wc -l) $p"; done | sort -rn | head',
              'see who holds them',
            ),
          ],
        },
      ],
      '',
    )
  },
})
