import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shellQuoted } from '../../src/base/shell-quoted.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { programWith, waitFor, type Finished, type Program } from './program.ts'
import { shows } from '../matrix/shows.ts'

// Small sick processes, looked into over real sshd and busybox; what is asserted is what a person would need to know.

interface SeenFrame {
  readonly function: string
  readonly file?: string
  readonly line?: number
  readonly locals?: readonly { readonly name: string; readonly value: string }[]
}

interface Seen {
  readonly stacks: {
    readonly inspector: string
    readonly groups: readonly {
      readonly threads: readonly number[]
      readonly moves: string
      readonly frames: readonly SeenFrame[]
    }[]
  } | null
  readonly process?: {
    readonly pid: number
    readonly name: string
    readonly state: string
    readonly argv: readonly string[]
  }
  readonly runtime?: { readonly kind: string; readonly details: readonly string[] }
  readonly doing: readonly { readonly state: string; readonly says: string }[]
  readonly threads: readonly { readonly tid: number; readonly frames: readonly { readonly function: string }[] }[]
  readonly groups: readonly { readonly says: string; readonly threads: readonly number[] }[]
  readonly environment?: readonly string[] | null
  readonly changed?: readonly { readonly path: string; readonly how: string }[] | null
  readonly files?: { readonly open: number; readonly groups: readonly { readonly what: string }[] } | null
  readonly children?: { readonly count: number; readonly listed: readonly { readonly state: string }[] } | null
  readonly found: {
    readonly count: number
    readonly thread?: number
    readonly candidates: readonly { readonly pid: number }[]
  }
  readonly blind: readonly { readonly what: string; readonly why: string; readonly hint: string }[]
}

const why = missing('root', 'fleet', 'busybox', 'gcc')

describe.skipIf(why !== undefined)(`inspect${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleets: readonly Fleet[] = []
  const programs = new Map<string, Program>()
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-inspect-'))

  beforeAll(async () => {
    for (const name of ['deadlock', 'cpu-spin', 'zombie-pile-up', 'thread-leak', 'silent-peer']) compileSick(name)
    const hook = path.join(import.meta.dirname, '../boxes/with-sick-programs.sh')
    const [usual, tiny] = await Promise.all([
      startFleet({ boxes: ['web-1'], hook }),
      startFleet({ boxes: ['bb-1'], flavour: 'busybox', hook }),
    ])
    fleets = [usual, tiny]
    programs.set('web-1', programWith(usual, home, home))
    programs.set('bb-1', programWith(tiny, home, home))
    await on('web-1').run('open', 'processes that do not answer')
  }, 120_000)
  afterAll(async () => {
    await Promise.all(fleets.map((fleet) => fleet.down()))
    rmSync(home, { recursive: true })
  })

  function on(box: string): Program {
    const program = programs.get(box.replace(/^.*@/, ''))
    if (!program) throw new Error(`there is no ${box}`)
    return program
  }

  function fleetOf(box: string): Fleet {
    const [usual, tiny] = fleets
    const fleet = box === 'web-1' ? usual : tiny
    if (!fleet) throw new Error(`there is no ${box}`)
    return fleet
  }

  /** Starts it and gives its PID in the box, once it runs. */
  async function started(box: string, script: string, name: string): Promise<number> {
    fleetOf(box).leave(box, script)
    const pidOf = `for comm in /proc/[0-9]*/comm; do read -r name <$comm; [ "$name" != ${name} ] || echo $comm; done 2>/dev/null | sed 's|/proc/||; s|/comm||' | sort -n | head -n 1`
    let pid = 0
    await waitFor(async () => (pid = Number(await fleetOf(box).run(box, pidOf))) > 0, `${name} on ${box}`)
    return pid
  }

  async function json(
    box: string,
    ...args: readonly string[]
  ): Promise<{ readonly seen: Seen; readonly code: number | null }> {
    const { stdout, code }: Finished = await on(box).run('inspect', box, ...args, '--json')
    return { seen: JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen, code }
  }

  it(
    'a Python service: who waits for the lock, who holds it, and for what',
    shows('CPython', '', 'state'),
    async () => {
      const text = readFileSync(path.join(import.meta.dirname, '../sick/held-lock.py')).toString('base64')
      const pid = await started(
        'web-1',
        `echo ${text} | base64 -d >/tmp/orders.py; exec python3 /tmp/orders.py 8080`,
        'python3',
      )
      const ask = `exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /stock/SKU-7 HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`
      await waitFor(
        async () =>
          (await fleetOf('web-1').run('web-1', `bash -c ': >/dev/tcp/127.0.0.1/8080' && echo yes || true`)).includes(
            'yes',
          ),
        'the service',
      )
      for (let request = 0; request < 3; request += 1) fleetOf('web-1').leave('web-1', `bash -c ${shellQuoted(ask)}`)
      const waiting = async (): Promise<NonNullable<Seen['stacks']>['groups'][number] | undefined> => {
        const { stacks } = (await json('web-1', ':8080')).seen
        return stacks?.groups.find(({ frames, threads }) => frames[0]?.function === 'Stock.of' && threads.length === 3)
      }
      await waitFor(async () => (await waiting()) !== undefined, 'three requests')
      const { seen } = await json('web-1', ':8080')
      expect(seen.process).toMatchObject({ pid, name: 'python3' })
      expect(seen.stacks?.inspector).toBe('cpython-stacks')
      const stuck = await waiting()
      expect(stuck).toMatchObject({
        moves: 'stuck',
        frames: [
          { file: '/tmp/orders.py', line: 33 },
          { function: 'Orders.do_GET', line: 40 },
          {},
          {},
          {},
          {},
          {},
          {},
          {},
          {},
        ],
      })
      const values = Object.fromEntries((stuck?.frames[0]?.locals ?? []).map(({ name, value }) => [name, value]))
      expect(values['article']).toBe("'SKU-7'")
      const holder = Number(/lock=<RLock, held once by thread (\d+) \(refresh\)>/.exec(values['self'] ?? '')?.[1])
      expect(seen.stacks?.groups.find(({ threads }) => threads.includes(holder))).toMatchObject({
        frames: [{ function: 'Warehouse.fetch', line: 18 }, { function: 'Stock.refresh', line: 29 }, {}, {}, {}],
      })
      const screen = await on('web-1').run('inspect', 'web-1', ':8080')
      expect(screen.stdout).toMatch(/ 3 threads [^]*Stock\.of {2}\/tmp\/orders\.py:33\n/)
      await fleetOf('web-1').run('web-1', `kill -KILL ${pid}`)
    },
  )

  it.each(['web-1', 'bb-1'])(
    '%s: a deadlock is named, with who queues behind it, what is open and a secret that is not told',
    { ...shows('native', '', 'state'), timeout: 60_000 },
    async (box) => {
      const pid = await started(box, 'DB_PASSWORD=hunter2hunter2 exec deadlock 300 --token=hunter3hunter3', 'deadlock')
      // The second lock of each is asked for after a second; a thread that moved meanwhile is not said to be stuck.
      let seen: Seen | undefined
      await waitFor(async () => {
        seen = (await json(box, String(pid))).seen
        return seen.doing[0]?.says.startsWith('DEADLOCK') ?? false
      }, 'the deadlock')
      if (!seen) throw new Error('it was seen')
      const byName = await on(box).run('inspect', box, 'deadlock', '--details')
      expect(byName.code).toBe(0)
      expect(byName.stdout).toMatch(/DEADLOCK: thread \d+ \(deadlock\) waits for the lock 0x/)
      expect(byName.stdout).not.toContain('hunter')
      expect(seen.doing[0]).toMatchObject({ state: 'critical' })
      expect(seen.runtime).toMatchObject({ kind: 'native', details: ['static'] })
      expect(seen.groups.map(({ says }) => says.replace(/0x\w+/, '0x…')).toSorted()).toEqual(
        expect.arrayContaining([
          'waits for another thread to end',
          'waits for the next connection on fd 3: TCP 127.0.0.1:7311, LISTEN (accept)',
          'waits for a lock in deadlock at 0x…',
        ]),
      )
      expect(seen.files?.groups.map(({ what }) => what)).toContain('TCP listening on 127.0.0.1:7311')
      expect(seen.environment?.some((each) => each.startsWith('DB_PASSWORD='))).toBe(true)
      expect(JSON.stringify(seen)).not.toContain('hunter')
      // The same one by its port, and by the number of one of its threads.
      // Finding is one script on both; by a thread it is asked on one.
      expect((await json(box, ':7311')).seen.process?.pid).toBe(pid)
      if (box !== 'web-1') return
      const thread = seen.threads.at(-1)?.tid ?? 0
      expect((await json(box, String(thread))).seen).toMatchObject({ process: { pid }, found: { thread } })
    },
  )

  it('where several fit, they are listed, and none is looked into', async () => {
    const first = await started('web-1', 'exec cpu-spin 300 2', 'cpu-spin')
    const choice = await on('web-1').run('inspect', 'web-1', 'cpu-spin')
    expect(choice.code).toBe(1)
    expect(choice.stdout).toContain(`${first}`)
    expect(choice.stderr).toMatch(/2 processes of web-1 fit the name cpu-spin\.\nTry: .*halligan inspect web-1 \d+/)
    const { seen } = await json('web-1', String(first))
    expect(seen.doing.map(({ says }) => says).join(' ')).toMatch(
      /It uses \d+ % of one CPU|waited \d+ % of the time for a CPU/,
    )
    await fleetOf('web-1').run('web-1', `kill -STOP ${first}`)
    const stopped = await json('web-1', String(first))
    expect(stopped.seen.doing[0]).toMatchObject({
      state: 'critical',
      says: expect.stringContaining('It is stopped by a signal'),
    })
    // It is left as it was found.
    expect(await fleetOf('web-1').run('web-1', `cut -d ' ' -f 3 /proc/${first}/stat`)).toBe('T\n')
    await fleetOf('web-1').run('web-1', `kill -KILL $(cat /proc/${first}/task/${first}/children) ${first}`)
  })

  it('children that ended, a binary that was removed, many threads, a peer that swallows: each is said', async () => {
    const box = 'web-1'
    const parent = await started(box, 'exec zombie-pile-up 300 7', 'zombie-pile-up')
    const { seen } = await json(box, String(parent))
    expect(seen.children?.count).toBe(7)
    const zombie = (await fleetOf(box).run(box, `cat /proc/${parent}/task/${parent}/children`)).split(' ')[0] ?? ''
    expect((await json(box, zombie)).seen.doing[0]?.says).toBe(
      `It has ended with exit code 1, and zombie-pile-up (${parent}) has not collected it: nothing of it runs any more, only zombie-pile-up (${parent}) can take it away.`,
    )
    const many = await started(box, 'cp /usr/local/bin/thread-leak /tmp/leaks; exec /tmp/leaks 300 1200', 'leaks')
    await fleetOf(box).run(box, 'rm /tmp/leaks')
    await waitFor(
      async () => (await fleetOf(box).run(box, `ls /proc/${many}/task | wc -l`)) === '1201\n',
      'its threads',
    )
    const leaks = await on(box).run('inspect', box, 'leaks')
    expect(leaks.stdout).toContain('/tmp/leaks: deleted or replaced since it started')
    expect(leaks.stdout).toMatch(/threads {2}1201, by what they do now/)
    expect(leaks.stdout).toMatch(/and 1196 more/)
    // A stack of each of them, of the kernel alone.
    const stacks = await json(box, String(many), '--by', 'kernel-stacks')
    expect(stacks.code).toBe(0)
    expect(stacks.seen.threads.every(({ frames }) => frames.length > 0)).toBe(true)
  }, 60_000)

  it("another user's process is blind with the reason, and --sudo is said to help, and helps", async () => {
    // sshd without PAM takes an account without a password for a locked one.
    await fleetOf('web-1').run('web-1', 'usermod -p "*" amy')
    const pid = await started('web-1', 'exec silent-peer 300 127.0.0.1 9 1', 'silent-peer')
    const { seen, code } = await json('amy@web-1', String(pid))
    expect(code).toBe(0)
    expect(seen.environment).toBeNull()
    expect(seen.files).toBeNull()
    expect(seen.blind).toContainEqual({
      what: expect.stringContaining('open files'),
      why: 'Permission denied',
      hint: 'run with --sudo',
    })
    const asRoot = await json('amy@web-1', String(pid), '--sudo')
    expect(asRoot.seen.files?.open).toBeGreaterThan(2)
    expect(asRoot.seen.blind).toEqual([])
  })

  it('a program that runs with rights of its own (setuid) tells its user nothing, whoever started it, and root all', async () => {
    const box = 'web-1'
    await fleetOf(box).run(
      box,
      'usermod -p "*" amy; cp /usr/local/bin/silent-peer /usr/local/bin/setuid-peer; chmod 4755 /usr/local/bin/setuid-peer',
    )
    const pid = await started(
      box,
      'exec setpriv --reuid amy --clear-groups setuid-peer 300 127.0.0.1 9 1',
      'setuid-peer',
    )
    const uids = (await fleetOf(box).run(box, `grep ^Uid: /proc/${pid}/status; id -u amy`)).split(/\s+/)
    expect(uids.slice(1, 3)).toEqual([uids[5], '0'])
    const before = await fleetOf(box).run(box, `cat /proc/${pid}/status | grep -E '^(State|TracerPid)'`)
    const { seen, code } = await json('amy@web-1', String(pid), '--by', 'eu-stack', '--accept', 'pause')
    expect(code).toBe(1)
    expect(seen.files).toBeNull()
    expect(seen.environment).toBeNull()
    expect(seen.blind).toContainEqual({
      what: expect.stringContaining('stacks'),
      why: expect.stringMatching(/not permitted|denied/i),
      hint: expect.stringContaining('--sudo'),
    })
    const asRoot = await json('amy@web-1', String(pid), '--sudo')
    expect(asRoot.seen.files?.open).toBeGreaterThan(2)
    expect(await fleetOf(box).run(box, `cat /proc/${pid}/status | grep -E '^(State|TracerPid)'`)).toBe(before)
    await fleetOf(box).run(box, `kill -KILL ${pid}; rm /usr/local/bin/setuid-peer`)
  })

  it('what is not there, and what is no process, is said', async () => {
    const asked = await on('web-1').run('inspect', 'web-1', 'no-such-program')
    expect(asked).toMatchObject({ code: 1, stdout: '' })
    expect(asked.stderr).toContain('There is no process on web-1 for the name no-such-program.')
    expect((await on('web-1').run('inspect', 'web-1')).code).toBe(2)
    expect((await on('web-1').run('inspect', 'web-1', ':99999')).code).toBe(2)
  })

  it('a name that means harm is shown as what it is; a process of the kernel says so', async () => {
    const box = 'web-1'
    fleetOf(box).leave(box, `cp /usr/local/bin/cpu-spin '/tmp/x)\n1 (init'; exec '/tmp/x)\n1 (init' 120`)
    await waitFor(
      async () => (await fleetOf(box).run(box, `grep -lx '1 (init' /proc/[0-9]*/comm 2>/dev/null | wc -l`)) === '1\n',
      'it',
    )
    const pid = (await fleetOf(box).run(box, `grep -lx '1 (init' /proc/[0-9]*/comm`)).split('/')[2] ?? ''
    const { stdout, code } = await on(box).run('inspect', box, pid)
    expect(code).toBe(0)
    expect(stdout).toContain(`x)\\x0a1 (init (${pid})`)
    await fleetOf(box).run(box, `kill -KILL ${pid}`)
  })

  it('what was seen stands in the record: timeline, show, status', async () => {
    const entries = await on('web-1').entries()
    const inspected = entries.filter(({ did }) => did === 'inspected')
    expect(inspected.length).toBeGreaterThan(5)
    const first = inspected.find(
      (entry) => entry.did === 'inspected' && entry.payload?.doing[0]?.says.startsWith('DEADLOCK'),
    )
    expect(first?.box).toMatch(/^(?:web|bb)-1$/)
    expect(JSON.stringify(entries)).not.toContain('hunter')
    expect((await on('web-1').run('timeline')).stdout).toMatch(/inspected deadlock \(\d+\): DEADLOCK/)
    const shown = await on('web-1').run('show', String(first?.seq))
    expect(shown.stdout).toMatch(/deadlock \(\d+\), native/)
    expect((await on('web-1').run('status')).stdout).toMatch(/deadlock \(\d+\): DEADLOCK/)
  })
})
