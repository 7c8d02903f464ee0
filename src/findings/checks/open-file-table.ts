import { duration, percent } from '../../base/format.ts'
import type { KernelLog } from '../../evidence/probes/kernel-log.ts'
import { check, grade, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const openFileTable = check({
  id: 'open-file-table',
  title: 'The file table of the whole box is full',
  resource: 'kernel',
  about:
    'fs.file-max limits open files of all processes together; beyond it open() and accept() fail with ENFILE for everybody but root, and the kernel says "VFS: file-max limit 51200 reached". When a program dies of it, its files are closed and the table looks fine again: the line stays.',
  needs: ['kernel-limits'],
  wants: ['kernel-log'],
  limits: {
    warningPercent: { value: 80, unit: '%', why: 'somebody leaks on a scale that the box was not set up for' },
    criticalPercent: { value: 95, unit: '%', why: 'the next burst fails on every service of the box' },
    recentSeconds: { value: 3_600, unit: 's', why: 'full within the hour: what failed then belongs to the fire' },
  },
  shown: { how: 'real sample', source: 'https://github.com/SukkaW/Koolshare-Clash/issues/14' },
  run: (
    { 'kernel-limits': { openFiles: table }, 'kernel-log': log },
    { warningPercent, criticalPercent, recentSeconds },
    { box },
  ) => {
    const openFiles = table && table.limit > 0 ? table : undefined
    const fullAgo = secondsSinceFull(log, recentSeconds)
    if (!openFiles && fullAgo === undefined) return unknown('fs.file-nr could not be read')
    const share = openFiles ? (100 * openFiles.used) / openFiles.limit : 0
    const graded =
      fullAgo === undefined
        ? grade(share, warningPercent, criticalPercent, 100)
        : { state: 'critical' as const, severity: share >= criticalPercent ? 1 : 0.5 }
    const figures = openFiles ? figuresOf(openFiles) : ''
    if (!graded) return verdict([], `${figures} on the whole box`)
    return verdict(
      [
        {
          ...graded,
          title:
            fullAgo === undefined
              ? `The box has ${figures} (${percent(share)})`
              : `The file table of the box was full ${duration(fullAgo)} ago${figures ? `; ${figures} now` : ''}`,
          why: 'At the limit open() and accept() fail with ENFILE in every process that is not root.',
          subject: { kind: 'box', name: box },
          measured: openFiles
            ? [
                {
                  what: 'open files',
                  value: openFiles.used,
                  limit: openFiles.limit,
                  unit: 'count',
                  source: '/proc/sys/fs/file-nr',
                },
              ]
            : [],
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

/** systemd sets fs.file-max to the largest number that there is (since v240): nobody needs to read its digits. */
const NO_LIMIT = 2 ** 62

function figuresOf({ used, limit }: { readonly used: number; readonly limit: number }): string {
  return limit >= NO_LIMIT ? `${used} open files in use, without a limit,` : `${used} of ${limit} open files in use`
}

/** Message of fs/file_table.c. */
const REACHED = /VFS: file-max limit \d+ reached/

function secondsSinceFull(log: KernelLog | undefined, recentSeconds: number): number | undefined {
  const last = log?.lines.findLast(({ text, atSeconds }) => REACHED.test(text) && atSeconds > 0)
  const ago = log && last ? log.readAtSeconds - last.atSeconds : Infinity
  return ago <= recentSeconds ? ago : undefined
}
