import type { Able, Inspector, InspectOptions, Target } from '../../inspect/inspector.ts'
import { memoryUseIn } from '../../inspect/memory-sample.ts'
import { memorySampleScript, watchScript } from '../../inspect/memory-sample-script.ts'
import type { MemoryUse } from '../../inspect/memory-use.ts'
import { lostTarget, lostWords, proveTarget } from '../../inspect/prove-target.ts'
import { blind, garbled, seen, type Reading } from '../../reading.ts'

/** Long enough for a slow leak to be told from noise. Milliseconds. */
const USUAL_WATCH_MS = 30_000

/**
 * Which kind of memory of a process grows? Its map is added up by kind at the beginning and at the end, and what is resident in all is read some twenty times in between, all from
 * /proc: nothing is attached, nothing stops. What the heap is full of, no kernel knows.
 *
 *   heap 412 MiB, +3.1 MiB in 30 s          <- what malloc gets by brk: it leaks here
 *   arenas 96.0 MiB, +0 B                    <- those of further threads
 *   files 18.2 MiB, +0 B
 *
 * It costs the target a share of the lock of its map, while the kernel adds up (some 0.1 s for 8 GiB; above that it is not asked).
 */
export const procMemory: Inspector<MemoryUse> = {
  id: 'proc-memory',
  title: 'growth of memory by kind, from /proc',
  does: 'memory',
  runtimes: 'any',
  tools: [],
  able: procAble,
  price: () => ({ price: 'free', why: 'reads /proc; nothing is attached' }),
  script: ({ process }, options) =>
    `${proveTarget(process)}${memorySampleScript(process.pid)}halligan_memory\n${watchScript(watchMs(options))}halligan_memory\nhalligan_proved\n`,
  parse: readProcMemory,
}

export function watchMs({ forMs = USUAL_WATCH_MS }: Pick<InspectOptions, 'forMs'>): number {
  return forMs
}

function procAble({ process }: Target): Able {
  if (process.state === 'Z' || process.state === 'X')
    return { able: false, why: 'it has ended (a zombie), and has no memory any more', hint: '' }
  if (process.argv.length === 0 && process.residentBytes === 0)
    return { able: false, why: 'it is a thread of the kernel, and has no memory of its own', hint: '' }
  return { able: true }
}

function readProcMemory(output: Uint8Array): Reading<MemoryUse> {
  const base = kindsIn(output)
  return base.kind === 'seen' ? seen({ ...base.value, heaps: [] }) : base
}

/** For all ways that look at memory: what /proc said, in the answer of their script. */
export function kindsIn(output: Uint8Array): Reading<Pick<MemoryUse, 'watchedMs' | 'byKind' | 'over' | 'notes'>> {
  const lost = lostTarget(output)
  const text = Buffer.from(output).toString('utf8')
  const use = memoryUseIn(text)
  if (lost === 'gone' && use) return seen({ ...use, notes: ['the process ended meanwhile', ...use.notes] })
  if (lost) return blind(lostWords(lost))
  return use ? seen(use) : garbled('/proc told nothing of its memory', text)
}
