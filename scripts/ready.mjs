// Makes a clone ready to run: brings the locked dependencies if they are not there, and builds the bundle if a source is
// newer than it. Runs on any Node from 20 on; what it prepares then runs on the Node that the lock file brings.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { restoreManifest } from './manifest.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const stamp = path.join(root, 'node_modules', '.halligan-installed')
restoreManifest()
const lockHash = createHash('sha256')
  .update(readFileSync(path.join(root, 'package-lock.json')))
  .digest('hex')

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockHash) {
  say('installing what package-lock.json names (once per change of it)')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(stamp, lockHash)
}
const bundle = path.join(root, 'dist', 'main.cjs')
if (
  process.argv.includes('--build') ||
  !existsSync(bundle) ||
  newest(path.join(root, 'src')) > statSync(bundle).mtimeMs
) {
  say('building dist/')
  mkdirSync(path.join(root, 'dist'), { recursive: true })
  // On success it has nothing to say but a list of files, at every level of its log.
  run(path.join(root, 'node_modules', '.bin', 'rolldown'), ['-c', 'rolldown.config.ts'], 'pipe')
}

function say(what) {
  process.stderr.write(`halligan: ${what}\n`)
}

function run(command, args, output = 2) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: root, stdio: ['ignore', output, output] })
  if (status === 0) return
  if (output === 'pipe') process.stderr.write(`${stdout}${stderr}`)
  say(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ` (exit ${status})`}`)
  process.exit(1)
}

/** Latest modification time below a folder, in milliseconds since the epoch. */
function newest(folder) {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name)
    latest = Math.max(latest, entry.isDirectory() ? newest(full) : statSync(full).mtimeMs)
  }
  return latest
}
