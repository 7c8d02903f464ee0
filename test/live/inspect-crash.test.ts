import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Proof } from '../../src/boxes/proof.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { programWith, waitFor, type Finished, type Program } from './program.ts'
import { refuses, shows } from '../matrix/shows.ts'

// What a process died of: from its core, and at the moment in which it dies. Over a real sshd, and busybox for a box without gdb.

interface SeenFrame {
  readonly function: string
  readonly file?: string
  readonly line?: number
  readonly locals?: readonly { readonly name: string; readonly value: string }[]
}
interface SeenStacks {
  readonly inspector: string
  readonly groups: readonly {
    readonly threads: readonly number[]
    readonly frames: readonly SeenFrame[]
    readonly says?: readonly { readonly says: readonly string[] }[]
  }[]
}
interface SeenEnd {
  readonly by: string
  readonly code?: number
  readonly signal?: { readonly name: string; readonly says: string; readonly address?: string }
}
interface Seen {
  readonly core?: {
    readonly signal: SeenEnd['signal'] | null
    readonly program: string | null
    readonly missingBytes: number
    readonly files: readonly { readonly path: string; readonly now?: string }[]
  }
  readonly process?: { readonly pid: number; readonly name: string; readonly commandLine?: string }
  readonly doing: readonly { readonly state: string; readonly says: string }[]
  readonly threads: readonly { readonly tid: number; readonly place?: string; readonly frames: readonly SeenFrame[] }[]
  readonly stacks: SeenStacks | null
  readonly coreTaken?: {
    readonly file: string
    readonly bytes: number
    readonly estimate: { readonly mostBytes: number }
  }
  readonly crash?: {
    readonly end: SeenEnd | null
    readonly captures: readonly { readonly why: SeenEnd; readonly tid: number; readonly stacks: SeenStacks }[]
  }
  readonly paid: readonly { readonly ended?: string; readonly residue?: string; readonly proof?: Proof }[]
  readonly blind: readonly { readonly what: string; readonly why: string; readonly hint: string }[]
}

const seenIn = ({ stdout }: Finished): Seen => JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen

vi.setConfig({ testTimeout: 120_000 })
const why = missing('root', 'fleet', 'busybox', 'gcc', 'g++', 'gdb')
const CLEAN = { tool: 'gone', left: [], spool: 'gone' }

describe.skipIf(why !== undefined)(`crashes${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleets: readonly Fleet[] = []
  const programs = new Map<string, Program>()
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-crash-'))

  beforeAll(async () => {
    for (const name of ['crash-later', 'crash-throw', 'order-service']) compileSick(name)
    const hook = path.join(import.meta.dirname, '../boxes/with-sick-programs.sh')
    const [usual, tiny] = await Promise.all([
      startFleet({ boxes: ['web-1'], hook }),
      startFleet({ boxes: ['bb-1'], flavour: 'busybox', hook }),
    ])
    fleets = [usual, tiny]
    programs.set('web-1', programWith(usual, home, home))
    programs.set('bb-1', programWith(tiny, home, home))
    await on('web-1').run('open', 'orders-api dies')
  }, 120_000)
  afterAll(async () => {
    await Promise.all(fleets.map((fleet) => fleet.down()))
    rmSync(home, { recursive: true })
  })

  function on(box: string): Program {
    const program = programs.get(box)
    if (!program) throw new Error(`there is no ${box}`)
    return program
  }
  function fleetOf(box: string): Fleet {
    const fleet = fleets[box === 'web-1' ? 0 : 1]
    if (!fleet) throw new Error(`there is no ${box}`)
    return fleet
  }
  const inspected = async (...args: readonly string[]): Promise<Seen> =>
    seenIn(await on(args[0] ?? '').run('inspect', ...args, '--json'))

  async function started(script: string, name: string): Promise<string> {
    fleetOf('web-1').leave('web-1', `${script}; :`)
    let pid = ''
    await waitFor(async () => {
      pid = (await fleetOf('web-1').run('web-1', `pgrep -nx ${name} || :`)).trim()
      return pid !== ''
    }, name)
    return pid
  }
  const stateOf = async (pid: string): Promise<string> =>
    (
      await fleetOf('web-1').run('web-1', `sed -n 's/^\\(State\\|TracerPid\\):.//p' /proc/${pid}/status | tr '\\n' ' '`)
    ).trim()

  it.each(['web-1', 'bb-1'])(
    'native: core of a segmentation fault, read on %s',
    shows('native', 'gdb', 'core'),
    async (box) => {
      await fleetOf(box).run(
        box,
        'mkdir -p /data/dump && cp /usr/local/bin/crash-later /data/dump/orders-api && cd /data/dump && (ulimit -c unlimited; ./orders-api 20 segfault / --token=hunter3hunter3 2>/dev/null) || :; mv core* /data/dump/it.core; chmod 600 /data/dump/it.core',
      )
      const seen = await inspected(box, 'core:/data/dump/it.core')
      expect(seen.core).toMatchObject({
        signal: { name: 'SIGSEGV', address: '0x0' },
        program: '/data/dump/orders-api',
        missingBytes: 0,
      })
      expect(seen.core?.files).toContainEqual(expect.objectContaining({ path: '/data/dump/orders-api', now: 'same' }))
      expect(seen.process).toMatchObject({ name: 'orders-api' })
      expect(seen.threads).toHaveLength(3)
      expect(seen.doing[0]?.state).toBe('critical')
      expect(seen.doing[0]?.says).toMatch(
        /^Thread \d+ died of SIGSEGV, at \/data\/dump\/orders-api\+0x[0-9a-f]+: .*address 0x0, a null pointer\.$/,
      )
      expect(JSON.stringify(seen)).not.toContain('hunter')
      if (box === 'bb-1') {
        expect(seen.stacks).toBeNull()
        expect(seen.blind[0]).toMatchObject({ why: 'there is no gdb on the box' })
        return
      }
      const [first] = seen.stacks?.groups ?? []
      expect(first?.says?.[0]?.says).toEqual(['died here of SIGSEGV'])
      expect(first?.frames.slice(0, 2)).toMatchObject([{ function: 'price_order' }, { function: 'pricing' }])
      const order = first?.frames[1]?.locals?.find(({ name }) => name === 'order')
      expect(order?.value).toMatch(
        /^\{id = 4711, quantity = 3, customer = 0x[0-9a-f]+ "cust-25", password = <masked>\}$/,
      )
      const screen = await on(box).run('inspect', box, 'core:/data/dump/it.core')
      expect(screen.code).toBe(0)
      expect(screen.stdout).toMatch(/CRITICAL Thread \d+ died of SIGSEGV/)
      const entry = (await on(box).entries()).findLast(({ did }) => did === 'inspected')
      expect(entry?.payload).toMatchObject({ asked: 'core:/data/dump/it.core', doing: [{ state: 'critical' }] })
    },
  )

  it('native: core whose program was replaced, is cut, packed, or none: each is said', async () => {
    const box = 'web-1'
    await fleetOf(box).run(
      box,
      'cd /data/dump && cp orders-api old && cp /usr/local/bin/order-service orders-api && head -c 100000 it.core >cut.core && gzip -c it.core >packed.core && mkfifo pipe',
    )
    const replaced = await inspected(box, 'core:/data/dump/it.core')
    expect(replaced.doing[1]).toMatchObject({
      state: 'critical',
      says: expect.stringMatching(/orders-api is another build now/),
    })
    expect(replaced.stacks).toBeNull()
    expect(replaced.blind[0]?.hint).toMatch(/--binary/)
    const named = await inspected(box, 'core:/data/dump/it.core', '--binary', '/data/dump/old')
    expect(named.stacks?.groups[0]?.frames[0]?.function).toBe('price_order')
    const cut = await inspected(box, 'core:/data/dump/cut.core', '--binary', '/data/dump/old')
    expect(cut.core?.missingBytes).toBeGreaterThan(1_000_000)
    for (const [file, words] of [
      ['packed.core', /is compressed\.\nTry: .*gzip -d/],
      ['orders-api', /is no core of a 64-bit Linux process/],
      ['pipe', /is no file/],
      ['nothing', /There is no \/data\/dump\/nothing on web-1/],
    ] as const) {
      const asked = await on(box).run('inspect', box, `core:/data/dump/${file}`)
      expect(asked).toMatchObject({ code: 1, stdout: '' })
      expect(asked.stderr).toMatch(words)
    }
    expect((await on(box).run('inspect', box, 'core:it.core')).code).toBe(2)
  })

  it('native: core taken of a living process, when its price was accepted and there is room', async () => {
    const box = 'web-1'
    await fleetOf(box).run(box, 'rm -rf /data/dump; mkdir -p /home/cores')
    const pid = await started('order-service 100', 'order-service')
    const refused = await inspected(box, pid, '--core', '/home/cores')
    expect(refused.coreTaken).toBeUndefined()
    expect(refused.blind.map((each) => each.why).join()).toMatch(
      /its price is pause, which nobody accepted: it would stand still for some \d+ ms; .* private and in use, .*\/home\/cores has .* free/,
    )
    const tight = await inspected(box, pid, '--core', '/data', '--accept', 'pause')
    expect(tight.blind.map((each) => each.why).join()).toMatch(
      /^it may take .*, and \/data has .* free, of which .* should stay/,
    )
    expect(tight.paid).toEqual([])
    const seen = await inspected(box, pid, '--core', '/home/cores', '--accept', 'pause')
    const { file = '', bytes = 0 } = seen.coreTaken ?? {}
    expect(bytes).toBeLessThanOrEqual((seen.coreTaken?.estimate.mostBytes ?? 0) + 1024 * 1024)
    expect(await fleetOf(box).run(box, `stat -c '%a %s' ${file}; stat -c %a ${path.dirname(file)}`)).toBe(
      `600 ${bytes}\n700\n`,
    )
    expect(seen.paid).toMatchObject([
      { ended: 'exited', residue: expect.stringContaining(file), proof: { ...CLEAN, targets: [{ after: 'running' }] } },
    ])
    expect(await stateOf(pid)).toMatch(/^[SR] \(\w+\) 0$/)
    const read = await inspected(box, `core:${file}`)
    expect(read.core?.signal).toBeNull()
    expect(read.stacks?.groups.some(({ frames }) => frames.some((each) => each.function === 'serve'))).toBe(true)
    expect((await on(box).run('handover')).stdout).toContain(path.dirname(file))
    await fleetOf(box).run(box, `kill -KILL ${pid}; rm -r /home/cores`)
  })

  /** Arms the watch, then lets it happen. */
  async function watched(
    script: string,
    name: string,
    act: string,
    time = '60s',
  ): Promise<Seen & { readonly status: string }> {
    await fleetOf('web-1').run('web-1', 'rm -f /data/go /tmp/status')
    const pid = await started(`${script}; echo $? >/tmp/status`, name)
    const running = on('web-1').start(
      'inspect',
      'web-1',
      pid,
      '--on-crash',
      '--for',
      time,
      '--accept',
      'pause',
      '--json',
    )
    await waitFor(
      async () =>
        (await fleetOf('web-1').run('web-1', `grep -c '^TracerPid:.[1-9]' /proc/${pid}/status || :`)) === '1\n',
      'the watch',
    )
    await fleetOf('web-1').run('web-1', act.replace('PID', pid))
    const seen = seenIn(await running.finished)
    const status = await fleetOf('web-1').run('web-1', 'sleep 0.2; cat /tmp/status 2>/dev/null || :')
    return { ...seen, status: status.trim() }
  }

  it.each([
    [
      'a segmentation fault',
      'crash-later 90 segfault /data/go',
      { by: 'signal', signal: { name: 'SIGSEGV', address: '0x0' } },
      '139',
    ],
    ['abort', 'crash-later 90 abort /data/go', { by: 'signal', signal: { name: 'SIGABRT' } }, '134'],
    ['a failed assert', 'crash-later 90 assert /data/go', { by: 'signal', signal: { name: 'SIGABRT' } }, '134'],
    ['exit(3)', 'crash-later 90 exit /data/go', { by: 'exit', code: 3 }, '3'],
  ])(
    'native: on-crash, %s: stacks with variables of that moment, and it ends as it would have',
    shows('native', 'gdb', 'on-crash'),
    async (_what, script, end, status) => {
      const seen = await watched(script, 'crash-later', ': >/data/go')
      const [capture] = seen.crash?.captures ?? []
      expect(capture?.why).toMatchObject(end)
      const [first] = capture?.stacks.groups ?? []
      expect(first?.threads).toEqual([capture?.tid])
      const frame = first?.frames.find((each) => each.function === 'pricing')
      expect(first?.frames.map((each) => each.function)).toContain('price_order')
      expect(frame?.locals?.find(({ name }) => name === 'order')?.value).toContain('id = 4711')
      expect(JSON.stringify(seen)).not.toContain('hunter')
      expect(seen.doing[0]?.state).toBe('critical')
      expect(seen.paid).toMatchObject([{ proof: { ...CLEAN, targets: [{ after: 'ended' }] } }])
      expect(seen.status).toBe(status)
    },
  )

  it('native: on-crash, a C++ exception that nobody catches', async () => {
    const seen = await watched('crash-throw 90 /data/go 2>/dev/null', 'crash-throw', ': >/data/go')
    const [capture] = seen.crash?.captures ?? []
    expect(capture?.why).toMatchObject({ by: 'signal', signal: { name: 'SIGABRT' } })
    expect(capture?.stacks.groups[0]?.frames.map((each) => each.function)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^shop::price/), 'main']),
    )
    expect(seen.status).toBe('134')
  })

  it('native: on-crash, a signal with a handler is shown, and the one that ends it after that', async () => {
    const seen = await watched('crash-later 90 handled /data/go', 'crash-later', ': >/data/go')
    expect(seen.crash?.captures[0]?.why).toMatchObject({ signal: { name: 'SIGSEGV' }, isHandled: true })
    expect(seen.crash?.captures.length).toBeGreaterThan(1)
    expect(seen.status).toBe('139')
  })

  it('native: on-crash, SIGKILL is told, though nobody can catch it', async () => {
    const seen = await watched('crash-later 90 segfault /data/go', 'crash-later', 'sleep 0.5; kill -KILL PID')
    expect(seen.crash).toMatchObject({ captures: [], end: { by: 'signal', signal: { name: 'SIGKILL' } } })
    expect(seen.status).toBe('137')
  })

  it('native: on-crash, when nothing happens it lets go after the time, and the process lives', async () => {
    const seen = await watched('crash-later 90 exit /data/go', 'crash-later', ':', '2s')
    expect(seen.crash).toMatchObject({ captures: [], end: null })
    expect(seen.paid).toMatchObject([{ proof: { ...CLEAN, targets: [{ found: 'running', after: 'running' }] } }])
    // Its breakpoint is out: it ends by itself as it would have.
    expect(seen.status).toBe('')
    await fleetOf('web-1').run('web-1', ': >/data/go')
    await waitFor(
      async () => (await fleetOf('web-1').run('web-1', 'cat /tmp/status 2>/dev/null || :')) === '3\n',
      'its end',
    )
  })
})

const noGdb = missing('gcc', 'gdb')

describe.skipIf(noGdb !== undefined)(`a core that means harm${noGdb ? ` (skipped: ${noGdb})` : ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-hostile-core-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('native: nothing of it, of its program, or of what lies beside is run', () => {
    const mark = path.join(folder, 'ran')
    const binary = path.join(folder, 'evil')
    const touch = `shell touch ${mark}`
    writeFileSync(
      `${binary}.c`,
      `#include <stdlib.h>\n__asm__(".pushsection \\".debug_gdb_scripts\\", \\"MS\\",@progbits,1\\n.byte 4\\n.ascii \\"gdb.inlined\\\\n\\"\\n.ascii \\"import os; os.system('touch ${mark}')\\\\n\\"\\n.byte 0\\n.popsection\\n");\nint main(void) { abort(); }\n`,
    )
    execFileSync('gcc', ['-g', '-o', binary, `${binary}.c`])
    for (const name of ['.gdbinit', '.gdbearlyinit', 'evil-gdb.gdb'])
      writeFileSync(path.join(folder, name), `${touch}\n`)
    writeFileSync(path.join(folder, 'evil-gdb.py'), `import os; os.system("touch ${mark}")\n`)
    spawnSync('bash', ['-c', 'ulimit -c unlimited; ./evil'], { cwd: folder })
    const core = path.join(folder, 'core')
    expect(existsSync(core)).toBe(true)
    // The danger is real: gdb as people call it runs them where its safe path allows.
    spawnSync('gdb', ['-batch', '-iex', 'set auto-load safe-path /', binary, core], { cwd: folder })
    expect(existsSync(mark)).toBe(true)
    rmSync(mark)
    const main = path.join(import.meta.dirname, '../../bin/halligan.cjs')
    const { stdout, status } = spawnSync(process.execPath, [main, 'inspect', `core:${core}`, '--json'], {
      cwd: folder,
      env: { ...process.env, HALLIGAN_HOME: path.join(folder, 'home'), HALLIGAN_BY: 'ada', HOME: folder },
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    const seen = JSON.parse(stdout) as Seen
    expect(seen.core?.signal?.name).toBe('SIGABRT')
    expect(seen.stacks?.groups[0]?.frames.map((each) => each.function)).toContain('main')
    expect(existsSync(mark)).toBe(false)
    expect(readFileSync(path.join(folder, '.gdbinit'), 'utf8')).toBe(`${touch}\n`)
  })
})

describe.skipIf(noGdb !== undefined)(`a core of Node${noGdb ? ` (skipped: ${noGdb})` : ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-node-core-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it(
    'Node: core, whose JavaScript stacks are not told, and why',
    refuses('Node.js', 'core', 'the stacks of V8 are not read from a core'),
    () => {
      const crash = `ulimit -c unlimited; '${process.execPath}' -e 'process.kill(process.pid, "SIGSEGV"); for (;;);'`
      spawnSync('bash', ['-c', crash], { cwd: folder })
      const main = path.join(import.meta.dirname, '../../bin/halligan.cjs')
      const env = { ...process.env, HALLIGAN_HOME: path.join(folder, 'home'), HALLIGAN_BY: 'ada' }
      const { stdout } = spawnSync(process.execPath, [main, 'inspect', `core:${path.join(folder, 'core')}`], {
        env,
        encoding: 'utf8',
      })
      expect(stdout).toMatch(/died of SIGSEGV/)
      expect(stdout).toMatch(/not seen\n {2}JavaScript stacks: V8 keeps them in a form of its own/)
    },
  )
})

const noPerf = missing('root', 'gcc', 'perf')

// The test boxes have no perf: this machine is the box.
describe.skipIf(noPerf !== undefined)(`tracepoints of the kernel${noPerf ? ` (skipped: ${noPerf})` : ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-perf-crash-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    ['segfault', { by: 'signal', signal: { name: 'SIGSEGV' } }, { code: null, signal: 'SIGSEGV' }],
    ['exit', { by: 'exit', code: 3 }, { code: 3, signal: null }],
  ])(
    'native: on-crash by perf, %s: the stacks of all threads',
    shows('native', 'perf', 'on-crash'),
    async (how, why, end) => {
      const event = path.join(folder, how)
      // perf 6.1 does not unwind what is linked statically.
      const binary = path.join(folder, 'crash-later')
      const source = path.join(import.meta.dirname, '../sick/crash-later.c')
      execFileSync('gcc', ['-O1', '-g', '-pthread', '-o', binary, source])
      const child = spawn(binary, ['100', how, event], { stdio: 'ignore' })
      const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
      const words = `inspect local ${child.pid} --on-crash --by perf-crash --for 90s --accept slow --json`
      const running = programWith(undefined, path.join(folder, 'home'), folder).start(...words.split(' '))
      await waitFor(() => perfAt(child.pid ?? 0), 'perf')
      writeFileSync(event, '')
      const seen = seenIn(await running.finished)
      expect(await ended).toEqual(end)
      const [capture] = seen.crash?.captures ?? []
      expect(capture?.why).toMatchObject(why)
      expect(capture?.stacks.groups[0]).toMatchObject({ threads: [capture?.tid] })
      expect(capture?.stacks.groups[0]?.frames.map((frame) => frame.function)).toEqual(
        expect.arrayContaining(['price_order', 'pricing']),
      )
      expect(capture?.stacks.groups.flatMap(({ threads }) => threads)).toHaveLength(3)
      expect(seen.paid).toMatchObject([{ proof: CLEAN }])
    },
  )
})

/** perf that waits for this process has enabled its events: it lets its own child run after that. */
function perfAt(pid: number): boolean {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
        if (words[0] !== 'perf' || !words.includes('--filter') || words[words.indexOf('-p') + 1] !== String(pid))
          return false
        const [kid] = readFileSync(`/proc/${name}/task/${name}/children`, 'utf8').split(' ')
        return readFileSync(`/proc/${kid}/cmdline`, 'utf8').startsWith('sh\0')
      } catch {
        // It has ended meanwhile.
        return false
      }
    })
}
