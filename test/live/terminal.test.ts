import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { width } from '../../src/base/safe-text.ts'
import type { NextStep } from '../../src/findings/finding.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { openTerminal, type Terminal } from './terminal.ts'

const why = missing('root', 'fleet', 'gcc', 'tmux')
const PASSWORD = 'hunter2'

describe.skipIf(why !== undefined)(`a person at a terminal${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let folder: string
  let terminal: Terminal | undefined

  beforeAll(async () => {
    for (const name of ['close-wait-leak', 'zombie-pile-up']) compileSick(name)
    fleet = await startFleet({
      boxes: ['web-1'],
      hook: path.resolve(import.meta.dirname, '../boxes/with-sick-programs.sh'),
    })
    folder = mkdtempSync(path.join(tmpdir(), 'terminal-'))
    fleet.leave('web-1', 'close-wait-leak 600 8081 120')
    fleet.leave('web-1', 'zombie-pile-up 600 300')
    await prepare(fleet, folder)
  })
  afterEach(() => {
    terminal?.end()
    terminal = undefined
  })
  afterAll(async () => {
    // A shell that has just ended may still write there.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    await fleet.down()
  })

  function open(columns = 100): Terminal {
    terminal = openTerminal({
      columns,
      folder,
      environment: {
        HALLIGAN_SSH_CONFIG: path.join(folder, 'ssh_config'),
        PATH: `${folder}:${process.env['PATH'] ?? ''}`,
        XDG_RUNTIME_DIR: path.join(folder, 'run'),
        HOME: folder,
      },
    })
    return terminal
  }

  it('sees the state first, then what burns, why and what to do, and nothing of the waiting', async () => {
    const { enter, until } = open()
    // What other tests crashed within the hour stands in the one kernel log: with --details nothing is too many for the screen.
    enter('halligan look web-1 --details; echo "ended $?"')
    const lines = await until(/^ended 0$/m)
    expect(lines[1]).toMatch(/^(?:✖ CRITICAL|▲ WARNING) {2}web-1 {2}\d+ findings?$/)
    const text = lines.join('\n')
    expect(text).toMatch(/▲ close-wait-leak \(\d+\) has not closed 120 connections/)
    expect(text).toMatch(/→ halligan inspect web-1 \d+/)
    expect(text).toContain('ruled out')
    expect(text).not.toContain('waiting for')
  })

  it('is told before a command runs what happens to it when the line is lost, and a script is not', async () => {
    const { enter, until } = open()
    const words = 'halligan: it ends when its line to the box is lost; with --detach it would go on.'
    enter('halligan run web-1 --price free -- echo there; echo "ended $?"')
    const lines = await until(/^ended 0$/m)
    expect(lines.filter((line) => line === words)).toHaveLength(1)
    expect(lines.indexOf(words)).toBeLessThan(lines.indexOf('there'))
    enter('halligan run web-1 --price free -- true 2>errors; echo "ended again $?"')
    await until(/^ended again 0$/m)
    expect(readFileSync(path.join(folder, 'errors'), 'utf8')).not.toContain('--detach')
  })

  it('sees which next step costs more than halligan.yaml allows, on the screen and in JSON', async () => {
    const { enter, until } = open()
    enter('halligan look web-1 --details; halligan look web-1 --json >json; echo "ended $?"')
    const text = (await until(/^ended 0$/m)).join('\n')
    expect(text).toContain('→ [change: beyond policy] halligan run web-1 --price change -- ')
    const steps = JSON.parse(readFileSync(path.join(folder, 'json'), 'utf8')).boxes[0].findings.flatMap(
      ({ next }: { readonly next: readonly NextStep[] }) => next,
    )
    const beyond = steps.filter(({ beyondPolicy }: NextStep) => beyondPolicy === true)
    expect(beyond.length).toBeGreaterThan(0)
    expect(beyond).toEqual(steps.filter(({ price }: NextStep) => price === 'pause' || price === 'change'))
  })

  it('sees a screen that fits when the terminal was made narrow', async () => {
    const { enter, until, resize } = open(120)
    resize(44)
    enter('halligan look web-1; echo "ended $?"')
    const lines = await until(/^ended 0$/m)
    // Only commands are wider: they are there to be copied.
    const output = lines.slice(1, lines.indexOf('ended 0'))
    expect(output.filter((line) => width(line) > 44 && !line.includes('→ '))).toEqual([])
    expect(output.join('\n')).toContain('  cpu       load')
  })

  it('sees for what there is to wait, and interrupts it for what is known by then', async () => {
    const { enter, until, press } = open()
    enter('halligan look web-1 --window 20; echo "ended $?"')
    await until(/waiting for web-1: it is measuring, \d s \(Ctrl-C shows what is known\)/)
    press('C-c')
    const text = (await until(/^ended 130$/m)).join('\n')
    expect(text).toContain('was interrupted; what was known by then is used')
    expect(text).toContain('web-1  ')
    expect(text).not.toContain('waiting for')
    expect(text).toMatch(/could not see .*\n?.*the answer was cut off|no answer for .*there is no\s+second sample/s)
  })

  it('sees no waiting where standard error is no terminal, and no colour in a file', async () => {
    const { enter, until } = open()
    enter('halligan look web-1 --window 3 >out 2>err; echo "ended $?"')
    await until(/^ended 0$/m)
    expect(readFileSync(path.join(folder, 'err'), 'utf8')).toBe('halligan: not recorded, no incident is open.\n')
    expect(readFileSync(path.join(folder, 'out'), 'utf8')).not.toContain('\u001b')
  })

  it('is asked about a new host key with its fingerprint, and may decline', async () => {
    const { enter, until } = open()
    enter('halligan look new-key; echo "ended $?"')
    await until(/ED25519 key fingerprint is SHA256:[^]*new-key: Are you sure/)
    enter('no')
    const text = (await until(/^ended 1$/m)).join('\n')
    expect(text).toContain('host key is not known yet')
    expect(existsSync(path.join(folder, 'known_hosts'))).toBe(false)
  })

  it('accepts a new host key, which is kept, and is in', async () => {
    const { enter, until } = open()
    enter('halligan look new-key; echo "ended $?"')
    await until(/new-key: Are you sure/)
    enter('yes')
    expect((await until(/^ended 0$/m)).join('\n')).toMatch(/ new-key {2}\d+ finding/)
    expect(readFileSync(path.join(folder, 'known_hosts'), 'utf8')).toContain('ssh-ed25519')
  })

  it('types a wrong password, is told so, types the right one, and sees neither', async () => {
    const { enter, until } = open()
    enter('halligan look asks-bob; echo "ended $?"')
    await until(/password:$/m)
    enter('not-the-password')
    await until(/that was not accepted; once more\n.*password:/)
    enter(PASSWORD)
    const text = (await until(/^ended 0$/m)).join('\n')
    expect(text).toContain('as bob')
    expect(text).not.toMatch(/hunter2|not-the-password/)
  })

  it('leaves a question with Ctrl-C: no further one, nothing left behind, and a terminal that shows what is typed', async () => {
    const { enter, until, press } = open()
    enter('halligan look asks-bob; echo "ended $?"')
    await until(/password:$/m)
    press('C-c')
    const text = (await until(/^ended 130$/m)).join('\n')
    expect(text.match(/password:/g)).toHaveLength(1)
    expect(text).toContain('asks-bob  interrupted before it answered')
    enter('echo seen')
    await until(/^\$ echo seen\nseen$/m)
    enter('halligan doctor asks-bob; echo "ended doctor $?"')
    await until(/ended 130[^]*password:$/m)
    press('C-c')
    await until(/^ended doctor 130$/m)
    expect(readdirSync(path.join(folder, 'run'))).toEqual([])
  })

  it('gives no answer at the end of input, and is not asked again', async () => {
    const { enter, until, press } = open()
    enter('halligan look asks-bob; echo "ended $?"')
    await until(/password:$/m)
    press('C-d')
    const text = (await until(/^ended 1$/m)).join('\n')
    expect(text.match(/password:/g)).toHaveLength(1)
  })

  it('types the passphrase of a key', async () => {
    const { enter, until } = open()
    enter('halligan look asks-for-key; echo "ended $?"')
    await until(/Enter passphrase for key/)
    enter(PASSWORD)
    const text = (await until(/^ended 0$/m)).join('\n')
    expect(text).toContain('as root')
    expect(text).not.toContain(PASSWORD)
  })

  it('types the password of sudo', async () => {
    const { enter, until } = open()
    enter('halligan look bob@web-1 --sudo; echo "ended $?"')
    await until(/sudo password on bob@web-1:$/m)
    enter(PASSWORD)
    const text = (await until(/^ended 0$/m)).join('\n')
    expect(text).toContain('as root')
    expect(text).not.toContain(PASSWORD)
  })

  it('completes commands, boxes and groups with Tab in bash', async () => {
    const { enter, until, press } = open()
    enter('source <(halligan completion bash); echo ready')
    await until(/^ready$/m)
    const typed = [
      ['halligan do', 'halligan doctor '],
      ['halligan doctor new', 'halligan doctor new-key '],
      ['halligan look @ch', 'halligan look @checkout '],
      ['halligan look amy', 'halligan look amy@web-1:22 '],
      ['halligan look amy@we', 'halligan look amy@web-1:22 '],
      ['halligan look amy@web-1:2', 'halligan look amy@web-1:22 '],
      ['halligan look --fail-on cr', 'halligan look --fail-on critical '],
    ] as const
    for (const [at, [text, completed]] of typed.entries()) {
      press(text, 'Tab', `end-${at}`)
      const lines = await until(new RegExp(`end-${at}`))
      expect(lines.findLast((line) => line !== '')).toBe(`$ ${completed}end-${at}`)
      press('C-u')
    }
  })

  const noZsh = missing('zsh')
  it.skipIf(noZsh !== undefined)(`completes them with Tab in zsh${noZsh ? ` (skipped: ${noZsh})` : ''}`, async () => {
    const { enter, until, press } = open()
    enter("PS1='%% ' zsh -f")
    enter('autoload -U compinit && compinit -u -D && source <(halligan completion zsh) && echo ready')
    await until(/^ready$/m)
    press('halligan do', 'Tab', 'new', 'Tab')
    await until(/halligan doctor new-key/)
    press('C-u')
    press('halligan look @ch', 'Tab')
    await until(/halligan look @checkout/)
  })
})

/** Ways into the box that ask something, a command `halligan`, and a group. */
async function prepare(fleet: Fleet, folder: string): Promise<void> {
  const address = await fleet.address('web-1')
  const inFolder = (name: string): string => path.join(folder, name)
  execFileSync('mkdir', ['-m', '700', inFolder('run')])
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', PASSWORD, '-f', inFolder('locked')])
  const key = readFileSync(inFolder('locked.pub'), 'utf8').trim()
  await fleet.run('web-1', `echo '${key}' >>/root/.ssh/authorized_keys`)
  writeFileSync(
    inFolder('ssh_config'),
    `Host new-key
  HostName ${address}
  UserKnownHostsFile ${inFolder('known_hosts')}
Host asks-bob
  HostName ${address}
  User bob
  PubkeyAuthentication no
# With this key alone: that of the fleet stands in the file that is included.
Host asks-for-key
  HostName ${address}
  User root
  IdentitiesOnly yes
  IdentityFile ${inFolder('locked')}
  UserKnownHostsFile ${path.join(fleet.folder, 'known_hosts')}
Match originalhost "*,!asks-for-key"
Include ${fleet.sshConfig}
`,
  )
  writeFileSync(
    inFolder('halligan.yaml'),
    'groups:\n  checkout: [web-1, "amy@web-1:22"]\n  careful: { boxes: [web-1], policy: { highestPrice: slow } }\n',
  )
  const program = path.resolve(import.meta.dirname, '../../bin/halligan.cjs')
  writeFileSync(inFolder('halligan'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  chmodSync(inFolder('halligan'), 0o755)
}
