import type { Mapping } from './memory-map.ts'

/** A file that the process runs or was started from, and that is not what it was then. */
export interface ChangedFile {
  readonly path: string
  /** `deleted`: removed or replaced, the process goes on with the old one. `changed`: written to since it started. `touched`: its mode, owner or name changed, or it was put there with an older date. */
  readonly how: 'deleted' | 'changed' | 'touched'
  /** Clock of the box, milliseconds since the epoch; missing for a deleted one. */
  readonly atMs?: number
}

/** Files are dated by whole seconds, and a process starts some time after its files were put there. Milliseconds. */
const SLACK_MS = 1_000

/** Whether a file that is dated so was written after a process started. */
export function isAfter(fileAtMs: number, startedAtMs: number): boolean {
  return fileAtMs > startedAtMs + SLACK_MS
}

/**
 * @param rows `change-time modification-time path` of stat(1), in seconds since the epoch; paths as the process sees them, behind `root` or `cwd`
 */
export function changedFiles(
  rows: string,
  mappings: readonly Mapping[],
  executable: { readonly path: string; readonly deleted: boolean } | undefined,
  startedAtMs: number | undefined,
): readonly ChangedFile[] {
  const deleted = [
    ...(executable?.deleted ? [executable.path] : []),
    ...mappings.flatMap((each) => (isLostFile(each) ? [each.path] : [])),
  ]
  const later = rows.split('\n').flatMap((line): ChangedFile[] => {
    const [, changed, modified, file = ''] = /^(\d{1,12}) (\d{1,12}) (?:root|cwd\/)(.+)$/.exec(line) ?? []
    if (changed === undefined || startedAtMs === undefined) return []
    const [changedAtMs, modifiedAtMs] = [Number(changed) * 1000, Number(modified) * 1000]
    if (isAfter(modifiedAtMs, startedAtMs)) return [{ path: file, how: 'changed', atMs: modifiedAtMs }]
    return isAfter(changedAtMs, startedAtMs) ? [{ path: file, how: 'touched', atMs: changedAtMs }] : []
  })
  return [...[...new Set(deleted)].map((file): ChangedFile => ({ path: file, how: 'deleted' })), ...later]
}

/** Shared memory has no name either, and never lost one. */
function isLostFile({ path, deleted, permissions }: Mapping): boolean {
  return (
    deleted && permissions.includes('x') && !/^\/(?:memfd:|dev\/shm\/|dev\/zero|SYSV|anon_hugepage|i915|drm)/.test(path)
  )
}
