import type { StatLine } from './stat-line.ts'

/** A lock on a file for which this process waits, or for which others wait that it holds. */
export interface FileLockWait {
  /** FLOCK, POSIX, OFDLCK, LEASE. */
  readonly kind: string
  readonly holder: { readonly pid: number; readonly name?: string } | undefined
  readonly waiters: readonly number[]
  readonly inode: number
  /** As this process opened it. */
  readonly fd?: number
}

/**
 * Those of /proc/locks (proc_locks(5)) that concern this process and that somebody waits for.
 *
 *   1: POSIX  ADVISORY  WRITE 812 00:2b:131 0 EOF
 *   1: -> POSIX  ADVISORY  WRITE 913 00:2b:131 0 EOF
 *
 * @param inodes rows `inode fd/N` of the files that it has open
 */
export function fileLockWaits(
  locks: string,
  pid: number,
  inodes: string,
  holders: ReadonlyMap<number, StatLine>,
): readonly FileLockWait[] {
  const rows = Map.groupBy(locks.split('\n').flatMap(rowOf), ({ id }) => id)
  const descriptors = new Map(
    inodes.split('\n').flatMap((line): [number, number][] => {
      const [, inode, fd] = /^(\d+) fd\/(\d+)$/.exec(line) ?? []
      return inode === undefined ? [] : [[Number(inode), Number(fd)]]
    }),
  )
  return [...rows.values()].flatMap((all): FileLockWait[] => {
    const held = all.find(({ waits }) => !waits)
    const waiters = all.filter(({ waits }) => waits).map((each) => each.pid)
    if (!held || waiters.length === 0 || (held.pid !== pid && !waiters.includes(pid))) return []
    const name = holders.get(held.pid)?.name
    const fd = descriptors.get(held.inode)
    return [
      {
        kind: held.kind,
        // -1: an open file description has it, or a process of another PID namespace.
        holder: held.pid > 0 ? { pid: held.pid, ...(name === undefined ? {} : { name }) } : undefined,
        waiters,
        inode: held.inode,
        ...(fd === undefined ? {} : { fd }),
      },
    ]
  })
}

interface Row {
  readonly id: string
  readonly waits: boolean
  readonly kind: string
  readonly pid: number
  readonly inode: number
}

function rowOf(line: string): readonly Row[] {
  const [, id, arrow, kind, pid, inode] =
    /^(\d+): +((?:-> +)*)(\w+) +\w+ +\w+ +(-?\d+) +[0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? []
  return id === undefined || kind === undefined
    ? []
    : [{ id, waits: arrow !== '', kind, pid: Number(pid), inode: Number(inode) }]
}
