import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Proof } from '../../src/boxes/proof.ts'
import type { Frame } from '../../src/evidence/inspect/frame.ts'
import type { InspectOptions, Target } from '../../src/evidence/inspect/inspector.ts'
import type { Snapshot } from '../../src/evidence/inspect/snapshot.ts'
import { goPprof } from '../../src/evidence/inspectors/go/go-pprof.ts'
import { missing } from '../boxes/fleet.ts'
import { refuses, shows, together } from '../matrix/shows.ts'
import { compileGo } from '../sick/compile.ts'
import { mountTracefs, noUprobes, TRACING } from './tracefs.ts'
import { programWith, waitFor, type Program } from './program.ts'

// A program of Go that every clone has: the compiler of TypeScript, which waits for an editor to speak to it.

interface Seen {
  readonly runtime?: { readonly kind: string; readonly module?: string }
  readonly doing: readonly { readonly says: string }[]
  readonly threads: readonly object[]
  readonly profile?: { readonly of: string; readonly bySelf: readonly { readonly function: string }[] } | null
  readonly memory?: { readonly watched?: { readonly byKind: readonly { readonly kind: string }[] } } | null
  readonly paid: readonly { readonly inspector: string; readonly price: string; readonly proof?: Proof }[]
  readonly stacks?: {
    readonly inspector: string
    readonly notes: readonly string[]
    readonly apart: readonly {
      readonly name: string
      readonly says: readonly string[]
      readonly frames: readonly Frame[]
    }[]
  }
  readonly snapshot?: Snapshot | null
  readonly blind: readonly { readonly what: string; readonly why: string }[]
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

  it('that has no pprof endpoint is looked into by the next way, which says why', async () => {
    const { stacks, paid } = await seen('--stacks', '--accept', 'pause')
    expect(paid.map(({ inspector }) => inspector)).toEqual(['go-pprof', stacks?.inspector])
    expect(stacks?.notes).toContainEqual(expect.stringContaining('built without net/http/pprof'))
  })
})

const CLIENTS = ['curl', 'python3', 'wget', 'none-at-all'] as const
const TOOLS = ['awk', 'cat', 'cut', 'grep', 'gzip', 'head', 'ls', 'od', 'readlink', 'sed', 'sort', 'tr'] as const
const service = compileGo('orders')
const noGo = service === undefined ? 'no go' : undefined
const noProbe = noGo ?? missing('root', 'gdb') ?? (noUprobes() || undefined)
const skipped = (why: string | undefined): string => (why === undefined ? '' : ` (skipped: ${why})`)

describe.skipIf(noGo)(`a service in Go${skipped(noGo)}`, { timeout: 60_000 }, () => {
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-go-'))
  const program: Program = programWith(undefined, home, home)
  let child: ChildProcess
  let unmount = (): void => undefined

  beforeAll(async () => {
    if (!noProbe) unmount = mountTracefs()
    child = spawn(service ?? '', ['300'], { stdio: ['ignore', 'pipe', 'ignore'] })
    await new Promise((resolve) => child.stdout?.once('data', resolve))
  })
  afterAll(() => {
    child.kill('SIGKILL')
    unmount()
    rmSync(home, { recursive: true })
  })

  async function seen(...args: readonly string[]): Promise<Seen> {
    const { stdout } = await program.run('inspect', 'local', String(child.pid), ...args, '--json')
    return JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen
  }

  const CLEAN = { tool: 'gone', left: [], spool: 'gone', targets: [{ found: 'running', after: 'running' }] }

  it(
    'tells its goroutines by its pprof endpoint: who waits for the lock, and where',
    shows('Go', 'pprof', 'stacks'),
    async () => {
      const { stacks, paid } = await seen('--stacks', '--accept', 'pause')
      const waiting = stacks?.apart.filter(({ frames }) => frames.some((frame) => frame.function === 'main.book')) ?? []
      expect(waiting).toHaveLength(7)
      for (const { frames } of waiting)
        expect(frames.find(({ own }) => own)).toMatchObject({
          function: 'main.book',
          file: expect.stringMatching(/orders\.go$/),
        })
      expect(
        stacks?.apart.some(
          ({ says, frames }) => says.includes('sleep') && frames.some((each) => each.function === 'main.refresh'),
        ),
      ).toBe(true)
      expect(paid).toMatchObject([{ inspector: 'go-pprof', price: 'pause', proof: CLEAN }])
    },
  )

  it('are asked for by whichever client the box has, and only there', () => {
    const startTicks = Number(readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19])
    const process = { pid: child.pid ?? 0, startTicks } as unknown as Target['process']
    const script = goPprof.script({ process } as Target, { timeoutMs: 20_000 } as InspectOptions)
    const asked = CLIENTS.map((client) => {
      const folder = path.join(home, client)
      mkdirSync(folder)
      // The shims of pyenv need more than this.
      const found = [...TOOLS, client].filter((name) => existsSync(`/usr/bin/${name}`))
      for (const name of found) symlinkSync(`/usr/bin/${name}`, path.join(folder, name))
      const said = spawnSync('/bin/sh', { input: script, encoding: 'utf8', env: { PATH: folder } }).stdout
      const hasIt = found.includes(client)
      return {
        client,
        as: hasIt
          ? /^@@ asked \S+\n@@ count \d+\ngoroutine \d+ [^]*main\.book[^]*\n@@ whole\n\n@@ same\n$/
          : /^@@ no-client\n$/,
        said,
      }
    })
    for (const { client, as, said } of asked) expect([client, said]).toEqual([client, expect.stringMatching(as)])
  })

  it(
    'gives no variables of its goroutines',
    refuses('Go', 'locals', 'its pprof endpoint tells none; `--at` tells values'),
    async () => {
      const { stacks } = await seen('--stacks', '--accept', 'pause')
      expect(stacks?.apart.flatMap(({ frames }) => frames.flatMap(({ locals = [] }) => locals))).toEqual([])
    },
  )

  it.skipIf(noProbe)(
    `tells arguments in registers, texts among them, by a probe of the kernel${skipped(noProbe)}`,
    shows('Go', 'uprobe', 'snapshot'),
    async () => {
      const { snapshot, paid, blind } = await seen(
        '--at',
        'main.price',
        '--when',
        'order.Quantity < 0',
        '--hits',
        '3',
        '--accept',
        'slow',
      )
      expect(blind).toEqual([])
      expect(snapshot).toMatchObject({ place: { function: 'main.price' }, ended: 'hits' })
      expect(snapshot?.hits).toHaveLength(3)
      for (const { values } of snapshot?.hits ?? []) {
        const told = Object.fromEntries(values.map(({ name, value }) => [name, value]))
        expect(told).toMatchObject({ 'order.Quantity': '-1', 'order.Customer': '"ann"', 'order.password': '<masked>' })
        expect(told['customer']).toMatch(/^"(?:ann|berta)"$/)
        expect(told['discount']).toMatch(/^[012]$/)
      }
      expect(paid).toMatchObject([{ inspector: 'uprobe-snapshot', price: 'slow', proof: CLEAN }])
      expect(readFileSync(`${TRACING}/uprobe_events`, 'utf8')).not.toContain('/go-orders:')
    },
  )
})
