import type { CoreSignal } from './core-notes.ts'

interface Meaning {
  readonly name: string
  /** What a process that dies of it has done, or what was done to it. */
  readonly says: string
}

/** Signals of Linux on x86-64 and aarch64 that end a process by themselves; signal(7). */
const SIGNALS: Readonly<Record<number, Meaning>> = {
  1: { name: 'SIGHUP', says: 'its terminal went away, or somebody sent it' },
  2: { name: 'SIGINT', says: 'somebody pressed Ctrl-C, or sent it' },
  3: { name: 'SIGQUIT', says: 'somebody pressed Ctrl-\\, or asked for a core' },
  4: { name: 'SIGILL', says: 'it ran into an instruction that the processor does not know' },
  5: {
    name: 'SIGTRAP',
    says: 'it ran into a breakpoint: one of a debugger that is gone, or a check that a runtime fails with',
  },
  6: {
    name: 'SIGABRT',
    says: 'it gave up by itself: abort(), a failed assert, an exception that nobody caught, or damaged memory that the allocator found',
  },
  7: {
    name: 'SIGBUS',
    says: 'it touched memory that has nothing behind it: a mapped file that was cut short, a full /dev/shm, or bad alignment',
  },
  8: { name: 'SIGFPE', says: 'it divided by zero, or a result does not fit' },
  9: { name: 'SIGKILL', says: 'somebody killed it: the OOM killer, a supervisor, a person' },
  10: { name: 'SIGUSR1', says: 'somebody sent it, and it has no handler for it' },
  11: { name: 'SIGSEGV', says: 'it touched memory that it may not touch' },
  12: { name: 'SIGUSR2', says: 'somebody sent it, and it has no handler for it' },
  13: { name: 'SIGPIPE', says: 'it wrote to a pipe or a connection that nobody reads any more' },
  14: { name: 'SIGALRM', says: 'a timer that it had set ran out' },
  15: { name: 'SIGTERM', says: 'somebody asked it to end' },
  24: { name: 'SIGXCPU', says: 'its limit of processor time was reached' },
  25: { name: 'SIGXFSZ', says: 'its limit of file size was reached' },
  26: { name: 'SIGVTALRM', says: 'a timer that it had set ran out' },
  27: { name: 'SIGPROF', says: 'a profiling timer ran out, and it has no handler for it' },
  29: { name: 'SIGIO', says: 'a descriptor became ready, and it has no handler for that' },
  31: { name: 'SIGSYS', says: 'it made a system call that its filter (seccomp) forbids' },
}

/** `SIGSEGV`; `signal 34` for one without a name. */
export function signalName(number: number): string {
  return SIGNALS[number]?.name ?? `signal ${number}`
}

/** What the signal means, in one clause: `it touched memory that it may not touch: address 0x0, a null pointer`. */
export function signalMeaning(signal: CoreSignal): string {
  const { number, code, address, sender } = signal
  const says = SIGNALS[number]?.says ?? 'it has no handler for it'
  if (sender && sender.pid > 0 && number !== 6) return `${says} (sent by process ${sender.pid} of user ${sender.uid})`
  if (number === 11) return `${says}: ${segmentationWords(code, address)}`
  if (number === 8 && code === FPE_INTDIV) return 'it divided a whole number by zero'
  return address === undefined || !FAULTS.has(number) ? says : `${says} (at 0x${address.toString(16)})`
}

/** Those whose address means something. */
const FAULTS: ReadonlySet<number> = new Set([4, 5, 7, 8, 11])

/** si_code of SIGSEGV and SIGFPE; sigaction(2). */
const SEGV_ACCERR = 2
const SI_KERNEL = 128
const FPE_INTDIV = 1
/** A member of a structure, or an element of a list, of which there is none: the first page or so is never mapped (vm.mmap_min_addr). Bytes. */
const NEAR_NULL = 65_536n

function segmentationWords(code: number | undefined, address: bigint | undefined): string {
  if (code === SI_KERNEL) return 'at an address that can be none (not canonical: a damaged or freed pointer)'
  if (address === undefined) return 'its address is not told'
  const at = `address 0x${address.toString(16)}`
  if (address < NEAR_NULL)
    return address === 0n ? `${at}, a null pointer` : `${at}, a member or element of a null pointer`
  return code === SEGV_ACCERR
    ? `${at} is there, but not for this (it wrote to what may only be read, or ran what is data)`
    : `at ${at} there is nothing`
}
