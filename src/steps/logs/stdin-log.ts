import type { LogSource } from '../../evidence/logs/source.ts'
import type { LogCaps } from '../../evidence/logs/window.ts'
import type { BoxLogs } from './found.ts'

/** Standard input as a log: its first bytes, and all of it from the beginning. */
export interface InputLog {
  readonly logs: BoxLogs
  readonly input: AsyncIterable<Uint8Array>
  /** What is left of the limits: the time that its first bytes took counts. */
  readonly caps: LogCaps
}

export interface InputLogOptions {
  readonly caps: LogCaps
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly nowMs: number
}

/** So much of it tells how its lines are read. Bytes. */
const SAMPLE_BYTES = 64 * 1024
/** What comes slowly is shown as it comes: after its first bytes no more than this is waited for others to tell the form from. Milliseconds. */
const SAMPLE_MS = 500

/** Takes what comes first, from which the form of its lines is told; the clock and the zone are those of this console. */
export async function inputLog(
  input: AsyncIterable<Uint8Array>,
  { caps, signal, nowMs }: InputLogOptions,
): Promise<InputLog> {
  const started = performance.now()
  const chunks = input[Symbol.asyncIterator]()
  const { first, next } = await firstOf(chunks, caps, signal)
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
    input: again(first, next, chunks),
    caps: { ...caps, seconds: Math.max(0, caps.seconds - (performance.now() - started) / 1000) },
  }
}

interface FirstBytes {
  readonly first: readonly Uint8Array[]
  /** What was asked for by then: what comes next, or the end. */
  readonly next: Promise<IteratorResult<Uint8Array>>
}

async function firstOf(chunks: AsyncIterator<Uint8Array>, caps: LogCaps, signal: AbortSignal): Promise<FirstBytes> {
  const first: Uint8Array[] = []
  let bytes = 0
  const over = Promise.withResolvers<undefined>()
  const enough = (): void => over.resolve(undefined)
  signal.addEventListener('abort', enough, { once: true })
  let timer = setTimeout(enough, caps.seconds * 1000)
  const ask = (): FirstBytes['next'] => {
    const asked = chunks.next()
    // A failure is told by whoever reads on.
    asked.catch(enough)
    return asked
  }
  let next = ask()
  while (bytes < SAMPLE_BYTES && !signal.aborted) {
    const got = await Promise.race([next, over.promise]).catch(() => undefined)
    if (!got || got.done) break
    if (bytes === 0) {
      clearTimeout(timer)
      timer = setTimeout(enough, Math.min(SAMPLE_MS, caps.seconds * 1000))
    }
    first.push(got.value)
    bytes += got.value.length
    next = ask()
  }
  clearTimeout(timer)
  signal.removeEventListener('abort', enough)
  return { first, next }
}

async function* again(
  first: readonly Uint8Array[],
  next: Promise<IteratorResult<Uint8Array>>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* first
  for (let each = await next; !each.done; each = await rest.next()) yield each.value
}
