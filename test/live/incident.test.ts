import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { noOtherAccount } from '../accounts.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { programWith, type Program } from './program.ts'
import { openTerminal } from './terminal.ts'

// One whole incident, from the first word to the write-up, against a sick process behind a real sshd.

const main = path.resolve(import.meta.dirname, '../../bin/halligan.cjs')
const why = missing('root', 'fleet', 'gcc', 'tmux')
/** Another account, one that every system has since ssh knows no other (nobody), and the group that shares the home. */
const BOB = 65_534
const TEAM = 64_500
const reason = why ? ` (skipped: ${why})` : ''

/** A folder of the other account, with a copy of the key and of what ssh knows of the boxes. */
function deskOf(fleet: Fleet, desk: string): string {
  mkdirSync(desk, { mode: 0o700 })
  for (const name of ['id', 'known_hosts']) {
    writeFileSync(path.join(desk, name), readFileSync(path.join(fleet.folder, name)), { mode: 0o600 })
    chownSync(path.join(desk, name), BOB, TEAM)
  }
  const config = readFileSync(fleet.sshConfig, 'utf8').replaceAll(`${fleet.folder}/`, `${desk}/`)
  writeFileSync(path.join(desk, 'ssh_config'), config)
  for (const each of [desk, path.join(desk, 'ssh_config')]) chownSync(each, BOB, TEAM)
  return desk
}

describe.skipIf(why !== undefined)(`one whole incident${reason}`, () => {
  let fleet: Fleet
  let folder: string
  let program: Program
  beforeAll(async () => {
    compileSick('close-wait-leak')
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-incident-'))
    chmodSync(folder, 0o755)
    mkdirSync(path.join(folder, 'home'))
    chownSync(path.join(folder, 'home'), 0, TEAM)
    chmodSync(path.join(folder, 'home'), 0o2770)
    fleet = await startFleet({
      boxes: ['web-1', 'web-2'],
      hook: path.resolve(import.meta.dirname, '../boxes/with-sick-programs.sh'),
    })
    fleet.leave('web-1', 'ulimit -n 1024; exec close-wait-leak 600 8081 900')
    program = programWith(fleet, path.join(folder, 'home'), folder)
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await fleet.down()
  })

  const did = async (): Promise<readonly string[]> => (await program.entries()).map((entry) => entry.did)

  it('is recorded from its opening to its write-up, and the chain verifies', async () => {
    const { run } = program
    expect(await run('open', 'checkout returns 500s', '--box', 'web-1', '--since', '-20m')).toMatchObject({ code: 0 })
    const look = await run('look', 'web-1')
    expect(look.stdout).toMatch(/close-wait-leak \(\d+\) has not closed 900 connections/)
    expect(look.stderr).toMatch(/recorded in \S+ as #2\./)
    await run('hypothesis', 'add', 'the disk is full')
    await run('hypothesis', 'add', 'the payment client does not close its sockets')
    const df = await run('run', 'web-1', '--', 'df -h / | tail -n 1; echo token=s3cr3t-of-the-shop')
    expect(df).toMatchObject({ code: 0, stdout: expect.stringContaining('s3cr3t-of-the-shop') })
    expect((await run('hypothesis', 'rule-out', '1', 'there is room', '--by', '2')).code).toBe(0)
    expect((await run('hypothesis', 'confirm', '2', 'all sockets are in CLOSE_WAIT', '--by', '2')).code).toBe(0)

    // A command that goes on without us holds the incident open.
    expect(
      (await run('run', 'web-1', '--detach', '--', 'pkill -x close-wait-leak; sleep 3; echo restarted')).code,
    ).toBe(0)
    const refused = await run('close')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/still|runs/)
    const terminal = openTerminal({
      columns: 90,
      folder,
      environment: {
        HALLIGAN_SSH_CONFIG: fleet.sshConfig,
        HALLIGAN_HOME: path.join(folder, 'home'),
        HALLIGAN_BY: 'amy@laptop',
        HOME: folder,
      },
    })
    try {
      terminal.enter(`'${process.execPath}' '${main}' shell web-1; echo "ended $?"`)
      await terminal.until(/RECORDING this shell on web-1/)
      terminal.enter('cut -c1-9 /proc/loadavg; exit')
      await terminal.until(/^ended 0$/m)
    } finally {
      terminal.end()
    }
    const handover = await run('handover', '--to', 'bob')
    expect(handover).toMatchObject({ code: 0, stdout: expect.stringMatching(/ruled out[^]*the disk is full/) })
    // From an account of his own, where this test may have one.
    const account = noOtherAccount(BOB) === undefined ? { uid: BOB, gid: TEAM } : {}
    const desk = deskOf(fleet, path.join(folder, 'bob'))
    const bob = (...args: readonly string[]) =>
      spawnSync(process.execPath, [main, ...args], {
        cwd: '/',
        encoding: 'utf8',
        env: {
          ...process.env,
          HOME: desk,
          XDG_RUNTIME_DIR: desk,
          HALLIGAN_SSH_CONFIG: path.join(desk, 'ssh_config'),
          HALLIGAN_HOME: path.join(folder, 'home'),
          HALLIGAN_BY: 'bob@desk.local',
        },
        ...account,
      })
    expect(bob('catch-up')).toMatchObject({ status: 0, stdout: expect.stringMatching(/on web-1 +shell, 1 command/) })
    expect(bob('search', 'loadavg').stdout).toContain('cut -c1-9 /proc/loadavg; exit')
    expect(bob('take-over')).toMatchObject({ status: 0, stderr: expect.stringContaining('amy@laptop had it') })
    expect(bob('note', 'I have it now').status).toBe(0)
    // With a key of his own he looks at the same machine, and hands it back.
    const own = bob('look', 'web-1')
    expect({ status: own.status, stderr: own.stderr }).toEqual({
      status: 0,
      stderr: expect.stringMatching(/recorded in \S+ as #\d+\./),
    })
    const back = bob('handover', '--to', 'amy', 'the connections are gone')
    expect(back).toMatchObject({ status: 0, stdout: expect.stringMatching(/OK web-1 \(|gone: close-wait-leak/) })
    expect(await run('take-over')).toMatchObject({ code: 0, stderr: expect.stringContaining('bob@desk.local had it') })
    await fleet.run('web-1', 'sleep 4')
    expect(await run('run', '--collect')).toMatchObject({ stdout: expect.stringContaining('restarted') })

    const after = await run('look', 'web-1')
    expect(after.stdout).not.toMatch(/close-wait-leak/)
    expect((await run('close')).code).toBe(0)
    const [opened] = await program.entries()
    const id = opened?.incident ?? ''
    const page = path.join(folder, 'checkout.md')
    expect((await run('write-up', '--incident', id, '--out', page, '--html')).code).toBe(0)
    for (const file of [page, page.replace(/md$/, 'html')]) {
      const text = readFileSync(file, 'utf8')
      expect(text).toMatch(/payment client does not close its sockets/)
      expect(text).not.toMatch(/s3cr3t-of-the-shop/)
    }
    expect((await run('audit', id)).code).toBe(0)
    expect(await did()).toEqual(
      expect.arrayContaining([
        'opened',
        'looked',
        'supposed',
        'ran',
        'ruled-out',
        'confirmed',
        'handed-over',
        'took-over',
        'noted',
        'shelled',
        'closed',
        'wrote-up',
      ]),
    )
    expect((await program.entries()).find((entry) => entry.did === 'took-over')?.by).toBe('bob@desk.local')
    const ran = (await program.entries()).find((entry) => entry.did === 'ran' && entry.payload?.shown)
    expect(JSON.stringify(ran)).toMatch(/token=‹secret:[a-z-]+:\w{4}›/)
  }, 180_000)

  it('knows a box by its full name, as user@host, in all that is done there', async () => {
    const name = 'root@web-1.prod.example.com'
    const sshConfig = path.join(folder, 'ssh_config')
    const whole = readFileSync(fleet.sshConfig, 'utf8')
    const nowIs = (box: string): void => {
      const address = new RegExp(`Host ${box}\\n +HostName (\\S+)`).exec(whole)?.[1]
      writeFileSync(sshConfig, `Host web-1.prod.example.com\n  HostName ${address}\n${whole}`)
    }
    nowIs('web-1')
    const { run, entries } = programWith({ ...fleet, sshConfig }, path.join(folder, 'full'), folder)
    await run('open', 'orders hang', '--box', name)
    expect((await run('look', name)).code).toBe(0)
    expect(await run('run', name, '--', 'hostname')).toMatchObject({ code: 0, stdout: 'web-1\n' })
    expect((await run('run', name, '--detach', '--', 'echo done')).code).toBe(0)
    await fleet.run('web-1', 'sleep 1')
    expect(await run('run', '--collect')).toMatchObject({ code: 0, stdout: expect.stringContaining('done') })
    expect((await run('handover')).stdout).toContain('web-1.prod.example.com')
    for (const entry of await entries()) {
      expect([undefined, name]).toContain(entry.box)
      expect(JSON.stringify(entry)).not.toContain('secret:email')
    }
    // Another machine under that name is not touched.
    nowIs('web-2')
    const refused = await run('run', name, '--', 'hostname')
    expect(refused).toMatchObject({ code: 255, stdout: '' })
    expect(refused.stderr).toMatch(/another machine|not the machine|wrong/i)
  }, 180_000)
})
