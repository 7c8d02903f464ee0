import { readFileSync, statSync } from 'node:fs'

/** Byte of the -shm file that a writer locks (sqlite.org/walformat.html#wal_locks). */
const WRITE_LOCK = 120

/** The process that writes into this database now, as the kernel of this machine tells it (proc(5), /proc/locks); undefined where it does not. */
export function lockHolder(file: string): number | undefined {
  try {
    return holderIn(readFileSync('/proc/locks', 'utf8'), statSync(`${file}-shm`).ino)
  } catch {
    return undefined
  }
}

/** `1: POSIX  ADVISORY  WRITE 4242 fe:00:131077 120 120`; lines with an arrow wait. A process of another namespace is 0. */
export function holderIn(locks: string, inode: number): number | undefined {
  for (const line of locks.split('\n')) {
    const [, pid, ino, from, to] = /^\d+: POSIX +\S+ +WRITE (\d+) \S+:(\d+) (\d+) (\d+|EOF)$/.exec(line) ?? []
    if (Number(ino) !== inode || Number(from) > WRITE_LOCK || (to !== 'EOF' && Number(to) < WRITE_LOCK)) continue
    if (Number(pid) > 0) return Number(pid)
  }
  return undefined
}
