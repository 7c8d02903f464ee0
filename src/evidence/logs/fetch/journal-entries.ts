/** Makes lines of entries of the journal as they come. */
export interface JournalEntries {
  push(chunk: Uint8Array): Uint8Array
}

const NEWLINE = 0x0a
/** No entry is larger: journald takes messages of 48 KiB from a stream, and fields of some hundred MiB from who insists. Bytes. */
const LONGEST_ENTRY = 16 * 1024 * 1024

/**
 * Of `journalctl -o json`, one object a line, the lines that `journal-lines.ts` makes on the box. What is no such object is given as it is: what journalctl
 * itself says. Followed entries are few enough for JSON, which no program between has to hold back.
 */
export function journalEntries(): JournalEntries {
  let carried: Uint8Array = new Uint8Array(0)
  return {
    push: (chunk) => {
      const data = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk
      const end = data.lastIndexOf(NEWLINE) + 1
      carried = data.length - end > LONGEST_ENTRY ? new Uint8Array(0) : data.slice(end)
      if (end === 0) return new Uint8Array(0)
      const lines = Buffer.from(data.subarray(0, end)).toString('utf8').split('\n').slice(0, -1)
      return Buffer.concat(lines.map(lineOf))
    },
  }
}

function lineOf(json: string): Buffer {
  const entry = objectOf(json)
  if (entry === undefined) return Buffer.from(`${json}\n`)
  const said = (...names: readonly string[]): string =>
    names.map((name) => bytesOf(entry[name])?.toString('utf8') ?? '').find((value) => value !== '') ?? ''
  const at = said('_SOURCE_REALTIME_TIMESTAMP', '__REALTIME_TIMESTAMP')
  const message = bytesOf(entry['MESSAGE'])
  if (message === undefined || at.length <= MICROSECOND_DIGITS) return Buffer.alloc(0)
  const pid = said('_PID', 'SYSLOG_PID')
  const writer = `${said('SYSLOG_IDENTIFIER', '_COMM') || 'unknown'}${pid === '' ? '' : `[${pid}]`}`
  const time = `${at.slice(0, -MICROSECOND_DIGITS)}.${at.slice(-MICROSECOND_DIGITS)}`
  // Byte by byte: a message need not be UTF-8.
  const text = message.toString('latin1').replaceAll('\n', '\n    ')
  return Buffer.concat([
    Buffer.from(`<${said('PRIORITY')}>${time} ${said('_HOSTNAME')} ${writer}: `),
    Buffer.from(`${text}\n`, 'latin1'),
  ])
}

const MICROSECOND_DIGITS = 6

function objectOf(json: string): Readonly<Record<string, unknown>> | undefined {
  if (!json.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && '__REALTIME_TIMESTAMP' in value
      ? Object.fromEntries(Object.entries(value))
      : undefined
  } catch {
    return undefined
  }
}

/** A text, a list of bytes where it is not printable, or a list of such where the field comes more than once; then the last. */
function bytesOf(value: unknown): Buffer | undefined {
  if (typeof value === 'string') return Buffer.from(value)
  if (!Array.isArray(value)) return undefined
  if (value.every((byte) => typeof byte === 'number')) return Buffer.from(value)
  return bytesOf(value.at(-1))
}
