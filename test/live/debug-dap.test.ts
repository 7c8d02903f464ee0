import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dapBytes } from '../../src/evidence/debug/dap/message.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { startDap, type DapClient } from './dap-client.ts'
import { programWith, waitFor, type Program } from './program.ts'

// An editor that debugs through Halligan: gdb 16 of a newer Debian, over a real sshd, on a process that calls process_order a thousand times a second.

const why = missing('root', 'fleet', 'gcc') ?? missing('trixie')
const GDB = '16'
/** Where the sources are for the editor; for gdb they are where the program was compiled, by this worktree or another one. */
const HERE = '/home/amy/shop'

interface Body {
  readonly [key: string]: unknown
}

describe.skipIf(why)(`halligan debug --dap${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let folder: string
  let program: Program
  let pid: string
  let there: string
  const clients: DapClient[] = []

  beforeAll(async () => {
    const binary = readFileSync(compileSick('order-service')).toString('latin1')
    there = /(\/[ -~]+)\/order-service\.c\0/.exec(binary)?.[1] ?? ''
    const hook = path.join(import.meta.dirname, '../boxes/with-sick-programs.sh')
    fleet = await startFleet({ boxes: ['web-1'], flavour: 'trixie', hook })
  }, 400_000)
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-dap-'))
    program = programWith(fleet, path.join(folder, 'home'), folder)
    await program.run('open', 'orders are slow')
    fleet.leave('web-1', 'order-service 200; :')
    const search =
      'tries=0; until p=$(pgrep -nx order-service) && [ $(ls /proc/$p/task | wc -l) -ge 10 ] || [ $tries -ge 100 ]; do sleep 0.1; tries=$((tries + 1)); done; echo $p'
    pid = (await fleet.run('web-1', search)).trim()
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.kill()
    await fleet.run('web-1', `kill -KILL ${pid} 2>/dev/null; :`)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  })
  afterAll(() => fleet.down())

  const start = (...options: readonly string[]): DapClient => {
    const client = startDap(fleet, path.join(folder, 'home'), 'web-1', pid, '--dap', ...options)
    clients.push(client)
    return client
  }
  /** With a breakpoint where the order's total is known; gives the thread that came there. */
  const stopAt = async (editor: DapClient, line: number): Promise<number> => {
    const capabilities = (await editor.ask('initialize', { adapterID: 'gdb', supportsVariableType: true }))['body']
    expect(capabilities).toMatchObject({ supportsConditionalBreakpoints: true })
    for (const gone of ['supportsSetVariable', 'supportsWriteMemoryRequest', 'supportsTerminateRequest'])
      expect(capabilities).not.toHaveProperty(gone)
    const attached = editor.ask('attach', { pid: 1, program: '/bin/sh', sourceMap: { [there]: HERE } })
    await editor.event('initialized')
    const set = await editor.ask('setBreakpoints', {
      source: { path: `${HERE}/order-service.c` },
      breakpoints: [{ line }, { line: 19, condition: 'process_order(order, 1)' }],
    })
    expect(set['body']).toMatchObject({
      breakpoints: [{ id: 1 }, { verified: false, message: /call a function|not understood/ }],
    })
    await editor.ask('configurationDone')
    expect(await attached).toMatchObject({ success: true })
    const { reason, threadId } = await editor.event('stopped')
    expect(reason).toBe('breakpoint')
    return Number(threadId)
  }
  /** How it is on the box, and what of us is there. */
  const onBox = async (): Promise<string> =>
    (
      await fleet.run(
        'web-1',
        `sed -n 's/^\\(State\\|TracerPid\\):.//p' /proc/${pid}/status | tr '\\n' ' '; ls -d /dev/shm/.halligan-* 2>/dev/null; pgrep -x gdb; pgrep -fx 'sleep 100000'; find /usr/share/gdb -name '*.pyc'; :`,
      )
    ).trim()
  const FREE = /^[SR] \([a-z]+\) 0$/
  const lastOf = async () =>
    (await program.entries()).flatMap((entry) => (entry.did === 'debugged' ? [entry] : [])).at(-1)
  const bodyOf = (answer: Readonly<Record<string, unknown>>): Body => answer['body'] as Body

  it(`NATIVE gdb ${GDB}: debug shows an editor the stack and the variables at a breakpoint, changes nothing, and lets go`, async () => {
    const editor = start('--accept', 'pause')
    const threadId = await stopAt(editor, 18)
    expect(bodyOf(await editor.ask('threads'))['threads']).toHaveLength(10)
    const frames = bodyOf(await editor.ask('stackTrace', { threadId }))['stackFrames'] as readonly Body[]
    expect(frames[0]).toMatchObject({
      name: 'process_order',
      line: 18,
      source: { name: 'order-service.c', path: `${HERE}/order-service.c` },
    })
    const frameId = frames[0]?.['id']
    const scopes = bodyOf(await editor.ask('scopes', { frameId }))['scopes'] as readonly Body[]
    const { variablesReference } = scopes.find(({ name }) => name === 'Arguments') ?? {}
    const variables = bodyOf(await editor.ask('variables', { variablesReference }))['variables'] as readonly Body[]
    expect(variables.map(({ name }) => name)).toEqual(['order', 'discount'])
    const value = async (expression: string) => editor.ask('evaluate', { expression, frameId, context: 'watch' })
    expect(bodyOf(await value('order->quantity'))['result']).toBe('3')
    expect(bodyOf(await value('order->password'))['result']).toContain('hunter2')
    const partsOf = async (reference: unknown): Promise<readonly Body[]> =>
      bodyOf(await editor.ask('variables', { variablesReference: reference }))['variables'] as readonly Body[]
    // A pointer has one part, what it leads to.
    const [order] = await partsOf(variables[0]?.['variablesReference'])
    const fields = await partsOf(order?.['variablesReference'])
    expect(fields.map(({ name }) => name)).toEqual(['id', 'quantity', 'customer', 'password'])
    expect(JSON.stringify(fields)).toContain('hunter2')
    for (const [command, args] of [
      ['evaluate', { expression: 'discount = 5', frameId, context: 'watch' }],
      ['evaluate', { expression: 'process_order(order, 1)', frameId, context: 'watch' }],
      ['evaluate', { expression: 'shell id', frameId, context: 'repl' }],
      ['setVariable', { variablesReference, name: 'discount', value: '5' }],
      ['launch', { program: '/bin/sh' }],
      ['terminate', {}],
      ['disconnect', { terminateDebuggee: true }],
    ] as const)
      expect(await editor.ask(command, args)).toMatchObject({ success: false, message: expect.stringMatching(/\w/) })
    expect(
      await editor.ask('setBreakpoints', { source: { path: `${HERE}/order-service.c` }, breakpoints: [] }),
    ).toMatchObject({
      success: true,
    })
    await editor.ask('continue', { threadId })
    await editor.ask('pause', { threadId })
    expect(await editor.event('stopped')).toMatchObject({ reason: 'pause' })
    await editor.ask('continue', { threadId })
    expect(await editor.ask('disconnect', {})).toMatchObject({ success: true })
    expect(await editor.ended).toBe(0)
    expect(editor.output()).toContain(`Process ${pid} runs, traced by nobody.`)
    expect(await onBox()).toMatch(FREE)
    const last = await lastOf()
    expect(last).toMatchObject({
      by: 'amy@laptop',
      payload: {
        state: 'ended',
        debugger: 'gdb-dap',
        price: 'pause',
        pid: Number(pid),
        ended: 'stopped',
        isClean: true,
      },
    })
    expect(last?.payload?.stops).toBeGreaterThanOrEqual(1)
    expect(last?.payload?.commands.map(({ line }) => line)).toEqual(
      expect.arrayContaining([`attach ${pid}`, 'evaluate order.quantity', 'pause', 'disconnect']),
    )
    const played = (await program.run('replay', '--print')).stdout
    expect(played).toContain('order.quantity = 3')
    expect(played).toContain('refused: setVariable')
    expect(played).toMatch(/order\.password = .*(?:masked|secret:password)/)
    expect(played).toMatch(/ {2}password = .*(?:masked|secret:password)/)
    expect(await program.evidence(last?.payload?.cast)).not.toContain('hunter2')
    expect(readdirSync(path.join(folder, 'home', 'shells'))).toEqual([])
  })

  it(`NATIVE gdb ${GDB}: debug continues for an editor what stood still for too long, and lets go when the editor is gone`, async () => {
    const editor = start('--accept', 'pause', '--limit', '2s')
    await stopAt(editor, 18)
    await waitFor(() => editor.output().includes('has stood still for 2 s, so it is continued'), 'it is continued')
    await editor.event('stopped')
    editor.close()
    expect(await editor.ended).toBe(0)
    expect(await onBox()).toMatch(FREE)
  })

  it(`NATIVE gdb ${GDB}: debug lets go when a condition that does not hold holds the process up again and again`, async () => {
    const editor = start('--accept', 'pause', '--limit', '2s')
    await editor.ask('initialize', { adapterID: 'gdb' })
    const attached = editor.ask('attach', { sourceMap: { [there]: HERE } })
    await editor.event('initialized')
    const source = { path: `${HERE}/order-service.c` }
    await editor.ask('setBreakpoints', { source, breakpoints: [{ line: 18, condition: 'order.id == -1' }] })
    await editor.ask('configurationDone')
    expect(await attached).toMatchObject({ success: true })
    await waitFor(() => editor.output().includes('at stops that gdb tells nobody of'), 'it is let go')
    expect(await editor.ended).toBe(0)
    expect(await onBox()).toMatch(FREE)
  })

  it(`NATIVE gdb ${GDB}: debug leaves the process running when the line of an editor is cut while it stands still`, async () => {
    const editor = start('--accept', 'pause')
    await stopAt(editor, 18)
    expect(await onBox()).toMatch(/^t /)
    await fleet.link('web-1', 'down')
    try {
      await waitFor(async () => FREE.test(await onBox()), 'the process runs on')
    } finally {
      await fleet.link('web-1', 'up')
    }
    // The line may come back in time for what the guard has to tell.
    await editor.ended
    expect((await lastOf())?.payload?.state).toMatch(/^(?:lost|ended)$/)
  })

  it('has a reason for what it does to the end of gdb: by itself that waits for its editor, and never lets go', async () => {
    const asked = [
      { seq: 1, type: 'request', command: 'initialize', arguments: {} },
      { seq: 2, type: 'request', command: 'attach', arguments: { pid: Number(pid) } },
      { seq: 3, type: 'request', command: 'configurationDone', arguments: {} },
    ]
    const said = Buffer.concat(asked.map((message) => dapBytes(message))).toString('base64')
    const gdb = "gdb -q -nx -iex 'set debuginfod enabled off' -i=dap"
    fleet.leave('web-1', `{ echo ${said} | base64 -d; sleep 40; } | PYTHONDONTWRITEBYTECODE=1 ${gdb} >/dev/null 2>&1`)
    await waitFor(async () => (await onBox()).startsWith('t '), 'gdb is at it')
    await fleet.run('web-1', 'pkill -HUP -x gdb; sleep 4')
    expect(await onBox()).toMatch(/^t \(tracing stop\) [1-9]\d* \d+/)
    await fleet.run('web-1', 'pkill -KILL -x gdb; pkill -x sleep; :')
  })

  it('tells the editor, and the person, why it attaches to nothing', async () => {
    const editor = start()
    const said = 'its price is pause, which nobody accepted'
    expect(await editor.ask('initialize', { adapterID: 'gdb' })).toMatchObject({
      success: false,
      message: expect.stringContaining(said),
      body: { error: { showUser: true } },
    })
    expect([await editor.ended, editor.errors()]).toEqual([1, expect.stringContaining(said)])
    expect(await onBox()).toMatch(FREE)
  })

  it('obeys the policy of halligan.yaml, unless told otherwise, which is written down', async () => {
    const policy = 'groups:\n  careful: { boxes: [web-1], policy: { highestPrice: slow } }\n'
    writeFileSync(path.join(folder, 'halligan.yaml'), policy)
    const refused = start('--accept', 'pause')
    const said = 'allows slow at most, and this is pause'
    expect(await refused.ask('initialize', { adapterID: 'gdb' })).toMatchObject({
      success: false,
      message: expect.stringContaining(said),
    })
    expect(await refused.ended).toBe(1)
    const overrode = async () =>
      (await program.entries()).flatMap((entry) => (entry.did === 'overrode' ? [entry.payload] : []))
    expect(await overrode()).toEqual([])
    const editor = start('--accept', 'pause', '--anyway', 'it burns')
    expect(await editor.ask('initialize', { adapterID: 'gdb' })).toMatchObject({ success: true })
    editor.close()
    expect(await editor.ended).toBe(0)
    expect(await overrode()).toMatchObject([{ what: expect.stringContaining(said), reason: 'it burns' }])
    expect(await onBox()).toMatch(FREE)
  })
})
