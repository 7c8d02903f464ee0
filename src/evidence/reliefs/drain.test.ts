import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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
  const weights = new Map<string, number>()
  let info = ''
  const asked: string[] = []

  const answerTo = (command: string): string => {
    asked.push(command)
    const [, name, state] = /^set server orders\/(\S+) state (drain|ready)$/.exec(command) ?? []
    if (name !== undefined) {
      if (!states.has(name)) return 'No such server.\n\n'
      states.set(name, state === 'drain' ? 8 : 0)
      return '\n'
    }
    if (command === 'show info') return `Name: HAProxy\n${info}\n\n`
    if (command === 'show stat -1 4 -1')
      return '# pxname,svname,status,tracked,type,\ncarts,c-1,UP,orders/web-2,2,\ncarts,c-2,UP,orders/web-1,2,\n\n'
    if (command !== 'show servers state orders') return "Can't find backend.\n\n"
    const rows = [...states].map(
      ([each, admin], at) =>
        `3 orders ${at + 1} ${each} 10.0.0.${at} 2 ${admin} ${weights.get(each) ?? 1} 1 77 6 3 7 6`,
    )
    return `${[HEAD, ...rows].join('\n')}\n\n`
  }

  beforeEach(() => {
    asked.length = 0
    info = 'Pid: 812\nUptime_sec: 1\nStart_time_sec: 1795728421'
    weights.clear()
    for (const name of ['web-1', 'web-2', 'web-3']) states.set(name, name === 'web-3' ? 1 : 0)
  })
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
    const plan = await planned('orders/web-2')
    if (!plan.possible) throw new Error(plan.why)
    expect(plan.lines.slice(0, 2)).toEqual([
      'danger: what tracks it is drained with it, whether anything serves beside that or not: carts/c-1',
      'now: orders/web-2 serves, beside web-1',
    ])
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

  it.skipIf(!has)(`drains nothing where the others have gone, or have weight 0${skipped}`, async () => {
    const plan = await planned('orders/web-2')
    if (!plan.possible) throw new Error(plan.why)
    states.set('web-1', 1)
    expect(await shell(drain.act.script(['orders/web-2'], plan.before))).toMatchObject({
      code: MOVED,
      stdout: expect.stringMatching(/no other server of its backend serves now/),
    })
    states.set('web-1', 0)
    weights.set('web-1', 0)
    expect((await shell(drain.act.script(['orders/web-2'], plan.before))).code).toBe(MOVED)
    expect(await planned('orders/web-2')).toMatchObject({ possible: false, why: expect.stringMatching(/last server/) })
    weights.set('web-1', 1)
    weights.set('web-2', 0)
    expect(await judged(drain.act, 'orders/web-1', plan.before)).toMatchObject({
      says: [expect.stringMatching(/one server of its backend takes/)],
    })
    expect(asked.filter((command) => command.startsWith('set'))).toEqual([])
  })

  it.skipIf(!has)(`takes back nothing of another run of HAProxy${skipped}`, async () => {
    const plan = await planned('orders/web-2')
    if (!plan.possible) throw new Error(plan.why)
    expect((await shell(drain.act.script(['orders/web-2'], plan.before))).code).toBe(0)
    for (const other of ['Pid: 812\nStart_time_sec: 1795728999', 'Pid: 813\nStart_time_sec: 1795728421', '']) {
      info = other
      expect((await shell(drain.undo?.script(['orders/web-2'], plan.before) ?? '')).code).toBe(MOVED)
    }
    info = 'Pid: 813\nStart_time_sec: 1795728421'
    expect(await judged(drain.act, 'orders/web-2', plan.before)).toMatchObject({ worked: false, unseen: true })
    // One that says no start, and is no process of that name here.
    info = 'Pid: 1'
    states.set('web-2', 0)
    expect(await planned('orders/web-2')).toMatchObject({
      possible: false,
      why: expect.stringMatching(/does not say which run/),
    })
    expect(states.get('web-2')).toBe(0)
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
    const before = { socket: path.join(folder, 'none.sock'), admin: '0', run: '812@1795728421' }
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
    // What tracks a server follows its check, which the admin socket answers. Without one a server counts as running.
    const configuration = [
      'global',
      `  stats socket ${socket} mode 600 level admin`,
      'defaults',
      '  timeout connect 1s',
      '  timeout client 1s',
      '  timeout server 1s',
      'backend orders',
      ...['web-1', 'web-2'].map((name) => `  server ${name} unix@${socket} check inter 1h`),
      'backend carts',
      '  server c-1 127.0.0.1:1 track orders/web-1',
      '  server c-2 127.0.0.1:2 weight 0',
      'backend bills',
      '  server b-1 127.0.0.1:1 track carts/c-1',
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
    expect(plan.lines[0]).toMatch(/^danger: what tracks it .*: carts\/c-1, bills\/b-1$/)
    expect(plan.before).toMatchObject({ run: expect.stringMatching(RegExp(`^${proxy.pid}@`)) })
    expect(drain.plan(answers(drain.planScript(['carts/c-1'])).answer, ['carts/c-1'])).toMatchObject({
      possible: false,
      why: expect.stringMatching(/last server/),
    })
    const { run: _, ...rest } = plan.before
    expect(drain.isBefore(rest, ['orders/web-1'])).toBe(false)
    expect(answers(drain.act.script(['orders/web-1'], { ...rest, run: '1@1' })).status).toBe(MOVED)
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
