import type { FetchReport, LogCaps } from '../../../evidence/logs/window.ts'

/** Where the bytes of a log go, and what is told of them in the end. */
export interface Delivery {
  /** Hands bytes on, up to the limit, cut at the end of a line. */
  give(bytes: Uint8Array): Promise<void>
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

  async function give(bytes: Uint8Array): Promise<void> {
    const left = caps.bytes - sent
    if (left <= 0) return
    if (bytes.length <= left) {
      sent += bytes.length
      await onBytes(bytes)
      return
    }
    cap('bytes', 'later')
    const piece = bytes.subarray(0, left)
    const whole = piece.subarray(0, piece.lastIndexOf(NEWLINE) + 1)
    sent = caps.bytes
    if (whole.length > 0) await onBytes(whole)
    full()
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
