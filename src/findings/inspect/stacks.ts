import type { Frame } from '../../evidence/inspect/frame.ts'
import type { Stacks, ThreadStack } from '../../evidence/inspect/stacks.ts'

/** Threads with the same stack. */
export interface StackGroup {
  readonly frames: readonly Frame[]
  readonly threads: readonly ThreadStack[]
  /**
   * `stuck`: the same stack in both samples, and no CPU used in between; `busy`: another one, or CPU was used; `unknown`: it was seen once, or its CPU
   * is not known.
   */
  readonly moves: 'stuck' | 'busy' | 'unknown'
  /** CPU time of all of them between the samples. Milliseconds; undefined where that of none is known. */
  readonly cpuMs: number | undefined
  /** Index in `frames` of the innermost one of the program itself; undefined where none is known to be. */
  readonly ownFrame: number | undefined
}

/** Below it a thread has only been woken and gone to sleep again. Milliseconds. */
const CPU_USED_MS = 1

/**
 * Threads by identical stacks, as the last sample has them: the busiest first, then those with most threads. Values of locals make no difference. Pure.
 */
export function stackGroups({ samples }: Pick<Stacks, 'samples'>): readonly StackGroup[] {
  const last = samples.at(-1)
  if (!last) return []
  const before = samples.length > 1 ? new Map(samples[0]?.threads.map((each) => [each.tid, each])) : undefined
  const groups = Map.groupBy(last.threads, ({ frames }) => stackKey(frames))
  return [...groups.values()]
    .map((threads): StackGroup => {
      const frames = threads[0]?.frames ?? []
      const moved = threads.map((thread) => movesOf(thread, before?.get(thread.tid)))
      const used = threads.flatMap((thread) => cpuBetween(thread, before?.get(thread.tid)) ?? [])
      const own = frames.findIndex((frame) => frame.own)
      return {
        frames,
        threads,
        moves: moved.includes('busy') ? 'busy' : moved.includes('unknown') ? 'unknown' : 'stuck',
        cpuMs: used.length === 0 ? undefined : used.reduce((sum, each) => sum + each, 0),
        ownFrame: own < 0 ? undefined : own,
      }
    })
    .toSorted((a, b) => rank(b) - rank(a) || (b.cpuMs ?? 0) - (a.cpuMs ?? 0) || b.threads.length - a.threads.length)
}

/** Those at work stand first. */
function rank({ moves, cpuMs = 0 }: StackGroup): number {
  return moves === 'busy' && cpuMs >= CPU_USED_MS ? 1 : 0
}

/** The same for the same calls at the same places. */
function stackKey(frames: readonly Frame[]): string {
  return JSON.stringify(frames.map((frame) => [frame.function, frame.file, frame.line, frame.module]))
}

function movesOf(now: ThreadStack, before: ThreadStack | undefined): StackGroup['moves'] {
  if (!before) return 'unknown'
  if (stackKey(now.frames) !== stackKey(before.frames)) return 'busy'
  const used = cpuBetween(now, before)
  if (used === undefined) return 'unknown'
  return used >= CPU_USED_MS ? 'busy' : 'stuck'
}

function cpuBetween(now: ThreadStack, before: ThreadStack | undefined): number | undefined {
  return now.cpuMs === undefined || before?.cpuMs === undefined ? undefined : Math.max(0, now.cpuMs - before.cpuMs)
}

/** A stack as it is shown: runs of frames that are not the program's own are folded, but for the innermost frame and the ones around its own. */
export type ShownFrame =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'folded'; readonly frames: number }

/** Frames of a run that are shown: fewer would be replaced by a line that says as much. */
const SHORTEST_FOLDED = 2

/** At most so many lines; of a stack without an own frame the innermost ones. */
export function foldedStack(frames: readonly Frame[], most: number): readonly ShownFrame[] {
  const isKnown = frames.some(({ own }) => own)
  const kept = frames.map((frame, at) => !isKnown || frame.own === true || at === 0 || frames[at + 1]?.own === true)
  const lines: ShownFrame[] = []
  for (let at = 0; at < frames.length; at += 1) {
    const frame = frames[at]
    if (!frame) break
    const end = kept.indexOf(true, at)
    const run = kept[at] ? 0 : (end < 0 ? frames.length : end) - at
    if (run >= SHORTEST_FOLDED) {
      lines.push({ kind: 'folded', frames: run })
      at += run - 1
    } else lines.push({ kind: 'frame', frame })
  }
  if (lines.length <= most) return lines
  const left = frames.length - framesIn(lines.slice(0, most - 1))
  return [...lines.slice(0, most - 1), { kind: 'folded', frames: left }]
}

function framesIn(lines: readonly ShownFrame[]): number {
  return lines.reduce((sum, line) => sum + (line.kind === 'frame' ? 1 : line.frames), 0)
}
