import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { programWith, waitFor, type Program } from './program.ts'

const why = missing('root', 'fleet', 'gcc')

describe.skipIf(why !== undefined)(`halligan preserve over a real sshd${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let folder: string
  let program: Program

  beforeAll(async () => {
    compileSick('close-wait-leak')
    fleet = await startFleet({
      boxes: ['web-1'],
      hook: path.resolve(import.meta.dirname, '../boxes/with-sick-programs.sh'),
    })
    fleet.leave('web-1', 'DB_PASSWORD=Tr0ub4dor MODE=live close-wait-leak 900 8081 120')
  })
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-preserve-'))
    program = programWith(fleet, path.join(folder, 'home'), folder)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  afterAll(() => fleet.down())

  const leaking = async (): Promise<string> => {
    const find = "grep -lz '^close-wait-leak' /proc/[0-9]*/cmdline 2>/dev/null | head -n 1 | cut -d/ -f3"
    await waitFor(async () => (await fleet.run('web-1', find)).trim() !== '', 'the leak')
    return (await fleet.run('web-1', find)).trim()
  }
  const preserved = async () => (await program.entries()).flatMap((entry) => (entry.did === 'preserved' ? [entry] : []))

  it('keeps the state of a process, each thing as evidence, secrets taken out', async () => {
    await program.run('open', 'checkout returns 500s')
    const pid = await leaking()
    const done = await program.run('preserve', 'web-1', pid)
    expect(done.code).toBe(0)
    expect(done.stdout).toMatch(new RegExp(`web-1  kept a look and \\d+ things \\(.*\\), of 1 process ${pid} in \\d`))
    const [entry] = await preserved()
    expect(entry).toMatchObject({ box: 'web-1', identity: { hostname: 'web-1' }, payload: { pid: Number(pid) } })
    const thing = async (what: string): Promise<string> =>
      program.evidence(entry?.payload?.kept.find((each) => each.what === what)?.evidence)
    expect(await thing(`status, counters, scheduling of ${pid}`)).toContain('close-wait-leak')
    expect(await thing(`memory map of ${pid}`)).toContain('[stack]')
    expect(await thing(`limits of ${pid}`)).toContain('Max open files')
    expect(await thing(`open files of ${pid}`)).toMatch(/socket:\[\d+\]/)
    expect(await thing(`sockets of ${pid}`)).toContain('CLOSE-WAIT')
    expect(await thing(`threads: name, state, what they wait for, kernel stack of ${pid}`)).toContain(
      `${pid}/task/${pid}/wchan`,
    )
    expect(await thing(`program, folder, root of ${pid}`)).toMatch(/[0-9a-f]{64} {2}/)
    const environment = await thing(`environment of ${pid}`)
    expect(environment).toContain('MODE=live')
    expect(environment).not.toContain('Tr0ub4dor')
    expect(await thing('processes')).toContain('close-wait-leak')
    expect(entry?.payload?.findings.map(({ check }) => check)).toContain('close-wait-leak')
    for (const { evidence, blind, what } of entry?.payload?.kept ?? [])
      expect([evidence ?? '', blind ?? ''].filter((each) => each !== '').length, what).toBeLessThanOrEqual(1)
    // Nothing on it was written or changed.
    expect(await fleet.run('web-1', 'ls -A /tmp /dev/shm')).not.toContain('halligan')
  })

  it('keeps without a number the processes that burn', async () => {
    await program.run('open', 'checkout returns 500s')
    const pid = await leaking()
    const done = await program.run('preserve', 'web-1')
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining(pid) })
    const [entry] = await preserved()
    expect(entry?.payload?.kept.find(({ what }) => what === `memory map of ${pid}`)?.evidence).toMatch(/^[0-9a-f]{64}$/)
  })

  it('says what it could not see, with the reason', async () => {
    await program.run('open', 'checkout returns 500s')
    const pid = await leaking()
    const done = await program.run('preserve', 'bob@web-1', pid)
    expect(done.stdout).toMatch(new RegExp(`not seen \\(.*[Pp]ermission denied.*\\): .*environment of ${pid}`))
    const [entry] = await preserved()
    expect(entry?.payload?.kept.find(({ what }) => what === `environment of ${pid}`)).toMatchObject({
      blind: expect.stringMatching(/permission denied/i),
    })
  })

  it('says that a process is not there, and keeps the rest', async () => {
    await program.run('open', 'checkout returns 500s')
    const done = await program.run('preserve', 'web-1', '4000000')
    expect(done.code).toBe(1)
    expect(done.stdout).toContain('there is no process 4000000')
    expect((await preserved())[0]?.payload?.kept.find(({ what }) => what === 'processes')?.evidence).toBeDefined()
  })

  describe('on a box whose tools hang', () => {
    const TOOLS = ['ss', 'systemctl', 'journalctl']
    beforeEach(async () => {
      for (const tool of TOOLS)
        await fleet.run(
          'web-1',
          `printf '#!/bin/sh\nexec sleep 1000\n' >/usr/local/bin/${tool}; chmod 755 /usr/local/bin/${tool}`,
        )
      await program.run('open', 'checkout returns 500s')
    })
    afterEach(() => fleet.run('web-1', `cd /usr/local/bin && rm ${TOOLS.join(' ')}`))
    const blindIn = async (): Promise<ReadonlyMap<string, string | undefined>> =>
      new Map((await preserved())[0]?.payload?.kept.map(({ what, blind }) => [what, blind]))

    it('has all that needs none of them, and tells the rest as not seen', async () => {
      const pid = await leaking()
      expect((await program.run('preserve', 'web-1', pid)).code).toBe(0)
      const blind = await blindIn()
      for (const what of ['sockets with their processes', 'journal, warnings and worse'])
        expect(blind.get(what), what).toMatch(/^it did not come within \d s$/)
      for (const what of [
        `memory map of ${pid}`,
        `open files of ${pid}`,
        'processes',
        'memory of the kernel and the box',
      ])
        expect(blind.get(what), what).toBeUndefined()
    })

    it('has it of what burns, too, in the time that is left for it', async () => {
      const pid = await leaking()
      expect((await program.run('preserve', 'web-1')).code).toBe(0)
      const blind = await blindIn()
      expect(blind.get('sockets with their processes')).toMatch(/^it did not come within \d s$/)
      expect(blind.get('processes')).toBeUndefined()
      // A machine that is slow leaves no time for a second round trip: then that is said of each thing.
      const map = blind.get(`memory map of ${pid}`)
      expect([undefined, 'the time was up before it could be asked for']).toContain(map)
    })

    it('keeps with Ctrl-C what is there by then, and names no process that it did not ask for', async () => {
      const running = program.start('preserve', 'web-1')
      await waitFor(
        async () => (await fleet.run('web-1', "pgrep -fx '[s]leep 1000' || :")).trim() !== '',
        'a tool that hangs',
      )
      running.process.kill('SIGINT')
      const done = await running.finished
      expect(done.code).toBe(130)
      expect(done.stderr).toContain('halligan: interrupted: only what had come by then is kept')
      expect(done.stderr).toMatch(/\nTry: halligan preserve web-1, before anyone restarts anything\.\n/)
      expect(done.stdout).not.toContain('process 0')
      const [entry] = await preserved()
      expect(entry?.payload?.pid).toBeUndefined()
      expect(entry?.payload?.failure).toMatchObject({ kind: 'cancelled' })
    })
  })

  it('has nowhere to keep it without an incident, but in a file', async () => {
    const refused = await program.run('preserve', 'web-1')
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/No incident is open[^]*halligan open[^]*--save FILE/),
    })
    const file = path.join(folder, 'kept.zst')
    expect((await program.run('preserve', 'web-1', await leaking(), '--save', file)).code).toBe(0)
    expect(existsSync(file)).toBe(true)
    expect((await program.run('look', `recorded:${file}`)).stdout).toContain('close-wait-leak')
  })

  it('says that a box could not be reached, and writes that down', async () => {
    await program.run('open', 'checkout returns 500s')
    const done = await program.run('preserve', 'nowhere.invalid')
    expect(done.code).toBe(1)
    expect((await preserved())[0]?.payload).toMatchObject({
      state: 'unknown',
      kept: [],
      failure: { kind: 'name-not-resolved' },
    })
  })
})
