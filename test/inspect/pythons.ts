import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** An interpreter of this machine that tests look into. */
export interface Python {
  /** `3.11` */
  readonly version: string
  /** `3.11.2` */
  readonly release: string
  readonly path: string
  /** Where its headers would be. */
  readonly include: string
}

/** Those that the reader knows. */
export const PYTHON_VERSIONS = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14'] as const

const ASK = 'import sys; print("%d.%d.%d" % sys.version_info[:3], sys.executable, sys.base_prefix, sep="\\n")'

/**
 * CPythons of this machine, one a release: those that `HALLIGAN_TEST_PYTHONS` names (paths with `:` between), `python3` and `python3.8` to
 * `python3.14` of the PATH, and those of pyenv.
 */
export function pythonsHere(): readonly Python[] {
  const pyenv = path.join(homedir(), '.pyenv', 'versions')
  const builds = existsSync(pyenv) ? readdirSync(pyenv).map((name) => path.join(pyenv, name, 'bin', 'python3')) : []
  const named = (process.env['HALLIGAN_TEST_PYTHONS'] ?? '').split(':').filter((each) => each !== '')
  const usual = ['/usr/bin/python3', 'python3', ...PYTHON_VERSIONS.map((version) => `python${version}`)]
  const found = new Map<string, Python>()
  for (const candidate of [...named, ...usual, ...builds]) {
    const python = asked(candidate)
    if (python && !found.has(python.release)) found.set(python.release, python)
  }
  return [...found.values()].filter(({ version }) => PYTHON_VERSIONS.some((known) => known === version))
}

/** Debian's own, or whatever the system has: the one that a box would use. */
export function systemPython(): Python | undefined {
  return asked('/usr/bin/python3')
}

function asked(candidate: string): Python | undefined {
  if (candidate.startsWith('/') && !existsSync(candidate)) return undefined
  try {
    const told = execFileSync(candidate, ['-I', '-S', '-c', ASK], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [release = '', executable = '', prefix = ''] = told.split('\n')
    const version = release.split('.').slice(0, 2).join('.')
    return {
      version,
      release,
      path: realpathSync(executable),
      include: path.join(prefix, 'include', `python${version}`),
    }
  } catch {
    // Not there, or a shim of pyenv for a version that is not chosen.
    return undefined
  }
}
