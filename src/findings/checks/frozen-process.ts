import { count } from '../../base/format.ts'
import { check, verdict, type FindingDraft } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

/** Where a task waits that was frozen: by the freezer of control groups v1, and by cgroup.freeze of v2 (kernel/freezer.c, kernel/signal.c). */
const FROZEN_IN: ReadonlySet<string> = new Set(['__refrigerator', 'do_freezer_trap'])
/** More groups are told by their number. Findings. */
const GROUPS_SHOWN = 3

export const frozenProcess = check({
  id: 'frozen-process',
  title: 'A control group is frozen',
  resource: 'process',
  about:
    'All of its processes stand still until it is thawed (`docker pause`, a snapshot that did not end, a tool that died between). They keep their ports and locks and answer nobody, no signal but SIGKILL reaches them under v2, and none at all under v1.',
  needs: ['process-wait', 'process-stat'],
  wants: ['process-command', 'process-cgroup'],
  limits: {},
  shown: { how: 'real sample', source: 'https://github.com/concourse/concourse/issues/4477' },
  run: (seen, _limits, { box }) => {
    const frozen = seen['process-stat'].processes.filter(
      ({ pid, kernelThread }) => !kernelThread && FROZEN_IN.has(seen['process-wait'].get(pid) ?? ''),
    )
    const groups = [...Map.groupBy(frozen, ({ pid }) => seen['process-cgroup']?.get(pid)?.path ?? '')]
      .toSorted(([, a], [, b]) => b.length - a.length)
      .slice(0, GROUPS_SHOWN)
    const findings = groups.flatMap(([path, all]): readonly FindingDraft[] => {
      const [first] = all
      if (!first) return []
      const subject = processSubject(first.pid, seen)
      const others = all.length > 1 ? ` and ${count(all.length - 1, 'other process', 'other processes')}` : ''
      const { container } = subject
      return [
        {
          state: 'warning',
          severity: 0.7,
          title: `${processWords(subject)}${others} ${all.length > 1 ? 'are' : 'is'} frozen${path === '' ? '' : ` with the control group ${path}`}`,
          why: 'It stands still until it is thawed: what it listens on takes connections and answers none.',
          subject,
          measured: [
            { what: 'frozen processes', value: all.length, unit: 'count', source: `/proc/${first.pid}/wchan` },
          ],
          next: [
            next(box, `cat /proc/${first.pid}/cgroup`, 'see its control group: freezer (v1), 0:: (v2)'),
            ...(container === undefined
              ? []
              : [next(box, `docker unpause ${container}`, 'let it run again, once you know who paused it', 'change')]),
          ],
        },
      ]
    })
    return verdict(findings, count(frozen.length, 'frozen process', 'frozen processes'))
  },
})
