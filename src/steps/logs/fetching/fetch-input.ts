import type { Failure } from '../../../boxes/box.ts'
import { lineFilter } from '../../../evidence/logs/fetch/line-filter.ts'
import { linesInWindow } from '../../../evidence/logs/fetch/window.ts'
import type { LineLayout } from '../../../evidence/logs/layout/line-layout.ts'
import type { Fetching } from './fetching.ts'

/** So much of it tells how its lines are read. Bytes. */
const SAMPLE_BYTES = 64 * 1024

/** What comes on the standard input of the console: read as it comes, filtered here. */
export async function fetchInput(fetching: Fetching): Promise<Failure | undefined> {
  const { input, delivery, layoutOf, time, wide, filter, ends, window } = fetching
  if (!input)
    return {
      kind: 'unknown',
      message: 'There is no standard input to read.',
      tryNext: 'Name a file, or pipe something into it: `… | halligan logs -`.',
    }
  const hasWindow = window.fromMs !== undefined || window.toMs !== undefined
  let first: Uint8Array = new Uint8Array(0)
  let through: ((bytes: Uint8Array) => Promise<void>) | undefined
  let finish: () => Promise<void> = () => Promise.resolve()
  const begin = async (): Promise<void> => {
    const layout: LineLayout = layoutOf(first.subarray(0, SAMPLE_BYTES), time)
    const lines = hasWindow ? linesInWindow(layout, wide, wide.fromMs === undefined) : undefined
    const filtered = lineFilter(filter, layout)
    const give = async (pieces: readonly Uint8Array[]): Promise<void> => {
      for (const piece of pieces) for (const kept of filtered.push(piece)) await delivery.give(kept)
    }
    through = (bytes) => give(lines ? lines.push(bytes) : [bytes])
    finish = async () => {
      await give(lines?.finish() ?? [])
      for (const kept of filtered.finish()) await delivery.give(kept)
    }
    await through(first)
  }
  for await (const chunk of input) {
    delivery.read(chunk.length)
    if (through) await through(chunk)
    else {
      first = Buffer.concat([first, chunk])
      if (first.length >= SAMPLE_BYTES) await begin()
    }
    if (ends.aborted) return undefined
  }
  if (!through) await begin()
  await finish()
  return undefined
}
