import { unescapedPath } from '../../escaped-path.ts'
import { NotThere } from '../../probe.ts'
import { bytesOfDump, isDump } from './bytes.ts'

/** What the script that finds files said, row by row (`files.ts`). */
export interface FoundFiles {
  readonly files: readonly FoundFile[]
  readonly open: readonly OpenLog[]
  /** By process: its name, and the unit of systemd that it belongs to. */
  readonly processNames: ReadonlyMap<number, string>
  readonly processUnits: ReadonlyMap<number, string>
  readonly configured: readonly ConfiguredLog[]
  readonly containers: readonly FoundContainer[]
  /** Engines that did not answer, with what they said. */
  readonly engines: readonly { readonly engine: string; readonly why: string }[]
  readonly samples: ReadonlyMap<string, FileSample>
  /** Paths that are there and may not be read. */
  readonly unreadable: ReadonlySet<string>
  /** By how much some files grew, bytes, and in what time. Less than none: it was cut off, or is another one now. */
  readonly growth: ReadonlyMap<string, number>
  readonly seconds: number
  readonly groups: ReadonlyMap<number, string>
  /** Folders that could not be listed, with what find said. */
  readonly denied: readonly { readonly path: string; readonly why: string }[]
  /** On file systems that may hang: not looked at. */
  readonly away: readonly string[]
  /** What a person named and is not there; what is there and is neither file nor folder. */
  readonly missing: readonly string[]
  /** Folders that a person named, in which there is no log. */
  readonly empty: readonly string[]
  readonly special: readonly { readonly path: string; readonly kind: string }[]
  /** What was ended because it hung: `open`, `configured`, `containers`, `/var/log`, `beside`, `sample`, `oldest`, `sizes`, or a path. */
  readonly hung: readonly string[]
  /** Descriptors of other users' processes could not be listed. */
  readonly hidden: boolean
  /** Tools that do not work there, and for which there is no other. */
  readonly broken: readonly string[]
  /** There was no time to read the first and last lines of all. */
  readonly unsampled: boolean
}

export interface FoundFile {
  /** 0 named, 1 held open or of a named word, 2 configured, 3 below /var/log, 9 lies beside one of these. */
  readonly rank: number
  /** Device and inode. */
  readonly identity: string
  readonly bytes: number
  readonly modifiedAtMs: number
  /** Permission bits, octal. */
  readonly mode: string
  readonly group: number
  readonly path: string
  /** False: its name is no UTF-8, so that `path` is not what the box calls it. */
  readonly isNamed: boolean
}

export interface OpenLog {
  readonly pid: number
  readonly descriptor: number
  /** As the process sees it. */
  readonly path: string
  readonly isDeleted: boolean
  /** It sees the same file systems as we do; else it is in a container. */
  readonly isHere: boolean
}

export interface ConfiguredLog {
  /** `nginx`, `apache`, `haproxy`, `envoy`, `postgresql`, `mysql`, `redis`, `unit:NAME`. */
  readonly of: string
  readonly file: string
  /** Empty: the statement names none. May be a glob. */
  readonly path: string
  readonly statement: string
}

export interface FoundContainer {
  readonly engine: 'docker' | 'podman'
  readonly name: string
  readonly pid: number
  readonly driver: string
  /** Empty: its driver has no file. */
  readonly path: string
  /** Its last lines where that file is not to be had. */
  readonly tail: Uint8Array | undefined
}

export interface FileSample {
  readonly head?: Uint8Array
  readonly tail?: Uint8Array
  readonly oldest?: Uint8Array
}

/** More of a kind the script never prints. */
const ROWS_KEPT = 20_000
/** Statements that are read; what is beyond them is of no use to a person either. */
const STATEMENTS_KEPT = 1_000

/** Throws where it did not come to its end: what is missing then could be anything. */
export function readFoundFiles(text: string): FoundFiles {
  const lines = text.split('\n')
  if (!lines.includes('end')) throw new NotThere('the search for files did not come to its end')
  const rows = Map.groupBy(
    lines.filter((line) => !isDump(line)),
    (line) => line.slice(0, line.indexOf(' ')),
  )
  const of = (word: string): readonly string[] =>
    (rows.get(word) ?? []).slice(0, ROWS_KEPT).map((line) => line.slice(word.length + 1))
  const samples = dumps(lines)
  const times = of('sizes').map(Number)
  return {
    files: of('stat').flatMap(readFile),
    open: of('open').flatMap(readOpen),
    processNames: new Map(of('comm').flatMap(readProcessName)),
    processUnits: new Map(of('cgroup').flatMap(readProcessUnit)),
    configured: of('conf').slice(0, STATEMENTS_KEPT).flatMap(readConfigured),
    containers: of('container').flatMap((row) => readContainer(row, samples)),
    engines: of('engine').map((row) => ({ engine: row.split(' ', 1)[0] ?? '', why: row.slice(row.indexOf(' ') + 1) })),
    samples: fileSamples(samples),
    unreadable: new Set(of('unreadable').map((line) => nameOf(line).path)),
    growth: growthOf(of('earlier'), of('later')),
    seconds: Math.max(0, (times[1] ?? 0) - (times[0] ?? 0)) || 0,
    groups: new Map(of('group').flatMap(readGroup)),
    denied: of('find:').flatMap(readDenied),
    away: [...new Set(of('away').map((line) => nameOf(line).path))],
    missing: of('missing').map((line) => nameOf(line).path),
    empty: of('nothing').map((line) => nameOf(line).path),
    special: of('special').map(readSpecial),
    hung: of('hung').map((line) => (/^[/O]/.test(line) ? nameOf(line).path : line)),
    hidden: lines.includes('hidden'),
    broken: of('broken'),
    unsampled: lines.includes('unsampled'),
  }
}

function growthOf(earlier: readonly string[], later: readonly string[]): ReadonlyMap<string, number> {
  const filesOf = (rows: readonly string[]): readonly FoundFile[] => rows.flatMap((row) => readFile(`0 ${row}`))
  const before = new Map(filesOf(earlier).map((file) => [file.path, file]))
  return new Map(
    filesOf(later).flatMap(({ path, identity, bytes }): readonly (readonly [string, number])[] => {
      const one = before.get(path)
      return one === undefined ? [] : [[path, one.identity === identity ? bytes - one.bytes : -1]]
    }),
  )
}

/** `/var/log/app.log`, or `O` with `\0ooo` for each byte where one is no printable ASCII. */
function nameOf(line: string): Pick<FoundFile, 'path' | 'isNamed'> {
  if (!/^O(?:\\0[0-7]{3})+$/.test(line)) return { path: line, isNamed: true }
  const bytes = Buffer.from(
    [...line.matchAll(/\\0([0-7]{3})/g)].map(([, octal = '']) => Number.parseInt(octal, 8) & 0xff),
  )
  const path = bytes.toString('utf8')
  return { path, isNamed: Buffer.from(path, 'utf8').equals(bytes) }
}

function readFile(row: string): readonly FoundFile[] {
  const [, rank, identity, bytes, seconds, mode, group, line] =
    /^([012359]) (\d{1,20}:\d{1,20}) (\d{1,16}) (-?\d{1,12}) ([0-7]{1,5}) (\d{1,10}) ([/O].*)$/.exec(row) ?? []
  if (!identity || !mode || line === undefined) return []
  const at = { bytes: Number(bytes), modifiedAtMs: Number(seconds) * 1000 }
  return [{ rank: Number(rank), identity, ...at, mode, group: Number(group), ...nameOf(line) }]
}

const DELETED = ' (deleted)'

function readOpen(row: string): readonly OpenLog[] {
  const [, pid, descriptor, here, escaped] = /^(\d{1,10}) (\d{1,10}) ([01]) (\/.*)$/.exec(row) ?? []
  if (escaped === undefined) return []
  const whole = unescapedPath(escaped)
  const isDeleted = whole.endsWith(DELETED)
  const path = isDeleted ? whole.slice(0, -DELETED.length) : whole
  return [{ pid: Number(pid), descriptor: Number(descriptor), path, isDeleted, isHere: here === '1' }]
}

function readProcessName(row: string): readonly (readonly [number, string])[] {
  const [, pid, name] = /^(\d{1,10}) (.+)$/.exec(row) ?? []
  return name === undefined ? [] : [[Number(pid), name]]
}

/** `812 0::/system.slice/nginx.service`; below it may be groups of its own. The deepest service or scope counts. */
function readProcessUnit(row: string): readonly (readonly [number, string])[] {
  const [, pid, path = ''] = /^(\d{1,10}) \d+:[^:]*:(\/.*)$/.exec(row) ?? []
  const unit = path.split('/').findLast((part) => /\.(?:service|scope)$/.test(part))
  return pid === undefined || unit === undefined ? [] : [[Number(pid), unit]]
}

function readConfigured(row: string): readonly ConfiguredLog[] {
  const [of, file, path, ...statement] = row.split('\t')
  if (!of || !file || path === undefined) return []
  return [{ of, file, path, statement: statement.join(' ').trim() }]
}

function readContainer(row: string, samples: ReadonlyMap<string, Uint8Array>): readonly FoundContainer[] {
  const [engine, name, pid, driver, path] = row.split('\t')
  if ((engine !== 'docker' && engine !== 'podman') || !name || path === undefined) return []
  const tail = samples.get(`logs ${engine}\t${name}`)
  return [{ engine, name, pid: Number(pid) || 0, driver: driver ?? '', path: path.startsWith('/') ? path : '', tail }]
}

function readGroup(row: string): readonly (readonly [number, string])[] {
  const [, id, name] = /^(\d{1,10}) (\S+)$/.exec(row) ?? []
  return name === undefined ? [] : [[Number(id), name]]
}

/** `pipe /run/app.fifo`. */
function readSpecial(row: string): FoundFiles['special'][number] {
  const at = row.indexOf(' ')
  return { kind: row.slice(0, at), path: nameOf(row.slice(at + 1)).path }
}

/** GNU find quotes the name, busybox does not. */
function readDenied(row: string): FoundFiles['denied'] {
  const [, path, why] = /^'?(\/.*?)'?: ([A-Z][^:]*)$/.exec(row) ?? []
  return path === undefined || why === undefined ? [] : [{ path, why }]
}

/** Bytes by the row before them. */
function dumps(lines: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (!/^(?:head|tail|oldest|logs) /.test(line)) continue
    const from = at + 1
    while (isDump(lines[at + 1] ?? '')) at += 1
    found.set(line, bytesOfDump(lines.slice(from, at + 1)))
  }
  return found
}

function fileSamples(samples: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, FileSample> {
  const found = new Map<string, FileSample>()
  for (const [row, bytes] of samples) {
    const [, kind, line = ''] = /^(head|tail|oldest) (.+)$/.exec(row) ?? []
    if (kind === undefined) continue
    const { path } = nameOf(line)
    found.set(path, { ...found.get(path), [kind]: bytes })
  }
  return found
}
