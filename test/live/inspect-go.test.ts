import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shows, together } from '../matrix/shows.ts'
import { programWith, waitFor, type Program } from './program.ts'

// A program of Go that every clone has: the compiler of TypeScript, which waits for an editor to speak to it.

interface Seen {
  readonly runtime?: { readonly kind: string; readonly module?: string }
  readonly doing: readonly { readonly says: string }[]
  readonly threads: readonly object[]
  readonly profile?: { readonly of: string; readonly bySelf: readonly { readonly function: string }[] } | null
  readonly memory?: { readonly watched?: { readonly byKind: readonly { readonly kind: string }[] } } | null
  readonly paid: readonly { readonly price: string }[]
}

describe('inspect a program of Go', { timeout: 60_000 }, () => {
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-go-'))
  const program: Program = programWith(undefined, home, home)
  const compiler = compilerIn(path.join(import.meta.dirname, '../../node_modules/@typescript'))
  let child: ChildProcess

  beforeAll(() => {
    child = spawn(compiler, ['--lsp', '--stdio'], { stdio: ['pipe', 'ignore', 'ignore'] })
  })
  afterAll(() => {
    child.kill('SIGKILL')
    rmSync(home, { recursive: true })
  })

  /** The one for this machine: no other is installed. */
  function compilerIn(folder: string): string {
    const [name = ''] = readdirSync(folder).filter((each) => each.startsWith('typescript-'))
    return path.join(folder, name, 'lib/tsc')
  }

  async function seen(...args: readonly string[]): Promise<Seen> {
    const { stdout } = await program.run('inspect', 'local', String(child.pid), ...args, '--json')
    return JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen
  }

  it(
    'is known as one from its file alone, stripped as it is, with what its threads wait for',
    shows('Go', '', 'state'),
    async () => {
      let told: Seen | undefined
      await waitFor(async () => {
        told = await seen()
        return told.doing.some(({ says }) => / reads fd 0: /.test(says))
      }, 'that it waits for an editor')
      expect(told?.runtime).toMatchObject({ kind: 'go', module: compiler })
      expect(told?.threads.length).toBeGreaterThan(2)
      expect(told?.paid).toEqual([])
    },
  )

  it(
    'tells where its threads wait, and its memory by kind, for nothing',
    together([
      { runtime: 'Go', version: '', capability: 'off-CPU' },
      { runtime: 'Go', version: 'by kind', capability: 'memory' },
    ]),
    async () => {
      const waits = await seen('--profile', '1s', '--off-cpu')
      expect(waits.profile?.of).toBe('off-cpu')
      expect(waits.profile?.bySelf.map((each) => each.function).join('; ')).toMatch(/reads pipe|reads fd 0|\(read\)/)
      const { memory, paid } = await seen('--memory', '--for', '1s')
      expect(memory?.watched?.byKind.map(({ kind }) => kind)).toContain('anonymous')
      expect([...waits.paid, ...paid].map(({ price }) => price)).toEqual(['free', 'free'])
    },
  )
})
