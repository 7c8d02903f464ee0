import type { Descriptor } from './descriptors.ts'
import { placeOf, type Mapping } from './memory-map.ts'
import type { SystemCall } from './system-call.ts'

/** What a call waits for or works on, in words, and what tells it from others of its kind. */
export interface CallMeaning {
  /** `reads TCP connection to 10.0.0.7:5432 (ESTABLISHED)`, `waits for a lock or condition in the heap`. */
  readonly says: string
  /** Threads with the same key do the same thing: `futex 0x7f3a5c001b30`. */
  readonly key: string
  readonly waits: CallWait
  /** Of a futex. */
  readonly address?: bigint
  /** It waits for a limited time. */
  readonly limited?: true
  readonly fd?: number
}

/** What kind of thing it is: `idle` waits for work as servers do, the others for something that somebody has to give. */
export type CallWait = 'lock' | 'peer' | 'disk' | 'child' | 'time' | 'idle' | 'signal' | 'works'

export interface CallContext {
  readonly descriptors: ReadonlyMap<number, Descriptor>
  readonly mappings: readonly Mapping[]
  /** Descriptors that poll(2) waits for, by the address of its list. */
  readonly polled: ReadonlyMap<bigint, readonly number[]>
  /** Names of its children. */
  readonly children: ReadonlyMap<number, string>
  /** How a descriptor is told; missing: with its number, both ends and queues. */
  readonly descriptorWords?: (fd: number, open: Descriptor | undefined) => string
}

/** The meaning of a call by its arguments; a call that is not known in detail is told by its name and number. */
export function callMeaning(call: SystemCall, context: CallContext): CallMeaning {
  const name = call.name ?? `system call ${call.number}`
  const known = MEANINGS.find(({ calls }) => call.name !== undefined && calls.has(call.name))
  return known?.means(call, name, context) ?? { says: `in ${name}`, key: name, waits: 'works' }
}

interface Meaning {
  readonly calls: ReadonlySet<string>
  readonly means: (call: SystemCall, name: string, context: CallContext) => CallMeaning
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const MEANINGS: readonly Meaning[] = [
  { calls: words('futex futex_wait futex_waitv'), means: futex },
  {
    calls: words('read readv pread64 preadv preadv2 recvfrom recvmsg recvmmsg getdents64 getdents'),
    means: onDescriptor('reads', 'peer'),
  },
  {
    calls: words('write writev pwrite64 pwritev pwritev2 sendto sendmsg sendmmsg sendfile'),
    means: onDescriptor('writes to', 'peer'),
  },
  { calls: words('accept accept4'), means: onDescriptor('waits for the next connection on', 'idle') },
  { calls: words('connect'), means: onDescriptor('connects', 'peer') },
  {
    calls: words('fsync fdatasync syncfs sync_file_range fallocate ftruncate'),
    means: onDescriptor('waits for the disk, for', 'disk'),
  },
  { calls: words('ioctl'), means: onDescriptor('in ioctl of', 'works') },
  { calls: words('flock'), means: onDescriptor('waits for a lock on', 'lock') },
  { calls: words('fcntl'), means: fileControl },
  {
    calls: words('epoll_wait epoll_pwait epoll_pwait2'),
    means: (call, name) => events(name, signed(call.args[3]), `epoll ${signed(call.args[0])}`),
  },
  { calls: words('poll ppoll'), means: poll },
  { calls: words('select pselect6'), means: (_call, name) => events(name, undefined, 'its descriptors') },
  {
    calls: words('nanosleep clock_nanosleep'),
    means: (_call, name) => ({ says: `sleeps (${name})`, key: name, waits: 'time' }),
  },
  {
    calls: words('restart_syscall'),
    means: (_call, name) => ({ says: `waits on, after a pause (${name})`, key: name, waits: 'time' }),
  },
  { calls: words('wait4 waitid'), means: child },
  {
    calls: words('rt_sigtimedwait rt_sigsuspend pause sigsuspend'),
    means: (_call, name) => ({ says: `waits for a signal (${name})`, key: name, waits: 'signal' }),
  },
  {
    calls: words('io_uring_enter io_getevents io_pgetevents'),
    means: (_call, name) => ({ says: `waits for its input and output (${name})`, key: name, waits: 'idle' }),
  },
  {
    calls: words('semop semtimedop msgrcv msgsnd mq_timedreceive mq_timedsend'),
    means: (_call, name) => ({ says: `waits for other processes (${name})`, key: name, waits: 'lock' }),
  },
  {
    calls: words(
      'open openat openat2 stat lstat fstat newfstatat statx access faccessat readlink mkdir unlink unlinkat rename renameat renameat2 mkdirat statfs',
    ),
    means: (_call, name) => ({ says: `waits for a file system (${name})`, key: name, waits: 'disk' }),
  },
]

/** Low 32 bits with their sign, as C has them for `int`. */
function signed(register: bigint | undefined): number {
  return Number(BigInt.asIntN(32, register ?? 0n))
}

/** FUTEX_CMD_MASK takes FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME away (include/uapi/linux/futex.h). */
const FUTEX_COMMAND = 0x7fn
const FUTEX = { wait: 0n, wake: 1n, lockPi: 6n, waitBitset: 9n, waitRequeue: 11n, lockPi2: 13n } as const
const WAITING: readonly bigint[] = [FUTEX.wait, FUTEX.waitBitset, FUTEX.waitRequeue, FUTEX.lockPi, FUTEX.lockPi2]

function futex({ args, name }: SystemCall, called: string, { mappings }: CallContext): CallMeaning {
  const [address = 0n, operation = 0n, , timeout = 0n] = args
  if (name !== 'futex')
    return { says: `waits for a lock or a condition (${called})`, key: `${called} ${address}`, waits: 'lock' }
  if (!WAITING.includes(operation & FUTEX_COMMAND))
    return { says: 'wakes who waits for a lock', key: 'futex wake', waits: 'works' }
  const where = placeOf(address, mappings)
  const limited = timeout === 0n ? '' : ', for a limited time'
  return {
    says: `waits for a lock or a condition${where === undefined ? '' : ` in ${where}`} at 0x${address.toString(16)}${limited}`,
    key: `futex ${address}`,
    waits: 'lock',
    address,
    ...(timeout === 0n ? {} : { limited: true }),
  }
}

/** The first argument is a descriptor. */
function onDescriptor(does: string, waits: CallWait): Meaning['means'] {
  return ({ args }, name, { descriptors: known, descriptorWords: words = descriptorWords }) => {
    const fd = signed(args[0])
    const open = known.get(fd)
    // What a disk has is no peer.
    const kind = open?.kind === 'file' && waits === 'peer' ? 'disk' : waits
    return { says: `${does} ${words(fd, open)} (${name})`, key: `${name} ${fd}`, waits: kind, fd }
  }
}

/** `fd 5: TCP 10.0.0.2:41712 to 10.0.0.7:5432, ESTABLISHED`. */
function descriptorWords(fd: number, open: Descriptor | undefined): string {
  if (!open) return `fd ${fd}`
  const { socket, target, deleted } = open
  if (!socket || socket.protocol === 'other') return `fd ${fd}: ${target}${deleted ? ' (deleted)' : ''}`
  if (socket.protocol === 'unix') return `fd ${fd}: unix socket${socket.local === undefined ? '' : ` ${socket.local}`}`
  const { protocol, local, peer, state, receiveQueue = 0, sendQueue = 0 } = socket
  const ends = peer === undefined ? ` ${local}` : ` ${local} to ${peer}`
  const queues =
    state === 'LISTEN'
      ? ''
      : `${receiveQueue > 0 ? `, ${receiveQueue} bytes not yet read` : ''}${sendQueue > 0 ? `, ${sendQueue} bytes not acknowledged` : ''}`
  return `fd ${fd}: ${protocol.toUpperCase()}${ends}${state === undefined ? '' : `, ${state}`}${queues}`
}

/** F_SETLKW and F_OFD_SETLKW (fcntl.h): those wait. */
const WAITING_CONTROLS: ReadonlySet<number> = new Set([7, 38])

const onLock = onDescriptor('waits for a lock on', 'lock')
const onControl = onDescriptor('in fcntl of', 'works')

function fileControl(call: SystemCall, name: string, context: CallContext): CallMeaning {
  return (WAITING_CONTROLS.has(signed(call.args[1])) ? onLock : onControl)(call, name, context)
}

/** A time-out of 0 does not wait, -1 waits without end. Milliseconds. */
function events(name: string, timeout: number | undefined, of: string): CallMeaning {
  const limit = timeout === undefined || timeout < 0 ? '' : `, at most ${timeout} ms`
  return { says: `waits for events of ${of}${limit} (${name})`, key: `${name} ${of}`, waits: 'idle' }
}

/** Who waits for one connection alone waits for its peer; who waits for several waits for work. */
function poll({ args }: SystemCall, name: string, context: CallContext): CallMeaning {
  const { polled, descriptors: known, descriptorWords: words = descriptorWords } = context
  const fds = polled.get(args[0] ?? 0n) ?? []
  const timeout = name === 'poll' ? signed(args[2]) : undefined
  const [fd] = fds
  const count = signed(args[1])
  if (fd === undefined || fds.length !== 1)
    return events(name, timeout, count === 1 ? 'one descriptor' : `${count} descriptors`)
  const open = known.get(fd)
  const limit = timeout === undefined || timeout < 0 ? '' : `, at most ${timeout} ms`
  const isPeer = open?.socket?.peer !== undefined && open.socket.state !== 'LISTEN'
  return {
    says: `waits for ${words(fd, open)}${limit} (${name})`,
    key: `${name} ${fd}`,
    waits: isPeer ? 'peer' : 'idle',
    fd,
  }
}

/** waitid has what kind of number it is first: P_ALL 0, P_PID 1. */
function child({ args }: SystemCall, name: string, { children }: CallContext): CallMeaning {
  const pid = name === 'waitid' ? (args[0] === 1n ? signed(args[1]) : -1) : signed(args[0])
  const who = pid > 0 ? `its child ${pid}${children.has(pid) ? ` (${children.get(pid)})` : ''}` : 'a child'
  return { says: `waits for ${who} to end (${name})`, key: `${name} ${pid}`, waits: 'child' }
}
