import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { PYTHON_VERSIONS, pythonsHere, systemPython } from '../inspect/pythons.ts'
import { together, type Capability } from '../matrix/shows.ts'
import { programWith, waitFor, type Program } from './program.ts'

// How a Python program ended: watched while it lives, and from its core. Over a real sshd.

interface SeenFrame {
  readonly function: string
  readonly line?: number
  readonly locals?: readonly { readonly name: string; readonly value: string }[]
}
interface SeenStacks {
  readonly groups: readonly { readonly threads: readonly number[]; readonly frames: readonly SeenFrame[] }[]
}
interface Seen {
  readonly core?: { readonly signal: { readonly name: string } | null }
  readonly runtimeStacks?: SeenStacks
  readonly stacks: SeenStacks | null
  readonly doing: readonly { readonly state: string; readonly says: string }[]
  readonly crash?: {
    readonly end: { readonly by: string; readonly code?: number; readonly signal?: { readonly name: string } } | null
    readonly captures: readonly {
      readonly why: { readonly by: string; readonly says?: string; readonly beforeEndMs?: number }
      readonly tid: number | null
      readonly stacks: SeenStacks
    }[]
    readonly notes: readonly string[]
  }
  readonly paid: readonly { readonly inspector: string; readonly price: string }[]
  readonly blind: readonly { readonly what: string; readonly why: string; readonly hint: string }[]
}

vi.setConfig({ testTimeout: 120_000 })
const why = missing('root', 'fleet', 'gdb')
const BOX = 'web-1'
/** One of each version that is on this machine; the box has them, and Debian's own. */
const pythons = PYTHON_VERSIONS.flatMap((version) => pythonsHere().find((each) => each.version === version) ?? [])
const cells = (...capabilities: readonly Capability[]): ReturnType<typeof together> =>
  together(
    pythons.flatMap(({ version }) =>
      capabilities.map((capability) => ({ runtime: 'CPython' as const, version, capability })),
    ),
  )
const versions = pythons.map(({ version }) => version).join(', ')

describe.skipIf(why !== undefined)(`the end of a Python program${why ? ` (skipped: ${why})` : ''}`, () => {
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-cpython-end-'))
  let fleet: Fleet
  let program: Program

  beforeAll(async () => {
    fleet = await startFleet({ boxes: [BOX], hook: path.join(import.meta.dirname, '../boxes/with-pythons.sh') })
    program = programWith(fleet, home, home)
    await program.run('open', 'pricing dies')
  }, 120_000)
  afterAll(async () => {
    await fleet.down()
    rmSync(home, { recursive: true })
  })

  const run = (script: string): Promise<string> => fleet.run(BOX, script)

  /** Starts it, and gives its number once it is at work. */
  async function started(python: string, how: string, name: string): Promise<string> {
    fleet.leave(
      BOX,
      `mkdir -p /data/${name}; cd /data/${name}; ulimit -c unlimited; ${python} /usr/local/bin/crash-later.py 90 ${how} /data/${name}/go >said 2>errors; echo $? >status; :`,
    )
    await waitFor(async () => (await run(`cat /data/${name}/said 2>/dev/null; :`)).trim() === 'ready', 'ready')
    return (await run(`pgrep -nf '^[^ ]*python[^ ]* .*[c]rash-later.py 90 ${how} /data/${name}/go'`)).trim()
  }

  async function watched(python: string, how: string, name: string): Promise<Seen & { readonly status: string }> {
    const pid = await started(python, how, name)
    const running = program.start('inspect', BOX, pid, '--on-crash', '--for', '60s', '--json')
    // It has a handle of the process right before it looks for the first time.
    const reader = `ls -l /proc/$(pgrep -f '^python3 .* ${pid} [c]rash=60')/fd 2>/dev/null | grep pidfd || :`
    await waitFor(async () => (await run(reader)) !== '', 'the watch')
    await run(`sleep 0.5; : >/data/${name}/go`)
    const { stdout, stderr } = await running.finished
    if (stdout === '') throw new Error(stderr)
    const status = await run(`cat /data/${name}/status 2>/dev/null || :`)
    return { ...(JSON.parse(stdout) as Seen), status: status.trim() }
  }

  it(
    `CPython ${versions}: on-crash, an exception that nothing catches, with the variables of all its calls`,
    cells('on-crash'),
    async () => {
      const all: { readonly python: (typeof pythons)[number]; readonly seen: Awaited<ReturnType<typeof watched>> }[] =
        []
      // On a busy machine six at once take longer to be ready than they are waited for.
      for (let at = 0; at < pythons.length; at += 2) {
        const some = pythons.slice(at, at + 2)
        all.push(
          ...(await Promise.all(
            some.map(async (python) => ({ python, seen: await watched(python.path, 'raise', python.version) })),
          )),
        )
      }
      for (const { python, seen } of all) {
        const [thrown, last] = seen.crash?.captures ?? []
        expect(thrown, python.version).toMatchObject({
          why: { by: 'exception', says: "ValueError('order 4711 comes to -21')" },
        })
        const frames = thrown?.stacks.groups[0]?.frames ?? []
        expect(frames.map((each) => each.function)).toEqual(['price_order', 'pricing', '<module>'])
        expect(frames[0]).toMatchObject({ line: 25 })
        expect(valuesOf(frames[0])).toMatchObject({
          total: '-21',
          how: "'raise'",
        })
        expect(last?.why.by).toBe('sampled')
        // The last look at which its main program was still at work.
        expect(functionsIn(seen.crash?.captures.at(-1)?.stacks)).toEqual(expect.arrayContaining(['pricing', 'serve']))
        expect(seen.crash?.end).toEqual({ by: 'exit', code: 1 })
        expect(seen.status).toBe('1')
        expect(seen.doing[0]).toEqual({
          state: 'critical',
          says: `While it was watched thread ${thrown?.tid} threw what nothing catches: ValueError('order 4711 comes to -21').`,
        })
        expect(seen.paid).toContainEqual(expect.objectContaining({ inspector: 'cpython-crash', price: 'free' }))
        expect(JSON.stringify(seen)).not.toContain('hunter')
      }
    },
  )

  it.each([
    ['sys.exit', 'exit', { by: 'exit', code: 3 }, '3'],
    ['a segmentation fault', 'segfault', { by: 'signal', signal: { name: 'SIGSEGV' } }, '139'],
  ])('CPython 3.11: on-crash, %s: how it ended, and where it was last', async (_what, how, end, status) => {
    const seen = await watched('python3', how, how)
    expect(seen.crash?.end).toMatchObject(end)
    expect(seen.status).toBe(status)
    const [capture, ...others] = seen.crash?.captures ?? []
    // Its main program may have come to its end at the last look.
    expect(others.length).toBeLessThanOrEqual(1)
    expect(capture?.why.by).toBe('sampled')
    expect(capture?.why.beforeEndMs).toBeGreaterThanOrEqual(0)
    const frame = [...(capture?.stacks.groups ?? []), ...others.flatMap(({ stacks }) => stacks.groups)]
      .flatMap(({ frames }) => frames)
      .find((each) => each.function === 'pricing')
    expect(valuesOf(frame)['order']).toMatch(/^<Order number=4711 quantity=-3 /)
    expect(JSON.stringify(seen)).not.toContain('hunter')
    const entry = (await program.entries()).findLast(({ did }) => did === 'inspected')
    expect(JSON.stringify(entry)).toContain('cpython-crash')
  })

  it('CPython 3.11: on-crash by gdb, the Python stacks of the very moment, before those of the interpreter', async () => {
    const pid = await started('python3', 'segfault', 'gdb')
    const words = ['--on-crash', '--by', 'gdb-crash', '--accept', 'pause', '--for', '60s', '--json']
    const running = program.start('inspect', BOX, pid, ...words)
    await waitFor(
      async () => (await run(`grep -c '^TracerPid:.[1-9]' /proc/${pid}/status || :`)).trim() === '1',
      'the watch',
    )
    await run('sleep 1; : >/data/gdb/go')
    const { stdout, stderr } = await running.finished
    if (stdout === '') throw new Error(stderr)
    const { crash, doing } = JSON.parse(stdout) as Seen
    const [python, native] = crash?.captures ?? []
    expect(python?.why).toMatchObject({ by: 'signal', signal: { name: 'SIGSEGV' } })
    expect(python?.stacks.groups[0]?.threads).toEqual([Number(pid)])
    expect(functionsIn(python?.stacks)).toEqual(expect.arrayContaining(['price_order', 'pricing', 'serve']))
    expect(valuesOf(python?.stacks.groups[0]?.frames[0])).toMatchObject({ total: '-21' })
    expect(functionsIn(native?.stacks)).toContain('_PyEval_EvalFrameDefault')
    expect(doing.filter(({ says }) => says.includes('SIGSEGV'))).toHaveLength(1)
    expect(stdout).not.toContain('hunter')
    expect((await run('cat /data/gdb/status')).trim()).toBe('139')
  })

  it('CPython 3.11: on-crash, it lives when the time is over, and nothing is left', async () => {
    const pid = await started('python3', 'raise', 'lives')
    const { stdout } = await program.run('inspect', BOX, pid, '--on-crash', '--for', '1s', '--json')
    expect((JSON.parse(stdout) as Seen).crash).toMatchObject({ end: null, captures: [] })
    expect(await run(`pgrep -f '[c]rash=1 ' || echo none`)).toBe('none\n')
    expect(await run(`cat /data/lives/status 2>/dev/null || echo lives; kill ${pid}`)).toBe('lives\n')
  })

  /** Dies in a folder of its own, where its core is. */
  const dumped = (folder: string, command: string): Promise<string> =>
    run(
      `mkdir -p ${folder} && cd ${folder} && : >go && (ulimit -c unlimited; ${command} /usr/local/bin/crash-later.py 30 segfault ${folder}/go >/dev/null 2>&1) || :; mv core* it.core`,
    )

  async function read(core: string, ...more: readonly string[]): Promise<Seen> {
    const { stdout, stderr } = await program.run('inspect', BOX, `core:${core}`, ...more, '--json')
    if (stdout === '') throw new Error(stderr)
    return JSON.parse(stdout) as Seen
  }

  it(
    `CPython ${versions}: core, with the Python stacks of its threads, and their variables`,
    cells('core'),
    async () => {
      const all = await Promise.all(
        pythons.map(async ({ path: python, version }) => {
          await dumped(`/home/${version}`, python)
          return { version, seen: await read(`/home/${version}/it.core`) }
        }),
      )
      for (const { version, seen } of all) {
        expect(seen.core?.signal?.name, version).toBe('SIGSEGV')
        const [died, other] = seen.runtimeStacks?.groups ?? []
        expect(died?.frames.map((each) => each.function)).toEqual(['price_order', 'pricing', '<module>'])
        expect(died?.frames[0]?.line).toBe(21)
        expect(valuesOf(died?.frames[0])).toMatchObject({ total: '-21', how: "'segfault'" })
        expect(valuesOf(died?.frames[0])['order']).toMatch(/^<Order number=4711 quantity=-3 /)
        expect(other?.frames.map((each) => each.function)).toContain('serve')
        // Beside them those of the interpreter itself.
        expect(functionsIn(seen.stacks ?? undefined)).toContain('_PyEval_EvalFrameDefault')
        expect(JSON.stringify(seen)).not.toContain('hunter')
      }
      const screen = await program.run('inspect', BOX, 'core:/home/3.12/it.core')
      expect(screen.stdout).toMatch(/Python stacks and variables of the core/)
      expect(screen.stdout).toMatch(/died here of SIGSEGV, holds the GIL/)
      const entry = (await program.entries()).findLast(({ did }) => did === 'inspected')
      expect(entry?.payload).toMatchObject({ asked: 'core:/home/3.12/it.core', stacks: { inspector: 'cpython-core' } })
      await run('rm -r /home/3.*')
    },
  )

  it('CPython 3.11: core whose interpreter was replaced, or that is cut, is not guessed at', async () => {
    await run('mkdir -p /home/replaced && cp $(readlink -f /usr/bin/python3) /home/replaced/priced')
    await dumped('/home/replaced', './priced')
    await run('cd /home/replaced && mv priced old && cp /bin/cat priced')
    const other = await read('/home/replaced/it.core')
    expect(other.runtimeStacks).toBeUndefined()
    expect(other.blind).toContainEqual({
      what: 'Python stacks',
      why: expect.stringMatching(/not to be had of \/home\/replaced\/priced: gone, or another build now$/),
      hint: '--binary FILE with the one of that build-id',
    })
    const named = await read('/home/replaced/it.core', '--binary', '/home/replaced/old')
    expect(functionsIn(named.runtimeStacks)).toContain('price_order')
    await run('cd /home/replaced && rm priced && mkfifo priced && head -c 3000000 it.core >cut.core')
    const pipe = await read('/home/replaced/it.core')
    expect(pipe.runtimeStacks).toBeUndefined()
    expect(pipe.blind[0]?.why).toBe('/home/replaced/priced is a pipe now, at which gdb would wait')
    await run('rm /home/replaced/priced')
    const cut = await read('/home/replaced/cut.core', '--binary', '/home/replaced/old')
    expect(cut.runtimeStacks).toBeUndefined()
    expect(cut.blind.map(({ what }) => what)).toContain('Python stacks')
    await run('rm -r /home/replaced')
  })
})

const noCore = systemPython() ? undefined : 'no /usr/bin/python3'

describe.skipIf(noCore !== undefined)(`a core that lies${noCore ? ` (skipped: ${noCore})` : ''}`, () => {
  it('CPython: 60 spoiled in chance ways are read or refused, in bounded time', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-lying-core-'))
    const python = systemPython()?.path ?? ''
    const crash = path.join(import.meta.dirname, '../sick/crash-later.py')
    writeFileSync(path.join(folder, 'go'), '')
    spawnSync('bash', ['-c', `ulimit -c unlimited; ${python} ${crash} 30 segfault go`], { cwd: folder })
    const reader = path.join(import.meta.dirname, '../../src/evidence/inspectors/cpython/cpython-reader')
    const lying = path.join(import.meta.dirname, '../inspect/python/lying_core.py')
    const argv = ['-I', lying, reader, path.join(folder, 'core'), '60', '1']
    const told = execFileSync(python, argv, { encoding: 'utf8' }).trim().split('\n')
    rmSync(folder, { recursive: true })
    expect(told).toHaveLength(60)
    expect(told.every((line) => /^\d+ \d+ (?:end|blind|bound)$/.test(line))).toBe(true)
    expect(told.some((line) => line.endsWith('end'))).toBe(true)
  })
})

function valuesOf(frame: SeenFrame | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries((frame?.locals ?? []).map(({ name, value }) => [name, value]))
}

function functionsIn(stacks: SeenStacks | undefined): readonly string[] {
  return stacks?.groups.flatMap(({ frames }) => frames.map((each) => each.function)) ?? []
}
