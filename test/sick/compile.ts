import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** Compiles a small sick program of this folder (statically, so that it runs in any box) and gives the path of the binary. */
export function compileSick(name: string): string {
  const source = path.join(import.meta.dirname, `${name}.c`)
  const folder = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'halligan-test', 'sick')
  const binary = path.join(folder, name)
  mkdirSync(folder, { recursive: true })
  if (!existsSync(binary) || statSync(binary).mtimeMs < statSync(source).mtimeMs) {
    execFileSync('gcc', ['-O1', '-static', '-pthread', '-Wall', '-Wextra', '-o', binary, source], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  }
  return binary
}
