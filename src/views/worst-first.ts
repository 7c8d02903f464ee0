import type { State } from '../findings/finding.ts'

/** Worst first; a box about which nothing is known may burn, so it stands before those that only warn. */
export const WORST_FIRST: readonly State[] = ['critical', 'unknown', 'warning', 'ok']

/** The worst of several states; of none, that nothing is known. */
export function worst(states: readonly State[]): State {
  return WORST_FIRST.find((state) => states.includes(state)) ?? 'unknown'
}
