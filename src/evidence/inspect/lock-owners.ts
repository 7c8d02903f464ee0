/** The thread that those wait for who wait at an address, as the memory of the process says. */
export interface LockOwner {
  readonly address: bigint
  /** Thread of this process, as the box numbers it. */
  readonly tid: number
  /** `lock`: it has a lock. `end`: it is waited for to end (pthread_join). */
  readonly waitedFor: 'lock' | 'end'
}

/** Bits beside the owner in a word that the kernel knows: FUTEX_OWNER_DIED, and FUTEX_WAITERS (include/uapi/linux/futex.h). */
const OWNER_BITS = 0x3fff_ffff
const WAITERS_BIT = 0x8000_0000

/**
 * The owner of a mutex from the 16 bytes at the word its waiters wait for. Two layouts are known: a mutex of glibc has its owner two words behind the
 * word (lock, count, owner: sysdeps/nptl/bits/struct_mutex.h); in one of musl, in a robust one and in one with priority inheritance the word itself holds the
 * owner, with a bit that says that somebody waits. Who joins a thread waits at a word with that thread's number alone. A condition or a semaphore has
 * none of these, so what is no thread of this process is no owner. Values are read beside the running process: they may be torn.
 *
 * @param threadOf the number on the box of a thread as the process itself numbers it; undefined for what is no thread of it
 */
export function lockOwner(
  address: bigint,
  bytes: Uint8Array,
  threadOf: (ownNumber: number) => number | undefined,
): LockOwner | undefined {
  if (bytes.length < 16) return undefined
  const words = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const [word, owner] = [words.readUInt32LE(0), words.readUInt32LE(8)]
  // 2: locked, and somebody waits (glibc, lowlevellock.h).
  const tid = word === 2 ? threadOf(owner) : word > 2 ? threadOf(word & OWNER_BITS) : undefined
  if (tid === undefined) return undefined
  return { address, tid, waitedFor: word === 2 || word >= WAITERS_BIT ? 'lock' : 'end' }
}
