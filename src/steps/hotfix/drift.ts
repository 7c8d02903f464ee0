import { randomHex } from '../../base/random.ts'
import type { Box, Failure, RunResult } from '../../boxes/box.ts'
import { fileHash } from '../../evidence/drift/file-hash.ts'
import { readListing, type BoxFile, type Listing } from '../../evidence/drift/listing.ts'
import { HASHED_BYTES, listingScript } from '../../evidence/drift/listing-script.ts'
import { utf8 } from '../../evidence/drift/path-text.ts'
import type { Identity } from '../../evidence/probes/identity.ts'
import type { Tree } from '../../evidence/repository/tree.ts'
import { cluesOf } from '../../findings/drift/clues.ts'
import { compareFiles } from '../../findings/drift/compare.ts'
import { folderProcesses } from '../../findings/drift/processes.ts'
import { changedSettings, deployedAt } from '../../findings/drift/settings.ts'
import { unseenIn } from '../../findings/drift/unseen.ts'
import type { Redact } from '../../incidents/redaction/index.ts'
import { identityIn } from '../machine.ts'
import { blindOf } from './blind.ts'
import type { BoxDrift, Expected } from './contract.ts'
import { redactedDrift } from './redacted-drift.ts'
import { refusal } from './refusal.ts'
import { repositoryFailure, type Repository } from './repository.ts'
import { shownFiles } from './shown-files.ts'

export interface DriftOptions {
  /** The deployed folder on the box. */
  readonly path: string
  readonly repository: Repository
  /** As the engineer named it. */
  readonly commit: string | undefined
  /** Addresses that may say which version runs, asked on the box. */
  readonly versionUrls: readonly string[]
  readonly units: readonly string[]
  /** Look into folders of packages and caches too, and list what is ignored. */
  readonly all: boolean
  readonly redact: Redact
  readonly signal: AbortSignal
}

/** What package managers and interpreters make there by themselves. */
const SKIPPED_FOLDERS = ['node_modules', '__pycache__', '.venv']
/** Hashing goes at some hundred MB a second; a folder of gigabytes is no code. Milliseconds. */
const LIST_MS = 120_000
/** 200,000 files. Bytes. */
const LIST_BYTES = 64 * 1024 * 1024
/** Names that the rules of .gitignore are asked for; a shell takes them as words. */
const ASKED_NAMES = 20_000
/** Below that share of files that are as in the commit it is hardly the one that was deployed. */
const DOUBTFUL_SHARE = 0.5

/** What lies and runs on a box against a commit: one round trip for the list, one more for the files that differ. Reads only. */
export async function driftOf(box: Box, options: DriftOptions): Promise<BoxDrift> {
  const startedAtMs = Date.now()
  const { identity, listing, expected, failure } = await expectedOn(box, options)
  const nothing: BoxDrift = {
    box: box.name,
    identity,
    failure: undefined,
    folder: listing.root || options.path,
    expected: undefined,
    files: [],
    same: 0,
    ofCommit: 0,
    ignored: 0,
    skipped: listing.skipped.map(utf8),
    notCompared: 0,
    deployedAtMs: undefined,
    processes: [],
    settings: [],
    notices: [],
    blind: [],
    tookMs: 0,
  }
  const told = (part: Partial<BoxDrift>): BoxDrift =>
    redactedDrift({ ...nothing, ...part, tookMs: Date.now() - startedAtMs }, options.redact)
  if (failure || !expected) return told({ failure })
  return told(await compared(box, listing, expected, options))
}

/** What lies on a box, and the commit that should: what `drift` compares and `adopt` builds on. */
export async function expectedOn(
  box: Box,
  options: DriftOptions,
): Promise<{
  readonly identity: Identity | undefined
  readonly listing: Listing
  readonly expected: Found | undefined
  readonly failure: Failure | undefined
}> {
  const { listing, result } = await listed(box, options)
  const read = identityIn(listing.identity, result.startedAtMs)
  const identity = read.kind === 'seen' ? read.value : undefined
  const failure = listFailure(box.name, options, listing, result)
  if (failure) return { identity, listing, expected: undefined, failure }
  const expected = await expectedCommit(box.name, listing, options)
  if ('failure' in expected) return { identity, listing, expected: undefined, failure: expected.failure }
  return { identity, listing, expected, failure: undefined }
}

async function listed(
  box: Box,
  options: DriftOptions,
): Promise<{ readonly listing: Listing; readonly result: RunResult }> {
  const { path, versionUrls, all, signal } = options
  const boundary = randomHex(16)
  const script = listingScript({ folder: path, skipped: all ? [] : SKIPPED_FOLDERS, versionUrls, boundary })
  const result = await box.run(script, { what: `list ${path}`, timeoutMs: LIST_MS, maxBytes: LIST_BYTES, signal })
  const listing = readListing(result.stdout, boundary)
  const { hash } = listing
  // A link is as its target is written: no box hashes that.
  const files = listing.files.map((file) =>
    file.target === undefined || hash === undefined ? file : { ...file, hash: fileHash(hash, file.target) },
  )
  return { listing: { ...listing, files }, result }
}

function listFailure(box: string, { path }: DriftOptions, listing: Listing, result: RunResult): Failure | undefined {
  if (listing.folder === undefined)
    return result.failure ?? refusal(`${box} did not say what lies in ${path}.`, 'The same command once more.')
  if (listing.folder === 'missing')
    return refusal(`There is no folder ${path} on ${box}.`, 'Name the folder that was deployed: --path DIR.')
  if (listing.folder === 'file')
    return refusal(`${path} on ${box} is no folder.`, 'Name the folder that was deployed: --path DIR.')
  if (listing.folder === 'refused')
    return refusal(`${path} on ${box} may not be entered.`, 'The same command with --sudo enters it as root.')
  // What did not come would pass for missing.
  if (!listing.whole)
    return refusal(
      `The list of ${path} on ${box} was cut off after ${listing.files.length} files (limits: ${LIST_MS / 1000} s, ${LIST_BYTES / 1024 / 1024} MiB).`,
      result.failure?.tryNext ?? 'Name a smaller folder with --path, and the same part of the repository with --repo.',
    )
  if (listing.hash === undefined)
    return refusal(
      `${box} has neither sha256sum nor sha1sum nor md5sum: contents cannot be compared.`,
      'Install coreutils there.',
    )
  return undefined
}

export interface Found extends Expected {
  readonly tree: Tree
  readonly notices: readonly string[]
}

/** The commit that the engineer named, else that of which the box says so, else the one that fits best. */
async function expectedCommit(
  box: string,
  listing: Listing,
  { repository, commit, path }: DriftOptions,
): Promise<Found | { readonly failure: Failure }> {
  const clues =
    commit === undefined ? cluesOf(listing.sections) : [{ revision: commit, from: '--commit', sure: 'asked' as const }]
  const tree = await repository.tree(clues.map(({ revision }) => revision))
  const failure = repositoryFailure(tree, repository.folder)
  if (failure) return { failure }
  const [first] = tree.resolved
  const clue = first && clues[first.at]
  const unknown = clues
    .slice(0, first?.at ?? clues.length)
    .filter(({ sure }) => sure !== 'likely')
    .map(
      ({ revision, from }) => `${from} says ${revision.slice(0, 40)}, which the repository does not have (git fetch?)`,
    )
  if (clue && tree.commit)
    return tree.whole
      ? { commit: tree.commit, how: clue.sure, from: clue.from, equal: 0, tree, notices: unknown }
      : { failure: cutRepository(repository.folder) }
  if (commit !== undefined)
    return {
      failure: refusal(
        `${repository.folder} has no commit ${commit}.`,
        'git fetch there, or name another one with --commit.',
      ),
    }
  const best = listing.hash && (await repository.bestCommit(listing.files, listing.hash))
  const whole = best && (await repository.tree([best.commit]))
  if (whole?.commit && !whole.whole) return { failure: cutRepository(repository.folder) }
  if (!best || !whole?.commit)
    return {
      failure: refusal(
        `${unknown.map((each) => `${each}. `).join('')}No file in ${path} on ${box} is one of the last commits of ${repository.folder}.`,
        'Is it that repository, and that part of it (--repo DIR)? Else name the commit: --commit REV.',
      ),
    }
  const from = `the best match among the last ${best.scored.size} commits of all branches`
  return { commit: whole.commit, how: 'best-match', from, equal: best.equal, tree: whole, notices: unknown }
}

function cutRepository(folder: string): Failure {
  return refusal(`The files of the commit could not be read from ${folder}.`, 'Is the clone whole? git fsck says so.')
}

async function compared(box: Box, listing: Listing, found: Found, options: DriftOptions): Promise<Partial<BoxDrift>> {
  const { repository, all, units } = options
  const { tree, notices, ...expected } = found
  const byPath = new Map(listing.files.map((file) => [file.path, file]))
  const hashes = repository.hashes(listing.hash ?? 'sha256')
  // Of a larger one the box gives no hash, and git would hand it over whole.
  const alike = tree.files.filter(
    ({ path, sizeBytes = HASHED_BYTES }) => sizeBytes < HASHED_BYTES && byPath.get(path)?.sizeBytes === sizeBytes,
  )
  await hashes.learn(
    repository.folder,
    alike.map(({ blob }) => blob),
  )
  const isSkipped = (path: string): boolean => listing.skipped.some((folder) => path.startsWith(`${folder}/`))
  const isUnseen = unseenIn(listing)
  const { drifted, same, notCompared } = compareFiles(listing.files, tree.files, hashes.of, isSkipped, isUnseen)
  const untracked = drifted.filter(({ what }) => what === 'untracked').map(({ path }) => utf8(path))
  const asked = all ? untracked : untracked.slice(0, ASKED_NAMES)
  const ignored = all ? new Set<string>() : await repository.ignored(tree, asked)
  const kept = drifted.filter(({ what, path }) => what !== 'untracked' || !(ignored?.has(utf8(path)) || isMark(path)))
  const shown = await shownFiles(box, listing, kept, repository, options)
  const differing = new Set(drifted.map(({ path }) => path))
  const shownPaths = new Set(kept.map(({ path }) => path))
  const code = listing.files.filter(({ path }) => !differing.has(path) || shownPaths.has(path))
  const processes = folderProcesses({ ...listing, files: code }).map((each) => ({
    ...each,
    older: each.older.map(({ path, atMs }) => ({ path: utf8(path), atMs })),
  }))
  const deployedAtMs = deployedAt(listing, sameFiles(listing.files, differing))
  const allUnits = [...units, ...processes.flatMap(({ unit }) => unit ?? [])]
  const share = same / Math.max(1, tree.files.length - notCompared)
  return {
    expected,
    files: shown.files,
    same,
    ofCommit: tree.files.length,
    ignored: ignored?.size ?? 0,
    notCompared,
    deployedAtMs,
    processes,
    settings: changedSettings(listing.settings, allUnits, deployedAtMs),
    notices: [
      ...notices,
      ...(share < DOUBTFUL_SHARE
        ? [
            `only ${Math.round(share * 100)} % of the files of that commit lie there as it has them: is it the right folder and the right commit?`,
          ]
        : []),
      ...(expected.equal > 0
        ? [`${expected.equal} other commits fit as well: what they changed does not lie in that folder`]
        : []),
    ],
    blind: [...blindOf(listing, drifted, ignored === undefined, untracked.length - asked.length), ...shown.blind],
  }
}

/** A file that says which commit was deployed is no drift. */
function isMark(path: string): boolean {
  return path === 'REVISION' || path === '.revision'
}

function sameFiles(files: readonly BoxFile[], differing: ReadonlySet<string>): readonly number[] {
  return files.flatMap(({ path, changedAtMs }) => (differing.has(path) ? [] : [changedAtMs]))
}
