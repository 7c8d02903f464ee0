import { growth } from '../counter.ts'
import { NotThere, probe, Unreadable, windowSeconds } from '../probe.ts'

/** Bytes a second that this process caused to be read from or written to the storage layer. */
export interface ProcessIo {
  readonly readBytesPerSecond: number | undefined
  readonly writeBytesPerSecond: number | undefined
}

/**
 * Which process reads from and writes to the disks?
 *
 *   812/io:read_bytes: 4096
 *   812/io:write_bytes: 933888          <- counted when a page is dirtied, not when it reaches the disk
 *
 * Only root sees the processes of others; those that could not be read are not in the map. Source: proc_pid_io(5). Costs 8 ms a sample with 500 processes.
 */
export const processIo = probe({
  id: 'process-io',
  title: 'I/O of processes',
  set: 'fast',
  moments: ['first', 'last'],
  limitSeconds: 4,
  lines: { of: '[0-9]*/io', matching: '^(read|write)_bytes: [1-9]', there: 'self/io' },
  hint: 'run with --sudo',
  parse: (samples): ReadonlyMap<number, ProcessIo> => {
    const seconds = windowSeconds(samples)
    const after = readCounters((samples.last ?? samples.first)?.text ?? '')
    const before = samples.first && seconds ? readCounters(samples.first.text) : undefined
    return new Map(
      [...after].map(([pid, now]) => {
        // Lines of 0 bytes are not sent: a process that was there before with none counts from 0.
        const then = before?.get(pid) ?? { read: 0, write: 0 }
        const rate = (kind: 'read' | 'write'): number | undefined =>
          before && seconds ? growth(then[kind], now[kind]) / seconds : undefined
        return [pid, { readBytesPerSecond: rate('read'), writeBytesPerSecond: rate('write') }]
      }),
    )
  },
})

interface Counters {
  readonly read: number
  readonly write: number
}

function readCounters(text: string): ReadonlyMap<number, Counters> {
  if (!/(?:^|\n)end$/.test(text)) throw new Unreadable('the walk over /proc/PID/io did not come to its end')
  if (!/^there self\/io$/m.test(text))
    throw new NotThere('the kernel does not count I/O by process (CONFIG_TASK_IO_ACCOUNTING)')
  const found = new Map<number, Counters>()
  for (const [, pid, kind, bytes] of text.matchAll(/^(\d+)\/io:(read|write)_bytes: (\d+)$/gm)) {
    const known = found.get(Number(pid)) ?? { read: 0, write: 0 }
    found.set(Number(pid), { ...known, [kind === 'read' ? 'read' : 'write']: Number(bytes) })
  }
  return found
}
