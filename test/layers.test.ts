import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

/** The chain of folders, as ARCHITECTURE.md has it. */
const CHAIN = ['base', 'boxes', 'evidence', 'findings', 'incidents', 'knowledge', 'steps', 'drills', 'views']

const root = path.resolve(import.meta.dirname, '..')
const clone = mkdtempSync(path.join(tmpdir(), 'halligan-layers-'))
cpSync(path.join(root, '.oxlintrc.json'), path.join(clone, '.oxlintrc.json'))
symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'))
for (const folder of CHAIN) {
  mkdirSync(path.join(clone, 'src', folder), { recursive: true })
  writeFileSync(path.join(clone, 'src', folder, 'thing.ts'), 'export interface Thing {\n  readonly name: string\n}\n')
}
afterAll(() => rmSync(clone, { recursive: true }))

describe('the layer rule', () => {
  const pairs = CHAIN.flatMap((from, at) => CHAIN.slice(at + 1).map((to) => ({ from, to })))

  it('knows every folder of the source', () => {
    const folders = readdirSync(path.join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(folders.map(({ name }) => name).filter((name) => !CHAIN.includes(name))).toEqual([])
  })

  it('refuses every import against the chain, of types too', () => {
    for (const { from, to } of pairs) plant(from, `${to}-type`, `import type { Thing } from '../${to}/thing.ts'`)
    const refused = lint()
    expect(pairs.filter(({ from, to }) => !refused.includes(`src/${from}/${to}-type.ts`))).toEqual([])
    for (const { from, to } of pairs) rmSync(path.join(clone, 'src', from, `${to}-type.ts`))
  })

  it('allows every import along the chain', () => {
    for (const { from, to } of pairs) plant(to, `${from}-type`, `import type { Thing } from '../${from}/thing.ts'`)
    expect(lint()).toEqual([])
  })
})

describe('what starts processes, or connects to anything', () => {
  const MODULES = ['child_process', 'cluster', 'dgram', 'dns', 'dns/promises', 'http', 'http2', 'https', 'net', 'tls']
  const IMPORTED = /(?:from|import\(|require\()\s*['"](?:node:)?([\w/]+)['"]/g
  /** Reads a text, and connects to nothing. */
  const HARMLESS = /import \{ isIP(?:v4|v6)? \} from 'node:net'/g
  /** Programs that are sent to a box: they run there. */
  const SENT = /String\.raw`[^`]*`/g
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => ({ name, text: readFileSync(path.join(root, 'src', name), 'utf8') }))
    .map(({ name, text }) => ({ name, text: text.replaceAll(HARMLESS, '').replaceAll(SENT, '') }))
  const users = sources
    .filter(({ text }) => [...text.matchAll(IMPORTED)].some(([, module = '']) => MODULES.includes(module)))
    .map(({ name }) => name)

  it('is in boxes only (ARCHITECTURE.md)', () => {
    expect(users.length).toBeGreaterThan(4)
    expect(users.filter((name) => !name.startsWith(`boxes${path.sep}`))).toEqual([])
  })
})

function plant(folder: string, name: string, line: string): void {
  writeFileSync(path.join(clone, 'src', folder, `${name}.ts`), `${line}\n\nexport type Other = Thing\n`)
}

/** Files that the linter refuses for an import against the chain; it must have run, and seen nothing else. */
function lint(): readonly string[] {
  const oxlint = path.join(root, 'node_modules', '.bin', 'oxlint')
  const { stdout, status } = spawnSync(oxlint, ['--format', 'unix', 'src'], { cwd: clone, encoding: 'utf8' })
  const lines = stdout.split('\n').filter((line) => line.includes('no-restricted-imports'))
  expect(status).toBe(lines.length > 0 ? 1 : 0)
  return [...new Set(lines.map((line) => line.split(':')[0] ?? ''))]
}
