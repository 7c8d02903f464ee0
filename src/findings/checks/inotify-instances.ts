import { percent } from '../../base/format.ts'
import { check, grade, unknown, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const inotifyInstances = check({
  id: 'inotify-instances',
  title: 'A user runs out of inotify instances',
  resource: 'kernel',
  about:
    'Each watcher of files (tail -f, a reloader, kubelet, systemd, an IDE) takes an inotify instance, and fs.inotify.max_user_instances (128 by default) bounds them for all processes of a user together. Beyond it inotify_init() fails with EMFILE: "Too many open files", although no descriptor table is full.',
  needs: ['open-files', 'kernel-limits', 'process-status'],
  wants: ['process-stat', 'process-command', 'process-cgroup'],
  limits: {
    warningPercent: {
      value: 80,
      unit: '% of the limit',
      why: 'a few more services or a leak and nothing can watch files',
    },
    criticalPercent: { value: 98, unit: '% of the limit', why: 'the next inotify_init() fails' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningPercent, criticalPercent }, { box }) => {
    const limit = seen['kernel-limits'].inotifyInstancesMax
    if (!limit) return unknown('fs.inotify.max_user_instances could not be read')
    const holders = [...seen['open-files'].byPid].flatMap(([pid, { inotify }]) =>
      inotify > 0 ? [{ pid, inotify, uid: seen['process-status'].get(pid)?.uid ?? 0 }] : [],
    )
    const users = [...Map.groupBy(holders, ({ uid }) => uid)]
      .map(([uid, own]) => ({ uid, own, used: own.reduce((sum, { inotify }) => sum + inotify, 0) }))
      .toSorted((a, b) => b.used - a.used)
    const findings = users.flatMap(({ uid, own, used }): FindingDraft[] => {
      const share = (100 * used) / limit
      const graded = grade(share, warningPercent, criticalPercent, 100)
      const [most] = own.toSorted((a, b) => b.inotify - a.inotify)
      if (!graded || !most) return []
      const subject = processSubject(most.pid, seen)
      return [
        {
          ...graded,
          title: `User ${uid} has ${used} of ${limit} inotify instances (${percent(share)}); ${processWords(subject)} holds ${most.inotify}`,
          why: 'At the limit nothing that this user runs can watch files: "Too many open files", although descriptors are free.',
          subject,
          measured: [
            {
              what: 'inotify instances',
              value: used,
              limit,
              unit: 'count',
              source: '/proc/sys/fs/inotify/max_user_instances',
            },
          ],
          next: [
            next(box, 'ls -l /proc/[0-9]*/fd 2>/dev/null | grep -c anon_inode:inotify', 'count them'),
            next(box, `sysctl fs.inotify.max_user_instances=${limit * 2}`, 'win time: raise the limit', 'change'),
          ],
        },
      ]
    })
    const top = users[0]
    return verdict(findings, `${top?.used ?? 0} of ${limit} inotify instances of one user are in use`)
  },
})
