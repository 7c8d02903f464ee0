import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { sha256Hex } from '../base/sha256.ts'
import { ownFolder } from './configuration-file.ts'
import type { Configuration } from './configuration.ts'
import type { Receiver } from './receiver.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Whether a receiver may be told from this configuration. Addresses may. A command is run only if the halligan.yaml is the person's own (in the
 * XDG configuration folder), or if they said once that this command of that file may run: a halligan.yaml that came with a clone of somebody's
 * repository runs nothing by itself.
 */
export function mayTell(receiver: Receiver, { file }: Configuration, environment: Environment): boolean {
  if (receiver.kind !== 'command' || file === undefined) return true
  return path.dirname(file) === ownFolder(environment) || allowed(environment).has(markOf(receiver.argv, file))
}

/** Remembers that these commands of that file may be run, until the file names others. */
export function allow(receivers: readonly Receiver[], { file = '' }: Configuration, environment: Environment): void {
  const marks = receivers.flatMap((receiver) => (receiver.kind === 'command' ? [markOf(receiver.argv, file)] : []))
  mkdirSync(ownFolder(environment), { recursive: true, mode: 0o700 })
  appendFileSync(fileOf(environment), marks.map((mark) => `${mark}\n`).join(''), { mode: 0o600 })
}

function allowed(environment: Environment): ReadonlySet<string> {
  try {
    return new Set(readFileSync(fileOf(environment), 'utf8').split('\n'))
  } catch {
    return new Set()
  }
}

function fileOf(environment: Environment): string {
  return path.join(ownFolder(environment), 'allowed-commands')
}

function markOf(argv: readonly string[], file: string): string {
  return sha256Hex(JSON.stringify([file, argv]))
}
