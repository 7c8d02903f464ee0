import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** Whether a symbolic link in its place is taken for the file that it names. */
export type Links = 'followed' | 'refused'

/**
 * Opens a file to read that somebody else may have put there; whoever asks closes the descriptor. What it is, is asked of the open file, so that nobody can
 * exchange it in between. A fifo would be waited for without end, with signals unheard (fifo(7), open(2)): hence O_NONBLOCK, which says nothing to a file.
 *
 * @throws what the file system says, or that it is not a regular file
 */
export function openPlain(file: string, links: Links = 'followed'): number {
  const noFollow = links === 'refused' ? constants.O_NOFOLLOW : 0
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | noFollow)
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error('it is not a regular file')
    return descriptor
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/**
 * The whole of such a file.
 *
 * @param limitBytes a multiple of a MiB
 * @throws also when it is larger
 */
export function readPlain(file: string, limitBytes: number, links: Links = 'followed'): Buffer {
  const descriptor = openPlain(file, links)
  try {
    return readToEnd(descriptor, limitBytes)
  } finally {
    closeSync(descriptor)
  }
}

/** The rest of an open file. Those of /proc say that they have no size, some have no end, and one that is written to grows. */
export function readToEnd(descriptor: number, limitBytes: number): Buffer {
  const { size } = fstatSync(descriptor)
  if (size > limitBytes) throw tooLarge(limitBytes)
  const pieces: Buffer[] = []
  let total = 0
  // One byte more than it says, in which its end shows.
  for (let length = size + 1; ; length = PIECE_BYTES) {
    const piece = Buffer.alloc(length)
    const got = readSync(descriptor, piece)
    if (got === 0) return pieces.length === 1 ? (pieces[0] ?? piece) : Buffer.concat(pieces)
    total += got
    if (total > limitBytes) throw tooLarge(limitBytes)
    pieces.push(piece.subarray(0, got))
  }
}

const PIECE_BYTES = 256 * 1024

function tooLarge(limitBytes: number): Error {
  return new Error(`it is larger than ${limitBytes / 1024 / 1024} MiB`)
}
