import { homedir } from 'node:os'
import path from 'node:path'
import type { Configuration } from '../boxes/configuration.ts'

/** A folder of this machine as halligan.yaml names it: below the home folder (`~/`), absolute, or beside that file. */
export function belowConfiguration(folder: string, { file }: Pick<Configuration, 'file'>): string {
  if (folder.startsWith('~/')) return path.join(homedir(), folder.slice(2))
  return path.resolve(file === undefined ? '.' : path.dirname(file), folder)
}
