import { callMeaning } from './call-meaning.ts'
import { descriptorOfTarget, type Descriptor, type Socket } from './descriptors.ts'
import type { Frame } from './frame.ts'
import { placeOf, type Mapping } from './memory-map.ts'
import { systemCallName } from './system-call-names.ts'
import type { SystemCall } from './system-call.ts'

/** What a sampler saw of a thread that waits. What it names once may stand for many looks, so it has nothing that differs from one to the next. */
export interface Wait {
  /** Letter of proc_pid_stat(5), field 3. */
  readonly state: string
  /** Number of its system call; missing for one that waits outside of a call (for a page of memory), and where it could not be read. */
  readonly call?: number
  /** Its first two arguments. */
  readonly args: readonly bigint[]
  /** What its descriptor is, as the link in /proc/PID/fd has it: `socket:[48122]`; of a poll(2) for one descriptor, that one. */
  readonly open?: string
  /** Function of the kernel in which it waits. */
  readonly channel?: string
  /** It waits for the global lock of its interpreter. */
  readonly isGil?: boolean
}

export interface WaitContext {
  readonly architecture: string
  readonly sockets: ReadonlyMap<number, Socket>
  /** To tell locks by where they lie; missing where their addresses say nothing. */
  readonly mappings?: readonly Mapping[]
}

/** What it waits for as a frame: the innermost one, which the program's own code called. */
export function waitFrame(wait: Wait, context: WaitContext): Frame {
  return { function: waitWords(wait, context), module: wait.isGil ? 'python' : 'kernel', own: false }
}

/** The same of a call whose name alone is known. */
export function waitInCall(name: string): Frame {
  const says = callWords({ number: 0, name }, { args: [] }, { sockets: new Map() })
  return { function: says, module: 'kernel', own: false }
}

/** `waits for a lock (futex)`, `reads TCP to 10.0.0.7:5432 (recvfrom)`, `sleeps (clock_nanosleep)`. */
function waitWords(wait: Wait, context: WaitContext): string {
  const { state, call, channel, isGil } = wait
  if (state === 'T' || state === 't') return 'is stopped, by a signal or a debugger'
  if (isGil) return 'waits for the GIL'
  const hangs = state === 'D' ? ', and cannot be interrupted' : ''
  const within = channel === undefined ? '' : `, in ${channel}`
  if (call === undefined)
    return channel === undefined ? 'waits; for what could not be seen' : `waits in the kernel, in ${channel}${hangs}`
  const tail = state === 'D' ? `${within}${hangs}` : ''
  const name = systemCallName(context.architecture, call)
  return callWords({ number: call, ...(name === undefined ? {} : { name }) }, wait, context) + tail
}

const FUTEXES: ReadonlySet<string> = new Set(['futex', 'futex_wait', 'futex_waitv'])
/** In the place of a time-out: what waits for a limited time differs from one call to the next by it. */
const WITHOUT_END = -1n

function callWords(
  { number, name }: Pick<SystemCall, 'number' | 'name'>,
  { args, open }: Pick<Wait, 'args' | 'open'>,
  { sockets, mappings }: Omit<WaitContext, 'architecture'>,
): string {
  if (name !== undefined && FUTEXES.has(name)) return lockWords(name, args[0] ?? 0n, mappings)
  const polls = name === 'poll' || name === 'ppoll'
  const [first = 0n, second = 0n] = args
  const meaning = callMeaning(
    {
      number,
      ...(name === undefined ? {} : { name }),
      args: [first, second, WITHOUT_END, WITHOUT_END, WITHOUT_END, WITHOUT_END],
      stackPointer: 0n,
      programCounter: 0n,
    },
    {
      descriptors: new Map(open === undefined ? [] : [[polls ? 0 : fdOf(first), descriptorOfTarget(open, sockets)]]),
      mappings: [],
      // One descriptor alone is told by what it is.
      polled: polls && open !== undefined ? new Map([[first, [0]]]) : new Map(),
      children: new Map(),
      descriptorWords: (_fd, descriptor) => openWords(descriptor),
    },
  )
  return meaning.says
}

function fdOf(register: bigint): number {
  return Number(BigInt.asIntN(32, register))
}

function lockWords(name: string, address: bigint, mappings: readonly Mapping[] | undefined): string {
  if (!mappings || address === 0n) return `waits for a lock or a condition (${name})`
  const where = placeOf(address, mappings)
  return `waits for a lock or a condition${where === undefined ? '' : ` in ${where}`} at 0x${address.toString(16)}`
}

/** Ports from here on are given out by the kernel to who connects (ip_local_port_range), as it comes. */
const GIVEN_OUT_FROM = 32_768

/** Without what differs from one connection to the next: `TCP to 10.0.0.7:5432`, `TCP from 10.0.0.9 to :8080`. */
function openWords(open: Descriptor | undefined): string {
  if (!open) return 'a descriptor'
  const { kind, socket, target } = open
  if (!socket) return kind === 'pipe' ? 'a pipe' : target
  const { protocol, local, peer, state } = socket
  if (protocol === 'other') return 'a socket'
  if (protocol === 'unix') return local === undefined ? 'a unix socket' : `the unix socket ${local}`
  const kindOf = protocol.toUpperCase()
  if (state === 'LISTEN' || peer === undefined) return `${kindOf} ${local ?? ''}`.trimEnd()
  if (portOf(peer) < GIVEN_OUT_FROM) return `${kindOf} to ${peer}`
  return portOf(local ?? '') < GIVEN_OUT_FROM
    ? `${kindOf} from ${peer.slice(0, peer.lastIndexOf(':'))} to :${portOf(local ?? '')}`
    : `${kindOf} ${local} to ${peer}`
}

function portOf(endpoint: string): number {
  const port = Number(endpoint.slice(endpoint.lastIndexOf(':') + 1))
  return Number.isInteger(port) ? port : GIVEN_OUT_FROM
}
