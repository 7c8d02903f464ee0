import type { ProcessStat } from '../evidence/probes/process-stat.ts'

export interface Heaviest {
  /** The one that uses most; stands for its group. */
  readonly process: ProcessStat
  /** Processes of the same name that use any. */
  readonly alike: number
  /** What they use together. */
  readonly value: number
}

/** The process, or the group of processes of one name, that uses most of something; undefined when nobody uses any. */
export function heaviest(processes: readonly ProcessStat[], use: (each: ProcessStat) => number): Heaviest | undefined {
  const groups = new Map<string, Heaviest>()
  for (const each of processes) {
    const value = use(each)
    if (!(value > 0)) continue
    const known = groups.get(each.name)
    groups.set(
      each.name,
      known
        ? {
            process: use(known.process) >= value ? known.process : each,
            alike: known.alike + 1,
            value: known.value + value,
          }
        : { process: each, alike: 1, value },
    )
  }
  return [...groups.values()].toSorted((a, b) => b.value - a.value)[0]
}
