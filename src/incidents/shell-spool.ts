import {
  closeSync,
  fchmodSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { fields, fitting, oneOf, optional, positive, text } from '../base/shape.ts'
import { openPlain, readToEnd } from '../base/plain-file.ts'
import { syncFolder } from '../base/whole-file.ts'
import { readCast } from './cast.ts'
import type { ConsoleProcess } from './console-process.ts'
import { fileModeIn, makeFolderIn } from './home.ts'
import { SPOOL_FOLDER, spoolNames } from './spool-folder.ts'
import { problemOf } from './sqlite-failures.ts'

/**
 * Where a shell session lies, redacted, while it goes on: a file of the home folder, so that what a killed console had recorded is not lost. It is itself
 * a cast, with what the record needs to take it in as a comment.
 */
export interface ShellSpool {
  /** Never throws: a session goes on also when it cannot be written down any more. */
  readonly write: (text: string) => void
  /** Why nothing is written down any more, and how many bytes that are to be written were not. */
  readonly broken: () => { readonly why: string; readonly lostBytes: number } | undefined
  /** What it holds by now. */
  readonly read: () => Uint8Array
  /** The record has it. */
  readonly remove: () => void
}

export interface SpoolRemark {
  readonly incident: string
  readonly box: string
  readonly identity: {
    readonly hostname: string
    readonly machineId?: string | undefined
    readonly bootId?: string | undefined
  }
  /** Number of the entry that the session began with. */
  readonly seq: number
  /** What kind of entry that is; missing: `shelled`. */
  readonly did?: 'debugged' | undefined
}

const remarkShape = fields({
  incident: text,
  box: text,
  identity: fields({ hostname: text, machineId: optional(text), bootId: optional(text) }),
  seq: positive,
  did: optional(oneOf(['debugged'])),
})

/** Power that is lost takes no more than this with it; a killed console loses nothing that was written. Milliseconds. */
const SYNC_EVERY_MS = 2_000
/** The output that is kept of a session (16 MiB), each byte written as an escape of six. Bytes. */
const SIZE_LIMIT = 128 * 1024 * 1024
const REMARK = 'halligan '

export function spoolRemark(remark: SpoolRemark): string {
  const { incident, box, identity, seq, did } = remark
  const { hostname, machineId, bootId } = identity
  return REMARK + JSON.stringify({ incident, box, identity: { hostname, machineId, bootId }, seq, did })
}

/**
 * Throws what the file system says.
 *
 * @param onBroken told once when nothing can be written any more
 */
export function openSpool(
  home: string,
  owner: ConsoleProcess,
  id: string,
  onBroken: (why: string) => void = () => {},
): ShellSpool {
  const folder = makeFolderIn(home, SPOOL_FOLDER)
  const file = path.join(folder, `${encodeURIComponent(owner.host)}-${ownerName(owner)}-${id}.cast`)
  const descriptor = openSync(file, 'wx+', 0o600)
  fchmodSync(descriptor, fileModeIn(folder))
  // Else a power loss would take all of it, however often it is synced.
  syncFolder(folder)
  let isDirty = false
  let written = 0
  let broken: { readonly why: string; lostBytes: number } | undefined
  const attempt = (act: () => void): void => {
    try {
      act()
    } catch (error) {
      if (broken) return
      broken = { why: problemOf(error, file).message, lostBytes: 0 }
      onBroken(broken.why)
    }
  }
  const timer = setInterval(() => {
    if (isDirty) attempt(() => fsyncSync(descriptor))
    isDirty = false
  }, SYNC_EVERY_MS)
  timer.unref()
  return {
    write: (text) => {
      const bytes = Buffer.from(text)
      if (!broken) attempt(() => (written = writtenWhole(descriptor, bytes, written)))
      if (broken) broken.lostBytes += bytes.length
      else isDirty = true
    },
    broken: () => broken,
    // By its descriptor: it is there also when somebody has removed its name.
    read: () => {
      const bytes = Buffer.alloc(written)
      return bytes.subarray(0, readSync(descriptor, bytes, 0, written, 0))
    },
    remove: () => {
      clearInterval(timer)
      closeSync(descriptor)
      rmSync(file, { force: true })
    },
  }
}

/** Up to which byte there is something now; what was written of a part that does not fit is taken back, since a line of a cast is whole or not there. */
function writtenWhole(descriptor: number, bytes: Uint8Array, from: number): number {
  let at = 0
  try {
    while (at < bytes.length) at += writeSync(descriptor, bytes, at, bytes.length - at, from + at)
  } catch (error) {
    ftruncateSync(descriptor, from)
    throw error
  }
  return from + bytes.length
}

export interface LostShell extends SpoolRemark {
  readonly columns: number
  readonly rows: number
  readonly startedAtMs: number
  readonly tookMs: number
  readonly commands: readonly { readonly at: string; readonly line: string }[]
  readonly cast: Uint8Array
  /** The record has it: the file is not needed any more. */
  readonly remove: () => void
}

/**
 * Sessions whose console is gone without a word. Each is given to one caller only, though several consoles may look at once. What cannot be read stays
 * where it is.
 */
export function lostShells(
  home: string,
  owner: ConsoleProcess,
  isAlive: (console: ConsoleProcess) => boolean,
): readonly LostShell[] {
  const folder = path.join(home, SPOOL_FOLDER)
  return spoolNames(home).flatMap((name) => {
    const [, file = '', host = '', writer = '', taker] = SPOOL.exec(name) ?? []
    const isHeld = (by: string | undefined): boolean => by !== undefined && isAlive(ownerNamed(owner.host, by))
    if (host !== encodeURIComponent(owner.host) || isHeld(writer) || isHeld(taker)) return []
    const lost = takenOver(path.join(folder, name), path.join(folder, `${file}.taken-${ownerName(owner)}`))
    return lost ? [lost] : []
  })
}

/** Undefined where another console was faster, and where it is no file: whoever shares the home may have put a fifo or a link there. */
function takenOver(file: string, mine: string): LostShell | undefined {
  try {
    const descriptor = openPlain(file, 'refused')
    try {
      renameSync(file, mine)
      return lostShell(readToEnd(descriptor, SIZE_LIMIT).toString('utf8'), () => rmSync(mine, { force: true }))
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}

/** `HOST-OWNER-ID.cast`, whoever writes it, and `….taken-OWNER` once somebody takes it in. An owner: `4711.BOOT.START`, of an older version `4711`. */
const SPOOL = /^((.+)-(\d+(?:\.\w+\.\d+)?)-\w+\.cast)(?:\.taken-(\d+(?:\.\w+\.\d+)?))?$/

function ownerName({ pid, born }: ConsoleProcess): string {
  return born === undefined ? `${pid}` : `${pid}.${born}`
}

function ownerNamed(host: string, name: string): ConsoleProcess {
  const [pid, ...born] = name.split('.')
  return { host, pid: Number(pid), born: born.length > 0 ? born.join('.') : undefined }
}

function lostShell(spooled: string, remove: () => void): LostShell | undefined {
  const read = readCast(spooled)
  const comment = /^# halligan (.*)$/m.exec(spooled)?.[1] ?? ''
  const remark = fitting(remarkShape, jsonOf(comment))
  if (!read.ok || !remark) return undefined
  const { columns, rows, startedAtMs = 0, events } = read.cast
  return {
    ...remark,
    columns,
    rows,
    startedAtMs,
    tookMs: events.at(-1)?.atMs ?? 0,
    commands: events
      .filter(({ code }) => code === 'i')
      .map(({ atMs, data }) => ({ at: new Date(startedAtMs + atMs).toISOString(), line: data.replace(/\r$/, '') })),
    // A last line that was cut off is none.
    cast: Buffer.from(spooled.slice(0, spooled.lastIndexOf('\n') + 1)),
    remove,
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
