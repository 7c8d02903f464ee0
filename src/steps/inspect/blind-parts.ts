import type { ProcessState } from '../../evidence/inspect/state.ts'
import type { Reading } from '../../evidence/reading.ts'
import type { Unseen } from './inspection.ts'

/** What of a process could not be seen, those with the same reason together. What it cannot have, a zombie or a thread of the kernel, is not missed. */
export function unseenParts(state: ProcessState): readonly Unseen[] {
  const { process, runtime } = state
  if (process.state === 'Z' || runtime.kind === 'kernel') return []
  const parts: readonly (readonly [string, Reading<unknown>])[] = [
    ['executable', process.executable],
    ['working folder', process.workingFolder],
    ['open files', state.descriptors],
    ['limits', state.limits],
    ['memory map', state.mappings],
    ['environment', state.environment],
    ['whether its files changed', state.changed],
    ['children', state.children],
    ['locks on files', state.fileLocks],
  ]
  const unseen = parts.flatMap(([what, reading]): Unseen[] =>
    reading.kind === 'seen' ? [] : [{ what, why: reading.why, hint: reading.kind === 'blind' ? reading.hint : '' }],
  )
  const { noCalls, memory } = state
  const isRunning = process.threads.every(({ state: letter }) => letter === 'R')
  const more: readonly Unseen[] = [
    ...(noCalls === undefined || isRunning ? [] : [{ what: 'system calls', why: noCalls, hint: sudoFor(noCalls) }]),
    ...(memory.noSums === undefined || state.mappings.kind !== 'seen'
      ? []
      : [{ what: 'sums of its memory', why: memory.noSums, hint: sudoFor(memory.noSums) }]),
    ...(process.threadCount > process.threads.length
      ? [
          {
            what: `${process.threadCount - process.threads.length} of its ${process.threadCount} threads`,
            why: 'only so many are read one by one',
            hint: '',
          },
        ]
      : []),
  ]
  const groups = Map.groupBy([...unseen, ...more], ({ why, hint }) => `${why}\n${hint}`)
  return [...groups.values()].map((all) => ({
    what: all.map(({ what }) => what).join(', '),
    why: all[0]?.why ?? '',
    hint: all[0]?.hint ?? '',
  }))
}

function sudoFor(why: string): string {
  return /Permission denied/.test(why) ? 'run with --sudo' : ''
}
