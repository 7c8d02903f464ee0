import { filesByName, statLine } from '../../inspect/stat-line.ts'
import type { Frame } from '../../inspect/frame.ts'
import type { Inspector } from '../../inspect/inspector.ts'
import { lostTarget, lostWords, proveTarget } from '../../inspect/prove-target.ts'
import type { Stacks, ThreadStack } from '../../inspect/stacks.ts'
import { blind, garbled, seen } from '../../reading.ts'

/** Begins each sample, a line of its own. */
const SAMPLE = 'halligan-sample'

/**
 * In which functions of the kernel does each thread wait? For what hangs there (a disk, NFS, a lock of the kernel), whatever runs the process; of a thread that runs
 * in its own code there is nothing to see.
 *
 *   [<0>] nfs_wait_bit_killable+0x21/0xd0       <- innermost
 *   [<0>] rpc_execute+0x9c/0x100
 *   [<0>] do_syscall_64+0x5b/0x80
 *
 * Reads /proc/PID/task/TID/stack (proc_pid_stack(5)), which only root may: price `free`, nothing is attached, nothing stands still.
 */
export const kernelStacks: Inspector<Stacks> = {
  id: 'kernel-stacks',
  title: 'stacks in the kernel',
  does: 'stacks',
  runtimes: 'any',
  tools: [],
  able: ({ box, process }) => {
    if (process.state === 'Z') return { able: false, why: 'it has ended', hint: '' }
    return box.uid === 0
      ? { able: true }
      : { able: false, why: 'only root may read the stacks of the kernel', hint: 'run with --sudo' }
  },
  price: () => ({ price: 'free', why: 'reads /proc; nothing is attached' }),
  script: ({ process }, { samples, betweenMs, maxThreads }) => {
    const sample = `echo ${SAMPLE}; read -r up _ </proc/uptime; echo "up $up"
list=$(ls /proc/${process.pid}/task 2>/dev/null | head -n ${maxThreads})
printf '%s\\n' "$list" | sed -n 'h; s|$|/stack|p; g; s|$|/stat|p; g; s|$|/schedstat|p' | xargs grep -asH ''`
    const pause = `sleep ${(betweenMs / 1000).toFixed(2)} 2>/dev/null || sleep 1`
    return `${proveTarget(process)}
cd /proc/${process.pid}/task || exit 0
${Array.from({ length: samples }, () => sample).join(`\n${pause}\n`)}
halligan_proved
`
  },
  parse: (output) => {
    const lost = lostTarget(output)
    if (lost) return blind(lostWords(lost))
    const text = Buffer.from(output).toString('utf8')
    const parts = text.split(new RegExp(`^${SAMPLE}$`, 'm')).slice(1)
    if (parts.length === 0) return garbled('there is no sample in the answer', text)
    const times = parts.map((part) => Number(/^up (\d+\.\d+)$/m.exec(part)?.[1] ?? NaN) * 1000)
    const samples = parts.map((part, at) => ({
      atMs: Math.max(0, Math.round((times[at] ?? 0) - (times[0] ?? 0)) || 0),
      threads: threadsIn(part),
    }))
    if (samples.every(({ threads }) => threads.length === 0)) return blind('no thread could be read')
    const isEmpty = samples.every(({ threads }) => threads.every(({ frames }) => frames.length === 0))
    if (isEmpty) return blind('its threads are not in the kernel, or the kernel keeps no stacks (CONFIG_STACKTRACE)')
    return seen({ samples, notes: [] })
  },
}

function threadsIn(text: string): readonly ThreadStack[] {
  const files = filesByName(text)
  return [...files].flatMap(([name, content]): ThreadStack[] => {
    const tid = /^(\d+)\/stat$/.exec(name)?.[1]
    const row = tid === undefined ? undefined : statLine(content)
    if (tid === undefined || !row) return []
    const nanoseconds = /^(\d{1,18}) /.exec(files.get(`${tid}/schedstat`) ?? '')?.[1]
    return [
      {
        tid: Number(tid),
        name: row.name,
        frames: (files.get(`${tid}/stack`) ?? '').split('\n').flatMap(frameOf),
        ...(nanoseconds === undefined ? {} : { cpuMs: Number(nanoseconds) / 1e6 }),
      },
    ]
  })
}

/** `[<0>] futex_wait_queue+0x60/0x90`, with the module behind it where it is one: `[nfs]`. The last line of old kernels is an address without a name. */
function frameOf(line: string): readonly Frame[] {
  const [, called, module] = /^\[<[0-9a-f]+>\] ([\w.]+)(?:\+0x[0-9a-f]+\/0x[0-9a-f]+)?(?: \[(\w+)\])?$/.exec(line) ?? []
  return called === undefined || called.startsWith('0x')
    ? []
    : [{ function: called, module: module ?? 'kernel', own: false }]
}
