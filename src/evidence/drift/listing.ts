import { HASH_DIGITS, type HashName } from './file-hash.ts'
import { utf8 } from './path-text.ts'

/** What lies at one path of a deployed folder. Paths are bytes, one character each, without `./` before them. */
export interface BoxFile {
  readonly path: string
  readonly kind: 'file' | 'link' | 'folder'
  readonly sizeBytes: number
  /** Permission bits: 0o644. */
  readonly mode: number
  /** Clock of the box, milliseconds since the epoch, whole seconds. */
  readonly modifiedAtMs: number
  readonly changedAtMs: number
  readonly owner: string
  readonly group: string
  /** Of its content, hex; undefined: too large, unreadable, or no tool. */
  readonly hash?: string
  /** Of a link: where it leads. */
  readonly target?: string
}

export interface Setting {
  readonly file: string
  readonly modifiedAtMs: number
  readonly owner: string
  /** Undefined: it may not be read. */
  readonly text: string | undefined
}

export interface Listing {
  /** Which machine, as its probe reads it. */
  readonly identity: string
  /** `at`: it was entered; else why not; undefined: not even that came. */
  readonly folder: 'at' | 'missing' | 'refused' | 'file' | undefined
  /** With symbolic links resolved. */
  readonly root: string
  readonly hash: HashName | undefined
  readonly files: readonly BoxFile[]
  /** Folders that were not looked into. */
  readonly skipped: readonly string[]
  /** Folders that this user cannot look into, and those on another file system; the deployed one itself is ''. */
  readonly shut: readonly string[]
  readonly elsewhere: readonly string[]
  /** Tools that failed while the list was made: it may lack files. */
  readonly complaints: readonly string[]
  /** Pieces of the list that could not be read. */
  readonly garbled: number
  /** It came to its end. */
  readonly whole: boolean
  /** Other sections by their names: `file REVISION`, `head`, `process 812`. */
  readonly sections: ReadonlyMap<string, string>
  readonly settings: readonly Setting[]
}

/** Reads what `listingScript` printed, as far as it came. Total: any bytes give a listing. */
export function readListing(answer: Uint8Array, boundary: string): Listing {
  const pieces = Buffer.from(answer).toString('latin1').split(`\n${boundary} `)
  const sections = new Map<string, string>()
  const files = new Map<string, BoxFile>()
  const settings: Setting[] = []
  const skipped: string[] = []
  const shut: string[] = []
  const devices = new Map<string, string>()
  let garbled = 0
  let batch: BoxFile[] = []
  for (const piece of pieces.slice(1)) {
    const { name, text } = headed(piece)
    const hash = hashNamed(sections.get('tool'))
    if (name === 'list') {
      const read = readBatch(text)
      batch = read.files
      garbled += read.garbled
      for (const each of batch)
        if (each.kind === 'folder') skipped.push(each.path)
        else files.set(each.path, each)
    } else if (name === 'hash' && hash) {
      const hashed = withHashes(batch, text, HASH_DIGITS[hash])
      for (const each of hashed.files) files.set(each.path, each)
      garbled += hashed.garbled
    } else if (name === 'folders') {
      const read = readFolders(text)
      garbled += read.garbled
      for (const [folder, device] of read.devices) devices.set(folder, device)
    } else if (name.startsWith('closed .')) {
      shut.push(name.slice('closed ./'.length))
    } else if (name.startsWith('link ./')) {
      const link = files.get(name.slice('link ./'.length))
      if (link) files.set(link.path, { ...link, target: text })
    } else if (name.startsWith('setting ')) {
      const setting = settingOf(name.slice('setting '.length), text)
      if (setting) settings.push(setting)
    } else if (!sections.has(name)) sections.set(name, utf8(text))
  }
  const folder = sections.get('folder') ?? ''
  const users = namesByNumber(sections.get('users'))
  const groups = namesByNumber(sections.get('groups'))
  const [, kind] = /^(missing|refused|file)\n?$/.exec(folder) ?? []
  return {
    identity: sections.get('identity') ?? '',
    folder: folder.startsWith('at ') ? 'at' : (kind as Listing['folder']),
    root: folder.startsWith('at ') ? folder.slice('at '.length) : '',
    hash: hashNamed(sections.get('tool')),
    files: [...files.values()].map((file) => ({
      ...file,
      owner: users.get(file.owner) ?? file.owner,
      group: groups.get(file.group) ?? file.group,
    })),
    skipped,
    shut,
    elsewhere: [...devices].flatMap(([each, device]) => (device === devices.get('') ? [] : [each])),
    complaints: [...new Set((sections.get('complaints') ?? '').split(/\s+/).filter((each) => each !== ''))],
    garbled,
    whole: sections.has('end'),
    sections,
    settings,
  }
}

/** Rows `amy:1001`; a number of which no file knows the name (LDAP) stays one. */
function namesByNumber(text = ''): ReadonlyMap<string, string> {
  const rows = text.split('\n').flatMap((row): [string, string][] => {
    const [, name, number] = /^([^:]+):(\d{1,10})$/.exec(row) ?? []
    return name === undefined || number === undefined ? [] : [[number, name]]
  })
  // The first one of a number counts, as for getpwuid(3).
  return new Map(rows.toReversed())
}

/** The first line, or where it names a path all up to `//`, and the rest. */
function headed(piece: string): { readonly name: string; readonly text: string } {
  const isPath = /^(?:link|setting|shut|closed) [./]/.test(piece)
  const end = piece.indexOf(isPath ? '//\n' : '\n')
  if (end === -1) return { name: piece.replace(/\/\/$/, ''), text: '' }
  return { name: piece.slice(0, end), text: piece.slice(end + (isPath ? 3 : 1)) }
}

function hashNamed(tool: string | undefined): HashName | undefined {
  const name = tool?.replace(/sum$/, '') ?? ''
  return Object.hasOwn(HASH_DIGITS, name) ? (name as HashName) : undefined
}

const ROW = /^(\d{1,19}) ([0-9a-f]{4,8}) (-?\d{1,12}) (-?\d{1,12}) ([^:]*):([^:]*):\.\/([^]+)$/
/** Of the type of a file among its bits (inode(7)). */
const KINDS: Readonly<Record<number, BoxFile['kind']>> = { 0o100000: 'file', 0o120000: 'link', 0o040000: 'folder' }

function readBatch(text: string): { readonly files: BoxFile[]; readonly garbled: number } {
  const rows = text.split('//\n')
  const files: BoxFile[] = []
  // Behind the last one there is nothing, or the newline before the next section; what was cut off there is no news.
  let garbled = 0
  for (const row of rows.slice(0, -1)) {
    const [, size, mode = '', modified, changed, owner = '', group = '', file = ''] = ROW.exec(row) ?? []
    const bits = Number.parseInt(mode, 16)
    const kind = KINDS[bits & 0o170000]
    if (!kind || !isInside(file)) {
      garbled += 1
      continue
    }
    files.push({
      path: file,
      kind,
      sizeBytes: Number(size),
      mode: bits & 0o7777,
      modifiedAtMs: Number(modified) * 1000,
      changedAtMs: Number(changed) * 1000,
      owner,
      group,
    })
  }
  return { files, garbled }
}

/** `2049 ./lib//`: the number of the file system first. The deployed folder itself is `.`. */
function readFolders(text: string): { readonly devices: ReadonlyMap<string, string>; readonly garbled: number } {
  const rows = text.split('//\n').slice(0, -1)
  const devices = rows.flatMap((row): [string, string][] => {
    const [, device, folder = ''] = /^(\d{1,20}) \.(?:\/([^]+))?$/.exec(row) ?? []
    return device === undefined ? [] : [[folder, device]]
  })
  return { devices: new Map(devices), garbled: rows.length - devices.length }
}

/** No list of ours names what lies elsewhere. */
function isInside(path: string): boolean {
  return path !== '' && !path.split('/').some((part) => part === '..' || part === '.' || part === '')
}

/**
 * The tool prints a line for each file that it could read, in the order of the batch: known names are sought in turn, since one of them may have a newline in
 * it, which GNU writes as `\n` behind a backslash at the beginning of the line, and busybox as it is.
 */
function withHashes(
  batch: readonly BoxFile[],
  text: string,
  digits: number,
): { readonly files: readonly BoxFile[]; readonly garbled: number } {
  let at = 0
  const files = batch.map((file) => {
    const escaped = text[at] === '\\'
    const start = at + (escaped ? 1 : 0)
    const hash = text.slice(start, start + digits)
    const name = `./${file.path}`
    const line = `${hash}  ${escaped ? escapedName(name) : name}\n`
    if (!HEX.test(hash) || !text.startsWith(line, start)) return file
    at = start + line.length
    return { ...file, hash }
  })
  // The last line may have been cut off, which the missing end of the answer says.
  return { files, garbled: at < text.length ? 1 : 0 }
}

const HEX = /^[0-9a-f]+$/

/** As `sha256sum` of GNU coreutils writes a name with a backslash, a newline or (from 9.0 on) a carriage return in it. */
function escapedName(name: string): string {
  return name
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
}

function settingOf(file: string, text: string): Setting | undefined {
  const [, modified, owner = '', rest = ''] = /^(\d{1,12}) (\S+)\n([^]*)$/.exec(text) ?? []
  if (modified === undefined) return undefined
  return { file: utf8(file), modifiedAtMs: Number(modified) * 1000, owner, text: utf8(rest) }
}
