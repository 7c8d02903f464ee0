import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FailureKind, RunOptions, RunResult } from '../../src/boxes/box.ts'
import { openBox } from '../../src/boxes/open.ts'
import { lookFromOutside } from '../../src/boxes/outside.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'

const why = missing('root', 'fleet')

describe.skipIf(why !== undefined)(`a box that cannot be entered${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet

  beforeAll(async () => {
    fleet = await startFleet({ boxes: ['web-1', 'web-2', 'jump'] })
    // sshd without PAM takes an account without a password for a locked one.
    await fleet.run('web-1', 'for user in carl forced gone restricted; do usermod -p "*" $user; done')
    await configure(fleet)
  })
  afterAll(() => fleet.down())

  it.each<[string, FailureKind]>([
    ['nowhere.invalid', 'name-not-resolved'],
    ['port-closed', 'refused'],
    ['no-such-address', 'timed-out'],
    ['wrong-key', 'permission-denied'],
    ['key-file-missing', 'permission-denied'],
    ['unknown-key', 'host-key-unknown'],
    ['changed-key', 'host-key-changed'],
    ['changed-key-not-strict', 'host-key-changed'],
    ['forced@web-1', 'forced-command'],
    ['gone@web-1', 'login-disabled'],
    ['old-cipher', 'no-common-algorithm'],
    ['jump-down', 'jump-host-failed'],
    ['jump-denies', 'jump-host-failed'],
    ['behind-refused', 'behind-jump-host-failed'],
  ])('%s is told as %s, naming the box and what to try', async (name, kind) => {
    const { failure, ok, beganAtMs } = await tryOnce(name)
    expect({ kind: failure?.kind, ok, beganAtMs }).toEqual({ kind, ok: false, beganAtMs: undefined })
    expect(failure?.message).toContain(name)
    expect(failure?.tryNext).not.toBe('')
  })

  it('a mistake in the configuration is told with its line', async () => {
    const right = process.env['HALLIGAN_SSH_CONFIG']
    const wrong = path.join(fleet.folder, 'wrong')
    writeFileSync(wrong, 'Host *\n  Hostnam web-1\n')
    process.env['HALLIGAN_SSH_CONFIG'] = wrong
    const { failure } = await tryOnce('web-1')
    process.env['HALLIGAN_SSH_CONFIG'] = right
    expect(failure).toMatchObject({
      kind: 'bad-ssh-configuration',
      message: expect.stringContaining('line 2: Bad configuration option: hostnam'),
    })
  })

  it('a restricted shell is entered, because sh is asked for by its bare name', async () => {
    expect(Buffer.from((await tryOnce('restricted@web-1', 'id -un')).stdout).toString()).toBe('restricted\n')
  })

  it('an account whose shell is missing is told as no way in', async () => {
    await fleet.run('web-1', 'usermod -s /no/such/shell carl')
    expect((await tryOnce('carl@web-1')).failure?.kind).toBe('permission-denied')
  })

  it('/etc/nologin is told with its text', async () => {
    await fleet.run('web-1', 'usermod -s /bin/sh carl; echo maintenance at noon >/etc/nologin')
    const { failure } = await tryOnce('carl@web-1')
    await fleet.run('web-1', 'rm /etc/nologin')
    expect(failure).toMatchObject({ kind: 'login-disabled', message: expect.stringContaining('maintenance at noon') })
  })

  it('an sshd that hangs is told apart from a box that is off', async () => {
    const sshd = firstProcess(fleet, 'web-2')
    process.kill(sshd, 'SIGSTOP')
    try {
      expect((await tryOnce('web-2-hung')).failure?.kind).toBe('banner-timed-out')
      expect((await lookFromOutside('web-2-hung')).find(({ what }) => what === 'banner')?.said).toContain(
        'nothing was said',
      )
    } finally {
      process.kill(sshd, 'SIGCONT')
    }
  })

  it('a link that is down times out', async () => {
    await fleet.link('web-2', 'down')
    try {
      expect(['timed-out', 'unreachable']).toContain((await tryOnce('web-2')).failure?.kind)
    } finally {
      await fleet.link('web-2', 'up')
    }
  })

  it('a box that got a new host key is refused, whatever the configuration says', async () => {
    await fleet.newHostKey('web-2')
    expect((await tryOnce('web-2')).failure).toMatchObject({
      kind: 'host-key-changed',
      message: expect.stringContaining('SHA256:'),
    })
    expect((await tryOnce('web-2-not-strict')).failure?.kind).toBe('host-key-changed')
  })

  it('is looked at from outside: name, port, banner, route', async () => {
    const seen = await lookFromOutside('wrong-key')
    expect(seen.map(({ what }) => what)).toEqual(['way', 'name', 'port 22', 'banner', 'route'])
    expect(seen.find(({ what }) => what === 'banner')?.said).toContain('SSH-2.0-OpenSSH')
    expect((await lookFromOutside('port-closed')).find(({ what }) => what === 'port 4444')?.said).toBe(
      'refused: nothing listens there (ECONNREFUSED)',
    )
    expect((await lookFromOutside('jump-down')).map(({ what }) => what)).toContain('jump host no-such-address, port 22')
  })

  it('gives up looking from outside within its 3 s', { timeout: 6_000 }, async () => {
    expect((await lookFromOutside('no-such-address')).find(({ what }) => what === 'port 22')?.said).toMatch(
      /no answer|EHOSTUNREACH/,
    )
  })
})

const throttledWhy = missing('root', 'fleet')

describe.skipIf(throttledWhy !== undefined)('an sshd that lets few in at once', () => {
  it('is entered after some tries (MaxStartups), and by one session after another (MaxSessions)', async () => {
    const fleet = await startFleet({ boxes: ['narrow'], sshdExtra: 'MaxStartups 2:60:4\nMaxSessions 3' })
    process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
    const boxes = Array.from({ length: 6 }, () => openBox('narrow'))
    try {
      const results = await Promise.all(boxes.map((box) => box.run('echo in', options({ timeoutMs: 20_000 }))))
      const kinds = results.map(({ failure }) => failure?.kind ?? 'in')
      expect(kinds.filter((kind) => kind !== 'in' && kind !== 'throttled')).toEqual([])
      expect(kinds.filter((kind) => kind === 'in').length).toBeGreaterThanOrEqual(4)
    } finally {
      await Promise.all(boxes.map((box) => box.close()))
      await fleet.down()
    }
  })
})

async function configure(fleet: Fleet): Promise<void> {
  const [web1, web2, jump] = await Promise.all(['web-1', 'web-2', 'jump'].map((box) => fleet.address(box)))
  const nowhere = `${web1?.split('.').slice(0, 3).join('.')}.200`
  const inFolder = (name: string): string => path.join(fleet.folder, name)
  const key = await fleet.run('jump', 'ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key')
  writeFileSync(inFolder('kh-changed'), `${web1} ${key.split(' ').slice(0, 2).join(' ')}\n`)
  writeFileSync(inFolder('bad'), 'no key\n', { mode: 0o600 })
  const hosts: Readonly<Record<string, readonly string[]>> = {
    'port-closed': [`HostName ${web1}`, 'Port 4444'],
    'no-such-address': [`HostName ${nowhere}`],
    'wrong-key': [`HostName ${web1}`, 'PubkeyAuthentication no'],
    'key-file-missing': [`HostName ${web1}`, 'IdentityFile /no/such/key', 'User nobody'],
    'unknown-key': [`HostName ${web1}`, `UserKnownHostsFile ${inFolder('kh-none')}`],
    'changed-key': [`HostName ${web1}`, `UserKnownHostsFile ${inFolder('kh-changed')}`],
    'changed-key-not-strict': [
      `HostName ${web1}`,
      `UserKnownHostsFile ${inFolder('kh-changed')}`,
      'StrictHostKeyChecking no',
    ],
    'old-cipher': [`HostName ${web1}`, 'Ciphers aes128-cbc'],
    'jump-down': [`HostName ${web1}`, 'ProxyJump no-such-address'],
    'jump-denies': [`HostName ${web2}`, 'ProxyJump wrong-key'],
    'behind-refused': [`HostName ${web1}`, 'Port 4444', 'ProxyJump jump'],
    'web-2-hung': [`HostName ${web2}`],
    'web-2-not-strict': [`HostName ${web2}`, 'StrictHostKeyChecking no'],
    'web-jump': [`HostName ${jump}`],
  }
  const text = Object.entries(hosts).map(([name, lines]) =>
    [`Host ${name}`, ...lines.map((line) => `  ${line}`)].join('\n'),
  )
  writeFileSync(inFolder('extended'), `${text.join('\n')}\nHost *\n  ConnectTimeout 2\nInclude ${fleet.sshConfig}\n`)
  process.env['HALLIGAN_SSH_CONFIG'] = inFolder('extended')
}

/** PID 1 of a box, as this machine numbers it: the sshd that listens. */
function firstProcess(fleet: Fleet, box: string): number {
  const outer = readFileSync(path.join(fleet.folder, 'boxes', box, 'pid'), 'utf8').trim()
  return Number(readFileSync(`/proc/${outer}/task/${outer}/children`, 'utf8').trim())
}

async function tryOnce(name: string, script = 'echo in'): Promise<RunResult> {
  const box = openBox(name, { connectTimeoutMs: 2_000 })
  try {
    return await box.run(script, options())
  } finally {
    await box.close()
  }
}

function options(part: Partial<RunOptions> = {}): RunOptions {
  return { what: 'test', timeoutMs: 12_000, maxBytes: 100_000, ...part }
}
