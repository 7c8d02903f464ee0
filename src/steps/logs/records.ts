import { inParallel } from '../../base/in-parallel.ts'
import type { Box } from '../../boxes/box.ts'
import { BOXES_AT_ONCE } from '../../boxes/open.ts'
import { createLineBatcher, type LineBatch } from '../../evidence/logs/merging/line-batch.ts'
import { createMerge } from '../../evidence/logs/merging/merge.ts'
import type { BoxTime } from '../../evidence/logs/time/box-time.ts'
import type { SetBack } from '../../evidence/logs/time/set-back.ts'
import type { Recorded, Recorder } from '../../incidents/recorder.ts'
import { recordLogs } from './record-logs.ts'
import { boxLogs, type AskedLogs } from './found.ts'
import type { ReadBox, ReadLog } from './logs-read.ts'
import type { Fetched } from './fetching/fetch.ts'
import { inputLog } from './stdin-log.ts'
import { readerOf, readSpan, type Reader } from './read-log.ts'
import { recordAssembler, type OpenLog, type ShownRecord } from './record-assembler.ts'
import { setBacksIn } from './set-backs.ts'
import { noticesOfLongLines, noticesOfReports, noticesOfSetBacks } from './notices.ts'

/** What was read to show records, beside the records themselves. */
export interface RecordsRead {
  readonly boxes: readonly ReadBox[]
  readonly logs: readonly Pick<ReadLog, 'source' | 'format' | 'records' | 'bytes' | 'reports' | 'failure'>[]
  readonly records: number
  readonly notices: readonly string[]
  readonly recorded: Recorded
}

/** What is shown, beside what is asked of the logs. */
export interface RecordsOptions extends AskedLogs {
  readonly recorder: Recorder
  /** Patterns and fields, as typed: for the record. */
  readonly sought: readonly string[]
  /** Standard input, in place of boxes. */
  readonly input?: AsyncIterable<Uint8Array> | undefined
}

/** Sessions of one box at once; the shell in which its logs were found is one of sshd's ten. */
const READ_TOGETHER = 8
/** Clocks are set back by this or by twice as much, at full or half hours. */
const HALF_HOUR_MS = 30 * 60_000

/**
 * The records of the logs of some boxes, by time, each as soon as none can come before it. Reads only.
 *
 * @param onRecord a promise that it gives holds further records back, on the boxes too
 */
export async function readRecords(
  boxes: readonly Box[],
  asked: RecordsOptions,
  onRecord: (record: ShownRecord) => void | Promise<void>,
): Promise<RecordsRead> {
  const given = asked.input && (await inputLog(asked.input, asked))
  const found = await inParallel(boxes, BOXES_AT_ONCE, async (box) => ({
    box,
    logs: given?.logs ?? (await boxLogs(box, asked)),
  }))
  const open = found.flatMap(({ box, logs }) =>
    logs.chosen.map((source): OpenLog => ({ box, boxLogs: logs, source, reader: readerOf(source, logs.found.time) })),
  )
  const counts = open.map(() => ({ records: 0, bytes: 0, cutBytes: 0, halfHours: new Set<number>() }))
  let records = 0
  let waits: Promise<void> | undefined
  const assembler = recordAssembler(open, (at, record) => {
    records += 1
    const each = counts[at]
    if (each) {
      each.records += 1
      const skewMs = open[at]?.boxLogs.found.skewMs ?? 0
      if (!Number.isNaN(record.atMs)) each.halfHours.add(Math.floor((record.atMs + skewMs) / HALF_HOUR_MS))
    }
    waits = onRecord(record) ?? undefined
  })
  const merge = createMerge({
    skewsMs: open.map(
      ({
        boxLogs: {
          found: { skewMs },
        },
      }) => skewMs,
    ),
    emit: assembler.take,
  })
  // Logs that wait for a session of their box cannot bring anything, so nobody may be held back for them.
  const together = found.every(({ logs }) => logs.chosen.length <= READ_TOGETHER)
  const fetched = await Promise.all(
    open.map(async (log, at) => {
      const batcher = createLineBatcher(log.reader.layout)
      const give = async (batches: readonly LineBatch[]): Promise<void> => {
        for (const batch of batches) {
          const room = merge.add(at, batch, 0)
          if (room && together) await room
          if (waits) await waits
        }
      }
      const all: Fetched[] = []
      for (const span of asked.plan.spans) {
        const { skewMs, time } = log.boxLogs.found
        const onBytes = (chunk: Uint8Array): Promise<void> => {
          const each = counts[at]
          if (each) each.bytes += chunk.length
          return give(batcher.feed(chunk))
        }
        const { filter, signal } = asked
        all.push(
          await readSpan(log.box, log.source, span, log.reader, {
            filter,
            caps: given?.caps ?? asked.caps,
            time,
            skewMs,
            signal,
            onBytes,
            input: given?.input,
          }),
        )
      }
      await give(batcher.finish())
      merge.end(at, 0)
      const each = counts[at]
      if (each) each.cutBytes = batcher.cutBytes()
      return all
    }),
  )
  assembler.finish()
  if (waits) await waits
  const late = merge.late()
  const logs = open.map(({ source, reader: { format } }, at) => ({
    source,
    format: { id: format.id, title: format.title },
    records: counts[at]?.records ?? 0,
    bytes: counts[at]?.bytes ?? 0,
    reports: (fetched[at] ?? []).map(({ report }) => report),
    failure: fetched[at]?.find(({ failure }) => failure)?.failure,
  }))
  const answer = {
    boxes: found.map(({ logs: { box } }) => box),
    logs,
    records,
    notices: [
      ...found.flatMap(({ logs: { notices } }) => notices),
      ...logs.flatMap((log, at) => [
        ...noticesOfReports(log.source, log.reports, log.failure),
        ...noticesOfLongLines(log.source, counts[at]?.cutBytes ?? 0),
      ]),
      ...found.flatMap(({ box, logs }) =>
        noticesOfSetBacks(
          box.name,
          logs.found.time.zone,
          open.flatMap(({ boxLogs: of, source: { id }, reader }, at) =>
            of === logs
              ? [{ id, setBacks: setBacksOf(reader, of.found.time, counts[at]?.halfHours ?? new Set()) }]
              : [],
          ),
        ),
      ),
      ...(late > 0
        ? [`${late} lines stand later than their time: not all logs could be read together (name fewer)`]
        : []),
    ],
  }
  const { plan, nowMs } = asked
  const recorded = await recordLogs({ ...answer, plan, tookMs: Date.now() - nowMs, patterns: [], findings: [] }, asked)
  return { ...answer, recorded }
}

/** @param halfHours in which the log has records, by the clock of its box: which number since the epoch */
function setBacksOf({ sample }: Reader, time: BoxTime, halfHours: ReadonlySet<number>): readonly SetBack[] {
  const numbers = [...halfHours]
  const [first, last] = [numbers.reduce(lower, Infinity), numbers.reduce(higher, -Infinity)]
  return setBacksIn({
    sample,
    time,
    firstAtMs: first * HALF_HOUR_MS,
    lastAtMs: last * HALF_HOUR_MS,
    hasRecords: (fromMs, toMs) =>
      numbers.some((number) => number * HALF_HOUR_MS < toMs && (number + 1) * HALF_HOUR_MS > fromMs),
  })
}

function lower(one: number, other: number): number {
  return Math.min(one, other)
}

function higher(one: number, other: number): number {
  return Math.max(one, other)
}
