import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Box } from '../../boxes/box.ts'
import { fileHash, HASH_DIGITS, type HashName } from '../../evidence/drift/file-hash.ts'
import { blobsScript, createBlobReader } from '../../evidence/repository/blobs.ts'
import { fileModeIn, makeHome } from '../../incidents/home.ts'

/** Hashes of blobs, as boxes compute them: blob ids have a head before the content, and no tool of a box hashes that without a process for each file. */
export interface BlobHashes {
  /** Undefined: not asked for, or the repository does not have it. */
  readonly of: (blob: string) => string | undefined
  /** Sees to it that these are known. */
  readonly learn: (repository: string, blobs: readonly string[]) => Promise<void>
}

/** A hundred and more lines of 107 bytes for each file of a large repository. Bytes; begun anew beyond it. */
const CACHE_BYTES = 64 * 1024 * 1024
/** Blobs that one process of git is asked for; what is learned is kept after each. */
const AT_ONCE = 20_000
/** A repository on a slow disk. Milliseconds. */
const READ_MS = 120_000

/**
 * Those of one kind, kept in a file of the home by blob id: a blob never changes. Where the file cannot be written it is as slow again the next time.
 *
 * @param local this machine, whose git is asked
 */
export function blobHashes(local: Box, home: string, hash: HashName, signal: AbortSignal): BlobHashes {
  // Those of `blobs.*` were not compared with their ids.
  const file = path.join(home, `blob-hashes.${hash}`)
  const known = readCache(file, HASH_DIGITS[hash])
  return {
    of: (blob) => known.get(blob),
    learn: async (repository, blobs) => {
      const missing = [...new Set(blobs)].filter((blob) => !known.has(blob))
      for (let at = 0; at < missing.length && !signal.aborted; at += AT_ONCE) {
        const learned: string[] = []
        const reader = createBlobReader((blob, content) => {
          if (content === undefined) return
          const digest = fileHash(hash, content)
          known.set(blob, digest)
          learned.push(`${blob} ${digest}\n`)
        })
        await local.start(blobsScript(repository, missing.slice(at, at + AT_ONCE)), {
          what: `read files of ${repository}`,
          timeoutMs: READ_MS,
          maxBytes: Number.MAX_SAFE_INTEGER,
          streamed: true,
          onOutput: reader.feed,
          signal,
        }).result
        appendCache(home, file, learned.join(''))
      }
    },
  }
}

function readCache(file: string, digits: number): Map<string, string> {
  try {
    if (statSync(file).size > CACHE_BYTES) rmSync(file)
    const rows = readFileSync(file, 'latin1').split('\n')
    return new Map(
      rows.flatMap((row): [string, string][] => {
        const [, blob, digest] = /^([0-9a-f]{40,64}) ([0-9a-f]+)$/.exec(row) ?? []
        return blob === undefined || digest?.length !== digits ? [] : [[blob, digest]]
      }),
    )
  } catch {
    return new Map()
  }
}

function appendCache(home: string, file: string, text: string): void {
  if (text === '') return
  try {
    makeHome(home)
    // A line that another console has not ended yet would swallow our first one.
    appendFileSync(file, `\n${text}`, { mode: fileModeIn(home) })
  } catch {
    // It is a cache alone.
  }
}
