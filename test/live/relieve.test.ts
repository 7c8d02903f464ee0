import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { programWith, waitFor, type Finished, type Program } from './program.ts'
import { faultCases, runFault } from './relief-faults.ts'

// Reliefs on boxes with a systemd of their own. Most of the time is the five seconds in which a unit has to stay up, so they are done side by side.

vi.setConfig({ maxConcurrency: 12, testTimeout: 300_000 })
const why = missing('root', 'fleet', 'systemd')
const FAULT_BOXES = ['fault-1', 'fault-2', 'fault-3', 'fault-4']
/** Each runs in turn on its own box. */
const FAULTS = faultCases(20_261_126, 8)

const UNITS = `
unit() { printf "$2" >/run/systemd/system/$1; }
unit orders.service '[Service]\\nExecStart=/bin/sleep 1000001\\nExecReload=/bin/true\\n'
unit shop.service '[Service]\\nExecStart=/bin/sleep 1000002\\n'
unit broken.service '[Service]\\nExecStart=/bin/sh -c "echo cannot bind 8080; exit 3"\\n'
unit short.service '[Service]\\nExecStart=/bin/sh -c "sleep 2; exit 3"\\n'
unit backup.timer '[Timer]\\nOnCalendar=hourly\\nUnit=orders.service\\n'
systemctl daemon-reload; systemctl mask --runtime masked.service 2>/dev/null
systemctl start orders.service shop.service backup.timer; systemctl start broken.service
mkdir -p /srv/shop/releases/20260101000000 /srv/shop/releases/20260102000000
ln -s releases/20260102000000 /srv/shop/current
`

describe.skipIf(why !== undefined)(`halligan relieve${why ? ` (skipped: ${why})` : ''}`, { concurrent: true }, () => {
  let fleet: Fleet
  let folder = ''
  let count = 0

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-relieve-'))
    fleet = await startFleet({ boxes: ['web-1', ...FAULT_BOXES], flavour: 'systemd' })
    for (const box of ['web-1', ...FAULT_BOXES])
      await waitFor(
        async () => (await fleet.run(box, 'systemctl is-system-running 2>&1; :')).trim() !== 'offline',
        'systemd is up',
      )
    await fleet.run('web-1', UNITS)
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await fleet.down()
  })

  /** With an incident of its own. */
  const incident = async (): Promise<Program> => {
    const program = programWith(fleet, path.join(folder, `home-${(count += 1)}`), folder)
    expect((await program.run('open', 'it burns')).code).toBe(0)
    return program
  }
  const ask = (program: Program, ...words: readonly string[]): Promise<Finished> =>
    program.run('relieve', 'web-1', ...words, '--accept', 'change', '--no-preserve')
  const onBox = async (script: string): Promise<string> => (await fleet.run('web-1', script)).trim()
  const relievedIn = async (program: Program) =>
    (await program.entries()).flatMap((entry) => (entry.did === 'relieved' ? [entry.payload] : []))
  /** A process of its own on the box; its PID. */
  const begin = (script: string): Promise<string> =>
    onBox(`setsid sh -c '${script}' >/dev/null 2>&1 </dev/null & pid=$!; sleep 0.5; echo $pid`)

  it('restarts a unit once what would be gone was kept, and sees it stay up', async () => {
    const program = await incident()
    const former = await onBox('systemctl show -p MainPID --value orders.service')
    const done = await program.run('relieve', 'web-1', 'restart', 'orders', '--accept', 'change')
    expect(done.stdout + done.stderr).toMatch(
      new RegExp(`IT WORKED .*\\n.*kept first.*\\n.*main process \\d+, which was ${former}`),
    )
    expect(done.code).toBe(0)
    const entries = await program.entries()
    expect(entries.map(({ did }) => did)).toEqual(['opened', 'preserved', 'relieved', 'relieved'])
    expect(entries.slice(2)).toMatchObject([
      {
        identity: { hostname: 'web-1' },
        payload: { state: 'running', relief: 'restart', target: ['orders.service'], preserved: 2 },
      },
      { payload: { state: 'ended', of: 3, worked: true } },
    ])
    const reloaded = await ask(program, 'reload', 'orders')
    expect(reloaded.stdout).toContain('IT WORKED')
  })

  it('says that a restart did not work, with the last lines of the unit', async () => {
    const [broken, short] = [await incident(), await incident()]
    const [failed, ended] = await Promise.all([ask(broken, 'restart', 'broken'), ask(short, 'restart', 'short')])
    expect(failed).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/IT DID NOT WORK(?:.*\n)*.*status 3\n(?:.*\n)*.*cannot bind 8080/),
    })
    expect(ended).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/IT DID NOT WORK(?:.*\n)*.*short\.service is failed/),
    })
    expect((await relievedIn(broken)).at(-1)).toMatchObject({ state: 'ended', worked: false })
  })

  it('refuses what cannot be done or must not be, does nothing, and writes that down', async () => {
    const program = await incident()
    const stopped = await begin('exec sleep 1000010')
    await onBox(`kill -STOP ${stopped}`)
    for (const [words, says] of [
      [['restart', 'masked'], /masked/],
      [['reload', 'shop'], /does not know how to reload/],
      [['end', stopped], /is stopped/],
      [['free-deleted', `${stopped}:0`], /no plain file/],
    ] as const) {
      const refused = await ask(program, ...words)
      expect(refused.code, words.join(' ')).toBe(1)
      expect(refused.stderr).toMatch(says)
    }
    const reader = await begin(
      'head -c 2M /dev/zero >/data/lib.jar; exec 7</data/lib.jar; rm /data/lib.jar; exec sleep 1000011',
    )
    expect((await ask(program, 'free-deleted', `${reader}:7`)).stderr).toMatch(/open for reading only/)
    expect((await ask(program, 'restart', 'test-sshd')).stderr).toMatch(/runs within test-sshd\.service/)
    // The sshd that listens, of which that of this session is a child.
    const listener = await onBox(`systemctl show -p MainPID --value test-sshd.service`)
    expect((await ask(program, 'end', listener)).stderr).toMatch(/above this session/)
    expect((await relievedIn(program)).map((payload) => payload?.state)).toEqual(
      Array.from({ length: 7 }, () => 'not-started'),
    )
    expect((await program.run('status')).stdout).not.toMatch(/^ {2}holds/m)
  })

  it('does nothing without consent, or beyond the policy of the box', async () => {
    const careful = path.join(folder, 'careful')
    mkdirSync(careful)
    writeFileSync(
      path.join(careful, 'halligan.yaml'),
      'groups:\n  careful: { boxes: [web-1], policy: { highestPrice: pause } }\n',
    )
    const program = programWith(fleet, path.join(folder, 'home-careful'), careful)
    await program.run('open', 'x')
    const refused = await ask(program, 'pause-timer', 'backup')
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/allows pause at most, and this is change/),
    })
    const unasked = await (await incident()).run('relieve', 'web-1', 'restart', 'shop')
    expect(unasked).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('will be done: '),
      stderr: expect.stringContaining('Try: halligan relieve web-1 restart shop.service --accept change\n'),
    })
    const unrecorded = await programWith(fleet, path.join(folder, 'home-none'), folder).run(
      'relieve',
      'web-1',
      'restart',
      'shop',
    )
    expect(unrecorded).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/NOTHING OF THIS IS WRITTEN DOWN: no incident is open.*\n.*is NOT kept\.\n/),
    })
  })

  it('rolls a release back and forth, and pauses a timer until it is taken back', async () => {
    const [link, timer] = [await incident(), await incident()]
    await Promise.all([
      (async () => {
        expect((await ask(link, 'rollback', '/srv/shop/current', 'shop.service')).stdout).toContain('IT WORKED')
        expect(await onBox('readlink /srv/shop/current')).toBe('releases/20260101000000')
        expect((await link.run('status')).stdout).toMatch(/holds +#2 web-1/)
        expect((await ask(link, 'undo', '2')).stdout).toContain('IT WORKED')
        expect(await onBox('readlink /srv/shop/current; ls -A /srv/shop')).toBe(
          'releases/20260102000000\ncurrent\nreleases',
        )
        expect((await link.entries()).map(({ did }) => did)).toEqual([
          'opened',
          'relieved',
          'relieved',
          'relieved',
          'relieved',
          'undone',
        ])
        expect((await ask(link, 'undo', '2')).stderr).toContain('taken back already')
      })(),
      (async () => {
        expect((await ask(timer, 'pause-timer', 'backup')).code).toBe(0)
        expect(await onBox('systemctl is-active backup.timer; :')).toBe('inactive')
        expect((await timer.run('close', '--cause', 'x')).stderr).toContain('halligan relieve web-1 undo 2')
        expect((await ask(timer, 'undo', '2')).code).toBe(0)
        expect(await onBox('systemctl is-active backup.timer')).toBe('active')
      })(),
    ])
  })

  it('empties a deleted file, raises a limit and takes it back, ends what obeys and what does not', async () => {
    const program = await incident()
    const holder = await begin(
      'ulimit -Sn 1024; exec 7>>/data/app.log; head -c 20M /dev/zero >&7; rm /data/app.log; exec sleep 1000020',
    )
    const listed = await program.run('relieve', 'web-1', '--json')
    expect(JSON.parse(listed.stdout)).toMatchObject({
      failure: null,
      schema: 'halligan.relief/1',
      fitting: expect.arrayContaining([
        expect.objectContaining({ command: `halligan relieve web-1 free-deleted ${holder}:7`, price: 'change' }),
      ]),
      others: expect.arrayContaining([
        expect.objectContaining({ command: 'halligan relieve web-1 rollback /srv/shop/current' }),
      ]),
    })
    expect((await ask(program, 'free-deleted', `${holder}:7`)).stdout).toMatch(
      /IT WORKED(?:.*\n)*.*takes 0 B now, and took 20\.0 MiB/,
    )
    expect((await ask(program, 'raise-limit', holder, 'nofile', '5000')).code).toBe(0)
    expect(await onBox(`prlimit --noheadings -o SOFT --nofile --pid ${holder}`)).toBe('5000')
    expect((await ask(program, 'undo', '4')).code).toBe(0)
    expect(await onBox(`prlimit --noheadings -o SOFT --nofile --pid ${holder}`)).toBe('1024')
    const json = JSON.parse((await ask(program, 'end', holder, '--json')).stdout)
    expect(json).toMatchObject({ schema: 'halligan.relief/1', relief: 'end', state: 'ended', worked: true, undo: null })
    const deaf = await begin('trap : TERM; while :; do sleep 1; done')
    expect(await ask(program, 'end', deaf, '--kill')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('is gone'),
    })
  })

  it('deletes the oldest files of the journal, and rotates a log while it is written to', async () => {
    const program = await incident()
    const writer = await begin('exec 7>>/data/shop.log; seq 300000 >&7; exec sleep 1000030')
    const rotated = await ask(program, 'rotate-log', '/data/shop.log')
    expect(rotated.stdout + rotated.stderr).toMatch(
      /IT WORKED(?:.*\n)*.*shop\.log takes 0 B now(?:.*\n)*.*is in \/data\/shop\.log\.\d{8}-\d{6}\.gz/,
    )
    expect(await onBox(`gzip -dc /data/shop.log.*.gz | tail -n 1; ls /proc/${writer}/fd/7`)).toBe(
      `300000\n/proc/${writer}/fd/7`,
    )
    await begin('exec 7<>/data/shop.log; seq 300000 >&7; exec sleep 1000031')
    expect((await ask(program, 'rotate-log', '/data/shop.log')).stderr).toMatch(/without O_APPEND/)
    await onBox(
      'for round in 1 2 3; do head -c 300000 /dev/urandom | base64 | logger -t fill; journalctl --rotate; done 2>&1; sleep 0.5',
    )
    expect((await ask(program, 'vacuum-journal', '1M')).stdout).toMatch(/IT WORKED/)
    expect((await ask(program, 'vacuum-journal', '900M')).stderr).toContain('no more than 900M')
  })

  it('leaves a box as before or as after, and the record with what was not seen, whenever it is cut off', async () => {
    const ends = await Promise.all(
      FAULT_BOXES.map(async (box, at) => {
        const own = FAULTS.filter((_, each) => each % FAULT_BOXES.length === at)
        const done = []
        for (const fault of own) {
          const program = programWith(fleet, path.join(folder, `fault-${box}-${(count += 1)}`), folder)
          done.push({ fault, end: await runFault(fleet, box, program, fault) })
        }
        return done
      }),
    )
    for (const { fault, end } of ends.flat()) {
      expect(end, JSON.stringify(fault)).toMatchObject({
        box: expect.stringMatching(/^(?:before|after)$/),
        named: true,
      })
      expect(end.entries[0]).toBe('running')
      // Whoever looks hears that it worked where it did, and that it did not where it was not done.
      if (end.checked !== undefined)
        expect(end.checked, JSON.stringify({ fault, end })).toBe(end.box === 'after' ? 0 : 1)
    }
  })
})
