import {
  closeSync,
  copyFileSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
  type Stats,
} from 'node:fs'
import path from 'node:path'
import { isUtf8 } from 'node:buffer'
import { randomHex } from '../../base/random.ts'

/** A file that is about to be written: what stands there now. */
export interface Target {
  /** Where it really is: the end of symbolic links. */
  readonly file: string
  /** Undefined when nothing is there yet, or nothing in it. */
  readonly text: string | undefined
  readonly mode: number | undefined
}

/** Larger is no write-up. Bytes. */
const LIMIT = 64 * 1024 * 1024

/** @throws FileProblem when it is there and cannot be read, or is no file of text */
export function targetOf(named: string): Target {
  try {
    const file = resolved(named)
    const status = lstatSync(file, { throwIfNoEntry: false })
    if (!status) return { file, text: undefined, mode: undefined }
    mustBeText(status, named)
    const bytes = readFileSync(file)
    if (!isUtf8(bytes))
      throw new FileProblem(`${named} is not UTF-8 text.`, 'Save it as UTF-8 in your editor, or write to another file.')
    const text = bytes.toString('utf8')
    return { file, text: text.trim() === '' ? undefined : text, mode: status.mode & 0o777 }
  } catch (error) {
    throw problem(error, named, 'read')
  }
}

/**
 * Puts the text in its place as a whole; whoever reads meanwhile sees the old one or the new one. What was written there since `targetOf` is not
 * written over.
 *
 * @param keepOld a copy of what was there stays beside it, as `NAME~`
 * @throws FileProblem
 */
export function replaceFile(target: Target, text: string, keepOld = false): void {
  const { file, mode } = target
  const partial = path.join(path.dirname(file), `.${path.basename(file)}.${randomHex(6)}`)
  try {
    writeNew(partial, text, mode)
    if (!isAsBefore(target))
      throw new FileProblem(`${file} was changed by somebody else just now.`, 'Nothing was written. Run it again.')
    if (keepOld && target.text !== undefined) copyFileSync(file, `${file}~`)
    renameSync(partial, file)
    syncFolderOf(file)
  } catch (error) {
    rmSync(partial, { force: true })
    throw problem(error, file, 'written')
  }
}

/** Why a file could not be read or written. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem'
  readonly tryNext: string
  constructor(message: string, tryNext: string) {
    super(message)
    this.tryNext = tryNext
  }
}

/** A link that leads nowhere is replaced by the file. */
function resolved(named: string): string {
  try {
    return realpathSync(named)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return path.resolve(named)
    throw error
  }
}

function mustBeText(status: Stats, named: string): void {
  if (!status.isFile())
    throw new FileProblem(`${named} is not a regular file.`, 'Name a file, or none: then it is printed.')
  if (status.size > LIMIT)
    throw new FileProblem(
      `${named} is larger than ${LIMIT / 1024 / 1024} MiB: it is no write-up.`,
      'Name another file.',
    )
}

function writeNew(partial: string, text: string, mode: number | undefined): void {
  const descriptor = openSync(partial, 'wx', 0o666)
  try {
    const bytes = Buffer.from(text, 'utf8')
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written)
    if (mode !== undefined) fchmodSync(descriptor, mode)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function isAsBefore({ file, text, mode }: Target): boolean {
  const status = lstatSync(file, { throwIfNoEntry: false })
  if (!status || mode === undefined) return !status && mode === undefined
  const now = readFileSync(file, 'utf8')
  return text === undefined ? now.trim() === '' : now === text
}

function syncFolderOf(file: string): void {
  const folder = openSync(path.dirname(file), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function problem(error: unknown, file: string, doing: 'read' | 'written'): FileProblem {
  if (error instanceof FileProblem) return error
  const said = error instanceof Error ? error.message : String(error)
  return new FileProblem(`${file} could not be ${doing} (${said}).`, 'Name a file in a folder that you may write to.')
}
