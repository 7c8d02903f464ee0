import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { rawText } from './raw-text.ts'

const FOLDER = path.join(import.meta.dirname, '../src/evidence/inspectors/node/node-client')
export const CLIENT_FILE = path.join(FOLDER, 'client.ts')
/** Each imports from those before it. */
const COMMON = ['request', 'target', 'protocol', 'isolates', 'kept'] as const
const MAIN = ['main'] as const
/** What a box is sent is no more than what is done there: the common parts, these, and `main`. */
const PROGRAMS = {
  NODE_CLIENT: ['stacks', 'profile', 'crash'],
  NODE_MEMORY_CLIENT: ['memory'],
  NODE_SNAPSHOT_CLIENT: ['names', 'inside', 'place', 'snapshot'],
} as const

function source(name: string): string {
  return readFileSync(path.join(FOLDER, `${name}.js`), 'utf8')
}

/** Without its comments, its imports, and the word `export`. */
function body(source: string): string {
  return source
    .replaceAll(/^ *\/\*\*[\s\S]*?\*\/\n/gm, '')
    .replaceAll(/ *\/\/ .*$/gm, '')
    .replaceAll(/^import .*\n/gm, '')
    .replaceAll(/^export /gm, '')
    .replaceAll(/^ *\n/gm, '')
    .replaceAll(/^(?: {2})+/gm, (blanks) => ' '.repeat(blanks.length / 2))
}

/** The programs as a module of ours, for every Node from 12 on; each part stands in it once. Without comments, since a program is an argument of a command on the box. */
export function clientModule(): string {
  const all = [...COMMON, ...Object.values(PROGRAMS).flat(), ...MAIN].map(source)
  const imports = all.flatMap((text) => [...text.matchAll(/^import (\w+) from 'node:(\w+)'$/gm)])
  const requires = new Set(imports.map(([, name, module]) => `const ${name} = require('${module}')\n`))
  const joined = (parts: readonly string[]): string => parts.map((name) => body(source(name))).join('')
  return `/** Written by \`npm run node-client\` from the JavaScript beside it; do not edit. */
const COMMON = ${rawText([...requires].join('') + joined(COMMON))}
const MAIN = ${rawText(joined(MAIN))}
function program(own: string): string {
  return \`(() => {\\n'use strict'\\n\${COMMON}\${own}\${MAIN}})()\`
}
${Object.entries(PROGRAMS)
  .map(([name, parts]) => `export const ${name} = program(${rawText(joined(parts))})\n`)
  .join('')}`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeFileSync(CLIENT_FILE, clientModule())
