import { spawn } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Box, RunOptions, RunResult } from '../../src/boxes/box.ts'
import { openBox, type OpenOptions } from '../../src/boxes/open.ts'
import type { Question } from '../../src/boxes/prompt.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'

const why = missing('root', 'fleet')

describe.skipIf(why !== undefined)(`a box over ssh${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  const opened: Box[] = []
  const open = (name: string, options: OpenOptions = {}): Box => {
    const box = openBox(name, options)
    opened.push(box)
    return box
  }

  beforeAll(async () => {
    fleet = await startFleet({ boxes: ['web-1', 'web-2', 'jump'] })
    await extendConfiguration(fleet)
  })
  afterEach(() => Promise.all(opened.splice(0).map((box) => box.close())))
  afterAll(() => fleet.down())

  it('runs scripts one after another over one login', async () => {
    const box = open('web-1')
    const before = await logins(fleet, 'web-1')
    expect(text(await box.run('hostname', options()))).toBe('web-1\n')
    expect(await box.run('echo err >&2; exit 3', options())).toMatchObject({ ok: true, exitCode: 3, stderr: 'err\n' })
    expect(text(await box.start('echo beside', options()).result)).toBe('beside\n')
    expect((await logins(fleet, 'web-1')) - before).toBe(1)
  })

  it('carries eleven scripts at once under MaxSessions 10, still over one login', async () => {
    const box = open('web-1')
    const before = await logins(fleet, 'web-1')
    const all = await Promise.all(
      Array.from({ length: 11 }, (_, index) => box.start(`sleep 0.3; echo ${index}`, options()).result),
    )
    expect(all.map(text)).toEqual(Array.from({ length: 11 }, (_, index) => `${index}\n`))
    expect((await logins(fleet, 'web-1')) - before).toBe(1)
  })

  it('feeds a script that runs beside', async () => {
    const started = open('web-1').start('while read -r line; do echo "got $line"; done; echo end', options())
    started.input('a $(id)\n')
    started.endInput()
    expect(text(await started.result)).toBe('got a $(id)\nend\n')
  })

  it('logs in anew for the next script when the connection has ended', async () => {
    const box = open('web-1')
    await box.run(':', options())
    await fleet.run('web-1', "pkill -f '[s]shd: root@notty'")
    await pause(300)
    expect(text(await box.run('echo again', options()))).toBe('again\n')
  })

  it('keeps what came before the link was cut, and says so within the keep-alives', async () => {
    const box = open('web-2', { keepAliveSeconds: 1 })
    const cut = box.run(
      'echo before; sleep 60',
      options({ timeoutMs: 60_000, onOutput: () => void fleet.link('web-2', 'down') }),
    )
    try {
      expect(await cut).toMatchObject({
        ok: false,
        truncated: true,
        failure: { kind: 'cut-off', message: expect.stringContaining('went silent') },
      })
      expect(text(await cut)).toBe('before\n')
      // The box alone notices: nothing is told to it over a cable that is cut. sshd itself keeps waiting for its peer.
      await until(async () => (await ours(fleet, 'web-2')).every((line) => line.startsWith('sshd:')))
    } finally {
      await fleet.link('web-2', 'up')
    }
  })

  it('leaves nothing on the box and no socket here after it was closed in the middle', async () => {
    const box = open('web-1')
    const running = [box.run('sleep 7301', options()), box.start('sleep 7301', options()).result]
    await until(async () => (await ours(fleet, 'web-1')).filter((line) => line.includes('sleep 7301')).length === 2)
    await box.close()
    expect((await Promise.all(running)).map(({ ok }) => ok)).toEqual([false, false])
    await until(async () => (await ours(fleet, 'web-1')).length === 0)
    expect(folders(process.pid)).toEqual([])
  })

  it('leaves nothing on the box when the console is killed, and the next console removes its socket', async () => {
    const program = spawn(process.execPath, ['--input-type=module', '-e', CONSOLE], {
      stdio: 'ignore',
      detached: true,
    })
    const pid = program.pid ?? 0
    await until(async () => (await ours(fleet, 'web-1')).filter((line) => line.includes('sleep 7302')).length === 2)
    expect(folders(pid)).toHaveLength(1)
    process.kill(pid, 'SIGKILL')
    await until(async () => (await ours(fleet, 'web-1')).length === 0)
    await open('web-1').run(':', options())
    expect(folders(pid)).toEqual([])
  })

  it('goes through a jump host that the configuration names', async () => {
    expect(text(await open('behind').run('hostname', options()))).toBe('web-2\n')
  })

  it('takes user@host and a port from the name', async () => {
    const address = await fleet.address('web-1')
    for (const name of [`root@${address}:22`, `ssh://root@${address}:22`, `root@[${address}]:22`]) {
      expect(text(await open(name).run('hostname', options()))).toBe('web-1\n')
    }
  })

  it('asks the person whether a new host key is right, showing its fingerprint', async () => {
    const asked: Question[] = []
    const prompt = (answer: string) => (question: Question) => (asked.push(question), Promise.resolve(answer))
    expect(await open('new-key', { prompt: prompt('no') }).run(':', options())).toMatchObject({
      failure: { kind: 'host-key-unknown' },
    })
    expect(asked[0]).toMatchObject({
      kind: 'host-key',
      box: 'new-key',
      secret: false,
      text: expect.stringContaining('SHA256:'),
    })
    const box = open('new-key', { prompt: prompt('yes') })
    expect(text(await box.run('hostname', options()))).toBe('web-1\n')
    expect(box.warnings?.()).toEqual([])
  })

  it('asks for a password without showing it, and lets a person take more time than a script has', async () => {
    const asked: Question[] = []
    const slow = async (question: Question): Promise<string> => {
      asked.push(question)
      await pause(6_000)
      return 'hunter2'
    }
    const box = open('by-password', { prompt: slow })
    expect(text(await box.run('id -un', options({ timeoutMs: 5_000 })))).toBe('bob\n')
    expect(asked).toMatchObject([{ kind: 'password', secret: true }])
  })

  it('warns when the configuration makes ssh take a new key unseen', async () => {
    const box = open('accepts-new')
    expect(text(await box.run('hostname', options()))).toBe('web-1\n')
    expect(box.warnings?.()).toEqual([expect.stringContaining('accepted unseen')])
  })
})

const why2 = missing('root', 'fleet', 'busybox')

describe.skipIf(why2 !== undefined)(`boxes of other kinds over ssh${why2 ? ` (skipped: ${why2})` : ''}`, () => {
  it('busybox and dropbear answer like any other', async () => {
    const fleet = await startFleet({ boxes: ['router'], flavour: 'busybox' })
    process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
    const box = openBox('router')
    try {
      expect(text(await box.run('hostname', options()))).toBe('router\n')
      expect(text(await box.start('echo beside', options()).result)).toBe('beside\n')
      expect(await box.run('echo before; sleep 7303', options({ timeoutMs: 500 }))).toMatchObject({ timedOut: true })
      expect(text(await box.run('ps -o args | grep "[s]leep 7303" | wc -l', options())).trim()).toBe('0')
    } finally {
      await box.close()
      await fleet.down()
    }
  })

  it('a talkative and slow login is noise', async () => {
    const fleet = await startFleet({ boxes: ['chatty'], chatty: true })
    process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
    const box = openBox('chatty')
    try {
      expect(text(await box.run('hostname', options()))).toBe('chatty\n')
    } finally {
      await box.close()
      await fleet.down()
    }
  })
})

/** A console of its own, which runs one script on the main session and one beside it. */
const CONSOLE = `
const { openBox } = await import('${new URL('../../src/boxes/open.ts', import.meta.url).href}')
const options = { what: 'test', timeoutMs: 60_000, maxBytes: 1000 }
const box = openBox('web-1')
await Promise.all([box.run('sleep 7302', options), box.start('sleep 7302', options).result])
`

async function extendConfiguration(fleet: Fleet): Promise<void> {
  const [web1, web2] = [await fleet.address('web-1'), await fleet.address('web-2')]
  const file = path.join(fleet.folder, 'extended')
  const fresh = (name: string): string => `UserKnownHostsFile ${path.join(fleet.folder, name)}`
  writeFileSync(
    file,
    `Host behind\n  HostName ${web2}\n  ProxyJump jump\nHost new-key\n  HostName ${web1}\n  ${fresh('kh-1')}\nHost accepts-new\n  HostName ${web1}\n  StrictHostKeyChecking no\n  ${fresh('kh-2')}\n` +
      `Host by-password\n  HostName ${web1}\n  User bob\n  PubkeyAuthentication no\nHost *\nInclude ${fleet.sshConfig}\n`,
  )
  process.env['HALLIGAN_SSH_CONFIG'] = file
}

/** Logins that sshd has accepted so far: each has a process `sshd: USER [priv]` or `sshd: root@notty`, so they are counted live. */
async function logins(fleet: Fleet, box: string): Promise<number> {
  return Number(await fleet.run(box, "ps -eo args | grep -c '^sshd: .*@notty' || :"))
}

/** What runs on a box for us: shells, their watchdogs, and scripts; not sshd itself, nor what the test looks with. */
async function ours(fleet: Fleet, box: string): Promise<readonly string[]> {
  const all = await fleet.run(box, 'ps -eo args=')
  return all.split('\n').filter((line) => /^(sh|sleep .*|sshd: .*@notty|bash -c sh)$/.test(line.trim()))
}

function folders(pid: number): readonly string[] {
  return [process.env['XDG_RUNTIME_DIR'], '/tmp']
    .flatMap((base) => (base ? readdirSync(base) : []))
    .filter((name) => name.startsWith(`halligan-${pid}-`))
}

function options(part: Partial<RunOptions> = {}): RunOptions {
  return { what: 'test', timeoutMs: 15_000, maxBytes: 1_000_000, ...part }
}

function text(result: RunResult): string {
  return Buffer.from(result.stdout).toString()
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
}

/** Waits for a condition, at most the 20 s within which everything must be gone. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within 20 s')
    await pause(200)
  }
}
