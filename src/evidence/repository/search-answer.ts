import { HIT_BYTES } from './bounds.ts'

/** What a search says before its lines. */
export interface SearchHead {
  /** The folder is not there, or may not be entered. */
  readonly missing: boolean
  readonly tool: 'rg' | 'git' | 'grep' | 'plain'
  readonly git: 'yes' | 'missing' | 'none' | 'untrusted' | 'ignored' | 'outside'
  /** What is checked out. */
  readonly commit?: string
  /** Files that have one of the names asked for, below the repository. */
  readonly files: readonly string[]
}

export interface SearchReader {
  readonly feed: (bytes: Uint8Array) => void
  /** Whole: it came to its end. No head: not even the beginning came. */
  readonly finish: () => { readonly head: SearchHead | undefined; readonly whole: boolean }
}

/** More of one line is not read: statements are shorter. Bytes. */
const LINE_BYTES = 2_000
/** No path is longer (PATH_MAX of Linux), and a beginning is shorter. Bytes. */
const HELD_BYTES = 64 * 1024
const NEWLINE = 10
const END = 'end\0'

/**
 * Reads the answer of `searchScript` as it comes, whatever is in it; lines are given away one by one.
 *
 * @param onHit path below the repository, number of the line (from 1), its text (cut)
 */
export function createSearchReader(onHit: (file: string, line: number, text: string) => void): SearchReader {
  let held: Buffer = Buffer.alloc(0)
  let head: Omit<SearchHead, 'files'> | undefined
  let files: string[] | undefined
  let hitBytes = 0
  let ended = false
  /** Of the line that is being read; undefined: it has not come yet. */
  let name: string | undefined
  /** The rest of this line is too much. */
  let skipping = false

  const readHead = (): boolean => {
    const end = held.indexOf('\n\n')
    if (end === -1) return false
    head = headOf(held.toString('utf8', 0, end))
    held = held.subarray(end + 2)
    return true
  }
  const readFiles = (): boolean => {
    const end = held[0] === 0 ? 0 : held.indexOf('\0\0')
    if (end === -1) return false
    files = held.toString('utf8', 0, end).split('\0').map(belowRepository).filter(isInside)
    held = held.subarray(end === 0 ? 1 : end + 2)
    return true
  }
  const readName = (): boolean => {
    const end = held.indexOf(0)
    if (end === -1) {
      if (held.length > HELD_BYTES) held = Buffer.alloc(0)
      return false
    }
    name = held.toString('utf8', 0, end)
    held = held.subarray(end + 1)
    ended = name === 'end' || name === '\nend'
    return true
  }
  const readText = (): boolean => {
    const end = held.indexOf(NEWLINE)
    const isLong = end === -1 && held.length > LINE_BYTES
    if (end === -1 && !isLong) return false
    ended = false
    if (!skipping) hit(held.toString('utf8', 0, Math.min(end === -1 ? LINE_BYTES : end, LINE_BYTES)))
    skipping = isLong
    if (!isLong) name = undefined
    held = isLong ? Buffer.alloc(0) : held.subarray(end + 1)
    return !isLong
  }
  const hit = (text: string): void => {
    const plain = name === undefined
    const parts = (plain ? /^([^\n]*?):(\d{1,9}):/ : /^(\d{1,9})[:\0]/).exec(text)
    if (!parts) return
    const file = belowRepository(plain ? (parts[1] ?? '') : (name ?? ''))
    if (isInside(file)) onHit(file, Number(parts[plain ? 2 : 1]), text.slice(parts[0].length))
  }
  const step = (): boolean => {
    if (!head) return readHead()
    if (!files) return readFiles()
    return name === undefined && head.tool !== 'plain' ? readName() : readText()
  }
  return {
    feed: (bytes) => {
      if (files) hitBytes += bytes.length
      held = held.length === 0 ? Buffer.from(bytes) : Buffer.concat([held, bytes])
      while (held.length > 0 && step());
    },
    finish: () => ({
      head: head && { ...head, files: files ?? [] },
      whole: hitBytes < HIT_BYTES && ((ended && held.length === 0) || held.toString('utf8', 0, END.length + 1) === END),
    }),
  }
}

function headOf(text: string): Omit<SearchHead, 'files'> {
  const values = new Map(text.split('\n').map((line) => [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)]))
  const commit = values.get('commit')
  return {
    missing: values.has('missing'),
    tool: TOOLS.find((tool) => tool === values.get('tool')) ?? 'plain',
    git: GITS.find((git) => git === values.get('git')) ?? 'none',
    ...(commit && /^[0-9a-f]{40,64}$/.test(commit) && { commit }),
  }
}

const TOOLS: readonly SearchHead['tool'][] = ['rg', 'git', 'grep', 'plain']
const GITS: readonly SearchHead['git'][] = ['yes', 'missing', 'none', 'untrusted', 'ignored', 'outside']

function belowRepository(name: string): string {
  return name.startsWith('./') ? name.slice(2) : name
}

/** Nothing outside the repository is ever read, and no name that did not come through as it is. */
export function isInside(file: string): boolean {
  return file !== '' && !file.startsWith('/') && !file.includes('\uFFFD') && !file.split('/').includes('..')
}
