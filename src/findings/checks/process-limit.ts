import { percent } from '../../base/format.ts'
import { check, grade, unknown, verdict, type FindingDraft } from '../check.ts'
import { heaviest } from '../heaviest.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'
import { groupSubject, groupWords } from './cgroup-throttled.ts'

export const processLimit = check({
  id: 'process-limit',
  title: 'No room for more processes or threads',
  resource: 'kernel',
  about:
    'Every thread takes a PID. At kernel.pid_max, kernel.threads-max or the pids limit of a control group (systemd: TasksMax) fork() and pthread_create() fail with EAGAIN: "Resource temporarily unavailable", even for a shell.',
  needs: ['load', 'kernel-limits', 'process-stat'],
  wants: ['cgroups', 'process-cgroup', 'process-command'],
  limits: {
    warningPercent: { value: 75, unit: '%', why: 'no healthy box comes near: something starts threads without end' },
    criticalPercent: { value: 90, unit: '%', why: 'soon nobody can log in to mend it' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningPercent, criticalPercent }, { box }) => {
    const { pidMax, threadsMax } = seen['kernel-limits']
    const limit = Math.min(pidMax ?? Infinity, threadsMax ?? Infinity)
    if (!Number.isFinite(limit)) return unknown('neither pid_max nor threads-max could be read')
    const top = heaviest(seen['process-stat'].processes, ({ threads }) => threads)
    const subject = top ? processSubject(top.process.pid, seen) : { kind: 'box' as const, name: box }
    const most = top
      ? `; ${top.alike > 1 ? `${top.alike} processes named ${subject.name} have` : `${processWords(subject)} has`} ${top.value}`
      : ''
    const commands = [next(box, 'ps -eo nlwp,pid,args --sort=-nlwp | head', 'see who has most threads')]
    const share = (100 * seen.load.threads) / limit
    const whole = grade(share, warningPercent, criticalPercent, 100)
    const findings: FindingDraft[] = whole
      ? [
          {
            ...whole,
            title: `The box has ${seen.load.threads} of at most ${limit} threads (${percent(share)})${most}`,
            why: 'At the limit nothing can be started any more, not even a shell.',
            subject,
            measured: [{ what: 'threads', value: seen.load.threads, limit, unit: 'count', source: '/proc/loadavg' }],
            next: commands,
          },
        ]
      : []
    for (const group of seen.cgroups ?? []) {
      if (group.pids === undefined || !group.pidsLimit) continue
      const used = (100 * group.pids) / group.pidsLimit
      const graded = grade(used, warningPercent, criticalPercent, 100)
      if (!graded) continue
      const members = seen['process-stat'].processes.filter(({ pid }) => {
        const path = seen['process-cgroup']?.get(pid)?.path
        return path === group.path || path?.startsWith(`${group.path}/`)
      })
      const largest = heaviest(members, ({ threads }) => threads)
      const name = largest && processSubject(largest.process.pid, seen)
      const membership = largest && seen['process-cgroup']?.get(largest.process.pid)
      findings.push({
        ...graded,
        title: `${groupWords(group.path, membership)} has ${group.pids} of at most ${group.pidsLimit} threads (${percent(used)})${largest && name && largest.value * 2 >= group.pids ? `; ${largest.alike > 1 ? `${largest.alike} processes named ${name.name} have` : `${processWords(name)} has`} ${largest.value}` : ''}`,
        why: 'At the limit fork() and pthread_create() fail in it with EAGAIN.',
        subject: {
          ...groupSubject(group.path, membership),
          ...(largest ? { pid: largest.process.pid } : {}),
        },
        measured: [
          {
            what: 'threads of the group',
            value: group.pids,
            limit: group.pidsLimit,
            unit: 'count',
            source: `/sys/fs/cgroup${group.path}/pids.current`,
          },
        ],
        next: commands,
      })
    }
    return verdict(findings, `${seen.load.threads} of at most ${limit} threads`)
  },
})
