import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Configuration } from './configuration.ts'

/** Where there is no halligan.yaml. Here, and not where one is read: a command without one is spared the reader of YAML. */
export const noConfiguration: Configuration = { file: undefined, groups: {}, services: {}, notify: [], redact: [] }

/** Searched upwards from the folder, then `$XDG_CONFIG_HOME/halligan/` (XDG Base Directory Specification). */
export function findConfiguration(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    const candidate = path.join(at, 'halligan.yaml')
    if (existsSync(candidate)) return candidate
    if (at === path.dirname(at)) break
  }
  const candidate = path.join(ownFolder(environment), 'halligan.yaml')
  return existsSync(candidate) ? candidate : undefined
}

/** Where this person's own configuration lies: nothing comes there with somebody else's files. */
export function ownFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const home = environment['XDG_CONFIG_HOME'] || path.join(environment['HOME'] ?? '/', '.config')
  return path.join(home, 'halligan')
}
