import { probe, Unreadable } from '../probe.ts'

export interface ProcessExecutable {
  readonly path: string
  /** The file was deleted or replaced since the process started (the kernel appends " (deleted)"). */
  readonly deleted: boolean
}

/**
 * Which file does each process run, and is that file still there?
 *
 *   lrwxrwxrwx 1 33 33 0 Nov 23 10:00 812/exe -> /usr/bin/orders-api
 *   lrwxrwxrwx 1 33 33 0 Nov 23 10:00 913/exe -> /usr/sbin/nginx (deleted)      <- replaced by an upgrade: old code runs on
 *
 * Paths are printed with ? in place of control characters (ls -q), so that none can pose as another process. Only root sees the processes of others; those are not in the map. Source: proc_pid_exe(5). Costs two processes.
 */
export const processExecutable = probe({
  id: 'process-executable',
  title: 'Executables of processes',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 4,
  script: "ls -ln$q [0-9]*/exe 2>/dev/null | sed -n 's/^l[^>]* \\([0-9]*\\/exe -> .*\\)$/\\1/p'",
  hint: 'run with --sudo',
  parse: ({ during }): ReadonlyMap<number, ProcessExecutable> => {
    const executables = new Map(
      (during?.text ?? '').split('\n').flatMap((line): [number, ProcessExecutable][] => {
        const [, pid, path = '', deleted] = /^(\d+)\/exe -> (.*?)( \(deleted\))?$/s.exec(line) ?? []
        return pid === undefined ? [] : [[Number(pid), { path, deleted: deleted !== undefined }]]
      }),
    )
    // Our own shell is always there.
    if (executables.size === 0) throw new Unreadable('no line of /proc/PID/exe')
    return executables
  },
})
