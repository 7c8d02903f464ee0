import { probe, Unreadable } from '../probe.ts'

export interface FileLocks {
  /** Locks for which somebody waits, most waiters first. */
  readonly contended: readonly ContendedLock[]
}

export interface ContendedLock {
  /** FLOCK (flock(2)), POSIX or OFDLCK (fcntl(2)), LEASE. */
  readonly kind: string
  /** Process that holds it; undefined where it lies in a PID namespace that is not ours to see. */
  readonly holder: number | undefined
  readonly waiters: readonly number[]
  readonly inode: number
  /** Path of the file, as the holder opened it; known for the lock with most waiters. */
  readonly path: string | undefined
}

/** As many are read without a tool. Where more are held (a database has thousands) a tool takes less time. Count. */
const FEW_LOCKS = 40

/**
 * Who waits for a lock on a file, and who holds it?
 *
 *   1: FLOCK  ADVISORY  WRITE 812 00:2b:131 0 EOF      <- kind, holder, device:inode
 *   1: -> FLOCK  ADVISORY  WRITE 913 00:2b:131 0 EOF   <- waits for it
 *   file 131 /run/backup.lock                          <- found among the descriptors of the holder
 *
 * Locks for which nobody waits are not sent. Source: proc_locks(5). Costs no process where few are held, else one; four more
 * where somebody waits.
 */
export const fileLocks = probe({
  id: 'file-locks',
  title: 'File locks',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 2,
  together: true,
  shortcut: `
[ -r locks ] || return
answer=end rows=0
while read -r _ arrow _; do
  rows=$((rows + 1)); [ "$arrow" != '->' ] && [ $rows -le ${FEW_LOCKS} ] || return
done <locks`,
  script: `
[ -r locks ] || { echo 'the kernel has no /proc/locks'; return 3; }
have awk || { echo 'there is no awk on the box'; return 3; }
found=$(awk '
  $2 == "->" { if (!($1 in said)) { said[$1] = 1; print held[$1] }
    print; if (++waiting[$1] > most) { most = waiting[$1]; top = $1 }; next }
  { held[$1] = $0; holder[$1] = $5; split($6, id, ":"); inode[$1] = id[3] }
  END { if (most && holder[top] > 0) print "top", holder[top], inode[top]; print "end" }' locks)
printf '%s\\n' "$found"
case $found in *top*) ;; *) return 0;; esac
set -- $(printf '%s\\n' "$found" | sed -n 's/^top //p')
file=$(stat -L -c '%i %n' $1/fd/* 2>/dev/null | sed -n "s/^$2 //p" | head -n 1)
[ -z "$file" ] || printf 'file %s %s\\n' "$2" "$(readlink -n "$file" | tr '\\n' '?')"
:`,
  parse: ({ during }): FileLocks => {
    const lines = (during?.text ?? '').split('\n')
    if (!lines.includes('end')) throw new Unreadable('the list of locks did not come to its end')
    const paths = new Map(
      lines.flatMap((line): [number, string][] => {
        const [, inode, path] = /^file (\d+) (.+)$/.exec(line) ?? []
        return path ? [[Number(inode), path]] : []
      }),
    )
    const locks = Map.groupBy(lines.flatMap(readLock), ({ id }) => id)
    const contended = [...locks.values()].flatMap((all): ContendedLock[] => {
      const holder = all.find(({ waits }) => !waits)
      const waiters = all.filter(({ waits }) => waits).map(({ pid }) => pid)
      if (!holder || waiters.length === 0) return []
      return [
        {
          kind: holder.kind,
          holder: holder.pid > 0 ? holder.pid : undefined,
          waiters,
          inode: holder.inode,
          path: paths.get(holder.inode),
        },
      ]
    })
    return { contended: contended.toSorted((a, b) => b.waiters.length - a.waiters.length) }
  },
})

interface Line {
  readonly id: string
  readonly waits: boolean
  readonly kind: string
  readonly pid: number
  readonly inode: number
}

function readLock(line: string): readonly Line[] {
  const [, id, arrow, kind, pid, inode] =
    /^(\d+): +(-> +)*(\w+) +\w+ +\w+ +(-?\d+) +[0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? []
  return id && kind ? [{ id, waits: arrow !== undefined, kind, pid: Number(pid), inode: Number(inode) }] : []
}
