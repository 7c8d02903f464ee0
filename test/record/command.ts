import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export const MAIN = path.resolve(import.meta.dirname, '../../bin/halligan.cjs')

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The bundled program with this home, as a person without a terminal. */
export function halligan(
  home: string,
  args: readonly string[],
  input = '',
  more: Readonly<Record<string, string>> = {},
  main = MAIN,
): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: path.dirname(home),
    encoding: 'utf8',
    input,
    env: { ...environment(home), ...more },
  })
  return { code: status, stdout, stderr }
}

export function environment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: path.dirname(home),
    HALLIGAN_HOME: home,
    HALLIGAN_BY: 'amy@web-1',
    TZ: 'UTC',
  }
}

/**
 * Several commands on mounts that only they see (unshare(1)), as root: a script in which `halligan NAME ARGUMENTS…` runs the program and keeps what it
 * said under that name, and $HOME_FOLDER is an empty folder to mount on.
 */
export function onMounts(folder: string, script: string): Readonly<Record<string, Outcome>> {
  const out = path.join(folder, 'out')
  const home = path.join(folder, 'home')
  for (const each of [out, home]) mkdirSync(each, { recursive: true })
  const whole = `set -e
halligan() {
  name=$1; shift; code=0
  "$NODE" "$MAIN" "$@" </dev/null >"$OUT/$name.out" 2>"$OUT/$name.err" || code=$?
  echo "$code" >"$OUT/$name.code"
}
${script}`
  const file = path.join(folder, 'script.sh')
  writeFileSync(file, whole)
  const { status, stderr } = spawnSync('unshare', ['--mount', 'sh', file], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...environment(home), NODE: process.execPath, MAIN, OUT: out, HOME_FOLDER: home },
  })
  if (status !== 0) throw new Error(`the script failed: ${stderr}`)
  const names = [...whole.matchAll(/^ *halligan (\w[\w-]*)/gm)].map(([, name = '']) => name)
  const read = (name: string, end: string): string => readFileSync(path.join(out, `${name}.${end}`), 'utf8')
  return Object.fromEntries(
    names.map((name) => [
      name,
      { code: Number(read(name, 'code')), stdout: read(name, 'out'), stderr: read(name, 'err') },
    ]),
  )
}

/** Not in most containers, even as root. */
export function mountsFail(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root'
  const { status } = spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' })
  return status === 0 ? undefined : 'needs leave to make namespaces'
}
