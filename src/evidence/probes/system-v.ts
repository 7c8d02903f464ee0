import { filesOf, probe, Unreadable } from '../probe.ts'

/** System V IPC; what is undefined the box did not tell (a kernel without it, gVisor). */
export interface SystemV {
  /** Segments of shared memory, largest first. */
  readonly segments: readonly SharedSegment[] | undefined
  /** Arrays of semaphores against kernel.sem. */
  readonly semaphores: Semaphores | undefined
}

export interface SharedSegment {
  readonly id: number
  /** Memory and swap that it takes; its size on kernels before 2.6.36, which do not say. */
  readonly bytes: number
  /** Mappings of it (nattch). */
  readonly attached: number
  readonly uid: number
  readonly creator: number
  /** Process that was the last to attach or detach it. */
  readonly lastUser: number
}

export interface Semaphores {
  readonly arrays: number
  /** SEMMNI */
  readonly arraysLimit: number
  readonly semaphores: number
  /** SEMMNS */
  readonly semaphoresLimit: number
  /** User with most arrays. */
  readonly mostOf: { readonly uid: number; readonly arrays: number } | undefined
}

/**
 * Which segments of shared memory are there, and how many arrays of semaphores?
 *
 *   ==> sysvipc/shm <==
 *          key      shmid perms       size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime      rss       swap
 *            0          3  1600  268435456  120   120      0     0     0     0     0 1795627000 1795627000 1795627000 268435456      0
 *   ==> sysvipc/sem <==
 *          key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime
 *            0          0  1600          1    33    33    33    33          0 1795627000
 *   ==> sys/kernel/sem <==
 *   250	32000	32	128           <- semaphores an array, of all, operations a call, arrays
 *
 * Of the IPC namespace of who looks. Sources: sysvipc(7), proc_sys_kernel(5), ipc/shm.c (sysvipc_shm_proc_show). Costs nothing of its own.
 */
export const systemV = probe({
  id: 'system-v',
  title: 'System V shared memory and semaphores',
  set: 'fast',
  moments: ['first'],
  limitSeconds: 2,
  files: ['sysvipc/shm', 'sysvipc/sem', 'sys/kernel/sem'],
  parse: ({ first }): SystemV => {
    const files = filesOf(first)
    const shared = files.get('sysvipc/shm')
    return {
      segments:
        shared === undefined
          ? undefined
          : rowsOf(shared, SEGMENT)
              .map(readSegment)
              .toSorted((a, b) => b.bytes - a.bytes),
      semaphores: readSemaphores(files.get('sysvipc/sem'), files.get('sys/kernel/sem')),
    }
  },
})

/** Columns up to `gid`, and behind the times. */
const SEGMENT = /^(-?\d+(?: -?\d+){8})(?: \d+){5}(?: (\d+) (\d+))?$/
const ARRAY = /^-?\d+ \d+ \d+ (\d+) (\d+)(?: \d+){5}$/

/** The rows below the line of names. A row that does not have the columns that the source documents is no row of it. */
function rowsOf(text: string, row: RegExp): readonly RegExpExecArray[] {
  const [head = '', ...lines] = text.split('\n')
  if (!/^\s*key\s/.test(head)) throw new Unreadable('a table of System V IPC has no line of names')
  return lines.map((line) => {
    const match = row.exec(line.trim().replaceAll(/\s+/g, ' '))
    if (!match) throw new Unreadable('a row of System V IPC has other columns than expected')
    return match
  })
}

function readSegment([, columns = '', rss, swap]: RegExpExecArray): SharedSegment {
  const [, id = 0, , size = 0, creator = 0, lastUser = 0, attached = 0, uid = 0] = columns.split(' ').map(Number)
  return {
    id,
    bytes: rss === undefined ? size : Number(rss) + Number(swap),
    attached,
    uid,
    creator,
    lastUser,
  }
}

function readSemaphores(table: string | undefined, limits: string | undefined): Semaphores | undefined {
  const [, semaphoresLimit, arraysLimit] = /^\d+\s+(\d+)\s+\d+\s+(\d+)$/.exec(limits ?? '') ?? []
  if (table === undefined || semaphoresLimit === undefined || arraysLimit === undefined) return undefined
  const arrays = rowsOf(table, ARRAY).map(([, count, uid]) => ({ count: Number(count), uid: Number(uid) }))
  const owners = [...Map.groupBy(arrays, ({ uid }) => uid)].map(([uid, own]) => ({ uid, arrays: own.length }))
  return {
    arrays: arrays.length,
    arraysLimit: Number(arraysLimit),
    semaphores: arrays.reduce((sum, { count }) => sum + count, 0),
    semaphoresLimit: Number(semaphoresLimit),
    mostOf: owners.toSorted((a, b) => b.arrays - a.arrays)[0],
  }
}
