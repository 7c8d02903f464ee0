import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drain } from './drain.ts'
import { answerIn, MOVED, type Act, type Plan } from './relief.ts'

// The admin socket of HAProxy, played by its management guide (9.3): one command a connection, an answer, an empty line, the end.

const TOOLS = ['sh', 'awk', 'cat', 'head', 'sed', 'id', 'grep']
const HEAD =
  '1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change'

describe.each(['python3', 'perl', 'socat', 'nc'])('HAProxy, asked with %s', (speaker) => {
  const has = spawnSync('sh', ['-c', `command -v ${speaker}`]).status === 0
  const skipped = has ? '' : ` (skipped: no ${speaker} here)`
  let folder = ''
  let server: Server
  const states = new Map<string, number>()
  const asked: string[] = []

  const answerTo = (command: string): string => {
    asked.push(command)
    const [, name, state] = /^set server orders\/(\S+) state (drain|ready)$/.exec(command) ?? []
    if (name !== undefined) {
      if (!states.has(name)) return 'No such server.\n\n'
      states.set(name, state === 'drain' ? 8 : 0)
      return '\n'
    }
    if (command !== 'show servers state orders') return "Can't find backend.\n\n"
    const rows = [...states].map(
      ([each, admin], at) => `3 orders ${at + 1} ${each} 10.0.0.${at} 2 ${admin} 1 1 77 6 3 7 6`,
    )
    return `${[HEAD, ...rows].join('\n')}\n\n`
  }

  beforeAll(async () => {
    if (!has) return
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-haproxy-'))
    mkdirSync(path.join(folder, 'bin'))
    // What is called python3 may be a shell script that seeks one.
    const itself = speaker === 'python3' ? `python3 -c 'import sys; print(sys.executable)'` : `command -v ${speaker}`
    const programs = { [speaker]: itself, ...Object.fromEntries(TOOLS.map((tool) => [tool, `command -v ${tool}`])) }
    for (const [name, where] of Object.entries(programs))
      symlinkSync(execFileSync('sh', ['-c', where], { encoding: 'utf8' }).trim(), path.join(folder, 'bin', name))
    server = createServer((socket) => socket.once('data', (chunk) => socket.end(answerTo(chunk.toString().trim()))))
    await new Promise<void>((resolve) => server.listen(path.join(folder, 'admin.sock'), resolve))
  })
  afterAll(() => {
    if (!has) return
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The socket plays in this process: it must not wait for the script. */
  const shell = (script: string): Promise<{ readonly code: number | null; readonly stdout: string }> =>
    new Promise((resolve) => {
      const own = script.replaceAll('/run/haproxy/admin.sock', path.join(folder, 'admin.sock'))
      const child: ChildProcess = spawn('sh', ['-c', own], {
        env: { ...process.env, PATH: path.join(folder, 'bin') },
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      let stdout = ''
      child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
      child.on('close', (code) => resolve({ code, stdout }))
    })
  const planned = async (word: string): Promise<Plan> =>
    drain.plan(answerIn((await shell(drain.planScript([word]))).stdout), [word])
  const judged = async (act: Act, word: string, before: Readonly<Record<string, string>>) =>
    act.judge(answerIn((await shell(act.check([word], before))).stdout), [word], before)

  it.skipIf(!has)(`drains a server, sees it, and takes it back only as it left it${skipped}`, async () => {
    for (const name of ['web-1', 'web-2', 'web-3']) states.set(name, name === 'web-3' ? 1 : 0)
    const plan = await planned('orders/web-2')
    if (!plan.possible) throw new Error(plan.why)
    expect(plan.lines[0]).toBe('now: orders/web-2 serves, beside web-1')
    const { undo } = drain
    if (!undo) throw new Error('no undo')
    expect((await shell(undo.script(['orders/web-2'], plan.before))).code).toBe(MOVED)
    expect((await shell(drain.act.script(['orders/web-2'], plan.before))).code).toBe(0)
    expect(states.get('web-2')).toBe(8)
    expect(await judged(drain.act, 'orders/web-2', plan.before)).toEqual({
      worked: true,
      says: ['orders/web-2 is drained; one server of its backend takes new connections'],
    })
    expect((await shell(drain.act.script(['orders/web-2'], plan.before))).code).toBe(MOVED)
    expect(await planned('orders/web-1')).toMatchObject({ possible: false, why: expect.stringMatching(/last server/) })
    expect(await planned('orders/web-3')).toMatchObject({
      possible: false,
      why: expect.stringMatching(/in maintenance/),
    })
    expect((await shell(undo.script(['orders/web-2'], plan.before))).code).toBe(0)
    expect(await judged(undo, 'orders/web-2', plan.before)).toMatchObject({ worked: true })
    expect(asked.filter((command) => command.startsWith('set'))).toEqual([
      'set server orders/web-2 state drain',
      'set server orders/web-2 state ready',
    ])
  })

  it.skipIf(!has)(`is refused where no socket knows the backend, or the backend the server${skipped}`, async () => {
    expect(await planned('carts/web-1')).toMatchObject({
      possible: false,
      why: expect.stringMatching(/No HAProxy|Only root/),
    })
    expect(await planned('orders/web-9')).toMatchObject({
      possible: false,
      why: expect.stringMatching(/no server web-9/),
    })
    const before = { socket: path.join(folder, 'none.sock'), admin: '0' }
    expect(await judged(drain.act, 'orders/web-1', before)).toMatchObject({ worked: false, unseen: true })
  })
})

const haproxy = spawnSync('sh', ['-c', 'command -v haproxy && command -v python3']).status === 0
const noHaproxy = haproxy ? '' : ' (skipped: needs haproxy and python3)'

describe.skipIf(!haproxy)(`HAProxy itself${noHaproxy}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-haproxy-'))
  const socket = path.join(folder, 'admin.sock')
  let proxy: ChildProcess

  beforeAll(async () => {
    // Without `check` a server counts as running, whether anything listens there.
    const configuration = [
      'global',
      `  stats socket ${socket} mode 600 level admin`,
      'defaults',
      '  timeout connect 1s',
      '  timeout client 1s',
      '  timeout server 1s',
      'backend orders',
      ...['web-1', 'web-2'].map((name, at) => `  server ${name} 127.0.0.1:${at + 1}`),
      '',
    ]
    writeFileSync(path.join(folder, 'haproxy.cfg'), configuration.join('\n'))
    proxy = spawn('haproxy', ['-db', '-f', path.join(folder, 'haproxy.cfg')], { stdio: 'ignore' })
    while (!existsSync(socket) && proxy.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50))
  })
  afterAll(() => {
    proxy.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  const answers = (script: string) => {
    const { status, stdout } = spawnSync('sh', ['-c', script.replaceAll('/run/haproxy/admin.sock', socket)])
    return { status, answer: answerIn(stdout.toString()) }
  }

  it('takes a server out, keeps the last one, and takes it back', () => {
    const plan = drain.plan(answers(drain.planScript(['orders/web-1'])).answer, ['orders/web-1'])
    if (!plan.possible) throw new Error(plan.why)
    expect(answers(drain.act.script(['orders/web-1'], plan.before)).status).toBe(0)
    const now = answers(drain.act.check(['orders/web-1'], plan.before)).answer
    expect(drain.act.judge(now, ['orders/web-1'], plan.before)).toEqual({
      worked: true,
      says: ['orders/web-1 is drained; one server of its backend takes new connections'],
    })
    const last = drain.plan(answers(drain.planScript(['orders/web-2'])).answer, ['orders/web-2'])
    expect(last).toMatchObject({ possible: false, why: expect.stringMatching(/last server/) })
    expect(answers(drain.undo?.script(['orders/web-1'], plan.before) ?? 'exit 9').status).toBe(0)
    const back = answers(drain.act.check(['orders/web-1'], plan.before)).answer
    expect(drain.undo?.judge(back, ['orders/web-1'], plan.before)).toEqual({
      worked: true,
      says: ['orders/web-1 takes new connections; 2 servers of its backend take new connections'],
    })
  })
})
