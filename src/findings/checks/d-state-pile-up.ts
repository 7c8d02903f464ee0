import { count } from '../../base/format.ts'
import type { Filesystems } from '../../evidence/probes/filesystems.ts'
import { check, grade, verdict } from '../check.ts'
import { next, quoted } from '../next.ts'
import { processSubject } from '../subject.ts'

export const dStatePileUp = check({
  id: 'd-state-pile-up',
  title: 'Tasks stuck in uninterruptible sleep',
  resource: 'disk',
  about:
    'A task in state D waits in the kernel for something that cannot be interrupted: a disk, a dead NFS server, a lock held by another one that waits. No signal reaches it (SIGKILL does where the wait is a killable one, as with NFS). Each counts 1 in the load average, so a load of hundreds with idle CPUs means this. ' +
    'The wait channel says where.',
  needs: ['process-stat'],
  wants: ['process-wait', 'process-command', 'process-cgroup', 'filesystems'],
  limits: {
    warningCount: {
      value: 5,
      unit: 'processes in D in both samples',
      why: 'some writers waiting for a disk at two moments is common; five are a queue',
    },
    stoppedCount: {
      value: 2,
      unit: 'processes in D in both samples that wait for no disk',
      why: 'a disk lets a few wait at two moments; a frozen file system, one in user space that does not answer, or a child that never executes lets nobody, and two that used no CPU meanwhile have not met the same lock twice by chance',
    },
    criticalCount: { value: 25, unit: 'processes in D in both samples', why: 'whatever they wait for has stopped' },
  },
  shown: { how: 'lit live', test: 'test/live/checks.test.ts' },
  run: (seen, { warningCount, stoppedCount, criticalCount }, { box }) => {
    const stuck = seen['process-stat'].processes.filter(
      ({ state, stateBefore, kernelThread }) => state === 'D' && stateBefore === 'D' && !kernelThread,
    )
    const waits = (pid: number): string => seen['process-wait']?.get(pid) ?? 'unknown'
    const remote = remoteMounts(seen.filesystems)
    const stopped = stuck.filter(({ pid, cpuPercent }) => cpuPercent === 0 && isNoDisk(waits(pid), remote))
    const many = grade(stuck.length, warningCount, criticalCount, 10 * criticalCount)
    const graded = many ?? (stopped.length >= stoppedCount ? { state: 'warning' as const, severity: 0.2 } : undefined)
    const shown = many ? stuck : stopped
    const first = shown[0]
    if (!graded || !first)
      return verdict([], `${count(stuck.length, 'process', 'processes')} in uninterruptible sleep through the window`)
    const channels = Map.groupBy(shown, ({ pid }) => waits(pid))
    const [channel = 'unknown', waiting = shown] =
      [...channels].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? []
    const commands = waiting.flatMap(({ pid }) => seen['process-command']?.get(pid) ?? [])
    const frozen = FROZEN.test(channel)
    const places = placesOf(frozen ? localMounts(seen.filesystems) : mountsBehind(channel, remote), commands)
    const [place] = places
    const alone = places.length === 1 ? place : undefined
    const names = [...Map.groupBy(shown, ({ name }) => name)].toSorted(([, a], [, b]) => b.length - a.length)
    const subject = processSubject(waiting[0]?.pid ?? first.pid, seen)
    return verdict(
      [
        {
          ...graded,
          title: `${shown.length} processes are stuck in uninterruptible sleep: ${names
            .slice(0, 3)
            .map(([name, all]) => `${all.length} ${name}`)
            .join(', ')}${alone && !frozen ? `, on ${alone.words}` : ''}`,
          why: `${waiting.length} of them wait in ${channel}${meaning(channel)}.${placesWords(places, frozen)} They cannot be killed, and each counts in the load average.`,
          subject,
          measured: [
            {
              what: 'processes in state D in both samples',
              value: shown.length,
              unit: 'count',
              source: '/proc/PID/stat',
            },
          ],
          next: [
            next(box, `cat /proc/${subject.pid}/stack`, 'see the kernel stack of one (root)'),
            ...(frozen
              ? [
                  next(
                    box,
                    `ls -l /proc/${subject.pid}/fd`,
                    'see which file it writes to, and so which file system it is',
                  ),
                  ...(alone
                    ? [
                        next(
                          box,
                          `fsfreeze -u ${quoted(alone.mount)}`,
                          'let it go on, if no backup is at work (root)',
                          'change',
                        ),
                      ]
                    : []),
                ]
              : []),
            next(box, "ps -eo pid,stat,wchan:32,args | awk '$2 ~ /^D/'", 'see all of them'),
          ],
        },
      ],
      '',
    )
  },
})

/** A file system that a process may wait for. */
interface Place {
  readonly mount: string
  /** As it is shown: `/mnt/remote (fuse.sshfs)`. */
  readonly words: string
}

const FROZEN = /^(?:sb_start_write|__sb_start_write|percpu_rwsem)/
const USER_SPACE = /^(?:fuse|request_wait_answer)/
/** Waits for another process that looks the same name up in a folder: whoever came first waits for the file system itself. */
const LOOKUP = /^d_alloc_parallel/
const VFORK = /(?:vfork|kernel_clone)/

/** Mounts that are not asked, since that can hang: those over the network, and those in user space. */
function remoteMounts(filesystems: Filesystems | undefined): readonly (Place & { readonly type: string })[] {
  const rows = [...new Set(filesystems?.notAsked ?? [])]
  return rows.map((row) => {
    const space = row.lastIndexOf(' ')
    const [mount, type] = [row.slice(0, space), row.slice(space + 1)]
    return { mount, type, words: `${mount} (${type})` }
  })
}

function localMounts(filesystems: Filesystems | undefined): readonly Place[] {
  return (filesystems?.filesystems ?? [])
    .filter(({ device, readOnly }) => device.startsWith('/') && !readOnly)
    .map(({ mount }) => ({ mount, words: mount }))
}

/**
 * Whether nothing that waits there waits for a disk of this box, nor for a server that is merely busy: who works over NFS is in such a wait at two
 * moments quite often.
 */
function isNoDisk(channel: string, remote: readonly { readonly type: string }[]): boolean {
  if (FROZEN.test(channel) || USER_SPACE.test(channel) || VFORK.test(channel)) return true
  return LOOKUP.test(channel) && remote.length > 0 && remote.every(({ type }) => /^fuse\b/.test(type))
}

function mountsBehind<Mount extends { readonly type: string }>(
  channel: string,
  remote: readonly Mount[],
): readonly Mount[] {
  const kind = REMOTE.find(([pattern]) => pattern.test(channel))?.[1]
  return kind ? remote.filter(({ type }) => kind.test(type)) : []
}

/** Types of file systems that can be behind a wait. */
const REMOTE: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:rpc_|nfs|__rpc)/, /^nfs/],
  [/^(?:cifs|smb)/, /^(?:cifs|smb)/],
  [USER_SPACE, /^fuse\b/],
  [LOOKUP, /./],
]

/** Those that the command lines of who waits speak of; all of them where none is. */
function placesOf(places: readonly Place[], commands: readonly string[]): readonly Place[] {
  const words = commands.flatMap((command) => command.split(' '))
  const named = places.filter(
    ({ mount }) => mount !== '/' && words.some((word) => word === mount || word.startsWith(`${mount}/`)),
  )
  return named.length > 0 ? named : places
}

function placesWords(places: readonly Place[], frozen: boolean): string {
  if (places.length === 0) return ''
  const names = `${places
    .slice(0, PLACES_NAMED)
    .map(({ words }) => words)
    .join(', ')}${places.length > PLACES_NAMED ? ' and others' : ''}`
  if (!frozen && places.length === 1) return ` ${names} does not answer.`
  return frozen && places.length === 1 ? ` It is ${names}, if one is frozen.` : ` It may be ${names}.`
}

const PLACES_NAMED = 4

/** What waits in these functions of the kernel, for those that are met most. */
const CHANNELS: readonly (readonly [RegExp, string])[] = [
  [/^(?:rpc_|nfs|__rpc)/, ' (an NFS server does not answer)'],
  [/(?:io_schedule|bit_wait_io|folio_wait|wait_on_page|blk_|submit_bio)/, ' (a disk)'],
  [/(?:jbd2|ext4|xfs|btrfs)/, ' (the journal of a file system)'],
  [/(?:sb_start_write|percpu_rwsem)/, ' (a file system that is frozen, as by fsfreeze, or a lock inside the kernel)'],
  [/(?:rwsem|mutex)/, ' (a lock inside the kernel)'],
  [/(?:fuse|request_wait_answer)/, ' (a file system in user space)'],
  [LOOKUP, ' (another process that looks up the same name, and waits for the file system)'],
  [VFORK, ' (a child made by vfork that neither ends nor executes)'],
]

function meaning(channel: string): string {
  return CHANNELS.find(([pattern]) => pattern.test(channel))?.[1] ?? ''
}
