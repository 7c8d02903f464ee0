import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod/mini'
import { makeHome, syncFolder } from './home.ts'
import { problemOf } from './sqlite-failures.ts'
import { StoreProblem } from './store.ts'

/** What one person has before them: the current incident, and how far they have read in each. Not part of the record. */
export interface Desk {
  readonly current: string | undefined
  /** Number of the last entry that this person was shown, by incident. */
  readonly seen: Readonly<Record<string, number>>
}

const shape = z.object({ current: z.optional(z.string()), seen: z.optional(z.record(z.string(), z.number())) })
const EMPTY: Desk = { current: undefined, seen: {} }

/** One file a person, so that several can share a home. A file that is missing or torn is an empty desk. */
export function readDesk(home: string, user: string): Desk {
  try {
    return deskIn(readFileSync(fileOf(home, user), 'utf8'))
  } catch {
    return EMPTY
  }
}

/**
 * The incident that is current for this person. Throws a `StoreProblem` when the desk is there and cannot be read: what is done then would be done
 * without a record by somebody who believes that there is one.
 */
export function currentIncident(home: string, user: string): string | undefined {
  const file = fileOf(home, user)
  try {
    return deskIn(readFileSync(file, 'utf8')).current
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new StoreProblem(
      'corrupt',
      `${file}, which says what incident you are in, ${typeof code === 'string' ? `cannot be read (${code})` : 'is damaged'}`,
      'halligan switch ID writes it anew; `halligan list` shows the incidents, and --incident ID goes without it.',
    )
  }
}

function deskIn(text: string): Desk {
  const { current, seen } = shape.parse(JSON.parse(text))
  return { current, seen: seen ?? {} }
}

/** Replaces it as a whole: whoever reads meanwhile sees the old one or the new one. Throws a `StoreProblem`. */
export function writeDesk(home: string, user: string, desk: Desk): void {
  const file = fileOf(home, user)
  try {
    makeHome(home)
    const fresh = `${file}.${process.pid}`
    const descriptor = openSync(fresh, 'w', 0o600)
    try {
      writeSync(descriptor, `${JSON.stringify(desk)}\n`)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(fresh, file)
    syncFolder(home)
  } catch (error) {
    throw problemOf(error, file)
  }
}

/** This person was shown the entries up to that one. What they have on their desk else may have changed meanwhile, and stays. Throws a `StoreProblem`. */
export function moveSeen(home: string, user: string, incident: string, seq: number): void {
  const desk = readDesk(home, user)
  if ((desk.seen[incident] ?? 0) >= seq) return
  writeDesk(home, user, { ...desk, seen: { ...desk.seen, [incident]: seq } })
}

/** A name of a file has at most 255 bytes, and a temporary one is longer. Characters. */
const NAME_LENGTH = 180

function fileOf(home: string, user: string): string {
  const name = encodeURIComponent(user.toWellFormed())
  const fits = name.length <= NAME_LENGTH ? name : createHash('sha256').update(user).digest('hex')
  return path.join(home, `desk-${fits}.json`)
}
