import type { Listing } from '../../evidence/drift/listing.ts'
import { foldersAround } from '../../evidence/drift/path-text.ts'

/**
 * Whether the list of a folder could not have a path: it lies behind a symbolic link, in a folder that may not be read, on another file system, or the list
 * itself is not whole and nobody knows where.
 */
export function unseenIn({ files, shut, elsewhere, complaints }: Listing): (path: string) => boolean {
  const links = files.flatMap(({ kind, path }) => (kind === 'link' ? [path] : []))
  const closed = new Set([...links, ...shut, ...elsewhere])
  // The deployed folder has no name. One that may not be read is what find(1) complains about; any other complaint may be about any path.
  const isTorn = complaints.length > 0 && shut.length === 0
  return (path) => isTorn || closed.has('') || foldersAround(path).some((each) => closed.has(each))
}
