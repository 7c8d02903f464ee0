import { inParallel } from '../../base/in-parallel.ts'
import type { Box } from '../../boxes/box.ts'
import { BOXES_AT_ONCE } from '../../boxes/open.ts'
import { journalAsked } from '../../evidence/logs/fetch/journal-fields.ts'
import { hasFields } from '../../evidence/logs/fields-of.ts'
import { createLineBatcher } from '../../evidence/logs/merging/line-batch.ts'
import { createMerge } from '../../evidence/logs/merging/merge.ts'
import { followLog } from './fetching/follow.ts'
import { boxLogs, type AskedLogs } from './found.ts'
import type { ReadBox } from './logs-read.ts'
import { noticesOfLongLines } from './notices.ts'
import { readerOf } from './read-log.ts'
import { recordAssembler, type OpenLog, type ShownRecord } from './record-assembler.ts'

export interface FollowRecordsOptions extends AskedLogs {
  /** So many records of each log that are there already come first. */
  readonly lines: number
  readonly onRecord: (record: ShownRecord) => void | Promise<void>
  /** Told before anything else: which boxes and logs could not be read. */
  readonly onFound: (boxes: readonly ReadBox[]) => void
  /** What a person should know: a log was rotated, the line was cut and goes on, what may be missing. */
  readonly onNotice: (text: string) => void
}

export interface FollowedRecords {
  readonly boxes: readonly ReadBox[]
  readonly logs: readonly OpenLog['source'][]
}

/** A record waits so long for those of other logs that are before it by their time. Milliseconds. */
const LATE_MS = 400
/** How often what is due goes out. Milliseconds. */
const TICK_MS = 100
/** Sessions of one box beside the shell in which its logs were found (`MaxSessions` of sshd_config(5) is 10). */
const FOLLOWED_OF_A_BOX = 8

/** What is written to the logs of some boxes from now on, by time as far as it comes together; ends when the signal is aborted, or when no log is left. */
export async function followRecords(boxes: readonly Box[], options: FollowRecordsOptions): Promise<FollowedRecords> {
  const { signal, filter, lines, onNotice } = options
  const found = await inParallel(boxes, BOXES_AT_ONCE, async (box) => ({ box, logs: await boxLogs(box, options) }))
  const open = found.flatMap(({ box, logs }) => {
    const followed = logs.chosen.slice(0, FOLLOWED_OF_A_BOX)
    const left = logs.chosen.slice(FOLLOWED_OF_A_BOX)
    if (left.length > 0)
      onNotice(
        `${box.name}: only ${followed.length} logs are followed at once; left out: ${left.map(({ id }) => id).join(', ')}`,
      )
    return followed.map((source): OpenLog => ({
      box,
      boxLogs: logs,
      source,
      reader: readerOf(source, logs.found.time),
    }))
  })
  options.onFound(found.map(({ logs }) => logs.box))
  for (const { logs } of found) for (const notice of logs.notices) onNotice(notice)
  let waits: Promise<void> | undefined
  const fields = open.map(({ source }) => journalAsked(source, filter).filter.fields)
  const assembler = recordAssembler(open, (at, record) => {
    if (!hasFields(record.event, fields[at] ?? [])) return
    waits = options.onRecord(record) ?? undefined
  })
  const skewsMs = open.map(
    ({
      boxLogs: {
        found: { skewMs },
      },
    }) => skewMs,
  )
  const merge = createMerge({ skewsMs, emit: assembler.take, lateMs: open.length > 1 ? LATE_MS : 0 })
  let cameAtMs = 0
  const timer = setInterval(() => {
    const now = performance.now()
    merge.advance(now)
    // What has not gone on for so long is whole.
    if (now - cameAtMs > LATE_MS) assembler.finish()
  }, TICK_MS)
  await Promise.all(
    open.map(async ({ box, source, reader, boxLogs: logs }, at) => {
      const batcher = createLineBatcher(reader.layout)
      let saidBytes = 0
      const sayCut = (): void => {
        for (const notice of noticesOfLongLines(source, batcher.cutBytes() - saidBytes)) onNotice(notice)
        saidBytes = batcher.cutBytes()
      }
      const followed = await followLog(box, source, {
        filter,
        time: logs.found.time,
        lines,
        signal,
        onNotice,
        onBytes: async (chunk) => {
          cameAtMs = performance.now()
          const batches = batcher.feed(chunk)
          if (batches.length > 0) sayCut()
          for (const batch of batches) await merge.add(at, batch, cameAtMs)
          await waits
        },
      })
      merge.end(at, performance.now())
      if (followed.failure && !signal.aborted) onNotice(`${box.name}: ${source.id}: ${followed.failure.message}`)
    }),
  ).finally(() => clearInterval(timer))
  assembler.finish()
  await waits
  return { boxes: found.map(({ logs }) => logs.box), logs: open.map(({ source }) => source) }
}
