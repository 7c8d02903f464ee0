import { writeSync } from 'node:fs'
import { homedir } from 'node:os'
import { sshHostNames } from '../boxes/ssh-hosts.ts'
import { findConfiguration, noConfiguration } from '../boxes/configuration-file.ts'
import type { Configuration } from '../boxes/configuration.ts'
import { Problem } from './problem.ts'
import { styleOf, type Color, type Style } from './style.ts'

/** The terminal that the program was started in: where views meet the process. */
export function outputStyle(color: Color): Style {
  const { isTTY, columns } = process.stdout
  // Colours that are asked for in a pipe are for a pager: it has the terminal that standard error has.
  const wide = !isTTY && color === 'always' && process.stderr.isTTY ? process.stderr.columns : columns
  return styleOf({ isTTY, columns: wide, environment: process.env, color })
}

/** Where a person is told what is being waited for: a terminal that can take it away again. */
export function waitingOutput(): NodeJS.WriteStream | undefined {
  return process.stderr.isTTY && process.env['TERM'] !== 'dumb' ? process.stderr : undefined
}

/** How to write on standard error. */
export function errorStyle(): Style {
  return styleOf({
    isTTY: process.stderr.isTTY,
    columns: process.stderr.columns,
    environment: process.env,
    color: undefined,
  })
}

/** halligan.yaml of the working folder; mistakes in it are a problem with file, line and key. */
export async function configuration(): Promise<Configuration> {
  if (findConfiguration(workingFolder(), process.env) === undefined) return noConfiguration
  const { loadConfiguration } = await import('../boxes/configuration.ts')
  const loaded = loadConfiguration(workingFolder(), process.env)
  if (loaded.ok) {
    // A pattern that cannot be used is a mistake in the file, whatever the command.
    if (loaded.configuration.redact.length > 0) await (await import('./patterns.ts')).patternsOf(loaded.configuration)
    return loaded.configuration
  }
  throw new Problem(loaded.mistakes.join('\n'), 'The README shows a halligan.yaml.', 2)
}

/** A folder that was removed under our feet is none to search from; what lies in the XDG folder still holds. */
function workingFolder(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

/** Host names of the OpenSSH configuration that ssh will be given. */
export function sshNames(): readonly string[] {
  const file = process.env['HALLIGAN_SSH_CONFIG']
  return file ? sshHostNames(homedir(), file) : sshHostNames(homedir())
}

/** Writes all of it before going on; a reader that has gone (`| head`) is no error. */
export function print(text: string): Promise<void> {
  const rest = leftOf(Buffer.from(text))
  if (rest.length === 0) return Promise.resolve()
  return new Promise((resolve) => {
    process.stdout.write(rest, () => resolve())
  })
}

/** Writes to the descriptor itself what it takes at once, unless the stream still has something of before, which would come after it; what it does not take, for whatever reason, is the stream's to write or to fail at. */
function leftOf(bytes: Uint8Array): Uint8Array {
  if (process.stdout.writableLength > 0) return bytes
  let left = bytes
  try {
    while (left.length > 0) left = left.subarray(writeSync(STANDARD_OUTPUT, left))
  } catch {
    return left
  }
  return left
}

const STANDARD_OUTPUT = 1
