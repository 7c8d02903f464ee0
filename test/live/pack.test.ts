import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-pack-'))
const installed = path.join(folder, 'installed', 'node_modules')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the tarball of npm pack', () => {
  const clone = path.join(folder, 'clone')

  beforeAll(() => {
    // A copy, since packing changes the manifest for a moment and other tests run meanwhile.
    const left = new Set(['node_modules', '.git', 'dist'].map((name) => path.join(root, name)))
    cpSync(root, clone, { recursive: true, filter: (source) => !left.has(source) })
    symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'))
    npm(clone, 'pack', '--pack-destination', folder)
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'no tarball'
    npm(
      folder,
      'install',
      '--prefix',
      path.join(folder, 'installed'),
      '--no-audit',
      '--no-fund',
      path.join(folder, tarball),
    )
  })

  it('leaves the manifest of the clone as it was', () => {
    expect(readFileSync(path.join(clone, 'package.json'), 'utf8')).toBe(
      readFileSync(path.join(root, 'package.json'), 'utf8'),
    )
  })

  it('installs into an empty folder and brings nothing else along', () => {
    expect(readdirSync(installed).filter((name) => !name.startsWith('.'))).toEqual(['halligan'])
    const manifest: unknown = JSON.parse(readFileSync(path.join(installed, 'halligan', 'package.json'), 'utf8'))
    expect(manifest).not.toHaveProperty('optionalDependencies')
    expect(manifest).not.toHaveProperty('devDependencies')
    expect(manifest).toMatchObject({ private: true, license: 'Apache-2.0' })
  })

  it.each(['24.21.0', '26.10.0'])('says its version and looks at this machine on Node %s', (version) => {
    const node = nodeOf(version)
    expect(halligan(node, '--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) })
    const look = halligan(node, 'look', '--json')
    expect(look.stderr).toBe('halligan: not recorded, no incident is open.\n')
    expect(JSON.parse(look.stdout)).toMatchObject({
      schema: 'halligan.look/1',
      boxes: [{ box: 'local', identity: { cpus: expect.any(Number) } }],
    })
  })

  it('says what it needs on an older Node', () => {
    const run = halligan(nodeOf('22.23.3'), 'look')
    expect(run.status).toBe(1)
    expect(run.stderr).toMatch(/this is Node 22\.23\.3, and Halligan needs Node 24/)
    expect(run.stderr).toMatch(/npm start/)
  })
})

describe('a clone, started with an older Node', () => {
  const start = path.join(folder, 'clone', 'bin', 'halligan.cjs')
  const env = { ...process.env, FORCE_COLOR: '0', NODE_OPTIONS: '' }

  it('goes on with the one that its lock file brings, and ends as that one ends', () => {
    const old = nodeOf('22.23.3')
    const run = (...args: string[]) => spawnSync(old, [start, ...args], { encoding: 'utf8', env, timeout: 30_000 })
    expect(run('--version')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
      stderr: '',
    })
    expect(run('look', '--nope')).toMatchObject({ status: 2, stderr: expect.stringMatching(/unknown option '--nope'/) })
  })

  it('leaves Ctrl-C to it, which prints what is known so far', async () => {
    const child = spawn(nodeOf('22.23.3'), [start, 'look', '--window', '20'], { env, detached: true })
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    const ended = once(child, 'exit')
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).toEqual([130, null])
    expect(printed).toMatch(/interrupted/)
  })
})

function halligan(node: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, FORCE_COLOR: '0', NODE_OPTIONS: '' }
  return spawnSync(node, [path.join(installed, '.bin', 'halligan'), ...args], {
    encoding: 'utf8',
    cwd: folder,
    env,
    timeout: 30_000,
  })
}

/** A Node of that version from its npm package, kept in the cache folder between runs. */
function nodeOf(version: string): string {
  const cache = path.join(
    process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
    'halligan-test',
    `node-${version}`,
  )
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64'
  const node = path.join(cache, 'node_modules', `node-linux-${architecture}`, 'bin', 'node')
  if (!existsSync(node))
    npm(folder, 'install', '--prefix', cache, '--no-audit', '--no-fund', `node-linux-${architecture}@${version}`)
  return node
}

function npm(cwd: string, ...args: string[]): void {
  execFileSync('npm', [...args, '--loglevel=error'], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, npm_config_update_notifier: 'false' },
  })
}
