import { count } from '../../base/format.ts'
import { check, grade, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const zombiePileUp = check({
  id: 'zombie-pile-up',
  title: 'Zombies pile up below one parent',
  resource: 'process',
  about:
    'A zombie has ended, and its parent has not asked how. It holds a PID and nothing else; many of them use the PIDs up, and show a parent that no longer does its work (stuck, or a container whose PID 1 does not wait). Killing a zombie does nothing: ' +
    'the parent has to wait for it, or to end.',
  needs: ['process-stat'],
  wants: ['process-command', 'process-cgroup'],
  limits: {
    warningCount: {
      value: 20,
      unit: 'zombies of one parent',
      why: 'a busy parent may lag behind by a few, not by dozens',
    },
    criticalCount: {
      value: 1_000,
      unit: 'zombies of one parent',
      why: 'PIDs run out at 32,768 where nobody raised kernel.pid_max (systemd does since 243): hours from now at most',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningCount, criticalCount }, { box }) => {
    const zombies = seen['process-stat'].processes.filter(({ state }) => state === 'Z')
    const parents = Map.groupBy(zombies, ({ ppid }) => ppid)
    const findings = [...parents].flatMap(([ppid, children]): FindingDraft[] => {
      const graded = grade(children.length, warningCount, criticalCount, 10 * criticalCount)
      if (!graded) return []
      const subject = processSubject(ppid, seen)
      const name = children[0]?.name ?? ''
      return [
        {
          ...graded,
          title: `${processWords(subject)} has ${children.length} zombies that it does not wait for`,
          why: `Its children (${name}${children.some((child) => child.name !== name) ? ' and others' : ''}) ended and were never reaped: it is stuck, or was never written to wait.`,
          subject,
          measured: [{ what: 'zombies', value: children.length, unit: 'count', source: `ps --ppid ${ppid}` }],
          next: [
            next(box, `cat /proc/${ppid}/wchan /proc/${ppid}/syscall`, 'see what the parent waits for'),
            next(box, `kill -CHLD ${ppid}`, 'remind the parent (does nothing if it has no handler)', 'change'),
          ],
        },
      ]
    })
    return verdict(findings, count(zombies.length, 'zombie'))
  },
})
