import { spawnSync } from 'node:child_process'
import path from 'node:path'

const main = path.resolve(import.meta.dirname, '../src/main.ts')

/** Why no other account can run this clone here; undefined when one can. A clone in /root, say, is root's alone. */
export function noOtherAccount(uid = 54_001): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root'
  const { status } = spawnSync(process.execPath, [main, '--version'], { uid, gid: uid, cwd: '/' })
  return status === 0 ? undefined : 'needs a clone where other accounts may read'
}
