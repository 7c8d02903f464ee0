import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { missing } from '../boxes/fleet.ts'
import { shows, together, type Shown } from '../matrix/shows.ts'
import { programWith, waitFor, type Program } from './program.ts'

// Runtimes whose own stacks are not read: that they are recognised, what they do, and that their native stacks say whose they are.

interface Seen {
  readonly runtime?: { readonly kind: string; readonly version?: string }
  readonly doing: readonly { readonly says: string }[]
  readonly stacks?: {
    readonly notes: readonly string[]
    readonly groups: readonly { readonly frames: readonly object[] }[]
  } | null
  readonly paid: readonly { readonly proof?: object }[]
}

/** What a test of it shows. */
const ofTheInterpreter = (runtime: Shown): ReturnType<typeof together> =>
  together([
    { runtime, version: '', capability: 'state' },
    { runtime, version: 'of the interpreter', capability: 'stacks' },
  ])

const noGdb = missing('root', 'gdb')

describe('inspect a runtime whose stacks are not read', { timeout: 60_000 }, () => {
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-others-'))
  const program: Program = programWith(undefined, home, home)
  let child: ChildProcess | undefined
  afterEach(() => {
    child?.kill('SIGKILL')
  })
  afterAll(() => rmSync(home, { recursive: true }))

  /** Once it does what is waited for. */
  async function seen(argv: readonly string[], does: RegExp, ...args: readonly string[]): Promise<Seen> {
    const [name = '', ...words] = argv
    child = spawn(name, words, { stdio: 'ignore' })
    const look = async (...more: readonly string[]): Promise<Seen> => {
      const { stdout } = await program.run('inspect', 'local', String(child?.pid), ...more, '--json')
      return JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen
    }
    await waitFor(async () => (await look()).doing.some(({ says }) => does.test(says)), `${name}: ${does}`)
    return look(...args)
  }

  const STACKS = ['--stacks', '--accept', 'pause']
  const CLEAN = { tool: 'gone', left: [], targets: [{ found: 'running', after: 'running' }] }
  const here = (name: string): string => {
    if (noGdb !== undefined) return ` (skipped: ${noGdb})`
    return spawnSync(name, ['--version']).error ? ` (skipped: no ${name})` : ''
  }

  it.skipIf(here('ruby'))(`Ruby, with its version${here('ruby')}`, ofTheInterpreter('Ruby'), async () => {
    const { runtime, stacks, paid } = await seen(['ruby', '-e', 'loop { sleep 1 }'], /waits/, ...STACKS)
    expect(runtime).toMatchObject({ kind: 'ruby', version: expect.stringMatching(/^\d\.\d+$/) })
    expect(stacks?.groups[0]?.frames.length).toBeGreaterThan(3)
    expect(stacks?.notes).toContainEqual(expect.stringMatching(/those of Ruby itself .* rbspy snapshot --pid \d+/))
    expect(paid).toMatchObject([{ proof: CLEAN }])
  })

  it.skipIf(here('php'))(`PHP, with its version${here('php')}`, ofTheInterpreter('PHP'), async () => {
    const { runtime, stacks, paid } = await seen(['php', '-r', 'while (true) sleep(1);'], /sleeps/, ...STACKS)
    expect(runtime).toMatchObject({ kind: 'php', version: expect.stringMatching(/^\d\.\d+$/) })
    expect(stacks?.groups[0]?.frames.length).toBeGreaterThan(3)
    expect(stacks?.notes).toContainEqual(expect.stringMatching(/those of PHP itself .* phpspy -l 1 -p \d+/))
    expect(paid).toMatchObject([{ proof: CLEAN }])
  })

  it('a shell: what it does is the command that it waits for', shows('shell', '', 'state'), async () => {
    const { runtime, doing } = await seen(['bash', '-c', 'sleep 47; :'], /waits for a child to end .*sleep/)
    expect(runtime?.kind).toBe('shell')
    expect(doing[0]?.says).toMatch(/^It waits for a child to end \(wait4\): sleep \(\d+\)\.$/)
  })
})
