import path from 'node:path'
import type { Failure } from '../../boxes/box.ts'
import { HASHED_BYTES } from '../../evidence/drift/listing-script.ts'
import type { BoxFile, Listing } from '../../evidence/drift/listing.ts'
import { pathBytes, utf8 } from '../../evidence/drift/path-text.ts'
import type { TreeFile } from '../../evidence/repository/tree.ts'
import { differenceOf } from '../../findings/drift/compare.ts'
import { inTheWayOf } from '../../findings/drift/in-the-way.ts'
import { byHand } from './by-hand.ts'
import type { DriftOptions, Found } from './drift.ts'
import { refusal } from './refusal.ts'

/** A path that was named, with what lies there on the box; undefined: nothing any more. */
export interface Chosen {
  readonly path: string
  readonly box: BoxFile | undefined
}

interface ChooseOptions extends Pick<DriftOptions, 'path' | 'repository'> {
  /** As they were typed: absolute on the box, or below the deployed folder. */
  readonly files: readonly string[]
  /** Files of more than 50 MiB, too. */
  readonly large: boolean
}

/** A source file has some hundred KB; what is larger belongs elsewhere, unless somebody says so. Bytes. */
const LARGE_BYTES = 50 * 1024 * 1024

/** What was named, each once; the first one that cannot be brought home refuses all. */
export async function chosenFiles(
  box: string,
  listing: Listing,
  { tree }: Found,
  { files, path: folder, large, repository }: ChooseOptions,
): Promise<readonly Chosen[] | Failure> {
  const onBox = new Map(listing.files.map((file) => [file.path, file]))
  const inCommit = new Map(tree.files.map((file) => [file.path, file]))
  const inTheWay = inTheWayOf(tree.files)
  const names: string[] = []
  for (const typed of files) {
    const name = belowFolder(typed, [folder, listing.root])
    if (name === undefined)
      return refusal(
        `${typed} does not lie in ${listing.root} on ${box}.`,
        'Name a file of the deployed folder; --path says which one that is.',
      )
    names.push(name)
  }
  const chosen = [...new Set(names)].map((name) => ({ path: name, box: onBox.get(pathBytes(name)) }))
  const hashes = repository.hashes(listing.hash ?? 'sha256')
  await hashes.learn(
    repository.folder,
    chosen.flatMap(({ path: name }) => hashedBlob(inCommit.get(pathBytes(name)))),
  )
  for (const { path: name, box: file } of chosen) {
    const commit = inCommit.get(pathBytes(name))
    const where = { name, box, root: listing.root }
    const other = inTheWay(pathBytes(name))
    if (other !== undefined)
      return refusal(
        `${name} of ${box} would take the place of ${utf8(other)} in the commit: a submodule, or a folder where there was a file or the other way round.`,
        byHand(box, `${listing.root}/${name}`),
      )
    const refused = file ? refusedFile(file, large, where) : commit ? undefined : refusedNothing(where)
    if (refused) return refused
    if (file && commit && differenceOf(file, commit, hashes.of) === undefined)
      return refusal(
        `${name} on ${box} is as the commit has it: there is nothing to bring home.`,
        `halligan hotfix drift ${box} lists what differs there.`,
      )
  }
  return chosen
}

/** A larger one the box does not hash, and git would hand it over whole. */
function hashedBlob(file: TreeFile | undefined): readonly string[] {
  return file?.sizeBytes !== undefined && file.sizeBytes < HASHED_BYTES ? [file.blob] : []
}

interface Where {
  readonly name: string
  readonly box: string
  readonly root: string
}

function refusedNothing({ name, box, root }: Where): Failure {
  return refusal(
    `There is no file ${name} in ${root} on ${box}, or it lies behind a symbolic link or where nobody may look.`,
    `halligan hotfix drift ${box} lists what differs there.`,
  )
}

function refusedFile(file: BoxFile, large: boolean, { name, box, root }: Where): Failure | undefined {
  if (file.kind !== 'link' && file.kind !== 'file')
    return refusal(`${name} on ${box} is no file.`, 'Name the files in it.')
  // A shell takes newlines away from the end of what it reads.
  if (file.kind === 'link' && file.target?.length !== file.sizeBytes)
    return refusal(
      `${name} on ${box} is a symbolic link of which nobody could read the whole target.`,
      byHand(box, `${root}/${name}`),
    )
  if (file.kind === 'link' && leadsOut(name, file.target))
    return refusal(`${name} on ${box} is a symbolic link that leads out of ${root}.`, byHand(box, `${root}/${name}`))
  if (file.sizeBytes > LARGE_BYTES && !large)
    return refusal(
      `${name} on ${box} is larger than ${LARGE_BYTES / 1024 / 1024} MiB.`,
      'The same command with --large, if it belongs into the repository.',
    )
  if (file.sizeBytes >= HASHED_BYTES)
    return refusal(
      `${name} on ${box} is larger than ${HASHED_BYTES / 1024 / 1024} MiB, which the box is not asked to hash.`,
      byHand(box, `${root}/${name}`),
    )
  return file.hash === undefined
    ? refusal(`${name} on ${box} may not be read.`, 'The same command with --sudo reads it as root.')
    : undefined
}

/** Undefined: it lies elsewhere, or is a name that no commit may have. */
export function belowFolder(typed: string, folders: readonly string[]): string | undefined {
  const parts = typed.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..') || typed.includes('\0') || typed.endsWith('/')) return undefined
  const plain = parts.join('/')
  const inside = typed.startsWith('/')
    ? folders.flatMap((folder) =>
        `/${plain}`.startsWith(`${folder.replace(/\/+$/, '')}/`)
          ? [`/${plain}`.slice(folder.replace(/\/+$/, '').length + 1)]
          : [],
      )
    : [plain]
  const [below] = inside
  if (below === undefined || below === '' || below.split('/').some((part) => part.toLowerCase() === '.git'))
    return undefined
  return below
}

/** @param target undefined: nobody could read where it leads */
export function leadsOut(name: string, target: string | undefined): boolean {
  if (target === undefined || target.startsWith('/')) return true
  const resolved = path.posix.join(path.posix.dirname(name), target)
  return resolved === '..' || resolved.startsWith('../') || resolved.split('/').includes('.git')
}
