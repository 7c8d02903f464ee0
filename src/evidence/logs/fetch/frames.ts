/** Takes apart what a script of ours says in between bytes of a log. */
export interface MarkedReader {
  /** Linear in what arrives; what may still become a mark waits for the next piece. */
  push(chunk: Uint8Array): readonly Piece[]
}

export type Piece =
  /** A line of the script: its words, without the boundary. */
  | { readonly kind: 'mark'; readonly words: readonly string[] }
  /** Bytes since the last mark, a part of them. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

/** A mark is short; what begins like one and does not end within this is of the log. Bytes. */
const MARK_BYTES = 1024
const NEWLINE = 0x0a
const MARK_END = 0x01

/**
 * `\n<boundary> word word…\x01`, anywhere in a stream of bytes. The boundary is random, so that no line of a log is one. A mark does not end with a newline,
 * which the session would hold back until more comes (`boxes/frame.ts`).
 */
export function markedReader(boundary: string): MarkedReader {
  const marker = Buffer.from(`\n${boundary} `)
  let carried: Uint8Array = new Uint8Array(0)

  function push(chunk: Uint8Array): readonly Piece[] {
    const data =
      carried.length > 0 ? Buffer.concat([carried, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    const pieces: Piece[] = []
    let from = 0
    for (;;) {
      const at = data.indexOf(marker, from)
      const end = at < 0 ? -1 : data.indexOf(MARK_END, at + marker.length)
      if (at >= 0 && end < 0 && data.length - at <= MARK_BYTES) return wait(at)
      if (at < 0 || end < 0) return wait(at < 0 ? possibleMark(data, marker, from) : data.length)
      keep(data.subarray(from, at))
      pieces.push({ kind: 'mark', words: data.toString('latin1', at + marker.length, end).split(' ') })
      from = end + 1
    }

    function wait(at: number): readonly Piece[] {
      keep(data.subarray(from, at))
      carried = data.subarray(at)
      return pieces
    }

    function keep(bytes: Uint8Array): void {
      if (bytes.length > 0) pieces.push({ kind: 'bytes', bytes })
    }
  }

  return { push }
}

/** Where the longest end of the data starts that is a beginning of the marker; the length of the data when none is. */
function possibleMark(data: Buffer, marker: Buffer, from: number): number {
  let at = data.indexOf(NEWLINE, Math.max(from, data.length - marker.length + 1))
  while (at >= 0) {
    if (data.subarray(at).equals(marker.subarray(0, data.length - at))) return at
    at = data.indexOf(NEWLINE, at + 1)
  }
  return data.length
}
