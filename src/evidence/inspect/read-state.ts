import { unescapedPath } from '../escaped-path.ts'
import { blind, seen, type Reading } from '../reading.ts'
import { callMeaning } from './call-meaning.ts'
import { wordsOf } from './candidates.ts'
import { changedFiles } from './changed-files.ts'
import { readDescriptors, type Descriptors } from './descriptors.ts'
import { fileLockWaits, type FileLockWait } from './file-lock-waits.ts'
import type { TargetBox } from './inspector.ts'
import { limitsIn, type Limit } from './limits.ts'
import { lockOwner, type LockOwner } from './lock-owners.ts'
import { mappingsIn, memoryOf, type Mapping } from './memory-map.ts'
import type { Executable, InspectedProcess, ProcessName } from './process.ts'
import { programFile } from './program-file.ts'
import { recognised } from './recognise.ts'
import { textOf } from './sections.ts'
import { statLine, statsIn, type StatLine } from './stat-line.ts'
import type { Children, ProcessState } from './state.ts'
import { readThreads, type ReadThreads } from './threads.ts'

type Sections = ReadonlyMap<string, Uint8Array>

/** What an answer is read with, beside itself. */
export interface StateMeta {
  /** `x86_64`, as the identity of the box says. */
  readonly architecture: string
  /** User on the box who inspects. */
  readonly uid: number
}

const SUDO = 'run with --sudo'
const NOT_COME = 'the answer ended before it'

/** Reads what the script said of one process; undefined when it was gone before anything was read. */
export function readState(sections: Sections, { architecture, uid }: StateMeta): ProcessState | undefined {
  const row = statLine(textOf(sections, 'stat') ?? '')
  if (!row) return undefined
  const box = readBox(textOf(sections, 'box') ?? '', { architecture, uid })
  const status = fieldsIn(textOf(sections, 'status') ?? '')
  const links = linksIn(textOf(sections, 'links') ?? '')
  const threads = readThreads(textOf(sections, 'threads-first'), textOf(sections, 'threads-last'), {
    pid: row.pid,
    architecture,
    ticksPerSecond: box.ticksPerSecond,
  })
  const started = startOf(row, box)
  const mappings = readMap(sections)
  const process = { ...processOf(row, { sections, status, links, threads, box }), ...started }
  const environment = readEnvironment(sections)
  const relatives = statsIn(textOf(sections, 'relatives') ?? '')
  const known = mappings.kind === 'seen' ? mappings.value : []
  const descriptors = readOpen(sections)
  const lost = lostAs(sections, row)
  const readAtMs = readAt(textOf(sections, 'threads-last'), box)
  const user = textOf(sections, 'user')?.trim()
  return {
    process,
    runtime: recognised({
      executable: process.executable.kind === 'seen' ? process.executable.value.path : undefined,
      argv: process.argv,
      mappings: known,
      program: programFile(sections.get('program') ?? EMPTY, sections.get('program-end') ?? EMPTY),
      kernelThread: row.kernelThread,
      environment: variablesIn(environment.kind === 'seen' ? environment.value : []),
      container: process.container,
    }),
    box: box.target,
    ...(readAtMs === undefined ? {} : { readAtMs }),
    ...(user ? { user } : {}),
    windowMs: threads.windowMs,
    // A thread of the kernel makes no calls; what its registers hold is none.
    calls: row.kernelThread
      ? new Map()
      : callsOf(threads, { open: descriptors, mappings: known, relatives, polled: polledIn(sections) }),
    noCalls: threads.noCalls,
    lockOwners: ownersIn(sections, threads),
    descriptors,
    limits: readLimits(sections),
    mappings,
    memory: memoryOf(known, status, textOf(sections, 'sums')),
    environment,
    changed: readChanged(sections, known, process),
    parents: parentsIn(textOf(sections, 'relatives') ?? '', relatives),
    children: readChildren(textOf(sections, 'relatives'), relatives),
    fileLocks: readLocks(sections, row.pid),
    ...(row.state === 'Z' && row.exitCode !== undefined ? { exitCode: row.exitCode } : {}),
    ...(lost === undefined ? {} : { lost }),
  }
}

const EMPTY = new Uint8Array(0)

interface ReadBox {
  readonly target: TargetBox
  readonly bootMs: number | undefined
  readonly ticksPerSecond: number
  readonly links: ReadonlyMap<string, string>
}

function readBox(text: string, { architecture, uid }: StateMeta): ReadBox {
  const boot = /^btime (\d{1,12})$/m.exec(text)?.[1]
  const ticks = Number(/^ticks (\d{1,6})$/m.exec(text)?.[1])
  const scope = /^ptrace-scope (\d)$/m.exec(text)?.[1]
  const paranoid = /^perf-paranoid (-?\d)$/m.exec(text)?.[1]
  const systems = [...text.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].flatMap(([, ids = '']) => ids.split(' '))
  const distribution = systems.map(familyOf).find((family) => family !== undefined)
  return {
    target: {
      uid,
      architecture,
      tools: new Set([...text.matchAll(/^tool (\S+)$/gm)].map(([, tool = '']) => tool)),
      ...(scope === undefined ? {} : { ptraceScope: Number(scope) }),
      ...(paranoid === undefined ? {} : { perfParanoid: Number(paranoid) }),
      ...(distribution === undefined ? {} : { distribution }),
    },
    bootMs: boot === undefined ? undefined : Number(boot) * 1000,
    ticksPerSecond: ticks > 0 ? ticks : 100,
    links: linksIn(text),
  }
}

function familyOf(id: string): TargetBox['distribution'] {
  if (id === 'debian' || id === 'ubuntu') return 'debian'
  if (['fedora', 'rhel', 'centos', 'rocky', 'almalinux', 'amzn', 'ol'].includes(id)) return 'fedora'
  return id === 'alpine' ? 'alpine' : undefined
}

/** `Name:	value` of status, without the blanks around. */
function fieldsIn(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/^(\w+):[\t ]*(.*)$/gm)].map(([, name = '', value = '']) => [name, value.trim()]))
}

/** Links as `ls -ld` gives them, by name: `exe`, `ns/mnt`. */
function linksIn(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/^l\S+ .*? ((?:self\/)?(?:exe|cwd|root|ns\/\w+)) -> (.*)$/gm)].map(
      ([, name = '', target = '']) => [name, unescapedPath(target)],
    ),
  )
}

interface Parts {
  readonly sections: Sections
  readonly status: ReadonlyMap<string, string>
  readonly links: ReadonlyMap<string, string>
  readonly threads: ReadThreads
  readonly box: ReadBox
}

function processOf(row: StatLine, { sections, status, links, threads, box }: Parts): InspectedProcess {
  const [uid = 0, effectiveUid = 0] = (status.get('Uid') ?? '').split(/\s+/).map(Number)
  const numbers = (status.get('NSpid') ?? String(row.pid)).split(/\s+/).map(Number)
  const [own, here] = [links.get('ns/mnt'), box.links.get('self/ns/mnt')]
  const kib = (name: string): number => Number(/^(\d+) kB$/.exec(status.get(name) ?? '')?.[1] ?? 0) * 1024
  const group = groupOf(textOf(sections, 'cgroup') ?? '')
  const tracer = Number(status.get('TracerPid') ?? 0)
  const relatives = statsIn(textOf(sections, 'relatives') ?? '')
  return {
    pid: row.pid,
    startTicks: row.startTicks,
    name: row.name,
    state: threads.threads.find(({ tid }) => tid === row.pid)?.state ?? row.state,
    ppid: row.ppid,
    uid,
    effectiveUid,
    argv: wordsOf(textOf(sections, 'command') ?? ''),
    executable: executableOf(links.get('exe'), row, sections),
    workingFolder: linkOf(links.get('cwd'), row, sections),
    root: linkOf(links.get('root'), row, sections),
    namespacePids: numbers.every((each) => Number.isInteger(each)) ? numbers : [row.pid],
    ...(own === undefined || here === undefined ? {} : { sameFiles: own === here }),
    ...group,
    ...(tracer > 0 ? { tracer: { pid: tracer, name: relatives.get(tracer)?.name ?? '' } } : {}),
    signals: {
      caught: mask(status.get('SigCgt')),
      blocked: mask(status.get('SigBlk')),
      ignored: mask(status.get('SigIgn')),
    },
    seccomp: Number(status.get('Seccomp') ?? 0) || 0,
    threadCount: Math.max(threads.count, row.threads || 0),
    threads: threads.threads,
    residentBytes: kib('VmRSS'),
    swapBytes: kib('VmSwap'),
  }
}

function mask(text: string | undefined): bigint {
  return /^[0-9a-f]{1,16}$/.test(text ?? '') ? BigInt(`0x${text}`) : 0n
}

/** The group of version 2, else that of systemd, else the deepest. A container is told by the id that engines put there: 64 hex digits. */
function groupOf(text: string): Pick<InspectedProcess, 'cgroup' | 'unit' | 'container'> {
  const paths = new Map(
    [...text.matchAll(/^\d+:([^:]*):(\/.*)$/gm)].map(([, controllers = '', path = '']) => [controllers, path]),
  )
  const all = [...paths.values()]
  const cgroup = paths.get('') ?? paths.get('name=systemd') ?? all.toSorted((a, b) => b.length - a.length)[0]
  const container = all
    .map((path) => /(?:^|[/-])([0-9a-f]{64})(?:\.scope)?(?:\/|$)/.exec(path)?.[1])
    .find((id) => id !== undefined)
  const unit = cgroup
    ?.split('/')
    .findLast((part) => /\.(?:service|scope)$/.test(part) && !/^(?:init|session-.*)\.scope$/.test(part))
  return {
    ...(cgroup === undefined ? {} : { cgroup }),
    ...(unit === undefined ? {} : { unit }),
    ...(container === undefined ? {} : { container }),
  }
}

function executableOf(target: string | undefined, row: StatLine, sections: Sections): Reading<Executable> {
  const link = linkOf(target, row, sections)
  if (link.kind !== 'seen') return link
  const deleted = link.value.endsWith(' (deleted)')
  return seen({ path: deleted ? link.value.slice(0, -' (deleted)'.length) : link.value, deleted })
}

function linkOf(target: string | undefined, row: StatLine, sections: Sections): Reading<string> {
  if (target !== undefined) return seen(target)
  if (row.kernelThread) return blind('a thread of the kernel has none')
  if (row.state === 'Z') return blind('it has ended')
  return /Permission denied/.test(textOf(sections, 'links') ?? '') ? blind('Permission denied', SUDO) : blind(NOT_COME)
}

function startOf({ startTicks }: StatLine, { bootMs, ticksPerSecond }: ReadBox): Pick<InspectedProcess, 'startedAtMs'> {
  return bootMs === undefined ? {} : { startedAtMs: bootMs + (startTicks / ticksPerSecond) * 1000 }
}

function readAt(threads: string | undefined, { bootMs }: ReadBox): number | undefined {
  const up = /^(\d+) /.exec(threads ?? '')?.[1]
  return up === undefined || bootMs === undefined ? undefined : bootMs + Number(up) * 10
}

function readMap(sections: Sections): Reading<readonly Mapping[]> {
  const text = textOf(sections, 'map')
  if (text === undefined) return blind(`${NOT_COME}: something may hold the lock of its memory map`)
  const mappings = mappingsIn(text)
  if (mappings.length > 0) return seen(mappings)
  return /Permission denied/.test(text) ? blind('Permission denied', SUDO) : blind('it has none')
}

function readEnvironment(sections: Sections): Reading<readonly string[]> {
  const text = textOf(sections, 'environment')
  if (text === undefined) return blind(NOT_COME)
  // What was read ends with a NUL.
  if (text.endsWith('\ndenied\n') && text.includes('Permission denied')) return blind('Permission denied', SUDO)
  return seen(wordsOf(text).filter((each) => each.includes('=')))
}

function variablesIn(environment: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    environment.map((each) => {
      const at = each.indexOf('=')
      return [each.slice(0, at), each.slice(at + 1)]
    }),
  )
}

function readOpen(sections: Sections): Reading<Descriptors> {
  const text = textOf(sections, 'descriptors')
  if (text === undefined) return blind(NOT_COME)
  const descriptors = readDescriptors(text, textOf(sections, 'sockets'))
  return descriptors ? seen(descriptors) : blind('Permission denied', SUDO)
}

function readLimits(sections: Sections): Reading<readonly Limit[]> {
  const limits = limitsIn(textOf(sections, 'limits') ?? '')
  return limits.length > 0 ? seen(limits) : blind(NOT_COME)
}

interface CallParts {
  readonly open: Reading<Descriptors>
  readonly mappings: readonly Mapping[]
  readonly relatives: ReadonlyMap<number, StatLine>
  readonly polled: ReadonlyMap<bigint, readonly number[]>
}

function callsOf({ threads }: ReadThreads, { open, mappings, relatives, polled }: CallParts): ProcessState['calls'] {
  const listed = open.kind === 'seen' ? open.value.listed : []
  const context = {
    descriptors: new Map(listed.map((each) => [each.fd, each])),
    mappings,
    polled,
    children: new Map([...relatives].map(([pid, { name }]) => [pid, name])),
  }
  return new Map(
    threads.flatMap(({ tid, systemCall }) => (systemCall ? [[tid, callMeaning(systemCall, context)] as const] : [])),
  )
}

/** Sections `polled:0x…`: `struct pollfd` of 8 bytes, the descriptor first (poll(2)); a negative one is not waited for. */
function polledIn(sections: Sections): ReadonlyMap<bigint, readonly number[]> {
  return new Map(
    [...sections].flatMap(([name, bytes]): [bigint, readonly number[]][] => {
      const address = /^polled:(0x[0-9a-f]{1,16})$/.exec(name)?.[1]
      if (address === undefined) return []
      const words = Buffer.from(bytes)
      const fds = Array.from({ length: Math.floor(words.length / 8) }, (_, at) => words.readInt32LE(at * 8))
      return [[BigInt(address), fds.filter((fd) => fd >= 0)]]
    }),
  )
}

/** Sections `word:0x…`; threads by the numbers that the process itself gives them. */
function ownersIn(sections: Sections, { threads }: ReadThreads): readonly LockOwner[] {
  const here = new Set(threads.map(({ tid }) => tid))
  const numbers = [...(textOf(sections, 'own-numbers') ?? '').matchAll(/^task\/(\d+)\/status:NSpid:.*\t(\d+)$/gm)]
  const inside = new Map(numbers.map(([, tid, own]) => [Number(own), Number(tid)]))
  const threadOf = (own: number): number | undefined =>
    inside.size > 0 ? inside.get(own) : here.has(own) ? own : undefined
  return [...sections].flatMap(([name, bytes]) => {
    const address = /^word:(0x[0-9a-f]{1,16})$/.exec(name)?.[1]
    const owner = address === undefined ? undefined : lockOwner(BigInt(address), bytes, threadOf)
    return owner ? [owner] : []
  })
}

function readChanged(
  sections: Sections,
  mappings: readonly Mapping[],
  process: InspectedProcess,
): ProcessState['changed'] {
  const text = textOf(sections, 'files')
  if (text === undefined) return blind(NOT_COME)
  if (process.executable.kind !== 'seen') return process.executable
  return seen(changedFiles(text, mappings, process.executable.value, process.startedAtMs))
}

function parentsIn(text: string, relatives: ReadonlyMap<number, StatLine>): readonly ProcessName[] {
  return [...text.matchAll(/^above (\d+)$/gm)].map(([, pid]) => ({
    pid: Number(pid),
    name: relatives.get(Number(pid))?.name ?? '',
  }))
}

function readChildren(text: string | undefined, relatives: ReadonlyMap<number, StatLine>): Reading<Children> {
  const count = /^children (\d+)$/m.exec(text ?? '')?.[1]
  if (text === undefined || count === undefined) return blind(NOT_COME)
  if (/^no-children$/m.test(text)) return blind('the kernel does not tell children (CONFIG_PROC_CHILDREN)')
  const listed = [...text.matchAll(/^child (\d+)$/gm)].flatMap(([, pid]) => {
    const row = relatives.get(Number(pid))
    return row ? [{ pid: row.pid, name: row.name, state: row.state }] : []
  })
  return seen({ count: Number(count), listed })
}

function readLocks(sections: Sections, pid: number): Reading<readonly FileLockWait[]> {
  const text = textOf(sections, 'locks')
  if (text === undefined) return blind(NOT_COME)
  if (/^no-locks$/m.test(text)) return blind('the kernel has no /proc/locks')
  return seen(fileLockWaits(text, pid, textOf(sections, 'inodes') ?? '', statsIn(textOf(sections, 'holders') ?? '')))
}

/** Whether the process that was read is still there at the end; undefined when it is, or when the answer ended before. */
function lostAs(sections: Sections, { startTicks }: StatLine): ProcessState['lost'] {
  const last = textOf(sections, 'still') ?? textOf(sections, 'again')
  if (last === undefined) return undefined
  const row = statLine(last)
  if (!row) return 'gone'
  return row.startTicks === startTicks ? undefined : 'reused'
}
