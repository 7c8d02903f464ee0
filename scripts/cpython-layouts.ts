import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { PYTHON_VERSIONS, pythonsHere, type Python } from '../test/inspect/pythons.ts'

const LAYOUTS_FILE = path.join(import.meta.dirname, '../src/evidence/inspectors/cpython/cpython-reader/layouts.py')
const SOURCE = path.join(import.meta.dirname, 'cpython-layout.c')
/** Characters of a line of the table. */
const WIDTH = 130

/** Where CPython of these headers keeps what the reader needs, as pairs in one text; undefined where the headers are not installed. */
export function layoutOf({ include, version }: Python): string | undefined {
  if (!existsSync(path.join(include, 'Python.h'))) return undefined
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-layout-'))
  try {
    const program = path.join(folder, 'layout')
    // Debian has pyconfig.h in a folder of the processor, beside that of the version.
    const folders = [include, path.join(include, 'internal'), path.dirname(include)]
    execFileSync('gcc', ['-w', ...folders.map((each) => `-I${each}`), '-o', program, SOURCE])
    const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n')
    const [major = 0, minor = 0] = version.split('.').map(Number)
    if (lines[0] !== `version ${major * 256 + minor}`) throw new Error(`${include} holds headers of another version`)
    return lines
      .slice(1)
      .map((line) => line.replace(' ', '='))
      .join(' ')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The table by version; a version whose headers are not here keeps what it has. */
function table(): string {
  const pythons = pythonsHere()
  const entries = PYTHON_VERSIONS.map((version) => {
    const layout = pythons
      .filter((python) => python.version === version)
      .map(layoutOf)
      .find((each) => each !== undefined)
    if (layout === undefined) throw new Error(`no headers of Python ${version} are on this machine`)
    return `    (3, ${version.split('.')[1]}): (\n${wrapped(layout)}\n    ),`
  })
  return [
    '"""Where CPython keeps what is read, by version, for x86-64. Written by scripts/cpython-layouts.ts from the headers of each; do not edit."""',
    '',
    'LAYOUTS = {',
    ...entries,
    '}',
    '',
  ].join('\n')
}

function wrapped(layout: string): string {
  const lines: string[] = []
  for (const pair of layout.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + pair.length < WIDTH - 12) lines[lines.length - 1] = `${last} ${pair}`
    else lines.push(pair)
  }
  return lines.map((line, index) => `        '${line}${index < lines.length - 1 ? ' ' : ''}'`).join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(LAYOUTS_FILE, table())
