import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Box, Failure } from '../../boxes/box.ts'
import { privateFolder } from '../../boxes/private-folder.ts'
import { fileHash } from '../../evidence/drift/file-hash.ts'
import { HASHED_BYTES } from '../../evidence/drift/listing-script.ts'
import type { Listing } from '../../evidence/drift/listing.ts'
import { takenScript } from '../../evidence/drift/taken.ts'
import type { Identity } from '../../evidence/probes/identity.ts'
import {
  commitScript,
  readCommit,
  type CommittedFile,
  type CommitOutcome,
} from '../../evidence/repository/commit-script.ts'
import { chosenFiles, type Chosen } from './chosen-files.ts'
import { expectedOn, type DriftOptions, type Found } from './drift.ts'
import { refusal } from './refusal.ts'
import { refusedAbsence } from './refused-absence.ts'

export interface AdoptOptions extends Omit<DriftOptions, 'all'> {
  /** As they were typed: absolute on the box, or below the deployed folder. */
  readonly files: readonly string[]
  readonly branch: string
  /** First line of the message; undefined: what was changed where. */
  readonly subject: string | undefined
  readonly incident: string | undefined
  /** The engineer as the record knows them, if they were named there. */
  readonly by: string | undefined
  /** Files of more than 50 MiB, too. */
  readonly large: boolean
  /** This machine. */
  readonly local: Box
}

export interface Adopted {
  readonly box: string
  readonly identity: Identity | undefined
  readonly failure: Failure | undefined
  readonly commit: string | undefined
  readonly parent: string | undefined
  readonly expected: Found | undefined
  /** The deployed folder, as it was named and with symbolic links resolved. */
  readonly folders: readonly string[]
  readonly files: readonly AdoptedFile[]
}

interface AdoptedFile {
  readonly path: string
  readonly mode: CommittedFile['mode']
  /** There is something in it that looks like a secret, which the commit has as it is. */
  readonly hasSecret: boolean
}

const FETCH_MS = 120_000
/** Of a file that is looked through for secrets: one that people write. Bytes. */
const SECRETS_WITHIN = 1024 * 1024
const COMMIT_MS = 60_000

/** Brings files as they are on a box home as one commit on a branch of its own. On the box it reads only; here it adds objects and one branch. */
export async function adoptFrom(box: Box, options: AdoptOptions): Promise<Adopted> {
  const { identity, listing, expected, failure } = await expectedOn(box, { ...options, all: true })
  const folders = [...new Set([options.path, listing.root].filter((each) => each !== ''))]
  const none = { box: box.name, identity, commit: undefined, parent: undefined, expected, folders, files: [] }
  if (failure || !expected) return { ...none, failure }
  const chosen = await chosenFiles(box.name, listing, expected, options)
  if ('message' in chosen) return { ...none, failure: chosen }
  const notGone = await refusedAbsence(box, listing, chosen, options.signal)
  if (notGone) return { ...none, failure: notGone }
  const scratch = privateFolder()
  try {
    const files = await fetchedFiles(box, listing, chosen, scratch.path, options)
    if ('message' in files) return { ...none, failure: files }
    const message = path.join(scratch.path, 'message')
    writeFileSync(message, messageOf(box.name, identity, listing, expected, chosen, options), { mode: 0o600 })
    const { stdout } = await options.local.start(
      commitScript({
        folder: options.repository.folder,
        base: expected.commit.id,
        branch: options.branch,
        files,
        message,
        author: authorOf(options.by),
        scratch: scratch.path,
      }),
      { what: 'make a commit', timeoutMs: COMMIT_MS, maxBytes: 1024 * 1024 },
    ).result
    const outcome = readCommit(stdout)
    if (outcome.how !== 'made') return { ...none, failure: commitFailure(outcome, options) }
    const { commit, parent } = outcome
    return {
      ...none,
      failure: undefined,
      commit,
      parent,
      files: files.map((each) => ({ path: each.path, mode: each.mode, hasSecret: each.hasSecret })),
    }
  } finally {
    scratch.remove()
  }
}

/** Their contents, each in a file of the private folder, compared with the hash that the box gave when it listed them. */
async function fetchedFiles(
  box: Box,
  listing: Listing,
  chosen: readonly Chosen[],
  scratch: string,
  { signal, redact }: AdoptOptions,
): Promise<readonly (CommittedFile & AdoptedFile)[] | Failure> {
  const files: (CommittedFile & AdoptedFile)[] = []
  for (const [at, { path: name, box: file }] of chosen.entries()) {
    const content = path.join(scratch, `${at}`)
    if (!file) {
      files.push({ path: name, mode: 'gone', content, hasSecret: false })
      continue
    }
    const fetched =
      file.kind === 'link' ? Buffer.from(file.target ?? '', 'latin1') : await contentOf(box, listing.root, name, signal)
    if ('message' in fetched) return fetched
    if (fileHash(listing.hash ?? 'sha256', fetched) !== file.hash)
      return refusal(`${name} on ${box.name} was changed while it was read.`, 'Try it once more.')
    writeFileSync(content, fetched, { mode: 0o600 })
    const mode = file.kind === 'link' ? '120000' : (file.mode & 0o100) === 0 ? '100644' : '100755'
    const text = Buffer.from(fetched.subarray(0, SECRETS_WITHIN)).toString('utf8')
    files.push({ path: name, mode, content, hasSecret: redact(text) !== text })
  }
  return files
}

async function contentOf(box: Box, root: string, name: string, signal: AbortSignal): Promise<Uint8Array | Failure> {
  const asked = { what: `read ${name}`, timeoutMs: FETCH_MS, maxBytes: HASHED_BYTES + 1, signal }
  const { stdout, ok, exitCode, failure } = await box.run(takenScript(root, name), asked)
  if (ok && exitCode === 0) return stdout
  return (
    failure ??
    refusal(`${name} on ${box.name} could not be read any more.`, 'See what is there now, and try it once more.')
  )
}

/** Of whoever set HALLIGAN_BY: several people share the account, and its git configuration. */
function authorOf(by: string | undefined): { readonly name: string; readonly email: string } | undefined {
  if (by === undefined) return undefined
  const clean = by.replaceAll(/[<>\n\0]/g, '')
  return { name: clean.split('@')[0] || clean, email: clean.includes('@') ? clean : `${clean}@localhost` }
}

function messageOf(
  box: string,
  identity: Identity | undefined,
  listing: Listing,
  { commit, from }: Found,
  chosen: readonly Chosen[],
  { subject, incident }: AdoptOptions,
): string {
  const [first] = chosen
  const more = chosen.length > 1 ? ` and ${chosen.length - 1} more` : ''
  const line = (text: string): string => text.replaceAll(/[\n\r\0]/g, ' ')
  return [
    line(subject ?? `hotfix: ${first?.path ?? ''}${more}, changed by hand on ${box}`),
    '',
    `As it lay on ${line(box)}, byte for byte:`,
    '',
    ...chosen.map(({ path: name, box: file }) =>
      file
        ? `- ${line(name)}: of ${line(file.owner)}, mode ${file.mode.toString(8)}, written ${new Date(file.modifiedAtMs).toISOString()}`
        : `- ${line(name)}: gone`,
    ),
    '',
    ...(incident === undefined ? [] : [`Incident: ${incident}`]),
    `Box: ${line(box)}${identity ? ` (${line(identity.hostname)}, machine ${line(identity.machineId)})` : ''}`,
    `Deployed-folder: ${line(listing.root)}`,
    `Deployed-commit: ${commit.id}, known from ${line(from)}`,
    '',
  ].join('\n')
}

function commitFailure(
  outcome: Exclude<CommitOutcome, { readonly how: 'made' }>,
  { branch, repository }: AdoptOptions,
): Failure {
  if (outcome.how === 'failed')
    return refusal(
      `The commit could not be made in ${repository.folder}: ${outcome.said.split('\n').at(-1)?.slice(0, 300) || 'git said nothing'}.`,
      'Is the clone writable, and its disk not full? Nothing was changed but unused objects.',
    )
  const [message, tryNext] = REFUSED[outcome.why](branch)
  return refusal(message, tryNext)
}

const REFUSED: Readonly<
  Record<Extract<CommitOutcome, { readonly how: 'refused' }>['why'], (branch: string) => readonly [string, string]>
> = {
  'checked-out': (branch) => [
    `The branch ${branch} is checked out: a commit on it would leave that working tree behind.`,
    'Name another one with --branch, or check out something else there.',
  ],
  diverged: (branch) => [
    `There is a branch ${branch} that does not have the deployed commit.`,
    'Name another one with --branch.',
  ],
  same: (branch) => [
    `The branch ${branch} has these files as they are already.`,
    'halligan hotfix drift shows what else differs.',
  ],
  'no-author': () => [
    'git does not know who you are.',
    'git config --global user.name and user.email, or HALLIGAN_BY=amy@laptop.',
  ],
  symbolic: (branch) => [
    `The branch ${branch} is a symbolic ref: another one would be moved.`,
    'Name another one with --branch.',
  ],
  submodule: (branch) => [
    `One of these files is a submodule on the branch ${branch}.`,
    'Name another branch with --branch; what belongs into the submodule is committed in its own repository.',
  ],
  'bad-branch': (branch) => [`"${branch}" can be no name of a branch.`, '--branch hotfix/cart'],
}
