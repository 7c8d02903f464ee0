import { randomHex } from '../../base/random.ts'
import type { Box, Failure } from '../../boxes/box.ts'
import type { HashName } from '../../evidence/drift/file-hash.ts'
import { HASHED_BYTES } from '../../evidence/drift/listing-script.ts'
import type { BoxFile } from '../../evidence/drift/listing.ts'
import { utf8 } from '../../evidence/drift/path-text.ts'
import { blobsScript, createBlobReader } from '../../evidence/repository/blobs.ts'
import { historyScript, readHistory, readSizes, sizesScript } from '../../evidence/repository/history.ts'
import { ignoredScript, readIgnored, type IgnoreFile } from '../../evidence/repository/ignored.ts'
import { readTree, treeScript, type Tree } from '../../evidence/repository/tree.ts'
import { bestCommit, type BestCommit, type Score } from '../../findings/drift/best-commit.ts'
import { differenceOf } from '../../findings/drift/compare.ts'
import { blobHashes, type BlobHashes } from './blob-hashes.ts'
import { refusal } from './refusal.ts'

/** The repository on this machine, asked through the `local` box. Nothing in it is written. */
export interface Repository {
  readonly folder: string
  readonly tree: (revisions: readonly string[]) => Promise<Tree>
  readonly hashes: (hash: HashName) => BlobHashes
  /** Contents of blobs; one that it does not have is missing. */
  readonly contents: (blobs: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>
  /** Which of these names the rules of a commit ignore; undefined when that could not be told. */
  readonly ignored: (tree: Tree, paths: readonly string[]) => Promise<ReadonlySet<string> | undefined>
  readonly bestCommit: (files: readonly BoxFile[], hash: HashName) => Promise<BestCommit | undefined>
}

/** Commits of all branches that a box may be compared with. */
const HISTORY_COMMITS = 500
/** Histories that have no commit in common are rare: a few are compared whole. */
const HISTORIES = 5
/** A large repository on a slow disk. Milliseconds. */
const ASK_MS = 60_000
const ANSWER_BYTES = 512 * 1024 * 1024
/** Rules of a project are a few hundred lines in a few files. */
const RULES = 200
const RULES_BYTES = 1024 * 1024

export function openRepository(local: Box, folder: string, home: string, signal: AbortSignal): Repository {
  const trees = new Map<string, Promise<Tree>>()
  const hashesByName = new Map<HashName, BlobHashes>()
  const ask = async (script: string, what: string): Promise<Uint8Array> => {
    const asked = { what: `${what} ${folder}`, timeoutMs: ASK_MS, maxBytes: ANSWER_BYTES, signal }
    return (await local.start(script, asked).result).stdout
  }
  const tree = (revisions: readonly string[]): Promise<Tree> => {
    const key = revisions.join('\0')
    const known = trees.get(key) ?? readOf(revisions)
    trees.set(key, known)
    return known
  }
  const readOf = async (revisions: readonly string[]): Promise<Tree> => {
    const boundary = randomHex(16)
    return readTree(await ask(treeScript(folder, revisions, boundary), 'read the files of a commit of'), boundary)
  }
  const hashes = (hash: HashName): BlobHashes => {
    const known = hashesByName.get(hash) ?? blobHashes(local, home, hash, signal)
    hashesByName.set(hash, known)
    return known
  }
  const contents = async (blobs: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> => {
    const found = new Map<string, Uint8Array>()
    if (blobs.length === 0) return found
    const reader = createBlobReader((blob, content) => content && found.set(blob, content))
    reader.feed(await ask(blobsScript(folder, blobs), 'read files of'))
    return found
  }
  return {
    folder,
    tree,
    hashes,
    contents,
    ignored: async ({ files }, paths) => {
      if (paths.length === 0) return new Set()
      const rules = files.filter(
        ({ path, kind, sizeBytes }) =>
          kind === 'file' && /(?:^|\/)\.gitignore$/.test(path) && (sizeBytes ?? 0) < RULES_BYTES,
      )
      const texts = await contents(rules.slice(0, RULES).map(({ blob }) => blob))
      const written = rules.flatMap(({ path, blob }): IgnoreFile[] => {
        const text = texts.get(blob)
        return text ? [{ path: utf8(path), text: Buffer.from(text).toString('utf8') }] : []
      })
      return readIgnored(await ask(ignoredScript(folder, written, paths), 'ask what is ignored in'))
    },
    bestCommit: async (files, hash) => {
      const history = readHistory(await ask(historyScript(folder, HISTORY_COMMITS), 'read the history of'))
      if (!history || history.length === 0) return undefined
      const onBox = new Map(files.map((file) => [file.path, file]))
      const past = history.flatMap(({ changes }) =>
        changes.flatMap(({ path, before, after }) =>
          onBox.has(path) ? [before, after].flatMap((blob) => (blob === undefined ? [] : [{ path, blob }])) : [],
        ),
      )
      const sizes = readSizes(
        await ask(sizesScript(folder, [...new Set(past.map(({ blob }) => blob))]), 'read sizes of files of'),
      )
      const alike = past.filter(({ path, blob }) => isHashedSize(sizes.get(blob), onBox.get(path)))
      const known = hashes(hash)
      await known.learn(
        folder,
        alike.map(({ blob }) => blob),
      )
      const isOnBox = (path: string, blob: string): boolean => {
        const box = onBox.get(path)?.hash
        return box !== undefined && known.of(blob) === box
      }
      const scores = new Map<string, Score>()
      let best: BestCommit | undefined
      for (let at = 0; at < HISTORIES; at++) {
        const open = history.find(({ commit }) => !best?.scored.has(commit))
        if (!open) break
        scores.set(open.commit, await scoreOf(await tree([open.commit]), onBox, known, folder))
        best = bestCommit(history, scores, isOnBox, files.length)
      }
      return best && best.score.matching > 0 ? best : undefined
    },
  }
}

/** The box has a file of that size, and gives its hash: a larger blob would be held whole for nothing. */
function isHashedSize(sizeBytes: number | undefined, box: BoxFile | undefined): boolean {
  return sizeBytes !== undefined && sizeBytes < HASHED_BYTES && sizeBytes === box?.sizeBytes
}

/** A commit that is compared whole. */
async function scoreOf(
  { files }: Tree,
  onBox: ReadonlyMap<string, BoxFile>,
  hashes: BlobHashes,
  folder: string,
): Promise<Score> {
  const pairs = files.flatMap((commit) => {
    const box = onBox.get(commit.path)
    return box && isHashedSize(commit.sizeBytes, box) ? [{ box, commit }] : []
  })
  await hashes.learn(
    folder,
    pairs.map(({ commit }) => commit.blob),
  )
  const same = pairs.filter(({ box, commit }) => [undefined, 'mode'].includes(differenceOf(box, commit, hashes.of)))
  return { matching: same.length, files: files.length }
}

/** Why a commit could not be had from the repository. */
export function repositoryFailure({ git }: Tree, folder: string): Failure | undefined {
  if (git === 'yes') return undefined
  const [message, tryNext] = GIT_WORDS[git](folder)
  return refusal(message, tryNext)
}

const GIT_WORDS: Readonly<Record<Exclude<Tree['git'], 'yes'>, (folder: string) => readonly [string, string]>> = {
  missing: () => ['There is no git on this machine.', 'Install git; the repository is read with it.'],
  none: (folder) => [`${folder} is no working tree of git.`, 'Name a clone of the repository: --repo DIR.'],
  untrusted: (folder) => [
    `git does not read ${folder}, since it belongs to another user.`,
    `If you trust it: git config --global --add safe.directory ${folder}`,
  ],
  ignored: (folder) => [`The git repository around ${folder} ignores it.`, 'Name the clone itself: --repo DIR.'],
  outside: (folder) => [
    `The git configuration of ${folder} says that its files lie elsewhere, and is not followed.`,
    'Name another clone: --repo DIR.',
  ],
  'no-folder': (folder) => [
    `There is no folder ${folder} on this machine.`,
    'Name a clone of the repository: --repo DIR.',
  ],
}
