import type { Tick } from './clock.ts'

/**
 * For how much of the last time a process stood still at stops of which gdb tells nobody: a breakpoint whose condition does not hold, whose hits are passed over, which prints a
 * message, a step over what takes many. Each is short, so that no limit for one stop sees it, and they come again and again.
 *
 * Gives what is told of each tick: whether gdb has told of a stop around it. The answer is a share of the window, from 0 to 1.
 */
export function untoldStops(windowMs: number): (tick: Tick, isTold: boolean) => number {
  let last: Tick | undefined
  let spans: readonly Span[] = []
  return (tick, isTold) => {
    if (last?.state === 'still' && !isTold) spans = [...spans, { fromMs: last.upMs, toMs: tick.upMs }]
    last = tick
    const sinceMs = tick.upMs - windowMs
    spans = spans.filter(({ toMs }) => toMs > sinceMs)
    const stoodMs = spans.reduce((sum, { fromMs, toMs }) => sum + Math.max(0, toMs - Math.max(fromMs, sinceMs)), 0)
    return Math.min(1, stoodMs / windowMs)
  }
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
}
