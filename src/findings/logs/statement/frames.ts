import type { StackFrame } from '../exceptions/stack-frames.ts'

/** What a record says of a place in code: a frame of its stack trace, or `app/orders.py:88` of its own. */
type Frame = Omit<StackFrame, 'own'>

export interface FrameFile {
  /** Below the repository. */
  readonly file: string
  /** Last parts of the path that agree; a name alone is 1. */
  readonly agree: number
  /** No other file agrees as well. */
  readonly only: boolean
}

const PATH_LENGTH = 1_000

/** Name of the file that a frame lies in, without folder: what to look for. */
export function frameName(frame: Frame): string | undefined {
  const name = framePath(frame)?.at(-1)
  return name !== undefined && name.length <= NAME_LENGTH && name !== '..' && name !== '.' && !name.includes('\0')
    ? name
    : undefined
}

/** Longest name of a file (NAME_MAX of Linux). Bytes. */
const NAME_LENGTH = 255

/**
 * The file of the repository that a frame lies in: the one whose path has most last parts in common with the frame's.
 */
export function frameFile(frame: Frame, files: readonly string[]): FrameFile | undefined {
  const path = framePath(frame)
  if (!path) return undefined
  const agreeing = files
    .map((file) => ({ file, agree: commonEnd(path, file.split('/')) }))
    .filter(({ agree }) => agree > 0)
    .toSorted((a, b) => b.agree - a.agree || (a.file < b.file ? -1 : 1))
  const best = agreeing[0]
  return best && { ...best, only: agreeing[1]?.agree !== best.agree }
}

/** The parts of a frame's path; of a class without a folder those of its package. */
function framePath({ file, function: called, module }: Frame): readonly string[] | undefined {
  const path = file === undefined ? [] : partsOf(file)
  const owner = (module ?? called?.replace(/[.#][^.#]*$/, ''))?.slice(0, PATH_LENGTH)
  if (path.length > 1 || owner === undefined) return path.length > 0 ? path : undefined
  const name = path[0]
  if (name !== undefined && /\.(?:java|kt|scala|groovy)$/.test(name)) return [...owner.split('.').slice(0, -1), name]
  return path.length > 0 ? path : undefined
}

/** `webpack://shop/./src/cart.ts?1a2b` → src, cart.ts; `C:\app\Orders.cs` → app, Orders.cs. */
function partsOf(file: string): readonly string[] {
  return file
    .slice(0, PATH_LENGTH)
    .replace(/^[a-z][a-z0-9+-]*:\/\/[^/]*/i, '')
    .replace(/[?#][^/]*$/, '')
    .split(/[/\\]/)
    .filter((part) => part !== '' && part !== '.' && !/^[A-Za-z]:$/.test(part))
}

function commonEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0
  while (count < a.length && count < b.length && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1
  return count
}
