import { blind } from '../../reading.ts'
import { isText } from './bytes.ts'
import type { FoundJournal } from './journal.ts'
import type { FoundKernelLog } from './kernel.ts'
import { configuredFor, type Configured } from './layout.ts'
import type { FileSample, FoundContainer, FoundFile, FoundFiles, OpenLog } from './rows.ts'
import { logStem, packingOf } from './rotation.ts'
import type { LogFile, LogSource } from '../source.ts'

/** A source, and all by which a subject may mean it. */
export interface Candidate {
  readonly source: LogSource
  /** A person named its path. */
  readonly isNamed: boolean
  readonly pids: readonly number[]
  readonly processNames: readonly string[]
  readonly units: readonly string[]
  /** Programs whose configuration names it: `nginx`. */
  readonly programs: readonly string[]
  readonly containers: readonly string[]
  readonly paths: readonly string[]
  /** When it was last written to; NaN: not known. Milliseconds since the epoch. */
  readonly lastAtMs: number
}

/** All logs that are files, containers' ones too; not sorted. */
export function fileCandidates(box: string, found: FoundFiles): readonly Candidate[] {
  const known = knownOf(found)
  const groups = Map.groupBy(withoutTwins(found), (file) => (file.isNamed ? logStem(file.path) : file.path))
  return [...groups.values()]
    .filter((group) => group.some(({ rank }) => rank < BESIDE))
    .map((group) => inOrder(group, known))
    .flatMap(apart)
    .flatMap((group) => candidateOf(box, group, known))
}

/** What was found, with what belongs to a file under the file's identity, whatever name it was found by. */
interface Known {
  readonly found: FoundFiles
  readonly open: ReadonlyMap<string, readonly OpenLog[]>
  readonly samples: ReadonlyMap<string, FileSample>
  readonly growth: ReadonlyMap<string, number>
}

function knownOf(found: FoundFiles): Known {
  const identities = new Map(found.files.map(({ path, identity }) => [path, identity]))
  const byIdentity = <T>(byPath: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map(
      [...byPath].flatMap(([path, value]) =>
        [identities.get(path) ?? []].flat().map((identity) => [identity, value] as const),
      ),
    )
  const identityOf = ({ pid, descriptor, path, isHere, isDeleted }: OpenLog): string | undefined =>
    identities.get(`/proc/${pid}/fd/${descriptor}`) ?? (isHere && !isDeleted ? identities.get(path) : undefined)
  return {
    found,
    open: Map.groupBy(found.open, (open) => identityOf(open) ?? ''),
    samples: byIdentity(found.samples),
    growth: byIdentity(found.growth),
  }
}

/** Who named a rotated file alone wants that one, not the log that it is a part of. */
function apart(group: readonly FoundFile[]): readonly (readonly FoundFile[])[] {
  const [current] = group
  const named = group.filter(({ rank }) => rank === 0)
  if (named.length === 0 || current?.rank === 0) return [group]
  const rest = group.filter(({ rank }) => rank !== 0)
  return rest.some(({ rank }) => rank < BESIDE) ? [named, rest] : [named]
}

/** What lies in the folder of a log, and is of interest only as an older part of it. */
const BESIDE = 9
/** `/proc/812/fd/7`: what has no name, or none that we can use. */
const DESCRIPTOR = /^\/proc\/(\d+)\/fd\/(\d+)$/

/** One file under several names or descriptors is there once: under the name that was meant, a path rather than a descriptor. */
function withoutTwins({ files }: FoundFiles): readonly FoundFile[] {
  const best = new Map<string, FoundFile>()
  const worth = (file: FoundFile): number => file.rank + (DESCRIPTOR.test(file.path) ? 10 : 0)
  for (const file of files) {
    const before = best.get(file.identity)
    if (!before || worth(file) < worth(before)) best.set(file.identity, file)
  }
  // A file that is held open and has a name counts as held open.
  const ranks = new Map<string, number>()
  for (const { identity, rank } of files) ranks.set(identity, Math.min(rank, ranks.get(identity) ?? rank))
  return [...best.values()].map((file) => ({ ...file, rank: ranks.get(file.identity) ?? file.rank }))
}

/** The file that is written to first, then the others, newest first. */
function inOrder(group: readonly FoundFile[], { open }: Known): readonly FoundFile[] {
  return group.toSorted(
    (a, b) => order(a, open) - order(b, open) || b.modifiedAtMs - a.modifiedAtMs || a.path.length - b.path.length,
  )
}

function candidateOf(
  box: string,
  group: readonly FoundFile[],
  { found, open, samples, growth: grown }: Known,
): readonly Candidate[] {
  const openHere = group.flatMap(({ identity }) => open.get(identity) ?? [])
  const [current] = group
  if (!current) return []
  const sample = samples.get(current.identity) ?? {}
  const isNamed = group.some(({ rank }) => rank === 0)
  const binary = sample.head !== undefined && !isText(sample.head)
  if (binary && !isNamed) return []
  const container = found.containers.find(({ path }) => path === current.path)
  const configured =
    configuredFor(current.path, found.configured) ?? configuredFor(logStem(current.path), found.configured)
  const pids = [...new Set(openHere.map(({ pid }) => pid))]
  const writers = pids
    .map((pid) => ({ pid, name: found.processNames.get(pid) ?? '' }))
    .filter(({ name }) => name !== '')
  const pod = podOf(current.path)
  const growth = grown.get(current.identity) ?? -1
  const why = binary
    ? blind('it is not text', '')
    : !current.isNamed
      ? NOT_UTF8
      : found.unreadable.has(current.path)
        ? unreadable(current, found)
        : undefined
  const layout = configured?.layout ?? haproxyLayout(current.path, found)
  const source: LogSource = {
    box,
    id: container ? `container:${container.name}` : current.path,
    kind: 'file',
    files: group.map(fileOf),
    ...(container ? { container: { engine: container.engine, name: container.name } } : {}),
    found: foundWords({ openHere, configured, container, pod, current, writers, isNamed }),
    writers,
    bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(found.seconds > 0 && growth >= 0 ? { bytesPerSecond: growth / found.seconds } : {}),
    ...ends(sample, current.bytes),
    ...(layout ? { layout } : {}),
    ...(why ? { blind: why } : {}),
  }
  const units = pids.flatMap((pid) => found.processUnits.get(pid) ?? [])
  const of = configured?.log.of
  return [
    {
      source,
      isNamed,
      pids: container ? [...pids, container.pid] : pids,
      processNames: writers.map(({ name }) => name),
      units: of?.startsWith('unit:') ? [...units, of.slice('unit:'.length)] : units,
      programs: of && !of.startsWith('unit:') ? [of] : [],
      containers: [...(container ? [container.name] : []), ...(pod ? [pod.container, pod.pod] : [])],
      paths: [...new Set([...group.map(({ path }) => path), ...openHere.map(({ path }) => path)])],
      lastAtMs: current.modifiedAtMs,
    },
  ]
}

const NOT_UTF8 = blind('its name is not UTF-8', 'name its folder, or rename it')

/** What is written to first; packed ones, which never are, last. */
function order(file: FoundFile, open: Known['open']): number {
  if (open.has(file.identity)) return 0
  return packingOf(file.path) === undefined ? 1 : 2
}

function fileOf({ path, bytes, modifiedAtMs, identity }: FoundFile): LogFile {
  const packed = packingOf(path)
  return { path, bytes, modifiedAtMs, ...(packed ? { packed } : {}), identity }
}

/** Whole lines only, where there is one. */
function ends({ head, tail, oldest }: FileSample, bytes: number): Pick<LogSource, 'head' | 'tail' | 'oldest'> {
  const whole = head !== undefined && head.length >= bytes
  return {
    ...(head ? { head: whole ? head : withoutLastPiece(head) } : {}),
    ...(tail ? { tail: withoutFirstPiece(tail) } : whole ? { tail: head } : {}),
    ...(oldest && isText(oldest) ? { oldest: withoutLastPiece(oldest) } : {}),
  }
}

function withoutLastPiece(bytes: Uint8Array): Uint8Array {
  const end = bytes.lastIndexOf(10)
  return end < 0 ? bytes : bytes.subarray(0, end + 1)
}

function withoutFirstPiece(bytes: Uint8Array): Uint8Array {
  const start = bytes.indexOf(10)
  return start < 0 || start === bytes.length - 1 ? bytes : bytes.subarray(start + 1)
}

/** Who may read it is said by its mode and its group; a group that is made for it is a better way than root. */
function unreadable({ mode, group }: FoundFile, { groups }: FoundFiles): ReturnType<typeof blind> {
  const name = groups.get(group)
  const byGroup = (Number.parseInt(mode, 8) & 0o40) !== 0 && name !== undefined && name !== 'root'
  const who = byGroup ? `root and the group ${name}` : 'its owner and root'
  return blind(
    `only ${who} may read it (mode ${mode})`,
    byGroup ? `run with --sudo, or join the group ${name}` : 'run with --sudo',
  )
}

/** HAProxy writes through syslog; what has its name and lies below /var/log is where that goes. */
function haproxyLayout(path: string, { configured }: FoundFiles): LogSource['layout'] {
  if (!/(?:^|[/._-])haproxy/.test(path)) return undefined
  const statement = configured.find(
    ({ of, statement }) => of === 'haproxy' && /^(?:log-format |option)/.test(statement),
  )?.statement
  return statement === undefined ? undefined : { of: 'haproxy', text: statement }
}

/** `/var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log`, as the kubelet lays them out. */
function podOf(path: string): { readonly pod: string; readonly container: string; readonly words: string } | undefined {
  const [, namespace, pod, container] = /^\/var\/log\/pods\/([^/_]+)_([^/_]+)_[^/_]+\/([^/]+)\/[^/]+$/.exec(path) ?? []
  return pod && container
    ? { pod, container, words: `container ${container} of the pod ${namespace}/${pod}` }
    : undefined
}

function foundWords(of: {
  readonly openHere: readonly OpenLog[]
  readonly configured: Configured | undefined
  readonly container: FoundContainer | undefined
  readonly pod: ReturnType<typeof podOf>
  readonly current: FoundFile
  readonly writers: LogSource['writers']
  readonly isNamed: boolean
}): string {
  const { openHere, configured, container, pod, current, writers, isNamed } = of
  const [first] = writers
  const held = openHere.find(({ path }) => DESCRIPTOR.test(current.path) && path !== '')
  const others = writers.length > 1 ? ` and ${writers.length - 1} more` : ''
  const as = held ? (held.isDeleted ? `, deleted: ${held.path}` : ` as ${held.path}`) : ''
  const words = [
    ...(container ? [`output of the ${container.engine} container ${container.name}`] : []),
    ...(pod ? [pod.words] : []),
    ...(configured ? [`${directive(configured)} of ${configured.log.file}`] : []),
    ...(first ? [`held open by ${first.name} (${first.pid})${others}${as}`] : []),
  ]
  if (words.length > 0) return words.join(', ')
  return isNamed ? 'as named' : 'below /var/log'
}

function directive({ log }: Configured): string {
  return /^["']?([\w-]+)/.exec(log.statement)?.[1] ?? log.of
}

/** Containers whose output is no file that we may read: what the engine hands out. */
export function containerCandidates(box: string, found: FoundFiles): readonly Candidate[] {
  const readable = new Set(found.files.filter(({ path }) => !found.unreadable.has(path)).map(({ path }) => path))
  return found.containers
    .filter(({ path }) => path === '' || !readable.has(path))
    .map((container) => {
      const { engine, name, pid, driver, tail } = container
      const source: LogSource = {
        box,
        id: `container:${name}`,
        kind: 'container',
        files: [],
        container: { engine, name },
        found: `output of the ${engine} container ${name}`,
        writers: [],
        ...(tail && driver !== 'none' ? { tail: withoutFirstPiece(tail) } : {}),
        ...(driver === 'none' ? { blind: blind('its log driver is none: its output is thrown away', '') } : {}),
      }
      const unit = found.processUnits.get(pid)
      return {
        source,
        isNamed: false,
        pids: [pid],
        processNames: [],
        units: unit ? [unit] : [],
        programs: [],
        containers: [name],
        paths: [],
        lastAtMs: NaN,
      }
    })
}

/** Of the journal: all of it, and each unit that ever wrote to it. */
export function journalCandidates(box: string, journal: FoundJournal): readonly Candidate[] {
  const common = { box, kind: 'journal' as const, files: [], writers: [] }
  const where = journal.isPersistent ? '/var/log/journal' : '/run/log/journal, gone with the next boot'
  const none = { isNamed: false, pids: [], processNames: [], programs: [], containers: [], paths: [] }
  const whole: LogSource = {
    ...common,
    id: 'journal',
    found: `the journal in ${where}`,
    ...(journal.bytes === undefined ? {} : { bytes: journal.bytes }),
    ...(journal.bytesPerSecond === undefined ? {} : { bytesPerSecond: journal.bytesPerSecond }),
    ...(journal.head.length > 0 ? { head: journal.head } : {}),
    ...(journal.tail.length > 0 ? { tail: withoutFirstPiece(journal.tail) } : {}),
  }
  const units = journal.units.map(({ name, bytesPerSecond, head, tail, lastAtMs }): Candidate => {
    const source: LogSource = {
      ...common,
      id: `unit:${name}`,
      unit: name,
      found: `unit in the journal`,
      ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
      ...(head.length > 0 ? { head } : {}),
      ...(tail.length > 0 ? { tail } : {}),
    }
    return { ...none, source, units: [name], lastAtMs: lastAtMs ?? NaN }
  })
  const isEmpty = journal.tail.length === 0 && units.length === 0
  return isEmpty ? [] : [{ ...none, source: whole, units: [], lastAtMs: NaN }, ...units]
}

export function kernelCandidate(box: string, { bytes, head, tail }: FoundKernelLog): Candidate {
  const source: LogSource = {
    box,
    id: 'kernel',
    kind: 'kernel',
    files: [],
    found: 'the log of the kernel',
    writers: [],
    ...(bytes > 0 ? { bytes } : {}),
    ...(head.length > 0 ? { head: withoutLastPiece(head) } : {}),
    ...(tail.length > 0 ? { tail: withoutFirstPiece(tail) } : {}),
  }
  return {
    source,
    isNamed: false,
    pids: [],
    processNames: ['kernel'],
    units: [],
    programs: [],
    containers: [],
    paths: [],
    lastAtMs: NaN,
  }
}
