import type { BoxFile } from '../../evidence/drift/listing.ts'
import type { TreeFile } from '../../evidence/repository/tree.ts'

/** One path at which the box and the commit differ. */
export interface DriftedFile {
  /** Bytes, one character each, below the deployed folder. */
  readonly path: string
  /**
   * `changed`: other content; `mode`: the same content, and whether it may be run is another; `kind`: a file where the commit has a link, or the other way round;
   * `untracked`: the commit has none; `missing`: the box has none; `unread`: nobody could say, also where nobody could look whether there is one.
   */
  readonly what: 'changed' | 'mode' | 'kind' | 'untracked' | 'missing' | 'unread'
  readonly box?: BoxFile
  readonly commit?: TreeFile
}

export interface Compared {
  readonly drifted: readonly DriftedFile[]
  /** Files that are byte for byte those of the commit. */
  readonly same: number
  /** Files of the commit in folders that were not looked into, and submodules. */
  readonly notCompared: number
}

/**
 * What lies on the box against what a commit has, sorted by path.
 *
 * @param hashOf the hash of a blob, as the box would compute it; undefined where the repository does not have it
 * @param isSkipped it lies in a folder that was not to be looked into
 * @param isUnseen it lies where the box could not look
 */
export function compareFiles(
  boxFiles: readonly BoxFile[],
  commitFiles: readonly TreeFile[],
  hashOf: (blob: string) => string | undefined,
  isSkipped: (path: string) => boolean,
  isUnseen: (path: string) => boolean,
): Compared {
  const onBox = new Map(boxFiles.map((file) => [file.path, file]))
  const inCommit = new Map(commitFiles.map((file) => [file.path, file]))
  const drifted: DriftedFile[] = []
  let same = 0
  let notCompared = 0
  for (const commit of commitFiles) {
    const box = onBox.get(commit.path)
    if (commit.kind === 'submodule' || (!box && isSkipped(commit.path))) notCompared += 1
    else if (!box) drifted.push({ path: commit.path, what: isUnseen(commit.path) ? 'unread' : 'missing', commit })
    else {
      const what = differenceOf(box, commit, hashOf)
      if (what === undefined) same += 1
      else drifted.push({ path: commit.path, what, box, commit })
    }
  }
  const submodules = commitFiles.flatMap(({ path, kind }) => (kind === 'submodule' ? [`${path}/`] : []))
  for (const box of boxFiles)
    if (!inCommit.has(box.path) && !submodules.some((each) => box.path.startsWith(each)))
      drifted.push({ path: box.path, what: 'untracked', box })
  return { drifted: drifted.toSorted((a, b) => (a.path < b.path ? -1 : 1)), same, notCompared }
}

/** Undefined: none. */
export function differenceOf(
  box: BoxFile,
  commit: TreeFile,
  hashOf: (blob: string) => string | undefined,
): 'changed' | 'mode' | 'kind' | 'unread' | undefined {
  if (box.kind !== commit.kind) return 'kind'
  // Another size is another content, which nobody has to read; the size of a link is that of its target.
  if (commit.sizeBytes !== undefined && box.sizeBytes !== commit.sizeBytes) return 'changed'
  const wanted = hashOf(commit.blob)
  if (wanted === undefined || box.hash === undefined) return 'unread'
  if (wanted !== box.hash) return 'changed'
  return box.kind === 'file' && commit.isExecutable !== ((box.mode & OWNER_MAY_RUN) !== 0) ? 'mode' : undefined
}

/** What git looks at (git-update-index(1), core.fileMode). */
const OWNER_MAY_RUN = 0o100
