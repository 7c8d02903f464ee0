import { unescapedPath } from '../escaped-path.ts'
import { endpointWords, tcpEndpoint, tcpState } from '../tcp-table.ts'

/** One open descriptor. */
export interface Descriptor {
  readonly fd: number
  readonly kind: DescriptorKind
  /** Path, `pipe:[131]`, `anon_inode:[eventpoll]`; as the kernel names it, without ` (deleted)`. */
  readonly target: string
  readonly deleted: boolean
  readonly writable: boolean
  readonly socket?: Socket
}

export type DescriptorKind =
  | 'file'
  | 'folder'
  | 'device'
  | 'pipe'
  | 'socket'
  | 'epoll'
  | 'inotify'
  | 'event'
  | 'timer'
  | 'signal'
  | 'memory'
  | 'other'

export interface Socket {
  readonly protocol: 'tcp' | 'udp' | 'unix' | 'other'
  readonly inode: number
  /** ESTABLISHED, LISTEN, … as in ss(8); missing for those that have none. */
  readonly state?: string
  /** `10.0.0.2:41712`, or the path of a unix socket. */
  readonly local?: string
  readonly peer?: string
  /** Bytes that were sent and not yet acknowledged; bytes that came and were not yet read. */
  readonly sendQueue?: number
  readonly receiveQueue?: number
}

export interface Descriptors {
  /** How many there are; more than are listed where there are tens of thousands. */
  readonly open: number
  readonly listed: readonly Descriptor[]
}

/** Reads the section `descriptors` (rows of `ls -ln /proc/PID/fd`) with that of the sockets; undefined where they were not ours to see. */
export function readDescriptors(text: string | undefined, sockets: string | undefined): Descriptors | undefined {
  const open = /^open (\d+)$/m.exec(text ?? '')?.[1]
  if (open === undefined) return undefined
  const known = socketsIn(sockets ?? '')
  return { open: Number(open), listed: (text ?? '').split('\n').flatMap((line) => descriptorOf(line, known)) }
}

/**
 *   lrwx------ 1 0 0 64 12 -> socket:[48122]      <- the mode says whether it may be written to
 */
function descriptorOf(line: string, sockets: ReadonlyMap<number, Socket>): readonly Descriptor[] {
  const [, , write, fd, rest = ''] = /^l(r|-)(w|-)\S+ +\d+ +\d+ +\d+ +\d+ +.*?(\d+) -> (.*)$/.exec(line) ?? []
  if (fd === undefined) return []
  return [{ ...descriptorOfTarget(unescapedPath(rest), sockets), fd: Number(fd), writable: write === 'w' }]
}

/** By its link alone; its number is not known. */
export function descriptorOfTarget(whole: string, sockets: ReadonlyMap<number, Socket>): Descriptor {
  const deleted = whole.endsWith(' (deleted)')
  const target = deleted ? whole.slice(0, -' (deleted)'.length) : whole
  const inode = Number(/^socket:\[(\d+)\]$/.exec(target)?.[1])
  const socket = Number.isNaN(inode) ? undefined : (sockets.get(inode) ?? { protocol: 'other' as const, inode })
  return { fd: -1, kind: kindOf(target), target, deleted, writable: false, ...(socket ? { socket } : {}) }
}

const ANONYMOUS: Readonly<Record<string, DescriptorKind>> = {
  eventpoll: 'epoll',
  inotify: 'inotify',
  eventfd: 'event',
  timerfd: 'timer',
  signalfd: 'signal',
}

function kindOf(target: string): DescriptorKind {
  if (target.startsWith('socket:[')) return 'socket'
  if (target.startsWith('pipe:[')) return 'pipe'
  const anonymous = /^anon_inode:\[?(\w+)\]?$/.exec(target)?.[1]
  if (anonymous !== undefined) return Object.hasOwn(ANONYMOUS, anonymous) ? (ANONYMOUS[anonymous] ?? 'other') : 'other'
  if (target.startsWith('/memfd:') || target.startsWith('/dev/shm/')) return 'memory'
  if (target.startsWith('/dev/')) return 'device'
  return target.startsWith('/') ? 'file' : 'other'
}

/**
 *   tcp 48122 0100007F:1F90 0700000A:1538 01 00000000:00000012
 *   unix 48130 03 0001 /run/app.sock
 */
export function socketsIn(text: string): ReadonlyMap<number, Socket> {
  const sockets = new Map<number, Socket>()
  for (const line of text.split('\n')) {
    const [protocol, inode = '', ...rest] = line.split(' ')
    if (!/^\d+$/.test(inode)) continue
    const socket = protocol === 'unix' ? unixSocket(Number(inode), rest) : internetSocket(protocol, Number(inode), rest)
    if (socket) sockets.set(Number(inode), socket)
  }
  return sockets
}

function internetSocket(
  protocol: string | undefined,
  inode: number,
  [near = '', far = '', state = '', queues = '']: readonly string[],
): Socket | undefined {
  if (protocol !== 'tcp' && protocol !== 'udp') return undefined
  const [local, peer] = [tcpEndpoint(near), tcpEndpoint(far)]
  const [, send, receive] = /^([0-9A-F]{8}):([0-9A-F]{8})$/.exec(queues) ?? []
  // A datagram socket is in no state of TCP; 07 says that it is not connected.
  const said = protocol === 'tcp' ? tcpState(state) : undefined
  return {
    protocol,
    inode,
    ...(said === undefined ? {} : { state: said }),
    ...(local ? { local: endpointWords(local) } : {}),
    ...(peer && peer.port !== 0 ? { peer: endpointWords(peer) } : {}),
    ...(send === undefined || receive === undefined
      ? {}
      : { sendQueue: Number.parseInt(send, 16), receiveQueue: Number.parseInt(receive, 16) }),
  }
}

/** SS_CONNECTING, SS_CONNECTED, … (include/uapi/linux/net.h); what listens has the flag of __SO_ACCEPTCON, which the row does not give. */
const UNIX_STATES: Readonly<Record<string, string>> = {
  '01': 'UNCONNECTED',
  '02': 'CONNECTING',
  '03': 'CONNECTED',
  '04': 'DISCONNECTING',
}

function unixSocket(inode: number, [state = '', , ...path]: readonly string[]): Socket {
  const local = path.join(' ')
  const said = UNIX_STATES[state]
  return { protocol: 'unix', inode, ...(said === undefined ? {} : { state: said }), ...(local === '' ? {} : { local }) }
}

/** Descriptors of one kind, with what most of them are. */
export interface DescriptorGroup {
  /** `TCP connections to 10.0.0.7:5432`, `files in /data/parts`, `pipes`. */
  readonly what: string
  readonly count: number
  /** The lowest numbers, as examples. */
  readonly fds: readonly number[]
}

/** What is open, largest groups first. Connections that came in are told by the port of this process, others by their peer. */
export function descriptorGroups(listed: readonly Descriptor[]): readonly DescriptorGroup[] {
  const ports = new Set(
    listed.flatMap(({ socket }) => (socket?.state === 'LISTEN' ? (portOf(socket.local) ?? []) : [])),
  )
  const groups = Map.groupBy(listed, (each) => groupOf(each, ports))
  return [...groups]
    .map(([what, all]) => ({
      what,
      count: all.length,
      fds: all
        .map(({ fd }) => fd)
        .toSorted((a, b) => a - b)
        .slice(0, 3),
    }))
    .toSorted((a, b) => b.count - a.count || (a.fds[0] ?? 0) - (b.fds[0] ?? 0))
}

function portOf(endpoint: string | undefined): string | undefined {
  return endpoint?.slice(endpoint.lastIndexOf(':') + 1)
}

const PLURALS: Readonly<Record<Exclude<DescriptorKind, 'socket' | 'file' | 'folder' | 'device'>, string>> = {
  pipe: 'pipes',
  epoll: 'epoll instances',
  inotify: 'inotify instances',
  event: 'eventfds',
  timer: 'timers',
  signal: 'signalfds',
  memory: 'shared memory',
  other: 'others',
}

function groupOf({ kind, target, deleted, socket }: Descriptor, ports: ReadonlySet<string>): string {
  if (socket) return socketGroup(socket, ports)
  if (kind === 'device') return target
  if (kind !== 'file' && kind !== 'folder') return kind === 'socket' ? 'sockets' : PLURALS[kind]
  return `${deleted ? 'deleted ' : ''}files in ${target.slice(0, Math.max(1, target.lastIndexOf('/')))}`
}

function socketGroup({ protocol, state, local, peer }: Socket, ports: ReadonlySet<string>): string {
  if (protocol === 'unix') return local === undefined ? 'unix sockets' : `unix socket ${local}`
  if (protocol === 'other') return 'other sockets'
  const name = protocol.toUpperCase()
  if (state === 'LISTEN') return `${name} listening on ${local}`
  if (peer === undefined) return `${name} ${local ?? ''} ${state ?? 'not connected'}`
  const way = ports.has(portOf(local) ?? '')
    ? `from ${peer.slice(0, peer.lastIndexOf(':'))} to :${portOf(local)}`
    : `to ${peer}`
  return `${name} ${state ?? 'connected'} ${way}`
}
