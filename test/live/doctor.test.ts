import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { programWith, type Program } from './program.ts'

const why = missing('root', 'fleet')

describe.skipIf(why !== undefined)(`halligan doctor over a real sshd${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let folder: string
  let program: Program

  beforeAll(async () => {
    fleet = await startFleet({ boxes: ['web-1'] })
  })
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-doctor-'))
    program = programWith(fleet, path.join(folder, 'home'), folder)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  afterAll(() => fleet.down())

  const examined = async () => (await program.entries()).flatMap((entry) => (entry.did === 'examined' ? [entry] : []))

  it('writes what a box can do into the incident, with the machine', async () => {
    await program.run('open', 'checkout returns 500s')
    const done = await program.run('doctor', 'web-1')
    expect(done).toMatchObject({ code: 0, stderr: expect.stringMatching(/recorded in \S+ as #2\./) })
    const [entry] = await examined()
    expect(entry).toMatchObject({
      box: 'web-1',
      identity: { hostname: 'web-1', machineId: expect.stringMatching(/^[0-9a-f]{32}$/) },
      payload: { command: 'halligan doctor web-1' },
    })
    expect(entry?.payload?.abilities).toContainEqual({ what: 'read the kernel log', able: 'yes', said: 'as root' })
    expect(entry?.payload?.tookMs).toBeGreaterThan(0)
    expect((await program.run('timeline')).stdout).toMatch(/examined: \d+ of \d+ abilities/)
  })

  it('writes down that a box could not be entered, and into the incident that is named', async () => {
    await program.run('open', 'one')
    const [{ incident } = { incident: '' }] = await program.entries()
    await program.run('close', '--cause', 'x')
    const done = await program.run('doctor', 'nowhere.invalid', '--incident', incident)
    expect(done.code).toBe(1)
    expect((await program.run('doctor', 'web-1')).stderr).toMatch(/^halligan: not recorded, no incident is open\./)
    await program.run('reopen', incident)
    expect((await program.run('doctor', 'nowhere.invalid', '--incident', incident)).code).toBe(1)
    const [entry] = await examined()
    expect(entry).toMatchObject({ box: 'nowhere.invalid', payload: { failure: { kind: 'name-not-resolved' } } })
  })

  it('shows its answer and says loudly when it could not be recorded', async () => {
    await program.run('open', 'one')
    writeFileSync(path.join(folder, 'home', 'record.db'), 'this is no database, and never was one'.repeat(100))
    const done = await program.run('doctor', 'web-1', '--incident', 'x')
    expect(done).toMatchObject({ code: 1, stdout: expect.stringContaining('read the kernel log') })
    expect(done.stderr).toContain('THIS WAS NOT RECORDED')
  })
})
