/** What a frame reader makes of one more chunk. */
export interface FrameStep {
  /** The script's output in this chunk, without what could still become a marker. */
  readonly output: Uint8Array
  /** What came before the begin marker: banners, MOTD, a chatty profile. */
  readonly noise: Uint8Array
  readonly state: 'before' | 'inside' | 'ended'
  /** With `ended`: the exit code, or undefined when the script was stopped or its number cannot be read. */
  readonly exitCode: number | undefined
}

/**
 * Finds one request's answer in a stream of chunks: `\n<boundary> begin N\n` … `\n<boundary> end N CODE\n`. Linear in what
 * arrives: each chunk is searched once, and only what may be the start of a marker waits for the next one.
 */
export function frameReader(
  boundary: string,
  sequence: number,
): { readonly push: (chunk: Uint8Array) => FrameStep; readonly held: () => Uint8Array } {
  const beginMarker = Buffer.from(`\n${boundary} begin ${sequence}\n`)
  const endMarker = Buffer.from(`\n${boundary} end ${sequence} `)
  let carried: Uint8Array = EMPTY
  let state: FrameStep['state'] = 'before'

  function push(chunk: Uint8Array): FrameStep {
    if (state === 'ended') return { output: EMPTY, noise: chunk, state, exitCode: undefined }
    const data =
      carried.length > 0 ? Buffer.concat([carried, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    if (state === 'inside') return inside(data, EMPTY)
    const at = data.indexOf(beginMarker)
    if (at < 0) {
      const from = possibleMarker(data, beginMarker)
      carried = data.subarray(from)
      return { output: EMPTY, noise: data.subarray(0, from), state, exitCode: undefined }
    }
    state = 'inside'
    return inside(data.subarray(at + beginMarker.length), data.subarray(0, at))
  }

  function inside(data: Buffer, noise: Uint8Array): FrameStep {
    const at = data.indexOf(endMarker)
    if (at < 0) return hold(data, possibleMarker(data, endMarker), noise)
    const lineEnd = data.indexOf(10, at + endMarker.length)
    if (lineEnd < 0) return hold(data, at, noise)
    state = 'ended'
    carried = EMPTY
    const word = data.subarray(at + endMarker.length, lineEnd).toString('latin1')
    return { output: data.subarray(0, at), noise, state, exitCode: /^\d{1,3}$/.test(word) ? Number(word) : undefined }
  }

  function hold(data: Buffer, from: number, noise: Uint8Array): FrameStep {
    carried = data.subarray(from)
    return { output: data.subarray(0, from), noise, state, exitCode: undefined }
  }

  /** What waits and is given up on: the newline of a last line; the start of a marker is none of the script's. */
  const held = (): Uint8Array => (state === 'inside' && carried.length === 1 ? carried : EMPTY)

  return { push, held }
}

const EMPTY = new Uint8Array(0)

/** Where the longest end of the data starts that is a beginning of the marker; the length of the data when none is. */
function possibleMarker(data: Buffer, marker: Buffer): number {
  let at = data.indexOf(10, Math.max(0, data.length - marker.length + 1))
  while (at >= 0) {
    if (data.subarray(at).equals(marker.subarray(0, data.length - at))) return at
    at = data.indexOf(10, at + 1)
  }
  return data.length
}
