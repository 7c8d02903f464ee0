import type { LogSource } from '../../evidence/logs/source.ts'
import type { BoxLogs } from './found.ts'

/** Standard input as a log: its first bytes, and all of it from the beginning. */
export interface InputLog {
  readonly logs: BoxLogs
  readonly input: AsyncIterable<Uint8Array>
}

/** So much of it tells how its lines are read. Bytes. */
const SAMPLE_BYTES = 64 * 1024

/** Takes what comes first, from which the form of its lines is told; the clock and the zone are those of this console. */
export async function inputLog(input: AsyncIterable<Uint8Array>, nowMs: number): Promise<InputLog> {
  const chunks = input[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let bytes = 0
  let ended = false
  while (bytes < SAMPLE_BYTES && !ended) {
    const next = await chunks.next()
    if (next.done) ended = true
    else {
      first.push(next.value)
      bytes += next.value.length
    }
  }
  const source: LogSource = {
    box: 'local',
    id: '-',
    kind: 'stdin',
    files: [],
    found: 'standard input',
    writers: [],
    head: Buffer.concat(first).subarray(0, SAMPLE_BYTES),
  }
  const time = { nowMs, zone: Intl.DateTimeFormat().resolvedOptions().timeZone }
  return {
    logs: {
      found: { sources: [source], others: [], time, skewMs: 0, skewWithinMs: 0, identity: undefined, blind: [] },
      box: { box: 'standard input', identity: undefined, skewMs: 0, zone: time.zone, failure: undefined, blind: [] },
      chosen: [source],
      notices: [],
    },
    input: ended ? again(first) : again(first, chunks),
  }
}

async function* again(first: readonly Uint8Array[], rest?: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* first
  for (let next = await rest?.next(); next && !next.done; next = await rest?.next()) yield next.value
}
