import { foldersAround } from '../../evidence/drift/path-text.ts'
import type { TreeFile } from '../../evidence/repository/tree.ts'

/**
 * What of a commit git would have to remove for a file at a path, beside what it replaces: a submodule there or around it, a file where it needs a folder, a
 * folder where it lies. Paths are bytes, one character each; undefined: nothing.
 */
export function inTheWayOf(commit: readonly Pick<TreeFile, 'path' | 'kind'>[]): (path: string) => string | undefined {
  const kinds = new Map(commit.map(({ path, kind }) => [path, kind]))
  const folders = new Set(commit.flatMap(({ path }) => foldersAround(path)))
  return (path) => {
    if (kinds.get(path) === 'submodule') return path
    return folders.has(path) ? `${path}/` : foldersAround(path).find((each) => kinds.has(each))
  }
}
