import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { programWith, type Program } from './program.ts'

// One whole incident, from the first word to the write-up, against a sick process behind a real sshd.

const main = path.resolve(import.meta.dirname, '../../src/main.ts')
const why = missing('root', 'fleet', 'gcc')
const reason = why ? ` (skipped: ${why})` : ''

describe.skipIf(why !== undefined)(`one whole incident${reason}`, () => {
  let fleet: Fleet
  let folder: string
  let program: Program
  beforeAll(async () => {
    compileSick('close-wait-leak')
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-incident-'))
    fleet = await startFleet({
      boxes: ['web-1'],
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
    const handover = await run('handover', '--to', 'bob', '--no-look')
    expect(handover).toMatchObject({ code: 0, stdout: expect.stringMatching(/ruled out[^]*the disk is full/) })
    const bob = spawnSync(process.execPath, [main, 'take-over'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, HALLIGAN_HOME: path.join(folder, 'home'), HALLIGAN_BY: 'bob@desk' },
    })
    expect(bob).toMatchObject({ status: 0, stderr: expect.stringContaining('amy@laptop had it') })
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
        'closed',
        'wrote-up',
      ]),
    )
    const ran = (await program.entries()).find((entry) => entry.did === 'ran' && entry.payload?.shown)
    expect(JSON.stringify(ran)).toMatch(/token=‹secret:[a-z-]+:\w{4}›/)
  }, 120_000)
})
