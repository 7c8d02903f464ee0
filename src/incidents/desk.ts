import path from 'node:path'
import { readPlain } from '../base/plain-file.ts'
import { fields, mapOf, number, optional, fitting, text, type Shape } from '../base/shape.ts'
import { sha256Hex } from '../base/sha256.ts'
import { replaceWhole } from '../base/whole-file.ts'
import { makeHome } from './home.ts'
import { problemOf } from './sqlite-failures.ts'
import { StoreProblem } from './store.ts'

/** What one person has before them: the current incident, and how far they have read in each. Not part of the record. */
export interface Desk {
  readonly current: string | undefined
  /** Number of the last entry that this person was shown, by incident. */
  readonly seen: Readonly<Record<string, number>>
}

const current = fields({ current: optional(text) })
const seen = fields({ seen: optional(mapOf(number)) })

/** Files of one person, so that several can share a home. One that is missing or torn is as if it were empty. */
export function readDesk(home: string, user: string): Desk {
  const desk = { ...read(current, fileOf(home, user, 'desk')) }
  return { current: desk.current, seen: read(seen, fileOf(home, user, 'seen'))?.seen ?? {} }
}

function read<T>(shape: Shape<T>, file: string): T | undefined {
  try {
    return fitting(shape, JSON.parse(textOf(file)))
  } catch {
    return undefined
  }
}

/** Some ten thousand incidents are some hundred kilobytes. Bytes. */
const SIZE_LIMIT = 16 * 1024 * 1024

function textOf(file: string): string {
  return readPlain(file, SIZE_LIMIT).toString('utf8')
}

/**
 * The incident that is current for this person. Throws a `StoreProblem` when the desk is there and cannot be read: what is done then would be done
 * without a record by somebody who believes that there is one.
 */
export function currentIncident(home: string, user: string): string | undefined {
  const file = fileOf(home, user, 'desk')
  try {
    const fit = current.read(JSON.parse(textOf(file)))
    if (!fit.ok) throw new Error(`${fit.where}: ${fit.what}`)
    return fit.value.current
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new StoreProblem(
      'corrupt',
      `${file}, which says what incident you are in, ${typeof code === 'string' ? `cannot be read (${code})` : 'is damaged'}.`,
      'halligan switch ID writes it anew; `halligan list` shows the incidents, and --incident ID goes without it.',
    )
  }
}

/** This incident is the current one of this person from now on; with undefined, none is. Throws a `StoreProblem`. */
export function writeCurrent(home: string, user: string, incident: string | undefined): void {
  replace(home, fileOf(home, user, 'desk'), { current: incident })
}

/**
 * This person was shown the entries up to that one. It has a file of its own: what was shown is written by many commands, and must not put back what
 * one beside it makes the current incident. Throws a `StoreProblem`.
 */
export function moveSeen(home: string, user: string, incident: string, seq: number): void {
  const before = readDesk(home, user).seen
  if ((before[incident] ?? 0) >= seq) return
  replace(home, fileOf(home, user, 'seen'), { seen: { ...before, [incident]: seq } })
}

function replace(home: string, file: string, value: unknown): void {
  try {
    makeHome(home)
    replaceWhole(file, `${JSON.stringify(value)}\n`, 0o600)
  } catch (error) {
    throw problemOf(error, file)
  }
}

/** A name of a file has at most 255 bytes, and a temporary one is longer. Characters. */
const NAME_LENGTH = 180

function fileOf(home: string, user: string, what: 'desk' | 'seen'): string {
  const name = encodeURIComponent(user.toWellFormed())
  const fits = name.length <= NAME_LENGTH ? name : sha256Hex(user)
  return path.join(home, `${what}-${fits}.json`)
}
