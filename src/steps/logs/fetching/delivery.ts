import type { FetchReport, LogCaps } from '../../../evidence/logs/window.ts'

/** Where the bytes of a log go, and what is told of them in the end. */
export interface Delivery {
  /** Hands bytes on, up to the limit, cut at the end of a line. The bytes may be used for something else afterwards. */
  give(bytes: Uint8Array): Promise<void>
  /** All has come: the last line, where no line feed ends it. */
  finish(): Promise<void>
  /** Bytes that may still be handed on. */
  left(): number
  /** What a person should know. */
  skip(sentence: string): void
  /** The same of something that is wanted and did not come. */
  miss(sentence: string): void
  /** @param lacks which end of the window is left out */
  cap(what: 'bytes' | 'seconds', lacks: 'earlier' | 'later'): void
  /** Bytes that were read on the box. */
  read(bytes: number): void
  probe(): void
  /** Bytes of the window, where more of them are known of than were handed on. */
  window(bytes: number): void
  report(): FetchReport
}

const NEWLINE = 0x0a
/** Of a line that goes on this is handed on before its end is seen: what is longer is cut off by whoever reads it. Bytes. */
const HELD_BYTES = 65_536

/** @param full called once when the limit of bytes is reached */
export function delivery(
  { caps, onBytes }: { readonly caps: LogCaps; readonly onBytes: (chunk: Uint8Array) => void | Promise<void> },
  full: () => void,
): Delivery {
  let sent = 0
  let readBytes = 0
  let knownBytes = 0
  let probes = 0
  let capped: FetchReport['capped']
  let lacking: FetchReport['lacks']
  const skipped: string[] = []
  let isPartial = false

  /** The beginning of a line whose end has not come: where a limit ends it all, half a line would be read as one that was never written. */
  let held: Uint8Array[] = []
  let heldBytes = 0

  async function give(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return
    const left = caps.bytes - sent
    if (left > 0) await handOn(bytes.subarray(0, left))
    sent += Math.min(left, bytes.length)
    if (bytes.length <= left) return
    cap('bytes', 'later')
    full()
  }

  async function handOn(bytes: Uint8Array): Promise<void> {
    const whole = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1)
    if (whole.length > 0) {
      await release()
      await onBytes(whole)
    }
    if (whole.length === bytes.length) return
    held.push(bytes.slice(whole.length))
    heldBytes += bytes.length - whole.length
    if (heldBytes > HELD_BYTES) await release()
  }

  async function release(): Promise<void> {
    if (heldBytes === 0) return
    const bytes = Buffer.concat(held)
    held = []
    heldBytes = 0
    await onBytes(bytes)
  }

  function skip(sentence: string): void {
    if (!skipped.includes(sentence)) skipped.push(sentence)
  }

  function cap(what: 'bytes' | 'seconds', lacks: 'earlier' | 'later'): void {
    capped ??= what
    lacking ??= lacks
  }

  return {
    give,
    finish: release,
    left: () => caps.bytes - sent,
    skip,
    miss: (sentence) => {
      isPartial = true
      skip(sentence)
    },
    cap,
    read: (bytes) => (readBytes += bytes),
    probe: () => (probes += 1),
    window: (bytes) => (knownBytes += bytes),
    report: () => ({
      readBytes,
      windowBytes: Math.max(knownBytes, sent),
      probes,
      skipped,
      ...(isPartial ? { isPartial } : {}),
      ...(capped === undefined ? {} : { capped }),
      ...(lacking === undefined ? {} : { lacks: lacking }),
    }),
  }
}
