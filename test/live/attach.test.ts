import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Attach } from '../../src/boxes/attach.ts'
import { attachScript, PREFIX } from '../../src/boxes/attach-script.ts'
import type { Box } from '../../src/boxes/box.ts'
import type { Transport } from '../../src/boxes/child.ts'
import { guarded, type GuardedResult } from '../../src/boxes/guard.ts'
import { isClean } from '../../src/boxes/proof.ts'
import { shellBox } from '../../src/boxes/shell-box.ts'
import { missing } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { SHELLS } from './shells.ts'

// The guard of what attaches, over each shell that a box may have, with a tool that holds its target until somebody ends it.

// A test is mostly waiting.
vi.setConfig({ maxConcurrency: 40, testTimeout: 60_000 })
const why = missing('gcc')
const folders = mkdtempSync(path.join(tmpdir(), 'halligan-attach-test-'))
const sacrificed: ChildProcess[] = []
afterAll(() => {
  for (const child of sacrificed) child.kill('SIGKILL')
  rmSync(folders, { recursive: true })
})

describe.skipIf(why)(`what attaches${why ? ` (skipped: ${why})` : ''}`, { concurrent: true }, () => {
  let holder = ''
  beforeAll(() => {
    holder = compileSick('holder')
  })

  describe.each(SHELLS)('in $name', ({ argv, missing: noShell }) => {
    const here = (): Box => boxOf(argv, shellOnPath(argv))

    it('gives output and exit code, and proves that the target is as it was', async (context) => {
      if (noShell) context.skip(noShell)
      const target = await sacrifice()
      const result = await run(here(), target, 'tracer', `echo looking at ${target.pid}; echo oops >&2; exit 3`)
      expect(result).toMatchObject({ ended: 'exited', commandExit: 3 })
      expect(Buffer.from(result.stdout).toString()).toBe(`looking at ${target.pid}\noops\n`)
      expect(result.proof).toMatchObject({
        targets: [{ ...target, found: 'running', after: 'running' }],
        tool: 'gone',
        left: [],
        spool: 'gone',
      })
    })

    it('lets go of a target that stands still for too long', async (context) => {
      if (noShell) context.skip(noShell)
      const target = await sacrifice()
      const result = await run(here(), target, 'tracer', `exec ${holder} ${target.pid}`)
      expect(result.ended).toBe('frozen')
      expect(Buffer.from(result.stdout).toString()).toContain('held')
      expect(result.proof && isClean(result.proof)).toBe(true)
      expect(stateOf(target.pid)).toBe('S')
    })

    it('kills a deaf debugger only while it holds its target, which goes on', async (context) => {
      if (noShell) context.skip(noShell)
      const target = await sacrifice()
      const result = await run(here(), target, 'debugger', `exec ${holder} ${target.pid} deaf`)
      expect(result).toMatchObject({ ended: 'frozen', commandExit: 137 })
      expect(result.proof && isClean(result.proof)).toBe(true)
      expect(stateOf(target.pid)).toBe('S')
    })

    it('never continues what was stopped before', async (context) => {
      if (noShell) context.skip(noShell)
      const target = await sacrifice()
      process.kill(target.pid, 'SIGSTOP')
      await until(() => stateOf(target.pid) === 'T')
      const result = await run(here(), target, 'tracer', `exec ${holder} ${target.pid}`)
      expect(result.proof).toMatchObject({ targets: [{ found: 'stopped', after: 'stopped' }], tool: 'gone' })
      expect(stateOf(target.pid)).toBe('T')
    })

    it('ends the tool and repairs the target when the keeper is killed', async (context) => {
      if (noShell) context.skip(noShell)
      const target = await sacrifice()
      const command = `(sleep 1; read -r keeper rest <"\${0%/*}/keeper"; kill -KILL $keeper) & exec ${holder} ${target.pid}`
      const result = await run(here(), target, 'tracer', command, { freezeSeconds: 20 })
      expect(result.ended).toBe('guard-killed')
      expect(result.proof && isClean(result.proof)).toBe(true)
      expect(stateOf(target.pid)).toBe('S')
    })
  })

  it('starts nothing at what is not what it was, has ended, or is traced', async () => {
    const target = await sacrifice()
    const refused = async (at: typeof target): Promise<unknown> => {
      const result = await run(boxOf(['sh']), at, 'tracer', 'echo started')
      expect(Buffer.from(result.stdout).toString()).toBe('')
      expect(result.ended).toBe('refused')
      return result.proof?.refused
    }
    const zombie = await zombieOf()
    expect(await refused({ ...target, startTicks: target.startTicks + 1 })).toEqual({ why: 'reused', pid: target.pid })
    expect(await refused({ pid: 4_000_000, startTicks: 1 })).toEqual({ why: 'gone', pid: 4_000_000 })
    expect(await refused(zombie)).toEqual({ why: 'zombie', pid: zombie.pid })
    const tool = spawn(holder, [String(target.pid)], { stdio: ['ignore', 'pipe', 'ignore'] })
    await new Promise((resolve) => tool.stdout.once('data', resolve))
    expect(await refused(target)).toEqual({ why: 'traced', pid: target.pid, tracer: tool.pid })
    tool.kill()
  })

  it('never kills a deaf debugger that does not hold its target, and says so', { timeout: 60_000 }, async () => {
    const target = await sacrifice()
    const result = await run(boxOf(['sh']), target, 'debugger', `exec ${holder} 0 deaf 40`, { maxSeconds: 2 })
    expect(result.ended).toBe('max-time')
    expect(result.proof).toMatchObject({ tool: 'stuck', spool: 'left', targets: [{ after: 'running' }] })
    const [tool] = result.proof?.left ?? []
    expect(tool?.kind).toBe('process')
    expect(stateOf(Number(tool?.what))).toBe('S')
    process.kill(Number(tool?.what), 'SIGKILL')
    await until(() => spools().length === 0)
  })

  it('evaluates the clean-up, and names what is left: a port, and what the residue text says', async () => {
    const port = 'require("net").createServer().listen(0, "127.0.0.1")'
    const script = `process.on("SIGUSR2", () => { ${port} }); setInterval(() => {}, 1e4); console.log("ready")`
    const child = sacrificial(spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] }))
    await new Promise((resolve) => child.stdout?.once('data', resolve))
    const mark = path.join(folders, 'left-behind')
    const result = await run(
      boxOf(['sh']),
      identity(child.pid),
      'tracer',
      `: >${mark}; kill -USR2 ${child.pid}; sleep 1`,
      {
        cleanUp: `mv ${mark} ${mark}.cleaned`,
        residue: `[ ! -e ${mark} ] || echo file ${mark}; echo 'a thread "Attach Listener"'`,
      },
    )
    expect(existsSync(`${mark}.cleaned`)).toBe(true)
    expect(result.proof?.left).toEqual([
      { kind: 'port', what: expect.stringMatching(new RegExp(`^port \\d+ of process ${child.pid}$`)) },
      { kind: 'other', what: 'a thread "Attach Listener"' },
    ])
  })

  it('gives SIGHUP back to a debugger where nohup had taken it', async (context) => {
    if (spawnSync('env', ['--default-signal=HUP', 'true']).status !== 0) context.skip('needs env of coreutils 8.31')
    const target = await sacrifice()
    const box = boxOf(['sh', '-c', "trap '' HUP; exec sh"])
    const result = await run(box, target, 'debugger', `grep SigIgn /proc/$$/status; exec ${holder} ${target.pid}`)
    expect(Buffer.from(result.stdout).toString()).toMatch(/^SigIgn:\s+[0-9a-f]+[02468ace]\nheld/)
    expect(result).toMatchObject({ ended: 'frozen', commandExit: 129 })
  })

  it('has nothing that shellcheck takes for an error', (context) => {
    if (spawnSync('shellcheck', ['--version']).status !== 0) context.skip('needs shellcheck')
    const limits = {
      heartbeatSeconds: 4,
      maxSeconds: 10,
      maxBytes: 1_000,
      stopSignal: 'TERM',
      graceSeconds: 3,
    } as const
    const attach: Attach = {
      targets: [{ pid: 1, startTicks: 2 }],
      tool: 'debugger',
      freezeSeconds: 3,
      cleanUp: "echo it's",
    }
    const check = (input: string): string =>
      spawnSync('shellcheck', ['-s', 'sh', '-S', 'error', '-'], { input, encoding: 'utf8' }).stdout
    expect(check(attachScript("echo it's", 'abc', limits, attach))).toBe('')
  })
})

async function run(
  box: Box,
  target: { readonly pid: number; readonly startTicks: number },
  tool: Attach['tool'],
  command: string,
  options: Partial<Attach> & { readonly maxSeconds?: number } = {},
): Promise<GuardedResult> {
  const { maxSeconds = 30, ...attach } = options
  const result = await guarded(box, {
    what: 'test',
    command,
    maxSeconds,
    attach: { targets: [target], tool, freezeSeconds: 1, ...attach },
  }).result
  await box.close()
  return result
}

/** This machine by way of that shell; `folder` holds an `sh` that is that shell, for the keeper. */
function boxOf(argv: Transport['argv'], folder?: string): Box {
  const env: Readonly<Record<string, string>> =
    folder === undefined ? {} : { PATH: `${folder}:${process.env['PATH'] ?? ''}` }
  const transport = (): Promise<Transport> =>
    Promise.resolve({ box: 'here', argv, env, explain: () => ({ kind: 'unknown', message: 'ended', tryNext: '' }) })
  return shellBox({ name: 'here', kind: 'local', sideNeedsMain: false, main: transport, side: transport })
}

function shellOnPath(argv: readonly string[]): string {
  const folder = path.join(folders, argv.join('-'))
  if (existsSync(folder)) return folder
  const program = spawnSync('sh', ['-c', `command -v ${argv[0]}`], { encoding: 'utf8' }).stdout.trim()
  spawnSync('mkdir', ['-p', folder])
  symlinkSync(program, path.join(folder, 'sh'))
  return folder
}

/** A process that nobody needs. */
async function sacrifice(): Promise<{ readonly pid: number; readonly startTicks: number }> {
  const child = sacrificial(spawn('sleep', ['300'], { stdio: 'ignore' }))
  await until(() => stateOf(child.pid ?? 0) === 'S')
  return identity(child.pid)
}

function sacrificial(child: ChildProcess): ChildProcess {
  sacrificed.push(child)
  return child
}

/** One whose parent, a shell that became sleep, never asks for it. */
async function zombieOf(): Promise<{ readonly pid: number; readonly startTicks: number }> {
  const parent = sacrificial(
    spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 300'], { stdio: ['ignore', 'pipe', 'ignore'] }),
  )
  const pid = Number(await new Promise((resolve) => parent.stdout?.once('data', resolve)))
  await until(() => stateOf(pid) === 'Z')
  return identity(pid)
}

function identity(pid = 0): { readonly pid: number; readonly startTicks: number } {
  return { pid, startTicks: Number(statOf(pid)[19]) }
}

function stateOf(pid: number): string {
  return statOf(pid)[0] ?? ''
}

function statOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
  } catch {
    return []
  }
}

/** Spools of guards whose keeper is not there any more, or of this test. */
function spools(): readonly string[] {
  return readdirSync('/dev/shm').filter((name) => name.startsWith(PREFIX))
}

async function until(so: () => boolean): Promise<void> {
  for (let tries = 0; !so(); tries += 1) {
    if (tries > 300) throw new Error('waited for 30 s')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
