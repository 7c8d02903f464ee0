import { attachable } from '../../inspect/attachable.ts'
import { GDB } from '../../gdb/gdb.ts'
import type { Able, Inspector, PriceTag, Target } from '../../inspect/inspector.ts'
import type { Snapshot } from '../../inspect/snapshot.ts'
import { uprobeSnapshotOf } from './uprobe-snapshot-answer.ts'
import { MOST_RUNS_A_SECOND, UPROBE_CLEAN_UP, uprobeSnapshotScript } from './uprobe-snapshot-script.ts'
import { garbled } from '../../reading.ts'

/**
 * Values at a statement of native code, by a probe of the kernel (uprobe): nothing attaches, nothing stops, and whoever is killed meanwhile, the program goes on. It tells numbers and
 * texts that lie in a register or in memory behind one; a condition is a filter of the kernel.
 *
 * A statement of Go is told in the same way: since 1.17 arguments are in registers, and DWARF says in which. Nothing is set at the end of a function: what returns to
 * another stack, as Go's does when it grows, would crash.
 *
 * gdb is used on the binary alone, for where the values lie. What was set is taken out by the script, and by the guard if the script is killed.
 * Source: Documentation/trace/uprobetracer.rst of Linux.
 */
export const uprobeSnapshot: Inspector<Snapshot> = {
  id: 'uprobe-snapshot',
  title: 'values at a statement, by a probe of the kernel',
  does: 'snapshot',
  runtimes: ['native', 'go'],
  tools: [GDB],
  attaches: () => ({ tool: 'tracer', freezeSeconds: 3, cleanUp: UPROBE_CLEAN_UP }),
  able,
  price,
  script: (target, options) => (options.at ? uprobeSnapshotScript(target, options.at) : ''),
  parse: (output, target, options) =>
    options?.at ? uprobeSnapshotOf(output, target, options.at) : garbled('no statement was asked for', ''),
}

function able({ process, box, runtime }: Target): Able {
  if (box.uid !== 0) return { able: false, why: 'only root may set a probe', hint: 'run with --sudo' }
  // The registers are named for it alone.
  if (box.architecture !== 'x86_64') return { able: false, why: `it was never tried on ${box.architecture}`, hint: '' }
  if (process.sameFiles === false)
    return {
      able: false,
      why: 'it sees other files than the box (a container)',
      hint: runtime.kind === 'native' ? '--by gdb-snapshot' : '',
    }
  if (process.state === 'T')
    return { able: false, why: 'it is stopped: no statement of it runs', hint: 'kill -CONT lets it go on' }
  return attachable(process)
}

function price(): PriceTag {
  return {
    price: 'slow',
    why: `each run of the statement takes some 25 to 50 µs longer, in every process of the same binary; above ${MOST_RUNS_A_SECOND} runs a second it is given up`,
  }
}
