import type { LineLayout } from './line-layout.ts'
import { RECORD_BYTES } from './records.ts'
import { createLineCutter } from '../mining/lines.ts'

/** Bytes of a log in, its records out, whatever the chunks. */
export interface RecordStream {
  readonly feed: (bytes: Uint8Array) => void
  /** Gives the last record. */
  readonly finish: () => void
}

/**
 * Cuts a log that comes in pieces into its records: a line with those that go on with it. Of a record so many bytes are kept, so that a dump of data stays in
 * bounded memory; what is no UTF-8 is U+FFFD.
 *
 * @param onRecord the text without its last line end, and its time by the box's clock, NaN where it bears none
 */
export function createRecordStream(layout: LineLayout, onRecord: (text: string, atMs: number) => void): RecordStream {
  let lines: string[] = []
  let kept = 0
  let atMs = NaN
  const close = (): void => {
    if (lines.length > 0) onRecord(lines.join('\n'), atMs)
    lines = []
    kept = 0
  }
  const cutter = createLineCutter((bytes, start, end) => {
    if (lines.length > 0 && layout.continues(bytes, start, end)) {
      if (kept > RECORD_BYTES) return
    } else {
      close()
      // A blank line begins no record.
      if (end === start) return
      atMs = layout.timeOf(bytes, start, end)
    }
    kept += end - start + 1
    lines.push(textOf(bytes, start, end))
  })
  return {
    feed: (bytes) => cutter.feed(bytes),
    finish: () => {
      cutter.finish()
      close()
    },
  }
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
}
