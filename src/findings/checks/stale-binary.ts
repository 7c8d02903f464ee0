import { count, duration } from '../../base/format.ts'
import { check, unknown, verdict } from '../check.ts'
import { next, quoted } from '../next.ts'
import { processSubject, processWords } from '../subject.ts'

export const staleBinary = check({
  id: 'stale-binary',
  title: 'A process runs a file that was replaced or deleted',
  resource: 'process',
  about:
    'The file of a running program was deleted or replaced (an upgrade, a deploy) and the process was not restarted: the code that runs is not the code on disk. A fix that was installed does not help; stack traces do not match; a restart changes more than you expect.',
  needs: ['process-executable', 'process-stat'],
  wants: ['process-command', 'process-cgroup', 'open-files'],
  limits: {
    ageSeconds: { value: 5, unit: 's', why: 'installers delete themselves while they run, and are done in a moment' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { ageSeconds }, { box }) => {
    const stale = [...seen['process-executable']].flatMap(([pid, { path, deleted }]) => {
      const stat = seen['process-stat'].byPid.get(pid)
      // Programs in memory (memfd) never had a file.
      return deleted && stat && stat.ageSeconds >= ageSeconds && !path.startsWith('/memfd:')
        ? [{ pid, path, age: stat.ageSeconds, threads: stat.threads }]
        : []
    })
    const oldest = stale.toSorted((a, b) => b.age - a.age)[0]
    const unreadable = seen['open-files']?.unreadable ?? 0
    if (!oldest && unreadable > 0)
      return unknown(
        `the executables of ${count(unreadable, 'process', 'processes')} could not be seen`,
        'run with --sudo',
      )
    if (!oldest) return verdict([], `all ${seen['process-executable'].size} executables are the files on disk`)
    const subject = processSubject(oldest.pid, seen)
    const others = stale.length - 1
    return verdict(
      [
        {
          state: 'warning',
          severity: 0.3,
          title: `${processWords(subject)} runs ${oldest.path}, which was replaced or deleted${others > 0 ? `; so do ${count(others, 'other process', 'other processes')}` : ''}`,
          why: `It started ${duration(oldest.age)} ago: the code that runs is not the code on disk. ${
            TEMPORARY.test(oldest.path)
              ? 'A program that was started from a folder for temporary files, and whose file is gone, may be one that hides: find out who started it before it is stopped.'
              : 'If a new version was installed, it has no effect until a restart.'
          }`,
          subject: { ...subject, kind: 'process' },
          measured: [
            {
              what: 'processes whose executable is gone',
              value: stale.length,
              unit: 'count',
              source: `/proc/${oldest.pid}/exe`,
            },
          ],
          next: [
            next(
              box,
              `ls -l /proc/${oldest.pid}/exe; ls -l --full-time ${quoted(oldest.path)}`,
              'see when the new file came',
            ),
          ],
        },
      ],
      '',
    )
  },
})

/** Where an upgrade installs nothing. */
const TEMPORARY = /^\/(?:tmp|var\/tmp|dev\/shm)\//
