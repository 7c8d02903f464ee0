import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { missing } from '../boxes/fleet.ts'
import type { Python } from './pythons.ts'

const SOURCE = path.join(import.meta.dirname, 'python/embed.c')

/** Why a program with this Python within itself cannot be made here; undefined where it can. */
export function noEmbedding(python: Python | undefined, how: 'static' | 'shared'): string | undefined {
  if (!python) return 'no such Python'
  if (!existsSync(path.join(python.include, 'Python.h'))) return `no headers in ${python.include}`
  const library = how === 'static' ? archiveOf(python) : sharedOf(python)
  return existsSync(library) ? missing('gcc') : `no ${library}`
}

/** A program that runs the Python file that it is given, in a folder; without symbols of its own, so that a static one names nothing. */
export function embedded(python: Python, how: 'static' | 'shared', folder: string): string {
  const program = path.join(folder, `embedded-${how}-${python.version}`)
  const library = how === 'static' ? archiveOf(python) : sharedOf(python)
  const system = ['-lm', '-ldl', '-lpthread', '-lutil', '-lz', '-lexpat']
  // Debian's archive is made for programs that lie at a fixed address.
  const linked = how === 'static' ? ['-no-pie', library, ...system] : [library, `-Wl,-rpath,${path.dirname(library)}`]
  execFileSync('gcc', ['-w', '-s', `-I${python.include}`, '-o', program, SOURCE, ...linked])
  return program
}

/** What it needs to find its library of Python modules. */
export function homeOf({ include }: Python): NodeJS.ProcessEnv {
  return { PYTHONHOME: prefixOf(include) }
}

function archiveOf({ include, version }: Python): string {
  const lib = path.join(prefixOf(include), 'lib', `python${version}`)
  return path.join(lib, `config-${version}-x86_64-linux-gnu`, `libpython${version}.a`)
}

function sharedOf({ include, version }: Python): string {
  const name = `libpython${version}.so`
  const own = path.join(prefixOf(include), 'lib', name)
  return existsSync(own) ? own : path.join('/usr/lib/x86_64-linux-gnu', name)
}

function prefixOf(include: string): string {
  return path.dirname(path.dirname(include))
}
