import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import path from 'node:path'
import { safeText } from '../../base/safe-text.ts'
import type { LentTool } from '../../boxes/lend.ts'
import { inspectorTools } from '../../steps/inspect/ways.ts'
import { Problem } from '../problem.ts'

/** All of them together: what a slow line takes within a minute or two, and a box of little memory bears. Bytes. */
const MOST_BYTES = 64 * 1024 * 1024

/** The programs of a folder on this machine that some way of inspecting can use, by their names. Says why there is none. */
export function readToolbox(folder: string): readonly LentTool[] {
  const useful = filesIn(folder).filter((name) => inspectorTools.includes(name))
  if (useful.length === 0)
    throw new Problem(
      `In ${safeText(folder)} is no program that an inspection uses.`,
      `They are known by their names: ${inspectorTools.join(', ')}.`,
      2,
    )
  const tools = useful.map((name) => ({ name, bytes: readTool(path.join(folder, name)) }))
  const all = tools.reduce((sum, { bytes }) => sum + bytes.length, 0)
  if (all > MOST_BYTES)
    throw new Problem(
      `The programs in ${safeText(folder)} have ${Math.round(all / 1024 / 1024)} MiB; at most 64 are lent.`,
      'Strip them (strip --strip-all), or leave in the folder what is needed.',
      2,
    )
  return tools
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    throw unreadable(folder, error)
  }
}

function readTool(file: string): Uint8Array {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const status = fstatSync(descriptor)
      if (!status.isFile() || status.size > MOST_BYTES) throw new Error('no file of at most 64 MiB')
      const bytes = Buffer.alloc(status.size)
      return bytes.subarray(0, readSync(descriptor, bytes, 0, status.size, 0))
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(what: string, error: unknown): Problem {
  const why = error instanceof Error ? error.message : String(error)
  return new Problem(`${safeText(what)} cannot be read: ${safeText(why)}.`, '--toolbox takes a folder of programs.', 2)
}
