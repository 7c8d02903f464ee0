import { bytes, count, percent } from '../../base/format.ts'
import { check, unknown, verdict } from '../check.ts'
import { next } from '../next.ts'

export const sharedMemoryOrphans = check({
  id: 'shared-memory-orphans',
  title: 'Shared memory that nobody uses any more',
  resource: 'memory',
  about:
    'A segment of System V shared memory lives until somebody removes it, not until its programs end: what crashed leaves it behind, and each new start makes another one. It is counted as shared memory and as cache, belongs to no process, and is swapped but never freed. ' +
    'Only segments count that nobody has attached, and whose creator and last user are gone.',
  needs: ['system-v', 'process-stat', 'memory'],
  limits: {
    memoryShare: {
      value: 0.05,
      unit: 'of the memory of the box',
      why: 'a program may leave a small segment for its next start; a twentieth of the memory is missed by others',
    },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { memoryShare }, { box }) => {
    const { segments } = seen['system-v']
    if (segments === undefined) return unknown('the box does not tell of System V shared memory')
    const { byPid } = seen['process-stat']
    const { totalBytes } = seen.memory
    const orphans = segments.filter(
      ({ attached, creator, lastUser }) => attached === 0 && !byPid.has(creator) && !byPid.has(lastUser),
    )
    const held = orphans.reduce((sum, segment) => sum + segment.bytes, 0)
    const [largest] = orphans
    const what = `${count(orphans.length, 'segment')} of System V shared memory`
    if (!largest || held < memoryShare * totalBytes)
      return verdict([], `${what}, ${bytes(held)}, ${orphans.length === 1 ? 'has' : 'have'} no user any more`)
    const share = held / totalBytes
    return verdict(
      [
        {
          state: 'warning',
          severity: Math.min(1, 2 * share),
          title: `${what} that nobody uses ${orphans.length === 1 ? 'takes' : 'take'} ${bytes(held)}, ${percent(100 * share)} of the memory`,
          why: `Nobody has them attached, and who made them has ended. The largest, ${largest.id} of user ${largest.uid}, takes ${bytes(largest.bytes)}. They stay until they are removed.`,
          subject: { kind: 'box', name: box },
          measured: [
            {
              what: 'orphaned shared memory',
              value: held,
              limit: totalBytes,
              unit: 'bytes',
              source: '/proc/sysvipc/shm',
            },
          ],
          next: [
            next(box, 'ipcs -m -p; ipcs -m -t', 'see who made each segment, and when it was used last'),
            next(
              box,
              `ipcrm -m ${largest.id}`,
              'remove the largest, if its program does not come back for it',
              'change',
            ),
          ],
        },
      ],
      '',
    )
  },
})
