import type { ProcessState } from '../../evidence/inspect/state.ts'
import type { InspectedThread } from '../../evidence/inspect/thread.ts'

/** A thread with the lock that it waits for, and who has it; or with the thread whose end it waits for. */
export interface LockWait {
  readonly waiter: InspectedThread
  readonly address: bigint
  readonly owner: InspectedThread
  readonly waitedFor: 'lock' | 'end'
}

/** Threads that wait for each other in a circle, each for a lock that the next one has: they wait for ever. Empty when there is none. */
export function deadlock({
  process,
  calls,
  lockOwners,
}: Pick<ProcessState, 'process' | 'calls' | 'lockOwners'>): readonly LockWait[] {
  const owners = new Map(lockOwners.map((each) => [each.address, each]))
  const threads = new Map(process.threads.map((thread) => [thread.tid, thread]))
  const waits = new Map(
    process.threads.flatMap((waiter): [number, LockWait][] => {
      const address = calls.get(waiter.tid)?.address
      const known = address === undefined ? undefined : owners.get(address)
      const owner = known && threads.get(known.tid)
      if (address === undefined || !owner || mayGoOn(waiter, calls)) return []
      return [[waiter.tid, { waiter, address, owner, waitedFor: known.waitedFor }]]
    }),
  )
  for (const start of waits.values()) {
    const circle = circleFrom(start, waits)
    if (circle.length > 0) return circle
  }
  return []
}

/** Memory and calls are read one after the other: who moved meanwhile may have got its lock. Nor does one wait for ever that waits for a limited time. */
function mayGoOn({ tid, switches = 0 }: InspectedThread, calls: ProcessState['calls']): boolean {
  return switches > 0 || calls.get(tid)?.limited === true
}

/** The circle that this wait leads into; a thread that waits for itself is one of one. */
function circleFrom(start: LockWait, waits: ReadonlyMap<number, LockWait>): readonly LockWait[] {
  const path: LockWait[] = []
  const at = new Map<LockWait, number>()
  for (let wait: LockWait | undefined = start; wait; wait = waits.get(wait.owner.tid)) {
    const before = at.get(wait)
    if (before !== undefined) return path.slice(before)
    at.set(wait, path.length)
    path.push(wait)
  }
  return []
}
