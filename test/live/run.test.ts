import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { programWith, waitFor, type Program } from './program.ts'

const why = missing('root', 'fleet')

describe.skipIf(why !== undefined)(`halligan run over a real sshd${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let folder: string
  let program: Program
  let mark = 0

  beforeAll(async () => {
    fleet = await startFleet({ boxes: ['web-1', 'web-2'] })
  })
  beforeEach(async () => {
    mark += 1
    folder = mkdtempSync(path.join(tmpdir(), 'halligan-run-'))
    program = programWith(fleet, path.join(folder, 'home'), folder)
    expect((await program.run('open', 'checkout returns 500s')).code).toBe(0)
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  afterAll(() => fleet.down())

  /** A number of seconds that no other process sleeps for. */
  const nap = (): string => String(8_000_000 + mark)
  const sleeping = async (): Promise<boolean> =>
    (await fleet.run('web-1', `grep -lzx '${nap()}' /proc/[0-9]*/cmdline 2>/dev/null; :`)).trim() !== ''
  const ranEntries = async () => (await program.entries()).flatMap((entry) => (entry.did === 'ran' ? [entry] : []))

  it('gives output, errors and exit code of the command, and writes them down before and after', async () => {
    const done = await program.run('run', 'web-1', '--', 'echo out; echo err >&2; printf "\\377\\000end"; exit 7')
    expect(done).toMatchObject({ code: 7, stdout: 'out\n\xff\0end' })
    expect(done.stderr).toMatch(/^err\nhalligan: recorded in \S+ as #2, #3\.\n$/)
    const [before, after] = await ranEntries()
    expect(before).toMatchObject({
      seq: 2,
      box: 'web-1',
      identity: { hostname: 'web-1' },
      payload: { state: 'running', price: 'change' },
    })
    expect(after).toMatchObject({
      seq: 3,
      by: 'amy@laptop',
      payload: {
        state: 'ended',
        exit: 7,
        of: 2,
        printedBytes: 13,
        keptBytes: 13,
        outputs: [{ from: 'stdout' }, { from: 'stderr' }],
      },
    })
    const [stdout, stderr] = after?.payload?.outputs ?? []
    expect(await program.evidence(stdout?.evidence)).toBe('out\n\xff\0end')
    expect(await program.evidence(stderr?.evidence)).toBe('err\n')
  })

  it('hands several words on as they are, and one as shell text for the shell of the user', async () => {
    expect((await program.run('run', 'web-1', '--', 'printf', '%s|', 'a b', '$HOME', "it's")).stdout).toBe(
      "a b|$HOME|it's|",
    )
    expect((await program.run('run', 'web-1', '--', 'echo $HOME {a,b} | tr a-z A-Z')).stdout).toBe('/ROOT A B\n')
    expect((await program.run('run', 'web-1', '--', 'umask; cat; echo ${LC_ALL-none}')).stdout).toBe('0022\nnone\n')
  })

  it('keeps secrets out of the record that it shows to the person', async () => {
    const done = await program.run('run', 'web-1', '--', 'echo password=Tr0ub4dor')
    expect(done.stdout).toBe('password=Tr0ub4dor\n')
    const entries = await ranEntries()
    expect(JSON.stringify(entries)).not.toContain('Tr0ub4dor')
    expect(await program.evidence(entries[1]?.payload?.evidence?.[0])).not.toContain('Tr0ub4dor')
  })

  it('runs nothing when it cannot be written down, but off the record', async () => {
    const home = path.join(folder, 'home')
    writeFileSync(path.join(home, 'record.db'), 'this is no database, and never was one'.repeat(100))
    const refused = await program.run('run', 'web-1', '--incident', 'x', '--', 'touch /tmp/was-run')
    expect(refused.code).toBe(255)
    expect(refused.stderr).toContain('Nothing was started on web-1: it could not be recorded')
    expect(await fleet.run('web-1', 'ls /tmp/was-run 2>/dev/null; :')).toBe('')
    const done = await program.run('run', 'web-1', '--off-the-record', '--incident', 'x', '--', 'echo done')
    expect(done).toMatchObject({ code: 0, stdout: 'done\n' })
  })

  it('has off the record only that something was run', async () => {
    await program.run('run', 'web-1', '--off-the-record', '--', 'echo hush; exit 3')
    const entries = await ranEntries()
    expect(entries).toMatchObject([
      { payload: { line: '', offTheRecord: true, exit: 3, shown: '', command: 'halligan run web-1 --off-the-record' } },
    ])
    expect(JSON.stringify(entries)).not.toContain('hush')
  })

  it('refuses another machine under the same name, unless it is meant', async () => {
    await program.run('run', 'web-1', '--', 'true')
    await fleet.run(
      'web-1',
      'cp /etc/machine-id /tmp/machine-id; echo 0123456789abcdef0123456789abcdef >/etc/machine-id',
    )
    try {
      const refused = await program.run('run', 'web-1', '--', 'touch /tmp/wrong-box')
      expect(refused.code).toBe(255)
      expect(refused.stderr).toMatch(
        /web-1 is another machine: by that name this incident knows the machine \w{32} \(web-1, #3\), and 0123456789abcdef/,
      )
      expect(await fleet.run('web-1', 'ls /tmp/wrong-box 2>/dev/null; :')).toBe('')
      const meant = await program.run('run', 'web-1', '--anyway', 'it was rebuilt', '--', 'echo here')
      expect(meant).toMatchObject({ code: 0, stdout: 'here\n' })
      const again = await program.run('run', 'web-1', '--', 'echo here')
      expect(again).toMatchObject({ code: 0, stdout: 'here\n' })
      expect((await program.entries()).map(({ did }) => did)).toEqual([
        'opened',
        'ran',
        'ran',
        'ran',
        'overrode',
        'ran',
        'ran',
        'ran',
        'ran',
      ])
    } finally {
      await fleet.run('web-1', 'cat /tmp/machine-id >/etc/machine-id')
    }
  })

  it('obeys the policy of halligan.yaml, unless told otherwise, which is written down', async () => {
    writeFileSync(
      path.join(folder, 'halligan.yaml'),
      'groups:\n  careful: { boxes: [web-1], policy: { highestPrice: slow } }\n',
    )
    const refused = await program.run('run', 'web-1', '--', 'echo changed')
    expect(refused).toMatchObject({
      code: 255,
      stdout: '',
      stderr: expect.stringMatching(/allows slow at most[^]*--price slow/),
    })
    expect(await program.run('run', 'web-1', '--price', 'free', '--', 'echo read')).toMatchObject({
      code: 0,
      stdout: 'read\n',
    })
    expect(await program.run('run', 'web-1', '--anyway', 'it burns', '--', 'echo changed')).toMatchObject({ code: 0 })
    expect(
      (await program.entries()).flatMap((entry) => (entry.did === 'overrode' ? [entry.payload] : [])),
    ).toMatchObject([{ what: expect.stringContaining('allows slow at most'), reason: 'it burns' }])
  })

  it('says that a box could not be reached, and writes that down', async () => {
    const done = await program.run('run', 'nowhere.invalid', '--', 'true')
    expect(done.code).toBe(255)
    expect(await ranEntries()).toMatchObject([
      { payload: { state: 'not-started', why: expect.stringContaining('nowhere.invalid') } },
    ])
  })

  it('runs on several boxes at once, each line with its box', async () => {
    const done = await program.run(
      'run',
      'web-1',
      'web-2',
      '--',
      'echo one; cat /proc/sys/kernel/hostname; [ $(cat /proc/sys/kernel/hostname) = web-1 ] || exit 4',
    )
    expect(done.code).toBe(4)
    expect(done.stdout.split('\n').toSorted()).toEqual([
      '',
      'web-1 | one',
      'web-1 | web-1',
      'web-2 | one',
      'web-2 | web-2',
    ])
    expect(done.stderr).toContain('web-2: exit 4.')
  })

  it('ends the command after its time, and says so', async () => {
    const done = await program.run('run', 'web-1', '--timeout', '1', '--', `echo begun; sleep ${nap()}`)
    expect(done).toMatchObject({ code: 124, stdout: 'begun\n' })
    await waitFor(async () => !(await sleeping()), 'the command to be gone')
    expect((await ranEntries())[1]).toMatchObject({ payload: { state: 'timed-out', shown: 'begun' } })
  })

  it('interrupts the command on the box with Ctrl-C, which has time for its own clean-up', async () => {
    const running = program.start(
      'run',
      'web-1',
      '--',
      `trap 'echo cleaned; exit 9' INT; echo begun; sleep ${nap()} & wait`,
    )
    await running.until(/begun/)
    running.process.kill('SIGINT')
    expect(await running.finished).toMatchObject({ code: 130, stdout: 'begun\ncleaned\n' })
    expect((await ranEntries())[1]).toMatchObject({ payload: { state: 'interrupted', exit: 9 } })
    await fleet.run('web-1', `pkill -f '[s]leep ${nap()}' || :`)
  })

  it('kills what does not end with the second Ctrl-C', async () => {
    const running = program.start('run', 'web-1', '--', `trap '' INT TERM; echo begun; sleep ${nap()}; sleep ${nap()}`)
    await running.until(/begun/)
    running.process.kill('SIGINT')
    await new Promise((resolve) => setTimeout(resolve, 300))
    running.process.kill('SIGINT')
    expect((await running.finished).code).toBe(130)
    await waitFor(async () => !(await sleeping()), 'the command to be gone')
  })

  it('ends the command when the console is killed', async () => {
    const running = program.start('run', 'web-1', '--', `echo begun; sleep ${nap()}`)
    await running.until(/begun/)
    expect((await ranEntries()).map(({ payload }) => payload?.state)).toEqual(['running'])
    running.process.kill('SIGKILL')
    await waitFor(async () => !(await sleeping()), 'the command to be gone')
  })

  it('ends the command when the line is cut, and writes down that its end was not seen', async () => {
    const running = program.start('run', 'web-1', '--', `echo begun; sleep ${nap()}`)
    await running.until(/begun/)
    await fleet.link('web-1', 'down')
    try {
      const { code, stderr } = await running.finished
      expect(code).toBe(255)
      expect(stderr).toContain('How the command ended was not seen')
      await waitFor(async () => !(await sleeping()), 'the command to be gone')
    } finally {
      await fleet.link('web-1', 'up')
    }
    expect((await ranEntries())[1]).toMatchObject({ payload: { state: 'lost', shown: 'begun' } })
  })

  it('leaves what the command had put into the background when it ends by itself', async () => {
    expect((await program.run('run', 'web-1', '--', `sleep ${nap()} >/dev/null 2>&1 & echo started`)).stdout).toBe(
      'started\n',
    )
    expect(await sleeping()).toBe(true)
    await fleet.run('web-1', `pkill -f '[s]leep ${nap()}'`)
  })

  it('ends the command when the reader of its output has gone, and writes that down', async () => {
    const home = path.join(folder, 'home')
    const main = path.resolve(import.meta.dirname, '../../bin/halligan.cjs')
    const { spawnSync } = await import('node:child_process')
    const { stdout } = spawnSync(
      'bash',
      ['-c', `"$0" "$1" run web-1 -- yes | head -n 1; echo "\${PIPESTATUS[0]}"`, process.execPath, main],
      {
        env: { ...process.env, HALLIGAN_HOME: home, HALLIGAN_BY: 'amy@laptop', HALLIGAN_SSH_CONFIG: fleet.sshConfig },
        cwd: folder,
        encoding: 'utf8',
      },
    )
    expect(stdout).toBe('y\n141\n')
    expect((await ranEntries())[1]).toMatchObject({ payload: { state: 'interrupted' } })
  })

  it('keeps the beginning and the end of a flood, in bounded memory', async () => {
    const running = program.start('run', 'web-1', '--', 'seq 1 3000000')
    const { code, stdout } = await running.finished
    expect(code).toBe(0)
    expect(stdout.length).toBe(22_888_896)
    const [, after] = await ranEntries()
    expect(after?.payload).toMatchObject({ printedBytes: 22_888_896, shown: expect.stringMatching(/^1\n2\n3\n/) })
    const kept = await program.evidence(after?.payload?.evidence?.[0])
    expect(kept.length).toBeLessThan(4.1 * 1024 * 1024)
    expect(kept).toMatch(/^1\n2\n[^]*\n\[halligan: \d+ bytes are left out here\]\n[^]*\n3000000\n$/)
  })

  it('has no private folder or process of it left on either side', async () => {
    await program.run('run', 'web-1', '--', 'true')
    expect(
      readdirSync(process.env['XDG_RUNTIME_DIR'] ?? '/tmp').filter((name) =>
        new RegExp(`^halligan-${process.pid}-`).test(name),
      ),
    ).toEqual([])
  })

  describe('detached', () => {
    const started = async (...args: readonly string[]): Promise<string> => {
      const { stdout, stderr, code } = await program.run('run', 'web-1', '--detach', ...args)
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('go on by itself') })
      return stdout.slice(0, 8)
    }
    const left = (): Promise<string> =>
      fleet.run('web-1', 'ls -d /dev/shm/.halligan-job.* /tmp/.halligan-job.* 2>/dev/null; :')
    const ended = (job: string): Promise<void> =>
      waitFor(
        async () =>
          new RegExp(`${job} .* (?:ended|stopped|timed-out|lost)`).test((await program.run('run', '--jobs')).stdout),
        'its end',
      )

    it('goes on without the console, and is collected with output and exit code; then nothing is left', async () => {
      const job = await started('--', 'echo out; echo err >&2; sleep 1; umask; exit 5')
      await ended(job)
      expect(await left()).toContain(job)
      const done = await program.run('run', '--collect', job)
      expect(done).toMatchObject({ code: 5, stdout: 'out\n0022\n' })
      expect(done.stderr).toMatch(/err\n[^]*exit 5; nothing of it is left there/)
      expect(await left()).toBe('')
      expect(await fleet.run('web-1', "grep -lza '[h]alligan-job' /proc/[0-9]*/cmdline 2>/dev/null; :")).toBe('')
      const [before, after] = await ranEntries()
      expect(before).toMatchObject({ payload: { state: 'running', job } })
      expect(after).toMatchObject({ payload: { state: 'ended', exit: 5, job, of: before?.seq, shown: 'out\n0022' } })
      expect(await program.run('run', '--jobs')).toMatchObject({
        stdout: expect.stringContaining('No detached command is open'),
      })
    })

    it('outlives the line', async () => {
      const job = await started('--', 'sleep 4; echo finished')
      await fleet.link('web-1', 'down')
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      await fleet.link('web-1', 'up')
      await ended(job)
      expect(await program.run('run', '--collect')).toMatchObject({ code: 0, stdout: 'finished\n' })
    })

    it('is left alone while it runs, and ended with --stop', async () => {
      const job = await started('--', `trap 'echo bye; exit 1' TERM; echo begun; sleep ${nap()} & wait`)
      const early = await program.run('run', '--collect', job)
      expect(early).toMatchObject({ code: 255, stdout: '', stderr: expect.stringContaining('still runs') })
      expect((await program.run('run', '--stop', job)).code).toBe(0)
      await ended(job)
      expect(await program.run('run', 'web-1', '--collect', job)).toMatchObject({ stdout: 'begun\nbye\n' })
      expect((await ranEntries())[1]).toMatchObject({ payload: { state: 'interrupted', exit: 1 } })
      await fleet.run('web-1', `pkill -f '[s]leep ${nap()}' || :`)
      expect(await left()).toBe('')
    })

    it('is stopped on the record, which is written first, and with the machine', async () => {
      const job = await started('--', `exec sleep ${nap()}`)
      const stopped = await program.run('run', '--stop', job)
      expect(stopped).toMatchObject({ code: 0, stderr: expect.stringMatching(/recorded in \S+ as #3, #4\./) })
      const { machineId } = (await ranEntries())[0]?.identity ?? {}
      expect((await program.entries()).slice(2)).toMatchObject([
        { did: 'stopped', box: 'web-1', identity: { machineId }, payload: { job, of: 2, state: 'wanted' } },
        { did: 'stopped', box: 'web-1', identity: { machineId }, payload: { job, of: 2, state: 'told', wanted: 3 } },
      ])
      expect((await program.run('timeline')).stdout).toContain(`is told to end: ${job}`)
      await ended(job)
      await program.run('run', '--collect', job)
      expect((await ranEntries())[1]).toMatchObject({ identity: { hostname: 'web-1', machineId } })
    })

    it('is neither stopped nor collected on another machine under the same name', async () => {
      const job = await started('--', `exec sleep ${nap()}`)
      await fleet.run(
        'web-1',
        'cp /etc/machine-id /tmp/machine-id; echo 0123456789abcdef0123456789abcdef >/etc/machine-id',
      )
      try {
        for (const what of ['--stop', '--collect']) {
          const refused = await program.run('run', what, job)
          expect(refused).toMatchObject({ code: 255, stderr: expect.stringContaining('web-1 is another machine') })
        }
        expect(await sleeping()).toBe(true)
        expect(await left()).toContain(job)
        expect((await program.entries()).slice(2)).toMatchObject([
          { did: 'stopped', payload: { job, state: 'not-told', why: expect.stringContaining('another machine') } },
        ])
        const meant = await program.run('run', '--stop', job, '--anyway', 'it was rebuilt')
        expect(meant.code).toBe(0)
        expect((await program.entries()).slice(3).map(({ did }) => did)).toEqual(['overrode', 'stopped', 'stopped'])
      } finally {
        await fleet.run('web-1', 'cat /tmp/machine-id >/etc/machine-id')
      }
      await ended(job)
      expect((await program.run('run', '--collect', job, '--anyway', 'back again')).stdout).toBe('')
      expect(await left()).toBe('')
    })

    it('is not stopped when that cannot be written down', async () => {
      const job = await started('--', `exec sleep ${nap()}`)
      const file = path.join(folder, 'home', 'record.db')
      const record = readFileSync(file)
      writeFileSync(file, 'this is no database, and never was one'.repeat(100))
      const refused = await program.run('run', 'web-1', '--stop', job, '--incident', 'x')
      expect(refused).toMatchObject({
        code: 255,
        stderr: expect.stringMatching(new RegExp(`${job} on web-1 was not told to end: it could not be recorded`)),
      })
      expect(await sleeping()).toBe(true)
      writeFileSync(file, record)
      await program.run('run', '--stop', job)
      await ended(job)
      await program.run('run', '--collect', job)
      expect(await left()).toBe('')
    })

    it('is ended after its time', async () => {
      const job = await started('--timeout', '1', '--', `exec sleep ${nap()}`)
      await ended(job)
      expect(await sleeping()).toBe(false)
      await program.run('run', '--collect', job)
      expect((await ranEntries())[1]).toMatchObject({ payload: { state: 'timed-out' } })
    })

    it('keeps the beginning and the end of a flood', async () => {
      const job = await started('--', 'seq 1 3000000')
      await ended(job)
      const { stdout } = await program.run('run', '--collect', job)
      const [, left] = /^1\n2\n[^]*\n\[halligan: (\d+) bytes are left out here\]\n[^]*\n3000000\n$/.exec(stdout) ?? []
      const { payload } = (await ranEntries())[1] ?? {}
      expect(payload).toMatchObject({ printedBytes: 22_888_896, keptBytes: 22_888_896 - Number(left) })
    })

    it('is said to be lost when its supervisor was killed, and leaves nothing when it is collected', async () => {
      const job = await started('--', `echo begun; sleep 600`)
      await fleet.run(
        'web-1',
        `read -r pid rest </dev/shm/.halligan-job.${job}/owner; kill -KILL $pid; pkill -f '[s]leep 600'`,
      )
      await ended(job)
      expect((await program.run('run', '--collect', job)).stdout).toBe('begun\n')
      expect(await left()).toBe('')
    })
  })

  describe.each([
    ['coreutils', 'sshd'],
    ['busybox', 'busybox'],
  ] as const)('detached, with the tools of %s', (_tools, flavour) => {
    const needs = flavour === 'busybox' ? missing('busybox') : undefined
    let box: Fleet
    beforeAll(async () => {
      if (needs === undefined) box = await startFleet({ boxes: ['router'], flavour })
    })
    afterAll(() => box?.down())

    it.skipIf(needs !== undefined).each([
      ['as much as is kept', 32_000, 0],
      ['more than is kept', 60_000, 60_000 * 99],
    ])('loses no byte between what it printed first and last, in small pieces: %s', async (_much, lines, printed) => {
      const there = programWith(box, path.join(folder, 'there'), folder)
      expect((await there.run('open', 'it floods')).code).toBe(0)
      const loop = `x=${'x'.repeat(88)}; n=1000000000; while [ $n -lt ${1_000_000_000 + lines} ]; do n=$((n + 1)); echo $n$x; done`
      const job = (await there.run('run', 'router', '--detach', '--', loop)).stdout.slice(0, 8)
      await waitFor(async () => / ended/.test((await there.run('run', '--jobs')).stdout), 'its end')
      const { stdout } = await there.run('run', '--collect', job)
      const all = Array.from({ length: lines }, (_line, n) => `${1_000_000_001 + n}${'x'.repeat(88)}`).join('\n') + '\n'
      const [first = '', last = ''] = stdout.split(/\[halligan: \d+ bytes are left out here\]\n/)
      expect([all.startsWith(first), all.endsWith(last)]).toEqual([true, true])
      expect(stdout === all).toBe(printed === 0)
      const [, end] = (await there.entries()).flatMap((entry) => (entry.did === 'ran' ? [entry] : []))
      expect(end?.payload).toMatchObject({ printedBytes: all.length, keptBytes: first.length + last.length })
    })
  })
})
