import { attachable } from '../../inspect/attachable.ts'
import { gdbSnapshotOf } from './gdb-snapshot-answer.ts'
import { gdbSnapshotScript, MOST_RUNS } from './gdb-snapshot-script.ts'
import { GDB } from '../../gdb/gdb.ts'
import type { Able, Inspector, PriceTag, Target } from '../../inspect/inspector.ts'
import { leftBreakpoints } from '../../gdb/left-breakpoints.ts'
import type { Snapshot, SnapshotRequest } from '../../inspect/snapshot.ts'
import { garbled } from '../../reading.ts'

/** Beyond it each hit would hold the process for long. Threads. */
const MOST_THREADS = 200
/** The attach is the longest stop; a guard looks once a second. Seconds. */
const FREEZE_SECONDS = 2
/** Measured inside a target of ten threads (bench/README.md): the attach, each hit with values and stack, each run at which the condition is false. Milliseconds. */
const ATTACH_MS = 60
const ATTACH_A_THREAD_MS = 1.5
const HIT_MS = 3
const RUN_MS = 0.7

/**
 * Values at a statement of native code, by a breakpoint of gdb that tells and goes on. It is for where the kernel has no uprobes, and for values of any form: structures,
 * texts, what lies in several registers. All threads stand still at each run of the statement.
 *
 * gdb is only ever ended by SIGHUP, at which it takes out its breakpoint (docs/safety.md); if the kernel kills it, the guard puts the byte back.
 */
export const gdbSnapshot: Inspector<Snapshot> = {
  id: 'gdb-snapshot',
  title: 'values at a statement, by a breakpoint of gdb',
  does: 'snapshot',
  runtimes: ['native'],
  tools: [GDB],
  attaches: ({ process }) => ({ tool: 'debugger', freezeSeconds: FREEZE_SECONDS, ...leftBreakpoints(process) }),
  able,
  price,
  script: (target, options) => (options.at ? gdbSnapshotScript(target, options, options.at) : ''),
  parse: (output, target, options) =>
    options?.at ? gdbSnapshotOf(output, target, options.at) : garbled('no statement was asked for', ''),
}

function able({ process, box }: Target): Able {
  if (process.threadCount > MOST_THREADS)
    return {
      able: false,
      why: `it has ${process.threadCount} threads, and each hit would hold all of them`,
      hint: 'as root a probe of the kernel holds none of them: --by uprobe-snapshot',
    }
  // Where an int3 has another form, the guard could not put back what is left.
  if (box.architecture !== 'x86_64')
    return { able: false, why: `it was never tried on ${box.architecture}`, hint: 'its stacks can be seen: --stacks' }
  if (process.state === 'T')
    return { able: false, why: 'it is stopped: no statement of it runs', hint: 'kill -CONT lets it go on' }
  return attachable(process)
}

function price({ process }: Target, at?: SnapshotRequest): PriceTag {
  const pauseMs = Math.round(ATTACH_MS + ATTACH_A_THREAD_MS * process.threadCount)
  const hits = at ? `each of at most ${at.hits} hits` : 'each hit'
  const runs =
    at && !at.when ? '' : `, and each run at which the condition is false ${RUN_MS} ms, at most ${MOST_RUNS} of them`
  return {
    price: 'pause',
    pauseMs,
    why: `stops all threads while gdb attaches, then ${hits} stops them for some ${HIT_MS} ms${runs}; should it become another program meanwhile (exec), it can die of the breakpoint; should the kernel kill gdb when memory runs out, or somebody else, the guard puts the byte back within half a second, and what runs the statement before that ends it`,
  }
}
