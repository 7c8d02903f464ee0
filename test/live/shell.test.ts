import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { programWith, waitFor, type Program } from './program.ts'
import { openTerminal, type Terminal } from './terminal.ts'

const why = missing('root', 'fleet', 'tmux')
const SECRET = 'Zx9-never-shown'

describe.skipIf(why !== undefined)(`halligan shell in a terminal${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let folder: string
  let home: string
  let program: Program
  let terminal: Terminal

  beforeAll(async () => {
    fleet = await startFleet({ boxes: ['web-1'] })
  })
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-shell-'))
    home = path.join(folder, 'home')
    program = programWith(fleet, home, folder)
    await program.run('open', 'checkout returns 500s')
    const main = path.resolve(import.meta.dirname, '../../bin/halligan.cjs')
    const command = path.join(folder, 'halligan')
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
    chmodSync(command, 0o755)
    execFileSync('mkdir', ['-m', '700', path.join(folder, 'run')])
    terminal = openTerminal({
      columns: 90,
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
  })
  afterEach(() => {
    terminal.end()
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
  })
  afterAll(() => fleet.down())

  const shells = async () => (await program.entries()).flatMap((entry) => (entry.did === 'shelled' ? [entry] : []))
  /** Shells of sessions on the box. */
  const left = (): Promise<string> =>
    fleet.run('web-1', `grep -lz 'HALLIGAN_RECORDING=' /proc/[0-9]*/environ 2>/dev/null | grep -v self; :`)
  const openShell = async (): Promise<void> => {
    terminal.enter('halligan shell web-1; echo "ended $?"')
    await terminal.until(/RECORDING this shell on web-1 into \S+ as #2/)
    terminal.enter("PS1='box# '")
    await terminal.until(/^box#$/m)
  }

  it('is a shell with a terminal of the right size, and the record has what was typed and shown', async () => {
    await openShell()
    terminal.enter('stty size; tty; echo "$HALLIGAN_RECORDING" | cut -c1-4')
    await terminal.until(/^70 90\n\/dev\/pts\/\d+\n20\d\d$/m)
    terminal.enter('exit 3')
    await terminal.until(/^ended 3$/m)
    const [before, after] = await shells()
    expect(before).toMatchObject({
      seq: 2,
      box: 'web-1',
      identity: { hostname: 'web-1' },
      payload: { state: 'running', commands: [] },
    })
    expect(after).toMatchObject({ payload: { state: 'ended', exit: 3, of: 2, columns: 90, rows: 70 } })
    const lines = after?.payload?.commands.map(({ line }) => line)
    expect(lines?.slice(1)).toEqual(['stty size; tty; echo "$HALLIGAN_RECORDING" | cut -c1-4', 'exit 3'])
    expect(lines?.[0]).toContain("PS1='box# '")
    const cast = await program.evidence(after?.payload?.cast)
    expect(cast).toMatch(/^\{"version":3,"term":\{"cols":90,"rows":70,/)
    expect(cast.trimEnd()).toMatch(/"x", "3"\]$/)
    expect(readdirSync(path.join(home, 'shells'))).toEqual([])
    expect(await left()).toBe('')
    expect(readdirSync(path.join(folder, 'run'))).toEqual([])
    terminal.enter('stty -a | grep -o " echo "')
    await terminal.until(/^ echo$/m)
  })

  it('stands against closing while it is open', async () => {
    await openShell()
    const refused = await program.run('close', '--cause', 'the pool')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('#2 is a shell on web-1 that is open (amy@laptop)')
    expect((await program.run('status')).stdout).toMatch(/#2 web-1 is a shell that is open for \S+ \S+ \(amy@laptop\)/)
    expect((await program.run('timeline')).stdout).toContain('shell (open)')
    terminal.enter('exit')
    await terminal.until(/^ended 0$/m)
    expect((await program.run('close', '--cause', 'the pool')).code).toBe(0)
  })

  it('has the usual size where the terminal tells none, and is played back', async () => {
    terminal.enter('stty cols 0 rows 0')
    await openShell()
    terminal.enter('stty size')
    await terminal.until(/^24 80$/m)
    terminal.enter('exit')
    await terminal.until(/^ended 0$/m)
    expect((await shells())[1]).toMatchObject({ payload: { columns: 80, rows: 24 } })
    expect((await program.run('replay', '--print')).stdout).toContain('stty size\n24 80\n')
  })

  it('is not begun where it cannot be kept while it goes on, and is not told as open then', async () => {
    writeFileSync(path.join(home, 'shells'), 'in the way')
    terminal.enter('halligan shell web-1; echo "ended $?"')
    await terminal.until(/^ended 255$/m)
    expect(terminal.lines().join(' ')).toMatch(/Nothing was started on web-1: it could not be recorded/)
    expect(await shells()).toMatchObject([
      { seq: 2, payload: { state: 'running' } },
      { seq: 3, payload: { state: 'not-started', of: 2, why: expect.stringContaining('could not be recorded') } },
    ])
    expect((await program.run('close', '--cause', 'x')).code).toBe(0)
  })

  it('follows a terminal that changes its size', async () => {
    await openShell()
    terminal.resize(120)
    await waitFor(() => {
      terminal.enter('stty size')
      return /^70 120$/m.test(terminal.lines().join('\n'))
    }, 'the new size')
    terminal.enter('exit')
    await terminal.until(/^ended 0$/m)
    const [, after] = await shells()
    expect(await program.evidence(after?.payload?.cast)).toContain('"r", "120x70"')
  })

  it('passes Ctrl-C and Ctrl-Z on to what runs there', async () => {
    await openShell()
    terminal.enter('sleep 1000')
    terminal.press('C-c')
    await terminal.until(/\^C\nbox#$/m)
    terminal.enter('sleep 1000')
    terminal.press('C-z')
    await terminal.until(/Stopped/)
    terminal.enter('fg')
    await terminal.until(/fg\nsleep 1000$/m)
    terminal.press('C-c')
    await terminal.until(/fg\nsleep 1000\n\^C\nbox#$/m)
    terminal.enter('exit')
    await terminal.until(/^ended \d+$/m)
  })

  it('shows full-screen programs, and bytes that are no UTF-8', async () => {
    await openShell()
    terminal.enter("printf 'caf\\351 \\377 ü\\n'; top")
    await terminal.until(/^top - .*load average/m)
    terminal.press('q')
    const text = (await terminal.until(/^box#\n*$/m)).join('\n')
    expect(text).toMatch(/^caf.* ü$/m)
    terminal.enter('exit')
    await terminal.until(/^ended 0$/m)
    const [, after] = await shells()
    const cast = Buffer.from(await program.evidence(after?.payload?.cast), 'latin1').toString('utf8')
    expect(cast).toContain('caf\ufffd \ufffd ü')
    expect(cast).toMatch(/\\u001b\[H[^\n]*top - /)
  })

  it('shows vim, and takes what is typed in it for no command', async () => {
    await openShell()
    terminal.enter('vi /tmp/notes')
    await terminal.until(/^~\n~$/m)
    terminal.enter('ipool of 50')
    terminal.enter('timeout of 3 s')
    terminal.press('Escape')
    terminal.enter(':wq')
    await terminal.until(/^box#\n*$/m)
    terminal.enter('cat /tmp/notes; stty -a | grep -o " echo "')
    await terminal.until(/^pool of 50\ntimeout of 3 s\n\n echo$/m)
    terminal.enter('exit')
    await terminal.until(/^ended 0$/m)
    const [, after] = await shells()
    expect(after?.payload?.commands.map(({ line }) => line).slice(1)).toEqual([
      'vi /tmp/notes',
      'cat /tmp/notes; stty -a | grep -o " echo "',
      'exit',
    ])
    const cast = await program.evidence(after?.payload?.cast)
    expect(cast).toMatch(/\\u001b\[\?1049h[^]*pool of 50[^]*\\u001b\[\?1049l/)
    const text = (await program.run('replay', '--print')).stdout
    expect(text).toContain('pool of 50\ntimeout of 3 s\n')
    expect(text).not.toMatch(/^~$/m)
  })

  it.each([
    ['read -rs', "read -rsp 'Token: ' token; echo; echo got ${#token}", /^Token:$/m, /^got 15$/m],
    [
      'stty -echo',
      "stty -echo; printf 'Secret? '; read -r answer; stty echo; echo; echo got ${#answer}",
      /^Secret\?$/m,
      /^got 15$/m,
    ],
    [
      'sudo',
      'runuser -u bob -- sudo -k -p Password: true; echo over',
      /^Password:$/m,
      /^Password:$\n+Sorry, try again\./m,
    ],
  ])('has nowhere what was typed at a question of %s', async (_, command, asks, answered) => {
    await openShell()
    terminal.enter(command)
    await terminal.until(asks)
    terminal.enter(SECRET)
    await terminal.until(answered)
    terminal.press('C-c')
    await terminal.until(/box#\n*$/)
    terminal.enter('exit')
    await terminal.until(/^ended \d+$/m)
    const [, after] = await shells()
    const cast = await program.evidence(after?.payload?.cast)
    expect(cast.length).toBeGreaterThan(300)
    expect(cast).not.toContain(SECRET)
    for (const file of readdirSync(home).filter((name) => name.startsWith('record')))
      expect(readFileSync(path.join(home, file)).includes(SECRET), file).toBe(false)
  })

  it('keeps what was shown when the console is killed, and nothing of it stays on the box', async () => {
    await openShell()
    terminal.enter('echo before the $((40 + 2)) end')
    await terminal.until(/^before the 42 end$/m)
    process.kill(consoleOf(home), 'SIGKILL')
    await waitFor(async () => (await left()) === '', 'the shell on the box to be gone')
    expect((await shells()).map(({ payload }) => payload?.state)).toEqual(['running'])
    const told = await program.run('note', 'who killed it?')
    expect(told.stderr).toContain('a shell on web-1 whose console had ended without a word is now recorded')
    const [, after] = await shells()
    expect(after).toMatchObject({ box: 'web-1', payload: { state: 'lost', of: 2 } })
    expect(after?.payload?.commands.map(({ line }) => line)).toContain('echo before the $((40 + 2)) end')
    expect(await program.evidence(after?.payload?.cast)).toContain('before the 42 end')
    expect(readdirSync(path.join(home, 'shells'))).toEqual([])
  })

  it('leaves no shell on the box when the line is cut', async () => {
    await openShell()
    await fleet.link('web-1', 'down')
    try {
      await waitFor(async () => (await left()) === '', 'the shell on the box to be gone')
      await terminal.until(/^halligan: The line to web-1 was lost, [^]*^ended 255$/m)
    } finally {
      await fleet.link('web-1', 'up')
    }
    expect((await shells())[1]).toMatchObject({ payload: { state: 'lost' } })
  })

  it('is played back, and printed', async () => {
    await openShell()
    terminal.enter('echo seen $((20 + 22))')
    await terminal.until(/^seen 42$/m)
    terminal.enter('exit')
    await terminal.until(/^ended 0$/m)
    const printed = await program.run('replay', '2', '--print')
    expect(printed).toMatchObject({ code: 0 })
    expect(printed.stdout).toMatch(/^box# echo seen \$\(\(20 \+ 22\)\)\nseen 42\n/m)
    expect((await program.run('replay')).stderr).toContain('--print')
    terminal.enter('clear; halligan replay --speed 50; echo "played $?"')
    const text = (await terminal.until(/^played 0$/m)).join('\n')
    expect(text).toContain('playing the shell on web-1')
    expect(text).toMatch(/^seen 42$/m)
  })

  it('says that a flood is left out, and has what was typed after it', async () => {
    await openShell()
    // 17 MiB, of which 16 are kept.
    terminal.enter(`yes "$(printf %99s x)" | head -c ${17 * 1024 * 1024}; echo; echo over $((40 + 2))`)
    await terminal.until(/^over 42$[^]*^halligan: so much was printed that the recording leaves out/m)
    terminal.enter('echo after $((40 + 3))')
    await terminal.until(/^after 43$/m)
    terminal.enter('exit')
    await terminal.until(/^halligan: the recording leaves out .* of what was printed\.$/m)
    await terminal.until(/^ended 0$/m)
    const [, after] = await shells()
    expect(after?.payload?.leftOutBytes).toBeGreaterThan(1024 * 1024)
    expect(after?.payload?.commands.map(({ line }) => line).slice(-3)).toEqual([
      expect.stringMatching(/^yes /),
      'echo after $((40 + 3))',
      'exit',
    ])
  })

  it('is played back until Ctrl-C, which leaves the terminal as it was', async () => {
    await openShell()
    terminal.enter('sleep 3; exit')
    await terminal.until(/^ended 0$/m)
    terminal.enter('clear; halligan replay --speed 0.1 --idle-limit 3600; echo "played $?"')
    await terminal.until(/playing the shell on web-1/)
    terminal.press('C-c')
    await terminal.until(/played 130$/m)
    terminal.enter("stty -a | grep -ow -- '-\\?\\(icanon\\|echo\\)'")
    await terminal.until(/^icanon\n+echo$/m)
  })

  it('keeps off the record only that there was a shell', async () => {
    terminal.enter('halligan shell web-1 --off-the-record; echo "ended $?"')
    await terminal.until(/off the record/)
    terminal.enter('echo hush; exit')
    await terminal.until(/^ended 0$/m)
    const entries = await shells()
    expect(entries).toMatchObject([
      { payload: { offTheRecord: true } },
      { payload: { offTheRecord: true, commands: [] } },
    ])
    expect(entries[1]?.payload?.cast).toBeUndefined()
    expect(JSON.stringify(entries)).not.toContain('hush')
  })

  it('is a shell of this machine, too', async () => {
    terminal.enter('halligan shell local; echo "ended $?"')
    await terminal.until(/RECORDING this shell on local/)
    terminal.enter('stty size; exit 4')
    await terminal.until(/^70 90$/m)
    await terminal.until(/^ended 4$/m)
  })
})

/** The process that records into this home: the name of its spool says so. */
function consoleOf(home: string): number {
  const [spool = ''] = readdirSync(path.join(home, 'shells'))
  return Number(/-(\d+)(?:\.\w+\.\d+)?-\w+\.cast$/.exec(spool)?.[1])
}
