import { createHash } from 'node:crypto'
import { shellQuoted } from '../../base/shell-quoted.ts'
import { GIT } from './git.ts'

/**
 * POSIX sh that prints the contents of blobs, one process for all (git-cat-file(1), --batch): `ID blob SIZE`, a newline, the bytes, a newline. What the
 * repository has not (a partial clone) is `ID missing`.
 */
export function blobsScript(folder: string, blobs: readonly string[]): string {
  return `${GIT}
cd -P -- ${shellQuoted(folder)} || exit 1
g_in cat-file --batch --buffer <<'halligan'
${blobs.filter((blob) => /^[0-9a-f]{40,64}$/.test(blob)).join('\n')}
halligan
`
}

export interface BlobReader {
  readonly feed: (bytes: Uint8Array) => void
  /** All that were begun have come whole. */
  readonly finish: () => boolean
}

/**
 * Reads the answer of `blobsScript` as it comes; one blob at a time is held.
 *
 * @param onBlob id and content; the content is undefined where the repository has none of it, or what it gave is not what the id says
 */
export function createBlobReader(onBlob: (blob: string, content: Uint8Array | undefined) => void): BlobReader {
  /** Of the blob that is being read; the newline behind it counts. */
  let open: { readonly blob: string; left: number; readonly pieces: Uint8Array[] } | undefined
  let head = ''
  const state = { broken: false }
  const take = (bytes: Uint8Array): Uint8Array => {
    if (open) {
      const taken = bytes.subarray(0, open.left)
      open.pieces.push(Uint8Array.from(taken))
      open.left -= taken.length
      if (open.left === 0) {
        const { blob, pieces } = open
        open = undefined
        const content = Buffer.concat(pieces).subarray(0, -1)
        onBlob(blob, isContentOf(blob, content) ? content : undefined)
      }
      return bytes.subarray(taken.length)
    }
    const end = bytes.indexOf(NEWLINE)
    head += Buffer.from(end === -1 ? bytes : bytes.subarray(0, end)).toString('latin1')
    if (end === -1) {
      state.broken ||= head.length > HEAD_LENGTH
      return EMPTY
    }
    const [, blob = '', size] = /^([0-9a-f]{40,64}) (?:blob (\d{1,12})|missing)$/.exec(head) ?? []
    head = ''
    if (blob === '') state.broken = true
    else if (size === undefined) onBlob(blob, undefined)
    else open = { blob, left: Number(size) + 1, pieces: [] }
    return bytes.subarray(end + 1)
  }
  return {
    feed: (bytes) => {
      let rest = bytes
      while (rest.length > 0 && !state.broken) rest = take(rest)
    },
    finish: () => !state.broken && open === undefined && head === '',
  }
}

/** An id is the hash of a head and the content (Pro Git, 10.2 Git Objects). Something else in its place (refs/replace, a broken object) is not it. */
function isContentOf(blob: string, content: Uint8Array): boolean {
  const hash = createHash(blob.length === SHA1_DIGITS ? 'sha1' : 'sha256')
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex') === blob
}

const SHA1_DIGITS = 40
const NEWLINE = 10
const EMPTY = new Uint8Array(0)
/** An id, a kind and a size are some 90. Characters. */
const HEAD_LENGTH = 200
