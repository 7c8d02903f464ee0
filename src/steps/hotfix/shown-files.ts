import { randomHex } from '../../base/random.ts'
import { unifiedDiff } from '../../base/unified-diff.ts'
import type { Box } from '../../boxes/box.ts'
import { CONTENT_BYTES, contentsScript, readContents, type Contents } from '../../evidence/drift/contents.ts'
import type { Listing } from '../../evidence/drift/listing.ts'
import { pathBytes, utf8 } from '../../evidence/drift/path-text.ts'
import type { DriftedFile } from '../../findings/drift/compare.ts'
import { whoWas } from '../../findings/drift/who.ts'
import type { Redact } from '../../incidents/redaction/index.ts'
import type { BoxDrift, ShownFile } from './contract.ts'
import type { Repository } from './repository.ts'

/** More files are named without what changed in them: nobody reads so many, and each costs the line. */
const DIFFS = 200
/** All together. Bytes. */
const ALL_BYTES = 8 * 1024 * 1024
const FETCH_MS = 60_000
/** Git looks for a NUL in as many (xdiff-interface.c, FIRST_FEW_BYTES). Bytes. */
const BINARY_WITHIN = 8_000

interface ShowOptions {
  readonly redact: Redact
  readonly signal: AbortSignal
}

/** What changed in the files that differ: only they travel. With who was there when they were written, as far as the box knows. */
export async function shownFiles(
  box: Box,
  listing: Listing,
  drifted: readonly DriftedFile[],
  repository: Repository,
  { redact, signal }: ShowOptions,
): Promise<{ readonly files: readonly ShownFile[]; readonly blind: BoxDrift['blind'] }> {
  if (drifted.length === 0) return { files: [], blind: [] }
  const fetched = wanted(drifted)
  const boundary = randomHex(16)
  const script = contentsScript(
    listing.root,
    fetched.map(({ path }) => utf8(path)),
    boundary,
  )
  const [{ stdout }, ofCommit] = await Promise.all([
    box.run(script, { what: 'read files that differ', timeoutMs: FETCH_MS, maxBytes: ALL_BYTES * 2, signal }),
    repository.contents(
      fetched.flatMap(({ commit }) =>
        commit?.sizeBytes !== undefined && commit.sizeBytes <= CONTENT_BYTES ? [commit.blob] : [],
      ),
    ),
  ])
  const contents = readContents(stdout, boundary)
  const places = new Map(fetched.map(({ path }, at) => [path, at]))
  const files = drifted.map((file) => {
    const onBox = contents.files.get(places.get(file.path) ?? -1)
    return shownFile(file, onBox, ofCommit.get(file.commit?.blob ?? ''), contents, redact)
  })
  return { files, blind: contents.blind }
}

/** Those whose content is to be shown, the ones that the commit has first. */
function wanted(drifted: readonly DriftedFile[]): readonly DriftedFile[] {
  const shown = drifted.filter(
    ({ what, box, path }) =>
      (what === 'changed' || what === 'untracked' || what === 'kind') &&
      box?.kind === 'file' &&
      box.sizeBytes <= CONTENT_BYTES &&
      utf8(path) !== '' &&
      isText(path),
  )
  let left = ALL_BYTES
  return [...shown.filter(({ what }) => what !== 'untracked'), ...shown.filter(({ what }) => what === 'untracked')]
    .slice(0, DIFFS)
    .filter(({ box }) => (left -= box?.sizeBytes ?? 0) >= 0)
}

/** Scripts are text: a name that is no UTF-8 cannot be asked for. */
function isText(path: string): boolean {
  return pathBytes(utf8(path)) === path
}

function shownFile(
  { path, what, box, commit }: DriftedFile,
  onBox: Buffer | undefined,
  ofCommit: Uint8Array | undefined,
  { logins, sudo }: Contents,
  redact: Redact,
): ShownFile {
  const name = utf8(path)
  const bits = box && `0${box.mode.toString(8)}`
  const wasRun = commit && (commit.isExecutable ? '100755' : '100644')
  return {
    path: name,
    what,
    ...(box && { modifiedAtMs: box.modifiedAtMs, owner: box.owner, sizeBytes: box.sizeBytes }),
    ...(what === 'mode' && bits !== undefined && wasRun !== undefined && { modes: { commit: wasRun, box: bits } }),
    ...difference({ path, what, ...(box && { box }), ...(commit && { commit }) }, name, onBox, ofCommit, redact),
    who: box ? whoWas(box.modifiedAtMs, logins, sudo) : [],
  }
}

function difference(
  { path, what, box, commit }: DriftedFile,
  name: string,
  onBox: Buffer | undefined,
  ofCommit: Uint8Array | undefined,
  redact: Redact,
): Pick<ShownFile, 'diff' | 'noDiff'> {
  if (what === 'mode' || what === 'unread') return {}
  if (what === 'missing') return {}
  if (box?.kind === 'link') return { noDiff: `a symbolic link to ${utf8(box.target ?? '?')}` }
  if (!isText(path)) return { noDiff: 'its name is no UTF-8, so that it was not asked for' }
  if ((box?.sizeBytes ?? 0) > CONTENT_BYTES || (commit?.sizeBytes ?? 0) > CONTENT_BYTES)
    return { noDiff: `larger than ${CONTENT_BYTES / 1024} KiB` }
  if (!onBox)
    return { noDiff: 'it did not come: unreadable, changed meanwhile, or beyond the limit of files that are fetched' }
  if (commit && commit.kind === 'file' && !ofCommit) return { noDiff: 'the repository does not have what it was' }
  const before = commit?.kind === 'file' ? Buffer.from(ofCommit ?? '') : Buffer.alloc(0)
  if ([before, onBox].some((bytes) => bytes.subarray(0, BINARY_WITHIN).includes(0))) return { noDiff: 'binary' }
  const names = {
    before: commit?.kind === 'file' ? headName(`a/${redact(name)}`) : '/dev/null',
    after: headName(`b/${redact(name)}`),
  }
  const diff = unifiedDiff(redact(before.toString('utf8')), redact(onBox.toString('utf8')), names)
  return diff === '' ? { noDiff: 'it differs in bytes that are no text, or in a secret' } : { diff }
}

/** A name with a newline would be two lines: quoted then, as git does it (git-config(1), core.quotePath). */
function headName(name: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is quoted
  return /[\u0000-\u001f\u007f"\\]/.test(name) ? JSON.stringify(name) : name
}
