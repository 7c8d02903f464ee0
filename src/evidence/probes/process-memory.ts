import { filesOf, probe, NotThere } from '../probe.ts'
import { wholeRowsAwk } from '../stat-rows.ts'

/** What kind of memory a process holds, in bytes. */
export interface ProcessMemory {
  /** Proportional set size: what would be free if it ended, shared pages counted by share. */
  readonly pssBytes: number
  /** Part of `pssBytes` that belongs to no file: heap, stacks, anonymous mappings. Undefined before Linux 5.4. */
  readonly anonymousBytes: number | undefined
  /** Part of `pssBytes` in shared memory: tmpfs, shm, memfd. Undefined before Linux 5.4. */
  readonly sharedBytes: number | undefined
  /** Part of `pssBytes` that mirrors files, and can be dropped when memory is short. Undefined before Linux 5.4. */
  readonly fileBytes: number | undefined
  readonly swapBytes: number
}

/**
 * What kind of memory do the largest processes hold: a heap that grows, shared memory, or files that can be dropped?
 *
 *   ==> 812/smaps_rollup <==
 *   55d0a7400000-7ffd8b5fe000 ---p 00000000 00:00 0                          [rollup]
 *   Rss:              190212 kB
 *   Pss:              188034 kB
 *   Pss_Anon:         186112 kB       <- heap: look for a leak
 *   Pss_File:           1922 kB
 *   Pss_Shmem:             0 kB
 *   Swap:                  0 kB
 *
 * The kernel walks all pages of the process for it, some 10 ms a gigabyte, and holds the lock of its memory map meanwhile for reading: hence of the
 * ten largest only, and in the deep set. Only root sees the processes of others. Sources: proc_pid_smaps_rollup(5),
 * Documentation/ABI/testing/procfs-smaps_rollup. Costs two processes.
 */
export const processMemory = probe({
  id: 'process-memory',
  title: 'Kinds of memory of the largest processes',
  set: 'deep',
  moments: ['during'],
  limitSeconds: 5,
  script: `
have awk || blind 'there is no awk on the box'
largest=$(printf '%s\\n' "$stat1" | awk '${wholeRowsAwk}
  { n = split($0, part, ") "); split(part[n], field, " "); if (field[22] > 0) print field[22], $1 }' |
  sort -rn | head -n 10 | sed 's|.* \\(.*\\)|\\1/smaps_rollup|')
[ -n "$largest" ] || blind 'no process with memory was seen'
head -n 99 $largest /dev/null 2>/dev/null
:`,
  hint: 'run with --sudo',
  parse: ({ during }): ReadonlyMap<number, ProcessMemory> => {
    const found = [...filesOf(during)].flatMap(([name, text]): [number, ProcessMemory][] => {
      const [, pid] = /^(\d+)\/smaps_rollup$/.exec(name) ?? []
      const memory = pid === undefined ? undefined : readRollup(text)
      return memory ? [[Number(pid), memory]] : []
    })
    if (found.length === 0) throw new NotThere('the memory map of no process could be read')
    return new Map(found)
  },
})

function readRollup(text: string): ProcessMemory | undefined {
  const kilobytes = new Map(
    [...text.matchAll(/^(\w+): +(\d+) kB$/gm)].map(([, name = '', value]) => [name, Number(value)]),
  )
  const bytes = (name: string): number | undefined => {
    const value = kilobytes.get(name)
    return value === undefined ? undefined : value * 1024
  }
  const [pssBytes, swapBytes] = [bytes('Pss'), bytes('Swap')]
  if (pssBytes === undefined || swapBytes === undefined) return undefined
  return {
    pssBytes,
    swapBytes,
    anonymousBytes: bytes('Pss_Anon'),
    sharedBytes: bytes('Pss_Shmem'),
    fileBytes: bytes('Pss_File'),
  }
}
