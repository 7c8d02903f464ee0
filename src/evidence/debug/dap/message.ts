/**
 * Messages of the Debug Adapter Protocol as they come and go: a header with `Content-Length`, an empty line, and so many bytes of JSON
 * (microsoft.github.io/debug-adapter-protocol/overview, "Base protocol").
 *
 *     Content-Length: 45\r\n\r\n{"seq":1,"type":"request","command":"threads"}
 *
 * Both sides may send anything: what is not understood ends it, with the reason. Before a header there may be lines of something else (what a program says before it speaks
 * the protocol); they are skipped, as gdb does.
 */
export type DapMessage = Readonly<Record<string, unknown>>

export interface DapRead {
  readonly messages: readonly DapMessage[]
  /** Why nothing more is read. Whoever sent it cannot be understood any more. */
  readonly broken: string | undefined
}

export interface DapReader {
  readonly push: (chunk: Uint8Array) => DapRead
  /** The last of what came before the header of a message, at most 1,000 characters: gdb says there why it does not start. */
  readonly noise: () => string
}

/** Memory of 64 KiB in base64, a long source file, 1,000 variables with long values. Bytes. */
const LARGEST_BODY = 8 * 1024 * 1024
/** Bytes. */
const LONGEST_LINE = 1_024
/** Between two messages. Bytes. */
const MOST_NOISE = 64 * 1024
const KEPT_NOISE = 1_000
/** Messages of the protocol have some six. Levels. */
const DEEPEST = 40

export function dapReader(): DapReader {
  let line = Buffer.alloc(0)
  let noise = ''
  let noiseBytes = 0
  let length: number | undefined
  /** Missing while a header is read. */
  let body: { readonly pieces: Uint8Array[]; missing: number } | undefined
  let broken: string | undefined

  function push(chunk: Uint8Array): DapRead {
    const messages: DapMessage[] = []
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    while (broken === undefined && rest.length > 0) rest = body ? intoBody(rest, messages) : intoHeader(rest)
    return { messages, broken }
  }

  function intoHeader(bytes: Buffer): Buffer {
    const end = bytes.indexOf(LINE_FEED)
    const piece = end < 0 ? bytes : bytes.subarray(0, end)
    if (line.length + piece.length > LONGEST_LINE) broken = `a header is longer than ${LONGEST_LINE} bytes`
    else line = Buffer.concat([line, piece])
    if (broken !== undefined || end < 0) return EMPTY
    headerLine(line.toString('latin1').trim())
    line = EMPTY
    return bytes.subarray(end + 1)
  }

  function headerLine(text: string): void {
    if (text === '') {
      if (length !== undefined) body = { pieces: [], missing: length }
      // A message of no bytes is none.
      if (length === 0) broken = 'a message is empty'
      length = undefined
      return
    }
    const [, bytes] = /^content-length: *(\d{1,9})$/i.exec(text) ?? []
    if (bytes !== undefined) {
      length = Number(bytes)
      if (length > LARGEST_BODY) broken = `a message of ${bytes} bytes, and ${LARGEST_BODY} are the most`
      return
    }
    noiseBytes += text.length + 1
    noise = `${noise}${text}\n`.slice(-KEPT_NOISE)
    if (noiseBytes > MOST_NOISE) broken = 'what comes is not the Debug Adapter Protocol'
  }

  function intoBody(bytes: Buffer, messages: DapMessage[]): Buffer {
    if (!body) return bytes
    const piece = bytes.subarray(0, body.missing)
    body.pieces.push(piece)
    body.missing -= piece.length
    if (body.missing > 0) return EMPTY
    const message = messageOf(Buffer.concat(body.pieces).toString('utf8'))
    body = undefined
    noiseBytes = 0
    if (message) messages.push(message)
    else broken = 'a message is no object in JSON'
    return bytes.subarray(piece.length)
  }

  return { push, noise: () => noise.trim() }
}

const LINE_FEED = 10
const EMPTY = Buffer.alloc(0)

function messageOf(text: string): DapMessage | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) && !isDeeperThan(value, DEEPEST) ? value : undefined
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((each) => isDeeperThan(each, levels - 1))
}

/** As it goes over the line: ASCII alone, so that nothing on the way takes a byte for something else. */
export function dapBytes(message: DapMessage): Uint8Array {
  const text = JSON.stringify(message).replaceAll(
    BEYOND_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return Buffer.from(`Content-Length: ${text.length}\r\n\r\n${text}`, 'latin1')
}

const BEYOND_ASCII = /[\u007f-\uffff]/g
