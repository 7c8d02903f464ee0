import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { rawText } from './raw-text.ts'

const FOLDER = path.join(import.meta.dirname, '../src/evidence/inspectors/cpython/cpython-reader')
export const READER_FILE = path.join(FOLDER, 'reader.ts')
/** Each imports only from those before it, but within a function. */
const MODULES = [
  'memory',
  'layouts',
  'elf',
  'objects',
  'values',
  'lines',
  'frames',
  'threads',
  'output',
  'program',
  'main',
] as const
/** Needed by some looks only, and compiled by those: they are imported within a function. */
const LATER = [
  'search',
  'qualnames',
  'tasks',
  'profile',
  'waits',
  'sources',
  'conditions',
  'snapshot',
  'census',
  'errors',
  'crash',
  'core',
] as const
const ALL = [...MODULES, ...LATER].join('|')

/** One program of all modules: what a box is sent. Without comments and with one blank an indentation, since each look sends and compiles it. */
export function readerProgram(): string {
  const sources = [...MODULES, ...LATER].map(source)
  const standard = new Set(sources.flatMap((text) => text.match(/^import \w+$/gm) ?? []))
  const later = LATER.map((name) => `'${name}': r'''\n${body(name)}''',`)
  return [
    ...[...standard].toSorted(),
    `LATER = {`,
    ...later,
    '}',
    'def later(name):',
    ' if name in LATER:',
    '  exec(LATER.pop(name), globals())',
    ...MODULES.map(body),
  ].join('\n')
}

function source(name: string): string {
  return readFileSync(path.join(FOLDER, `${name}.py`), 'utf8')
}

/** Without its docstrings (each text in three quotes is one), its comments and its imports; those within a function compile what they name. */
function body(name: string): string {
  return source(name)
    .replaceAll(/^[ ]*"""[\s\S]*?"""$/gm, '')
    .replaceAll(new RegExp(`^from (?:${ALL}) import (?:\\([^)]*\\)|.*)$|^import \\w+$`, 'gm'), '')
    .replaceAll(new RegExp(`^( +)from (${ALL}) import .*$`, 'gm'), "$1later('$2')")
    .replaceAll(/^(?: {4})+/gm, (blanks) => ' '.repeat(blanks.length / 4))
    .replaceAll(/^[ ]*(?:#.*)?\n/gm, '')
}

/** The program as a module of ours. */
export function readerModule(): string {
  return `/** Written by \`npm run cpython-reader\` from the Python beside it; do not edit. */\nexport const CPYTHON_READER = ${rawText(readerProgram())}\n`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(READER_FILE, readerModule())
