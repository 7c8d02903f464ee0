import { readdirSync } from 'node:fs'
import path from 'node:path'

/** The folder of the home in which shell sessions lie while they go on. Apart from `shell-spool.ts`, which a command loads only where there are any. */
export const SPOOL_FOLDER = 'shells'

/** Names of all that lies there. */
export function spoolNames(home: string): readonly string[] {
  try {
    return readdirSync(path.join(home, SPOOL_FOLDER))
  } catch {
    return []
  }
}
