// `npm pack` puts the manifest into the tarball as it lies on disk. A user's machine needs neither the tools of a clone nor
// the runtime that the lock file brings, so before packing they are taken out, and after packing put back:
//   node scripts/manifest.mjs trim | restore
// An interrupted pack is repaired by the next `npm start`, `npm test` or `npm run build` (scripts/ready.mjs).
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const manifest = path.join(root, 'package.json')
const whole = path.join(root, '.cache', 'package.json')

/** Puts the whole manifest back if a trimmed one is in place. */
export function restoreManifest() {
  if (existsSync(whole)) renameSync(whole, manifest)
}

function trimManifest() {
  mkdirSync(path.dirname(whole), { recursive: true })
  copyFileSync(manifest, whole)
  const {
    scripts: _scripts,
    devDependencies: _dev,
    optionalDependencies: _runtime,
    ...kept
  } = JSON.parse(readFileSync(manifest, 'utf8'))
  writeFileSync(manifest, `${JSON.stringify(kept, null, 2)}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === 'trim') trimManifest()
  else if (process.argv[2] === 'restore') restoreManifest()
  else {
    process.stderr.write('usage: node scripts/manifest.mjs trim|restore\n')
    process.exit(2)
  }
}
