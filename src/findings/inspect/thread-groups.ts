import type { CallWait } from '../../evidence/inspect/call-meaning.ts'
import type { ProcessState } from '../../evidence/inspect/state.ts'
import type { InspectedThread } from '../../evidence/inspect/thread.ts'
import { waitWords } from '../wait-words.ts'

/** Threads that do the same thing now. */
export interface ThreadGroup {
  /** `waits for a lock or a condition in the heap at 0x55d0`. */
  readonly says: string
  readonly waits: CallWait | 'runs' | 'uninterruptible' | 'stopped' | 'ended' | 'unknown'
  readonly threads: readonly InspectedThread[]
  /** CPU time of all of them in the window. Milliseconds. */
  readonly cpuMs: number
  /** The thread that has the lock they wait for, or that they wait for to end, where the memory of the process says so. */
  readonly owner?: InspectedThread
  readonly waitedFor?: 'lock' | 'end'
}

/** What each thread does, those that do the same together: the busiest group first, then the largest. */
export function threadGroups(state: ProcessState): readonly ThreadGroup[] {
  const { process } = state
  const does = new Map(process.threads.map((thread) => [thread.tid, threadDoes(thread, state)]))
  const groups = Map.groupBy(process.threads, ({ tid }) => does.get(tid)?.key ?? '')
  return [...groups.values()]
    .flatMap((threads): ThreadGroup[] => {
      const [first] = threads
      const done = first && does.get(first.tid)
      if (!done) return []
      const owner = ownerOf(done.address, state)
      const says = saysOf(done, owner?.waitedFor)
      const cpuMs = threads.reduce((sum, thread) => sum + (thread.cpuMs ?? 0), 0)
      const busiestFirst = threads.toSorted((a, b) => (b.cpuMs ?? 0) - (a.cpuMs ?? 0))
      return [{ says, waits: done.waits, threads: busiestFirst, cpuMs, ...owner }]
    })
    .toSorted((a, b) => b.cpuMs - a.cpuMs || b.threads.length - a.threads.length)
}

/** Where the memory of the process says what it waits for, it need not be guessed. */
function saysOf({ says }: Doing, waitedFor: ThreadGroup['waitedFor']): string {
  if (waitedFor === 'end') return 'waits for another thread to end'
  return waitedFor === 'lock' ? says.replace(' a lock or a condition', ' a lock') : says
}

export interface Doing {
  readonly says: string
  readonly key: string
  readonly waits: ThreadGroup['waits']
  readonly address?: bigint
}

const STATES: Readonly<Record<string, Pick<Doing, 'says' | 'waits'>>> = {
  R: { says: 'runs', waits: 'runs' },
  T: { says: 'is stopped by a signal', waits: 'stopped' },
  t: { says: 'is held by who traces it', waits: 'stopped' },
  Z: { says: 'has ended, not yet collected', waits: 'ended' },
  X: { says: 'has ended', waits: 'ended' },
  I: { says: 'idle', waits: 'idle' },
}

/** What one thread does, in words; the key is the same for those that do the same. */
export function threadDoes(thread: InspectedThread, { calls }: Pick<ProcessState, 'calls'>): Doing {
  const call = calls.get(thread.tid)
  const known = Object.hasOwn(STATES, thread.state) ? STATES[thread.state] : undefined
  const channel = thread.waitChannel
  if (known) {
    // What it would go on with once it is let go.
    const within = known.waits === 'stopped' && call ? `, while it ${call.says}` : ''
    return { ...known, says: `${known.says}${within}`, key: `${thread.state} ${call?.key ?? ''}` }
  }
  if (thread.state === 'D') {
    const where = channel === undefined ? '' : ` in ${channel}`
    const what = call ? `: ${call.says}` : ''
    return { says: `waits uninterruptibly${where}${what}`, key: `D ${channel} ${call?.key}`, waits: 'uninterruptible' }
  }
  if (call)
    return {
      says: call.says,
      key: call.key,
      waits: call.waits,
      ...(call.address === undefined ? {} : { address: call.address }),
    }
  if (channel !== undefined) return { says: `waits in ${waitWords(channel)}`, key: channel, waits: 'unknown' }
  return { says: 'waits, for what could not be seen', key: 'unseen', waits: 'unknown' }
}

function ownerOf(
  address: bigint | undefined,
  { lockOwners, process }: ProcessState,
): Pick<ThreadGroup, 'owner' | 'waitedFor'> | undefined {
  if (address === undefined) return undefined
  const known = lockOwners.find((each) => each.address === address)
  const owner = process.threads.find(({ tid }) => tid === known?.tid)
  return known && owner && { owner, waitedFor: known.waitedFor }
}
