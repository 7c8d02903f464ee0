import type { Failure } from '../../../boxes/box.ts'
import { lineFilter } from '../../../evidence/logs/fetch/line-filter.ts'
import { linesInWindow } from '../../../evidence/logs/fetch/window.ts'
import type { Fetching } from './fetching.ts'
import { untilEnded } from './until-ended.ts'

/** What comes on the standard input of the console: read as it comes, filtered here, up to the limits. How its lines are read is told from its `head`. */
export async function fetchInput(fetching: Fetching): Promise<Failure | undefined> {
  const { input, source, delivery, layoutOf, time, kept: times, filter, ends, window } = fetching
  if (!input)
    return {
      kind: 'unknown',
      message: 'There is no standard input to read.',
      tryNext: 'Name a file, or pipe something into it: `… | halligan logs -`.',
    }
  const layout = layoutOf(source.head ?? new Uint8Array(0), time)
  const hasWindow = window.fromMs !== undefined || window.toMs !== undefined
  const lines = hasWindow ? linesInWindow(layout, times, times.fromMs === undefined) : undefined
  const filtered = lineFilter(filter, layout)
  const give = async (pieces: readonly Uint8Array[]): Promise<void> => {
    for (const piece of pieces) for (const kept of filtered.push(piece)) await delivery.give(kept)
  }
  try {
    for await (const chunk of untilEnded(input[Symbol.asyncIterator](), ends)) {
      delivery.read(chunk.length)
      await give(lines ? lines.push(chunk) : [chunk])
    }
  } catch (error) {
    return {
      kind: 'unknown',
      message: `Standard input could not be read to its end: ${error instanceof Error ? error.message : String(error)}.`,
      tryNext: 'Pipe a file or the output of a program into it: `… | halligan logs -`.',
    }
  }
  if (ends.aborted) return undefined
  await give(lines?.finish() ?? [])
  for (const kept of filtered.finish()) await delivery.give(kept)
  return undefined
}
