import { setTimeout as pause } from 'node:timers/promises'

/** Another console holds the lock for some milliseconds (one fsync); one that holds it this long hangs. Milliseconds. */
export const LOCK_LIMIT_MS = 10_000
/**
 * So long SQLite itself waits for a lock, with this whole process standing still: most waits are over by then. Far below the seconds without a heartbeat
 * after which a box ends what it runs for us. Milliseconds.
 */
export const STANDSTILL_MS = 20
/** Between two tries: about what one commit of another console takes. Milliseconds. */
const PAUSE_MS = 10

/** SQLITE_BUSY (sqlite.org/rescode.html); an extended code has it in the low byte. */
const BUSY = 5

/**
 * Does it again, while another connection holds what it needs, until it is done or the limit is over; then it rejects with what SQLite said. All else of this
 * process goes on in the pauses. What is done has to be safe to be done anew: it reads, or it is one transaction that was rolled back.
 */
export async function whenFree<T>(work: () => T, limitMs = LOCK_LIMIT_MS): Promise<Awaited<T>> {
  const until = monotonicMs() + limitMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error) || monotonicMs() >= until) throw error
    }
    await pause(PAUSE_MS)
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === BUSY
  )
}

/** Asks again, with the same pauses, until it is so; false when the limit is over. */
export async function comesTrue(ask: () => boolean, limitMs: number): Promise<boolean> {
  const until = monotonicMs() + limitMs
  while (!ask()) {
    if (monotonicMs() >= until) return false
    await pause(PAUSE_MS)
  }
  return true
}

/** Milliseconds by a clock that nobody sets; asking `performance` loads ten modules of Node. */
function monotonicMs(): number {
  return process.uptime() * 1000
}
