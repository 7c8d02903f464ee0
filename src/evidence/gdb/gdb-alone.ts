/** What a file that is made for it could let gdb use: a section that unpacks to gigabytes, a table that never ends. KiB, seconds of processor time, bytes. */
const LIMITS = {
  memoryKib: 8 * 1024 * 1024,
  processorSeconds: 60,
  lineBytes: 400_000,
  outputBytes: 24 * 1024 * 1024,
} as const

/** What gdb prints at the end where the kernel ended it, or it ended itself for want of memory. */
export const GDB_LIMIT = '@@ gdb-limit'

/** Why nothing more was told then. */
export const GDB_LIMIT_WORDS = `gdb was ended while it read the file: it takes more than ${LIMITS.memoryKib / 1024 / 1024} GiB of memory or ${LIMITS.processorSeconds} s of processor time`

/**
 * Shell text that lets gdb look at files alone, with no process, within limits of memory, processor time and output. The kernel ends it at a limit, which hurts nobody; a gdb that is at a
 * process never has them, since its end could be the end of that.
 */
export function gdbAlone(command: string): string {
  // 128 and more: it was ended by a signal, of the kernel or, where it could not go on, its own.
  return `{ ulimit -v ${LIMITS.memoryKib} && ulimit -t ${LIMITS.processorSeconds} || exit 1; ${command}; [ $? -lt 128 ] || printf '\\n${GDB_LIMIT}\\n'; } 2>&1 </dev/null | cut -b 1-${LIMITS.lineBytes} | head -c ${LIMITS.outputBytes}`
}
