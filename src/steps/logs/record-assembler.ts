import type { Box } from '../../boxes/box.ts'
import type { LogEvent } from '../../evidence/logs/format.ts'
import type { LineBatch } from '../../evidence/logs/merging/line-batch.ts'
import type { LogSource } from '../../evidence/logs/source.ts'
import type { BoxLogs } from './found.ts'
import type { Reader } from './read-log.ts'

/** One record as it is shown. */
export interface ShownRecord {
  readonly box: string
  readonly source: string
  /** By the clock of this console; NaN where it names no time. */
  readonly atMs: number
  /** As it was written, with the lines that go on with it. */
  readonly text: string
  readonly event: LogEvent | undefined
}

/** One log of one box, with how it is read. */
export interface OpenLog {
  readonly box: Box
  readonly boxLogs: BoxLogs
  readonly source: LogSource
  readonly reader: Reader
}

/** Lines of several logs in, in the order in which they are shown; records out. */
export interface RecordAssembler {
  readonly take: (at: number, batch: LineBatch, from: number, to: number) => void
  /** The last record is whole. */
  readonly finish: () => void
}

/** Makes records of lines that come in order: those of one record stand together. */
export function recordAssembler(
  open: readonly OpenLog[],
  give: (at: number, record: ShownRecord) => void,
): RecordAssembler {
  let of = -1
  let atMs = NaN
  let lines: string[] = []
  const close = (): void => {
    const log = open[of]
    if (!log || lines.length === 0) return
    const text = lines.join('\n')
    const { box, source, reader, boxLogs: logs } = log
    const event = reader.format.read(text, logs.found.time)
    give(of, { box: box.name, source: source.id, atMs: atMs - logs.found.skewMs, text, event })
    lines = []
  }
  return {
    take: (at: number, batch: LineBatch, from: number, to: number): void => {
      const layout = open[at]?.reader.layout
      for (let line = from; line < to; line += 1) {
        const start = batch.offsets[line] ?? 0
        const end = withoutLineEnd(batch.bytes, start, batch.offsets[line + 1] ?? start)
        const goesOn = at === of && lines.length > 0 && layout?.continues(batch.bytes, start, end) === true
        if (!goesOn) {
          close()
          if (end === start) continue
          of = at
          atMs = batch.times[line] ?? NaN
        }
        lines.push(Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset + start, end - start).toString('utf8'))
      }
    },
    finish: close,
  }
}

function withoutLineEnd(bytes: Uint8Array, start: number, end: number): number {
  let last = end
  while (last > start && (bytes[last - 1] === 0x0a || bytes[last - 1] === 0x0d)) last -= 1
  return last
}
