import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Box, RunOptions } from '../../src/boxes/box.ts'
import { openBox } from '../../src/boxes/open.ts'
import type { Prompt } from '../../src/boxes/prompt.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'

const why = missing('root', 'fleet')
const SECRET = 'hunter2'

describe.skipIf(why !== undefined)(`sudo on a box${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  const opened: Box[] = []

  beforeAll(async () => {
    fleet = await startFleet({ boxes: ['web-1'] })
    process.env['HALLIGAN_SSH_CONFIG'] = fleet.sshConfig
    // sshd without PAM takes an account without a password for a locked one. Carl has a password and is no sudoer.
    await fleet.run(
      'web-1',
      'usermod -p "*" amy; usermod -p "$(sed -n "s/^bob:\\([^:]*\\):.*/\\1/p" /etc/shadow)" carl',
    )
  })
  afterEach(() => Promise.all(opened.splice(0).map((box) => box.close())))
  afterAll(() => fleet.down())

  function asRoot(user: string, password?: string): { box: Box; asked: string[] } {
    const asked: string[] = []
    const prompt: Prompt = (question) => (asked.push(question.kind), Promise.resolve(password))
    const box = openBox(`${user}@web-1`, { sudo: true, ...(password === undefined ? {} : { prompt }) })
    opened.push(box)
    return { box, asked }
  }

  it('asks nothing where no password is needed, and no password reaches the shell of root', async () => {
    const { box, asked } = asRoot('amy', SECRET)
    expect(await box.run('id -u', options())).toMatchObject({ ok: true, stderr: '', stdout: Buffer.from('0\n') })
    expect(asked).toEqual([])
  })

  it('asks once, for the main session and for those beside it', async () => {
    const { box, asked } = asRoot('bob', SECRET)
    expect(await box.run('id -u', options())).toMatchObject({ ok: true, stdout: Buffer.from('0\n') })
    expect(await box.start('id -u', options()).result).toMatchObject({ ok: true, stdout: Buffer.from('0\n') })
    expect(asked).toEqual(['sudo-password'])
  })

  it('does not show the password anywhere on the box: no argument, no environment', async () => {
    const { box } = asRoot('bob', SECRET)
    const { stdout } = await box.run(
      `cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c 'hunter[2]'`,
      options(),
    )
    expect(Buffer.from(stdout).toString()).toBe('0\n')
  })

  it('ends at a wrong password', async () => {
    expect(await asRoot('bob', 'wrong').box.run(':', options())).toMatchObject({
      ok: false,
      failure: { kind: 'sudo-password-wrong' },
    })
  })

  it('says that a password is needed where nobody can be asked', async () => {
    expect(await asRoot('bob').box.run(':', options())).toMatchObject({
      ok: false,
      failure: { kind: 'sudo-password-needed' },
    })
  })

  it('says that a user is not allowed', async () => {
    expect(await asRoot('carl', SECRET).box.run(':', options())).toMatchObject({
      ok: false,
      failure: { kind: 'sudo-refused', message: expect.stringContaining('sudoers') },
    })
  })

  it('needs no sudo as root, and says so where there is none', async () => {
    await fleet.run('web-1', 'mv /usr/bin/sudo /usr/bin/sudo.away')
    try {
      expect(await asRoot('root').box.run('id -u', options())).toMatchObject({ ok: true, stdout: Buffer.from('0\n') })
      expect(await asRoot('amy').box.run(':', options())).toMatchObject({
        ok: false,
        failure: { kind: 'sudo-missing' },
      })
    } finally {
      await fleet.run('web-1', 'mv /usr/bin/sudo.away /usr/bin/sudo')
    }
  })
})

function options(): RunOptions {
  return { what: 'test', timeoutMs: 15_000, maxBytes: 100_000 }
}
