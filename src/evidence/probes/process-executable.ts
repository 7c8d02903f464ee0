import { unescapedPath } from '../escaped-path.ts'
import { NotThere, probe } from '../probe.ts'

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
 * Paths are printed with ? in place of control characters (ls -q), so that none can pose as another process. Only root sees the processes of others; those are not in the map. Source: proc_pid_exe(5). Found by the walk of
 * `open-files`, which prints what stands behind the date.
 */
export const processExecutable = probe({
  id: 'process-executable',
  title: 'Executables of processes',
  set: 'fast',
  moments: ['during'],
  limitSeconds: 4,
  within: 'open-files',
  hint: 'run with --sudo',
  parse: ({ during }): ReadonlyMap<number, ProcessExecutable> => {
    const text = during?.text ?? ''
    const folders = new Map(
      [...text.matchAll(/(?<=^|\n)(\d+)\/cwd -> (\/[^\n]*?)\\? \(deleted\)(?=\n|$)/g)].map(([, pid, path = '']) => [
        Number(pid),
        unescapedPath(path),
      ]),
    )
    const found = new Map(
      [...text.matchAll(/(?<=^|\n)(\d+)\/exe -> (\/[^\n]*?)(\\? \(deleted\))?(?=\n|$)/g)].map(
        ([, pid, path = '', deleted]) => [
          Number(pid),
          { path: unescapedPath(path), deleted: deleted !== undefined, deletedFolder: folders.get(Number(pid)) },
        ],
      ),
    )
    // The shell that asks may always see its own.
    if (found.size === 0) throw new NotThere('not even the executable of our own shell was listed')
    return found
  },
})
