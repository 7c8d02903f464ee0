import type { Inspector } from '../../evidence/inspect/inspector.ts'
import type { Inspection } from './inspection.ts'

export type Stacked = Pick<Inspection, 'stacks' | 'noStacks' | 'paid'>

/**
 * Whether the next way is tried after this one, which told no stacks: only where the first found out on the box that the process does not fit, and came to its end by itself. Whoever pressed
 * Ctrl-C wants no second one; and what the guard had to end, or a line that was lost, says nothing of the process.
 */
export function isNextTried(
  { mayNotFit }: Pick<Inspector<unknown>, 'mayNotFit'>,
  { stacks, paid }: Stacked,
  signal: AbortSignal,
): boolean {
  return !stacks && mayNotFit === true && !signal.aborted && paid.length > 0 && paid.at(-1)?.ended === 'exited'
}

/** What the second way came to, with why the first told nothing, and with what both cost. */
export function withBoth({ title }: Pick<Inspector<unknown>, 'title'>, first: Stacked, second: Stacked): Stacked {
  const { stacks, noStacks } = second
  const paid = [...first.paid, ...second.paid]
  const why = `${title}: ${first.noStacks?.why ?? ''}`
  if (stacks) return { stacks: { ...stacks, notes: [...stacks.notes, why] }, noStacks: undefined, paid }
  return { stacks, noStacks: noStacks && { ...noStacks, why: `${noStacks.why}; ${why}` }, paid }
}
