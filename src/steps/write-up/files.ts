import { isUtf8 } from 'node:buffer'
import { copyFileSync, lstatSync, realpathSync, type Stats } from 'node:fs'
import path from 'node:path'
import { readPlain } from '../../base/plain-file.ts'
import { replaceWhole } from '../../base/whole-file.ts'

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
    const bytes = readPlain(file, LIMIT)
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
  const lastLook = (): void => {
    if (!isAsBefore(target))
      throw new FileProblem(`${file} was changed by somebody else just now.`, 'Nothing was written. Run it again.')
    if (keepOld && target.text !== undefined) copyFileSync(file, `${file}~`)
  }
  try {
    replaceWhole(file, text, mode ?? NEW_MODE, { exactMode: mode !== undefined, lastLook })
  } catch (error) {
    throw problem(error, file, 'written')
  }
}

/** What the umask leaves of it, as of any file that a person makes. */
const NEW_MODE = 0o666

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

function isAsBefore({ file, text, mode }: Target): boolean {
  const status = lstatSync(file, { throwIfNoEntry: false })
  if (!status || mode === undefined) return !status && mode === undefined
  const now = readPlain(file, LIMIT).toString('utf8')
  return text === undefined ? now.trim() === '' : now === text
}

function problem(error: unknown, file: string, doing: 'read' | 'written'): FileProblem {
  if (error instanceof FileProblem) return error
  const said = error instanceof Error ? error.message : String(error)
  return new FileProblem(`${file} could not be ${doing} (${said}).`, 'Name a file in a folder that you may write to.')
}
