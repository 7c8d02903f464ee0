import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * A disk that loses power: what a program did to the files of one folder, read from a trace of its system calls (strace(1)), and what of it a disk holds
 * at each moment. A file's content is there once it was synced, its name once its folder was; what came after may be there, in part, or not at all.
 */
export type Call =
  | { readonly did: 'create'; readonly name: string; readonly fd: number }
  | { readonly did: 'write'; readonly fd: number; readonly bytes: Buffer; readonly at: number }
  | { readonly did: 'truncate'; readonly fd: number; readonly size: number }
  | { readonly did: 'sync-file'; readonly fd: number }
  | { readonly did: 'sync-folder'; readonly name: string }
  | { readonly did: 'link'; readonly from: string; readonly to: string }
  | { readonly did: 'remove'; readonly name: string }
  | { readonly did: 'make-folder'; readonly name: string }
  /** What the program said on standard output. */
  | { readonly did: 'say'; readonly text: string }

export const TRACED =
  'open,openat,creat,pwrite64,write,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2,link,linkat,mkdir,mkdirat'

/** Of `strace -y -xx -s 1000000 -e trace=…`: those calls that worked, on files below the folder. Rename is not among what the store does: it would be a mistake here. */
export function callsIn(trace: string, folder: string): readonly Call[] {
  return readFileSync(trace, 'latin1')
    .split('\n')
    .flatMap((line) => callIn(line, folder))
}

function callIn(line: string, folder: string): readonly Call[] {
  const [, name = '', args = '', result = ''] = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(line) ?? []
  if (name === '' || result.startsWith('-')) return []
  const texts = [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) => unescaped(hex))
  const [, fd = '-1', place = ''] = /^(\d+)<((?:\\x[0-9a-f]{2}|[^>])*)>/.exec(args) ?? []
  const file = place.includes('\\x') ? unescaped(place).toString() : place
  const isOurs = (each: string): boolean => (each === folder || each.startsWith(`${folder}/`)) && !each.endsWith('-shm')
  const paths = texts.map(String)
  if (name === 'write' && fd === '1') return [{ did: 'say', text: paths[0] ?? '' }]
  if (/^open|creat/.test(name))
    return args.includes('O_CREAT') && isOurs(paths[0] ?? '')
      ? [{ did: 'create', name: paths[0] ?? '', fd: Number(result) }]
      : []
  if (name.startsWith('mkdir')) return isOurs(paths[0] ?? '') ? [{ did: 'make-folder', name: paths[0] ?? '' }] : []
  if (name.startsWith('unlink')) return isOurs(paths[0] ?? '') ? [{ did: 'remove', name: paths[0] ?? '' }] : []
  if (name.startsWith('link'))
    return isOurs(paths[1] ?? '') ? [{ did: 'link', from: paths[0] ?? '', to: paths[1] ?? '' }] : []
  if (name.startsWith('rename') && paths.some(isOurs))
    throw new Error(`the model of a disk has no rename: ${paths.join(' ')}`)
  if (/^f(?:data)?sync$/.test(name))
    return isOurs(file) || file === path.dirname(folder)
      ? [
          { did: 'sync-folder', name: file },
          { did: 'sync-file', fd: Number(fd) },
        ]
      : []
  if (!isOurs(file)) return []
  const numbers = args.split(', ').map(Number)
  if (name === 'ftruncate') return [{ did: 'truncate', fd: Number(fd), size: numbers.at(-1) ?? 0 }]
  if (name === 'pwrite64')
    return [{ did: 'write', fd: Number(fd), bytes: texts[0] ?? Buffer.alloc(0), at: numbers.at(-1) ?? 0 }]
  if (name === 'write') throw new Error('the model of a disk has no write without a place')
  return []
}

function unescaped(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex')
}

interface File {
  content: Buffer
  synced: Buffer
  /** Since the last sync. */
  unsynced: Change[]
}
type Change = { readonly bytes: Buffer; readonly at: number } | { readonly size: number }

export interface Disk {
  act(call: Call): void
  /** Writes what is on the medium after a loss of power now into a folder: always what was synced; of the rest what `luck` (0 to 1, once a question) lets through. */
  lose(into: string, luck: () => number): void
}

export function emptyDisk(folder: string): Disk {
  const open = new Map<number, File>()
  const names = new Map<string, File | 'folder'>()
  let lasting = new Map<string, File | 'folder'>()
  const change = (fd: number, each: Change): void => {
    const file = open.get(fd)
    if (!file) return
    file.content = changed(file.content, each)
    file.unsynced.push(each)
  }
  return {
    act: (call) => {
      if (call.did === 'create') {
        const there = names.get(call.name)
        const file =
          typeof there === 'object' ? there : { content: Buffer.alloc(0), synced: Buffer.alloc(0), unsynced: [] }
        names.set(call.name, file)
        open.set(call.fd, file)
      } else if (call.did === 'write') change(call.fd, { bytes: call.bytes, at: call.at })
      else if (call.did === 'truncate') change(call.fd, { size: call.size })
      else if (call.did === 'sync-file') {
        const file = open.get(call.fd)
        if (file) Object.assign(file, { synced: file.content, unsynced: [] })
      } else if (call.did === 'sync-folder') lasting = namesAfterSync(lasting, names, call.name)
      else if (call.did === 'link') names.set(call.to, names.get(call.from) ?? 'folder')
      else if (call.did === 'remove') names.delete(call.name)
      else if (call.did === 'make-folder') names.set(call.name, 'folder')
    },
    lose: (into, luck) => {
      const there = new Map(lasting)
      for (const name of new Set([...lasting.keys(), ...names.keys()])) {
        if (names.get(name) === lasting.get(name) || luck() > 0.5) continue
        const now = names.get(name)
        if (now) there.set(name, now)
        else there.delete(name)
      }
      // Shorter names first: a folder before what is in it. What is in one that is not on disk is not either.
      for (const [name, file] of [...there].toSorted(([one], [other]) => one.length - other.length)) {
        if (name !== folder && there.get(path.dirname(name)) !== 'folder') there.delete(name)
        else if (file === 'folder') mkdirSync(path.join(into, path.relative(folder, name)), { recursive: true })
        else writeFileSync(path.join(into, path.relative(folder, name)), afterLoss(file, luck))
      }
    },
  }
}

/** Names in that folder are on disk as they are now. */
function namesAfterSync(
  lasting: ReadonlyMap<string, File | 'folder'>,
  names: ReadonlyMap<string, File | 'folder'>,
  folder: string,
): Map<string, File | 'folder'> {
  const elsewhere = [...lasting].filter(([name]) => path.dirname(name) !== folder)
  return new Map([...elsewhere, ...[...names].filter(([name]) => path.dirname(name) === folder)])
}

/** A disk writes sectors of 512 bytes whole, in any order. */
const SECTOR = 512

function afterLoss({ synced, unsynced }: File, luck: () => number): Buffer {
  let content = synced
  for (const each of unsynced) {
    if (luck() > 0.5) continue
    if ('size' in each || luck() > 0.5) content = changed(content, each)
    else
      for (let at = 0; at < each.bytes.length; at += SECTOR)
        if (luck() < 0.5) content = changed(content, { bytes: each.bytes.subarray(at, at + SECTOR), at: each.at + at })
  }
  return content
}

function changed(content: Buffer, change: Change): Buffer {
  if ('size' in change) return Buffer.concat([content], change.size)
  const after = Buffer.alloc(Math.max(content.length, change.at + change.bytes.length))
  content.copy(after)
  change.bytes.copy(after, change.at)
  return after
}
