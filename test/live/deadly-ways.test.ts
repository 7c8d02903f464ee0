import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { GDB } from './attaching.ts'

// Ways that look harmless and kill or freeze the process that one looks at: each shown on a process that nobody needs, so that it is known to be true of the tools of
// today. That we never go one of them is tested in test/deadly-ways.test.ts.

vi.setConfig({ testTimeout: 120_000 })
const why = missing('root', 'fleet', 'gcc')

/** SIGTERM to gdb harms its target in half of the tries. */
const MOST_TRIES = 40
/** Of forty calls each, a few hundred instructions apart: one in two harms. */
const MOST_SESSIONS = 12

describe.skipIf(why)(`deadly ways${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  beforeAll(async () => {
    compileSick('order-service')
    fleet = await startFleet({
      boxes: ['web-1'],
      hook: path.join(import.meta.dirname, '../boxes/with-node.sh'),
    })
  }, 120_000)
  afterAll(() => fleet.down())

  /** Starts a sacrificial order-service with gdb at it and a breakpoint in, sends gdb the signal, and says how the process is half a second later. */
  const signalled = (signal: string): Promise<string> =>
    fleet
      .run(
        'web-1',
        `order-service 60 >/dev/null 2>&1 & target=$!
       out=$(mktemp); sleep 0.1
       ${GDB} -ex 'handle all nostop noprint pass' -ex 'dprintf process_order,"hit\\n"' -ex "attach $target" -ex continue /proc/$target/exe >$out 2>&1 & gdb=$!
       tries=0; until grep -q ^hit $out || [ $tries -ge 200 ]; do sleep 0.1; tries=$((tries + 1)); done
       kill -${signal} $gdb; wait $gdb 2>/dev/null; sleep 0.5
       if [ -d /proc/$target ]; then read -r line </proc/$target/stat; line=\${line##*") "}; state=\${line%% *}; else state=Z; fi
       case $state in Z) wait $target 2>/dev/null; echo dead $?;; T|t) echo stopped;; *) echo runs;; esac
       kill -KILL $target 2>/dev/null; rm -f $out`,
      )
      .then((said) => said.trim())

  it('SIGKILL to gdb with a breakpoint in: the process dies of SIGTRAP at its next hit', async () => {
    expect(await signalled('KILL')).toBe('dead 133')
  })

  it('SIGTERM to gdb with a breakpoint in, which is what timeout sends: the process dies, or is left stopped', async () => {
    const seen: string[] = []
    while (!seen.some((each) => each !== 'runs') && seen.length < MOST_TRIES) seen.push(await signalled('TERM'))
    expect(seen.at(-1)).toMatch(/^(dead|stopped)/)
  })

  it('SIGHUP to gdb, which is what the guard sends: the process runs on', async () => {
    const seen = [await signalled('HUP'), await signalled('HUP'), await signalled('HUP')]
    expect(seen).toEqual(['runs', 'runs', 'runs'])
  })

  it('SIGUSR1, which opens the inspector of Node, to a process that is none: it dies', async () => {
    const said = await fleet.run('web-1', 'sleep 60 & kill -USR1 $!; wait $!; echo $?')
    expect(said.trim()).toBe('138')
  })

  it('code that gdb calls under the GIL of CPython while it allocates: the process dies', async () => {
    const session = (): Promise<string> =>
      fleet.run(
        'web-1',
        `ulimit -c 0
         python3 -c 'while True: x = [bytes(700 + i % 90000) for i in range(300)]' >/dev/null 2>&1 & target=$!
         sleep 0.5; set --; calls=0
         while [ $calls -lt 40 ]; do
           calls=$((calls + 1))
           set -- "$@" -ex 'set $g = ((int (*)()) PyGILState_Ensure)()' \\
             -ex 'call ((int (*)(const char *)) PyRun_SimpleString)("y = [bytes(900 + i) for i in range(9999)]")' \\
             -ex 'call ((void (*)(int)) PyGILState_Release)($g)' -ex 'stepi 331'
         done
         ${GDB} -p $target "$@" -ex detach >/dev/null 2>&1
         kill -KILL $target 2>/dev/null; wait $target; echo $?`,
      )
    let said = ''
    for (let tries = 0; tries < MOST_SESSIONS && !/^(?:134|139)$/.test(said); tries += 1)
      said = (await session()).trim()
    // SIGABRT by malloc, or SIGSEGV.
    expect(['134', '139']).toContain(said)
  })

  it('a runtime that is paused through a tunnel: when the line stalls it stands still, also when the console is killed', async () => {
    fleet.leave(
      'web-1',
      `exec node --inspect=127.0.0.1:9229 -e 'setInterval(() => require("fs").appendFileSync("/tmp/beats", "."), 20)' >/dev/null 2>&1`,
    )
    const beats = async (): Promise<number> => Number(await fleet.run('web-1', 'cat /tmp/beats 2>/dev/null | wc -c'))
    const port = await freePort()
    const tunnel = spawn('ssh', ['-F', fleet.sshConfig, '-N', '-L', `127.0.0.1:${port}:127.0.0.1:9229`, 'web-1'], {
      stdio: 'ignore',
    })
    try {
      await untilSo(async () => (await beats()) > 5)
      await pausedBy(port)
      const stopped = await beats()
      await fleet.link('web-1', 'down')
      tunnel.kill('SIGKILL')
      await after(2_000)
      expect(await beats()).toBe(stopped)
      // It was this that held it: once the line is back, sshd hears of the end of the console, and V8 of the end of its client.
      await fleet.link('web-1', 'up')
      await untilSo(async () => (await beats()) > stopped)
    } finally {
      tunnel.kill('SIGKILL')
      await fleet.link('web-1', 'up')
    }
  })
})

describe('deadly ways of tools that not every machine has', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-deadly-'))
  const started: ChildProcess[] = []
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })
  const start = (...[program, ...argv]: readonly [string, ...string[]]): ChildProcess => {
    const child = spawn(program, argv, { stdio: 'ignore', cwd: folder })
    started.push(child)
    return child
  }

  it('ltrace, ended by SIGKILL: the process dies', async (context) => {
    if (!has('ltrace') || !has('gcc')) context.skip('needs ltrace and gcc')
    const source = path.join(import.meta.dirname, '../sick/order-service.c')
    execFileSync('gcc', ['-O1', '-pthread', '-o', 'order-service', source], { cwd: folder })
    // Where it is killed before its breakpoints are in, nothing happens.
    let died: NodeJS.Signals | null = null
    for (let tries = 0; died === null && tries < 10; tries += 1) {
      const target = start(path.join(folder, 'order-service'), '60')
      await after(200)
      const tool = start('ltrace', '-p', String(target.pid), '-o', '/dev/null')
      await until(() => tracerOf(target.pid) !== '0')
      await after(500 + 100 * tries)
      tool.kill('SIGKILL')
      await after(1_000)
      died = target.signalCode
      target.kill('SIGKILL')
    }
    expect(died).toMatch(/^SIG(?:TRAP|SEGV|ILL|BUS)$/)
  })

  it('jhsdb jstack: the whole JVM stands still while it reads', async (context) => {
    if (!has('jhsdb') || !has('java')) context.skip('needs jhsdb and java')
    writeFileSync(
      path.join(folder, 'Idle.java'),
      'public class Idle { public static void main(String[] a) throws Exception { System.out.println("ready"); Thread.sleep(60000); } }',
    )
    const target = spawn('java', ['-Xmx64m', 'Idle.java'], { stdio: ['ignore', 'pipe', 'ignore'], cwd: folder })
    started.push(target)
    await new Promise((resolve) => target.stdout.once('data', resolve))
    const tool = start('jhsdb', 'jstack', '--pid', String(target.pid))
    let seenStopped = 0
    while (tool.exitCode === null && tool.signalCode === null) {
      if (threadsOf(target.pid).every((state) => state === 't')) seenStopped += 1
      await after(50)
    }
    expect(tool.exitCode).toBe(0)
    // Half a second of looks at the least: thread dumps by jcmd are through within one.
    expect(seenStopped).toBeGreaterThanOrEqual(10)
  })
})

/** Through the inspector that listens there: all of its JavaScript stands still once this has resolved. */
async function pausedBy(port: number): Promise<void> {
  let address: string | undefined
  await untilSo(async () => {
    const listed: unknown = await fetch(`http://127.0.0.1:${port}/json/list`).then(
      (answer) => answer.json(),
      () => undefined,
    )
    address = /"webSocketDebuggerUrl":"(ws:[^"]+)"/.exec(JSON.stringify(listed) ?? '')?.[1]
    return address !== undefined
  })
  const client = new WebSocket(address ?? '')
  await new Promise<void>((resolve, reject) => {
    client.addEventListener('error', () => reject(new Error('the inspector does not answer')))
    client.addEventListener('open', () => {
      client.send('{"id":1,"method":"Debugger.enable"}')
      client.send('{"id":2,"method":"Debugger.pause"}')
    })
    client.addEventListener('message', ({ data }) => {
      if (String(data).includes('"Debugger.paused"')) resolve()
    })
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

/** Undefined once it is gone: attaching alone may have been its end. */
function tracerOf(pid = 0): string | undefined {
  try {
    return /^TracerPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

function threadsOf(pid = 0): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((tid) => {
    try {
      return readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1').split(') ').at(-1)?.slice(0, 1) ?? []
    } catch {
      return []
    }
  })
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

function until(so: () => boolean): Promise<void> {
  return untilSo(() => Promise.resolve(so()))
}

async function untilSo(so: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await so()); tries += 1) {
    if (tries > 300) throw new Error('waited for 30 s')
    await after(100)
  }
}
