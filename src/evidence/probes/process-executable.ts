import { probe, Unreadable } from '../probe.ts'

export interface ProcessExecutable {
  readonly path: string
  /** The file was deleted or replaced since the process started (the kernel appends " (deleted)"). */
  readonly deleted: boolean
  /** Its working directory, if that was deleted; a path with ? in place of control characters. */
  readonly deletedFolder: string | undefined
}

/**
 * Which file does each process run, and is that file still there?
 *
 *   lrwxrwxrwx 1 33 33 0 Nov 23 10:00 812/exe -> /usr/bin/orders-api
 *   lrwxrwxrwx 1 33 33 0 Nov 23 10:00 913/exe -> /usr/sbin/nginx (deleted)      <- replaced by an upgrade: old code runs on
 *
 *   lrwxrwxrwx 1 33 33 0 Nov 23 10:00 812/cwd -> /srv/release-41 (deleted)      <- sent only where it is gone
 *
 * Paths are printed with ? in place of control characters (ls -q), so that none can pose as another process. Only root sees the processes of others; those are not in the map. Source: proc_pid_exe(5). Costs two processes.
 */
export const processExecutable = probe({
  id: 'process-executable',
  title: 'Executables of processes',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 4,
  script: `ls -ln$q [0-9]*/exe [0-9]*/cwd 2>/dev/null |
  sed -n -e 's/^l[^>]* \\([0-9]*\\/exe -> .*\\)$/\\1/p' -e 's/^l[^>]* \\([0-9]*\\/cwd -> .* (deleted)\\)$/\\1/p'`,
  hint: 'run with --sudo',
  parse: ({ during }): ReadonlyMap<number, ProcessExecutable> => {
    const lines = (during?.text ?? '').split('\n')
    const folders = new Map(
      lines.flatMap((line): [string, string][] => {
        const [, pid, path] = /^(\d+)\/cwd -> (.*) \(deleted\)$/s.exec(line) ?? []
        return pid && path ? [[pid, path]] : []
      }),
    )
    const executables = new Map(
      lines.flatMap((line): [number, ProcessExecutable][] => {
        const [, pid, path = '', deleted] = /^(\d+)\/exe -> (.*?)( \(deleted\))?$/s.exec(line) ?? []
        return pid === undefined
          ? []
          : [[Number(pid), { path, deleted: deleted !== undefined, deletedFolder: folders.get(pid) }]]
      }),
    )
    // Our own shell is always there.
    if (executables.size === 0) throw new Unreadable('no line of /proc/PID/exe')
    return executables
  },
})
