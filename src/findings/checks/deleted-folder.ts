import { count, duration } from '../../base/format.ts'
import { check, verdict } from '../check.ts'
import { next } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const deletedFolder = check({
  id: 'deleted-folder',
  title: 'A process works in a folder that was deleted',
  resource: 'process',
  about:
    'A deploy removed or replaced the folder of the release under a running service. The process lives on in a folder without a name: relative paths fail with ENOENT, getcwd() fails ("uv_cwd", "error retrieving current directory"), and so does all that it starts. Only a restart in the new folder helps.',
  needs: ['process-executable', 'process-stat'],
  wants: ['process-command', 'process-cgroup'],
  limits: {
    ageSeconds: {
      value: 3,
      unit: 's',
      why: 'builds and installers work in folders that they delete, and are done in a moment',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { ageSeconds }, { box }) => {
    const lost = [...seen['process-executable']].flatMap(([pid, { deletedFolder: folder }]) => {
      const stat = seen['process-stat'].byPid.get(pid)
      // Somebody's shell in a folder that is gone is nobody's fire.
      return folder !== undefined && stat && !stat.terminal && stat.ageSeconds >= ageSeconds
        ? [{ pid, folder, age: stat.ageSeconds }]
        : []
    })
    const oldest = lost.toSorted((a, b) => b.age - a.age)[0]
    if (!oldest) return verdict([], 'no process works in a folder that was deleted')
    const subject = processSubject(oldest.pid, seen)
    const others = lost.length - 1
    return verdict(
      [
        {
          state: 'warning',
          severity: 0.4,
          title: `${processWords(subject)} works in ${oldest.folder}, which was deleted${others > 0 ? `; so do ${count(others, 'other process', 'other processes')}` : ''}`,
          why: `It started ${duration(oldest.age)} ago. Relative paths and getcwd() fail in it with ENOENT, and in all that it starts.`,
          subject,
          measured: [
            {
              what: 'processes whose working directory is gone',
              value: lost.length,
              unit: 'count',
              source: `/proc/${oldest.pid}/cwd`,
            },
          ],
          next: [next(box, 'ls -l /proc/[0-9]*/cwd 2>/dev/null | grep deleted', 'see all of them')],
        },
      ],
      '',
    )
  },
})
