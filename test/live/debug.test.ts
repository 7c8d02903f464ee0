import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { startDap } from './dap-client.ts'
import { programWith, type Program } from './program.ts'
import { openTerminal, type Terminal } from './terminal.ts'

// gdb by hand on a running process, over a real sshd, in a real terminal; what becomes of it at random moments is in guard-faults.test.ts.

const why = missing('root', 'fleet', 'tmux', 'gcc')
const GDB = '13.1'

describe.skipIf(why)(`halligan debug in a terminal${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let folder: string
  let program: Program
  let terminal: Terminal
  let pid: string

  beforeAll(async () => {
    compileSick('order-service')
    const hook = path.join(import.meta.dirname, '../boxes/with-sick-programs.sh')
    fleet = await startFleet({ boxes: ['web-1'], hook })
  }, 120_000)
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-debug-'))
    const home = path.join(folder, 'home')
    program = programWith(fleet, home, folder)
    await program.run('open', 'orders are slow')
    const main = path.resolve(import.meta.dirname, '../../bin/halligan.cjs')
    writeFileSync(path.join(folder, 'halligan'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
    chmodSync(path.join(folder, 'halligan'), 0o755)
    mkdirSync(path.join(folder, 'run'), { mode: 0o700 })
    terminal = openTerminal({
      columns: 120,
      folder,
      environment: {
        HALLIGAN_SSH_CONFIG: fleet.sshConfig,
        HALLIGAN_HOME: home,
        HALLIGAN_BY: 'amy@laptop',
        XDG_RUNTIME_DIR: path.join(folder, 'run'),
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
        HOME: folder,
      },
    })
    fleet.leave('web-1', 'order-service 100; :')
    const search =
      'tries=0; until p=$(pgrep -nx order-service) && [ $(ls /proc/$p/task | wc -l) -ge 10 ] || [ $tries -ge 100 ]; do sleep 0.1; tries=$((tries + 1)); done; echo $p'
    pid = (await fleet.run('web-1', search)).trim()
  })
  afterEach(async () => {
    terminal.end()
    await fleet.run('web-1', `kill -KILL ${pid} 2>/dev/null; :`)
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  })
  afterAll(() => fleet.down())

  const begin = async (...options: readonly string[]): Promise<void> => {
    terminal.enter(`halligan debug web-1 ${pid} --accept pause ${options.join(' ')}; echo "ended $?"`)
    await terminal.until(/^\(gdb\)$/m)
    await terminal.until(/^ STANDS STILL \d+ s, at most \d+ s: order-service \(\d+\) on web-1/m)
  }
  /** How it is on the box, and what of us is there. */
  const onBox = async (): Promise<string> =>
    (
      await fleet.run(
        'web-1',
        `sed -n 's/^\\(State\\|TracerPid\\):.//p' /proc/${pid}/status | tr '\\n' ' '; ls -d /dev/shm/.halligan-* 2>/dev/null; pgrep -x gdb; pgrep -fx 'sleep 100000'; :`,
      )
    ).trim()
  const debugged = async () => (await program.entries()).flatMap((entry) => (entry.did === 'debugged' ? [entry] : []))

  it(`NATIVE gdb ${GDB}: debug shows a variable at a breakpoint; Ctrl-C stops it, quit lets go, and the record has all with the proof`, async () => {
    await begin('--limit 30')
    terminal.enter('break process_order')
    await terminal.until(/^Breakpoint 1 at /m)
    terminal.enter('continue')
    await terminal.until(/hit Breakpoint 1, process_order/)
    terminal.enter('print *order')
    await terminal.until(/^\$1 = \{id = \d+, quantity = 3, customer = /m)
    terminal.enter('print process_order(order, 1)')
    await terminal.until(/^Cannot call functions in the program: may-call-functions is off\.$/m)
    terminal.enter('kill')
    await terminal.until(/^Not here: it would end the process, or begin another one\.$/m)
    terminal.enter('tbreak wait_ms')
    terminal.enter('clear process_order')
    await terminal.until(/^Deleted breakpoint 1/m)
    terminal.enter('continue')
    await terminal.until(/Temporary breakpoint 2, wait_ms/)
    terminal.enter('continue')
    await terminal.until(/^ runs: order-service \(\d+\) on web-1 - Ctrl-C stops it/m)
    terminal.press('C-c')
    await terminal.until(/received signal SIGSTOP/)
    await terminal.until(/^ STANDS STILL/m)
    terminal.enter('quit')
    await terminal.until(/Quit anyway\? \(y or n\)/)
    terminal.enter('y')
    await terminal.until(/^ended 0$/m)
    expect(terminal.lines().join('\n')).toMatch(
      new RegExp(
        `halligan: It stood still \\d+ times.*\nhalligan: Process ${pid} runs, traced by nobody\\.\nhalligan: No file`,
      ),
    )
    expect(await onBox()).toMatch(/^[SR] \([a-z]+\) 0$/)
    const [before, after] = await debugged()
    expect(before).toMatchObject({
      seq: 2,
      payload: { state: 'running', pid: Number(pid), debugger: 'gdb', limitSeconds: 30 },
    })
    expect(after?.payload).toMatchObject({
      state: 'ended',
      of: 2,
      ended: 'exited',
      isClean: true,
      proof: expect.arrayContaining([`Process ${pid} runs, traced by nobody.`]),
      rows: 69,
    })
    expect(after?.payload?.stops).toBeGreaterThanOrEqual(2)
    expect(after?.payload?.commands.map(({ line }) => line)).toEqual(
      expect.arrayContaining(['break process_order', 'print *order', 'quit']),
    )
    const cast = await program.evidence(after?.payload?.cast)
    expect(cast).not.toContain('STANDS STILL')
    // A field of that name.
    expect(cast).not.toContain('hunter2')
    const played = (await program.run('replay', '--print')).stdout
    expect(played).toContain('(gdb) print *order')
    expect(played).toMatch(/quantity = 3, customer = .*, password = 0x[0-9a-f]+ "\S*secret:password/)
    expect((await program.run('show', '3')).stdout).toContain('price pause, at most 30 s in one stop; it stood still')
    expect(readdirSync(path.join(folder, 'home', 'shells'))).toEqual([])
  })

  it(`NATIVE gdb ${GDB}: debug lets go by itself when the limit is over, also at a question of gdb`, async () => {
    await begin('--limit 3')
    terminal.enter('break process_order')
    terminal.enter('delete')
    await terminal.until(/Delete all breakpoints\?/)
    await terminal.until(/^ended 0$/m)
    expect(terminal.lines().join('\n')).toContain(
      'The process had stood still for 3 s, so the debugger was told to let go',
    )
    expect(await onBox()).toMatch(/^[SR] \([a-z]+\) 0$/)
    expect((await debugged())[1]?.payload).toMatchObject({ ended: 'frozen', isClean: true })
  })

  it(`NATIVE gdb ${GDB}: debug leaves the process running when its console is killed, and the next command records it`, async () => {
    await begin()
    terminal.enter('break process_order')
    terminal.enter('continue')
    await terminal.until(/hit Breakpoint 1, process_order/)
    terminal.end()
    const deadline = Date.now() + 30_000
    while (!/^[SR] \([a-z]+\) 0$/.test(await onBox()) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    expect(await onBox()).toMatch(/^[SR] \([a-z]+\) 0$/)
    expect((await program.run('timeline')).stdout).toMatch(/gdb at order-service/)
    terminal = openTerminal({ columns: 80, folder, environment: {} })
  })

  it('is refused with the reason: without a price, for a process that is traced, and without a terminal', async () => {
    terminal.enter(`halligan debug web-1 ${pid} --accept free; echo "ended $?"`)
    await terminal.until(/^ended 1$/m)
    expect(terminal.lines().join(' ')).toContain('its price is pause, and free was accepted')
    expect((await debugged())[0]?.payload).toMatchObject({
      state: 'not-started',
      why: expect.stringContaining('pause'),
    })
    const editor = startDap(fleet, path.join(folder, 'home'), 'web-1', pid, '--dap', '--accept', 'pause')
    const refusal = await editor.ask('initialize', { adapterID: 'gdb' })
    expect(refusal).toMatchObject({
      success: false,
      message: expect.stringContaining(`gdb ${GDB} there does not speak`),
    })
    expect([await editor.ended, editor.errors()]).toEqual([
      1,
      expect.stringContaining(`gdb ${GDB} there does not speak`),
    ])
    const [none, twice] = [await program.run('debug', 'web-1', pid), await program.run('debug', 'web-1', pid, 'x')]
    expect([none.code, twice.code]).toEqual([2, 2])
    expect(none.stderr).toContain('halligan debug needs a terminal')
  })
})
