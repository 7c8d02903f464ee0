import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Proof } from '../../src/boxes/proof.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { programWith, type Program } from './program.ts'
import { shows } from '../matrix/shows.ts'

// Native stacks of running processes over a real sshd, with the proof that nothing was done to them.

interface Seen {
  readonly threads: readonly {
    readonly tid: number
    readonly frames: readonly {
      readonly function: string
      readonly file?: string
      readonly own?: boolean
      readonly locals?: readonly { readonly name: string; readonly value: string; readonly masked?: true }[]
    }[]
  }[]
  readonly paid: readonly { readonly inspector: string; readonly ended?: string; readonly proof?: Proof }[]
  readonly blind: readonly { readonly what: string; readonly why: string; readonly hint: string }[]
}

const why = missing('root', 'fleet', 'gcc')

describe.skipIf(why)(`native stacks${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let program: Program
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-native-stacks-'))
  beforeAll(async () => {
    for (const name of ['order-service', 'thread-leak', 'd-state']) compileSick(name)
    fleet = await startFleet({
      boxes: ['web-1'],
      hook: path.join(import.meta.dirname, '../boxes/with-node.sh'),
    })
    program = programWith(fleet, home, home)
    await program.run('open', 'orders are slow')
  }, 120_000)
  afterAll(async () => {
    await fleet.down()
    rmSync(home, { recursive: true })
  })

  /** PID in the box of what the shell text starts, once it has ten threads. */
  async function started(script: string, name = 'order-service'): Promise<string> {
    fleet.leave('web-1', `${script}; :`)
    const search = `tries=0; until p=$(pgrep -nx ${name}) && [ $(ls /proc/$p/task | wc -l) -ge 10 ] || [ $tries -ge 100 ]; do sleep 0.1; tries=$((tries + 1)); done; echo $p`
    return (await fleet.run('web-1', search)).trim()
  }

  async function inspected(...args: readonly string[]): Promise<Seen> {
    const { stdout } = await program.run('inspect', 'web-1', ...args, '--accept', 'pause', '--json')
    return JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen
  }

  const stateOf = async (pid: string): Promise<string> =>
    (await fleet.run('web-1', `sed -n 's/^\\(State\\|TracerPid\\):.//p' /proc/${pid}/status | tr '\\n' ' '`)).trim()

  const end = (pid: string): Promise<string> => fleet.run('web-1', `kill -KILL ${pid}`)

  it(
    'are had by eu-stack, and the process runs on, traced by nobody; the entry says so',
    shows('native', 'eu-stack', 'stacks'),
    async () => {
      const pid = await started('order-service 100')
      const seen = await inspected(pid, '--stacks')
      expect(
        seen.threads.filter(({ frames }) => frames.some((each) => each.function === 'serve' && each.own)),
      ).toHaveLength(10)
      expect(seen.threads[0]?.frames.some(({ file }) => file?.endsWith('order-service.c'))).toBe(true)
      expect(seen.paid).toMatchObject([
        {
          inspector: 'eu-stack',
          ended: 'exited',
          proof: {
            tool: 'gone',
            left: [],
            spool: 'gone',
            targets: [{ pid: Number(pid), found: 'running', after: 'running' }],
          },
        },
      ])
      expect(await stateOf(pid)).toMatch(/^[SR] \(\w+\) 0$/)
      const entry = (await program.entries()).findLast(({ did }) => did === 'inspected')
      expect(entry?.payload).toMatchObject({
        paid: [{ isClean: true, proof: expect.arrayContaining([`Process ${pid} runs, traced by nobody.`]) }],
      })
      await end(pid)
    },
  )

  it(
    'are had by gdb with local variables, secrets masked, also of a process that sees other files',
    shows('native', 'gdb', 'stacks', 'locals'),
    async () => {
      const pid = await started('unshare --mount --pid --fork --mount-proc order-service 100')
      const refused = await inspected(pid, '--by', 'eu-stack')
      expect(refused.blind.map((each) => each.why).join()).toContain('sees other files')
      const seen = await inspected(pid, '--by', 'gdb-locals')
      const locals = seen.threads.flatMap(({ frames }) =>
        frames.filter((each) => each.function === 'serve').flatMap((each) => each.locals ?? []),
      )
      expect(locals.map(({ name }) => name)).toContain('order')
      expect(locals.find(({ name }) => name === 'order')?.value).toMatch(
        /^\{id = \d+, quantity = 3, customer = 0x[0-9a-f]+ "(?:web|main)", password = <masked>\}$/,
      )
      expect(JSON.stringify(seen)).not.toContain('hunter2')
      expect(seen.paid).toMatchObject([
        { inspector: 'gdb-locals', proof: { tool: 'gone', left: [], targets: [{ after: 'running' }] } },
      ])
      await end(pid)
    },
  )

  it('leave a process stopped that somebody had stopped, and attach to none that is traced', async () => {
    const pid = await started('order-service 100')
    await fleet.run('web-1', `kill -STOP ${pid}`)
    for (const way of ['eu-stack', 'gdb-stacks']) {
      const seen = await inspected(pid, '--by', way)
      expect(seen.threads.some(({ frames }) => frames.some((each) => each.function === 'serve'))).toBe(true)
      expect(seen.paid).toMatchObject([{ proof: { targets: [{ found: 'stopped', after: 'stopped' }] } }])
      expect(await stateOf(pid)).toBe('T (stopped) 0')
    }
    await fleet.run('web-1', `kill -CONT ${pid}`)
    fleet.leave('web-1', `exec strace -f -o /dev/null -p ${pid}`)
    await fleet.run('web-1', `until grep -q '^TracerPid:.[1-9]' /proc/${pid}/status; do sleep 0.1; done`)
    const seen = await inspected(pid, '--by', 'eu-stack')
    expect(seen.blind.map((each) => each.why).join()).toMatch(/traced already/)
    expect(seen.paid).toEqual([])
    await end(pid)
  })

  it('are not taken of what waits uninterruptibly: it is said, and what it waits for is told for nothing', async () => {
    fleet.leave('web-1', 'exec d-state 100 1')
    const search = `tries=0; until p=$(grep -l '^State:.D' /dev/null $(grep -lx 'Name:.d-state' /proc/[0-9]*/status)) || [ $tries -ge 100 ]; do sleep 0.1; tries=$((tries + 1)); done; echo $p`
    const pid = (await fleet.run('web-1', search)).split('/')[2] ?? ''
    expect(pid).toMatch(/^\d+$/)
    for (const way of ['eu-stack', 'gdb-locals']) {
      const seen = await inspected(pid, '--by', way)
      expect(seen.blind.map((each) => each.why).join()).toMatch(/waits in the kernel and cannot be interrupted/)
      expect(seen.paid).toEqual([])
    }
    const free = await program.run('inspect', 'web-1', pid)
    expect(free.stdout).toMatch(/uninterruptibl/)
    expect(free.stdout).toMatch(/vfork/)
    expect(await stateOf(pid)).toMatch(/^D \(disk sleep\) 0$/)
    await fleet.run('web-1', `kill -KILL $(pgrep -x d-state)`)
  })

  it('say of code that a runtime has made as it ran that it has no names, and who knows them', async () => {
    fleet.leave('web-1', 'exec node /srv/shop/orders-service.cjs spin >/dev/null 2>&1')
    const search = `tries=0; until p=$(pgrep -f '^node /srv/shop/orders-service') || [ $tries -ge 100 ]; do sleep 0.1; tries=$((tries + 1)); done; sleep 1; echo $p`
    const pid = (await fleet.run('web-1', search)).trim()
    const seen = await inspected(pid, '--by', 'eu-stack')
    expect(seen.threads.some(({ frames }) => frames.some((each) => each.function === '??'))).toBe(true)
    expect(JSON.stringify(seen)).toMatch(
      /[1-9]\d* of \d+ frames have no name \(\?\?\)[^"]* --by node-stacks tells the names\./,
    )
    expect(seen.paid).toMatchObject([{ proof: { tool: 'gone', left: [], targets: [{ after: 'running' }] } }])
    await end(pid)
  })

  it('of a process of more than five thousand threads are bounded, and what holds them all is not let at it', async () => {
    const pid = await started('thread-leak 200 5100 >/dev/null', 'thread-leak')
    await fleet.run(
      'web-1',
      `tries=0; until [ $(ls /proc/${pid}/task | wc -l) -gt 5100 ] || [ $tries -ge 300 ]; do sleep 0.1; tries=$((tries + 1)); done`,
    )
    const asked = ['--by', 'gdb-stacks', '--accept', 'pause', '--json']
    const { stdout, code } = await program.run('inspect', 'web-1', pid, ...asked)
    expect(code).toBe(1)
    expect(stdout.length).toBeLessThan(4_000_000)
    const seen = JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen
    expect(seen.threads).toHaveLength(5_000)
    expect(seen.blind).toContainEqual(expect.objectContaining({ what: '101 of its 5101 threads' }))
    expect(seen.blind.map((each) => each.why).join()).toContain('5101 threads; gdb would hold all of them')
    expect(seen.paid).toEqual([])
    expect(await stateOf(pid)).toMatch(/^S \(sleeping\) 0$/)
    await end(pid)
  })

  it('of a process of seven hundred threads are bounded, and gdb is not let at it', async () => {
    const pid = await started('thread-leak 100 700 >/dev/null', 'thread-leak')
    await fleet.run(
      'web-1',
      `tries=0; until [ $(ls /proc/${pid}/task | wc -l) -ge 600 ] || [ $tries -ge 200 ]; do sleep 0.1; tries=$((tries + 1)); done`,
    )
    const refused = await inspected(pid, '--by', 'gdb-stacks')
    expect(refused.blind.map((each) => each.why).join()).toMatch(/gdb would hold all of them for seconds/)
    const seen = await inspected(pid, '--by', 'eu-stack')
    expect(seen.threads.length).toBeGreaterThan(500)
    expect(seen.paid).toMatchObject([{ proof: { tool: 'gone', left: [], targets: [{ after: 'running' }] } }])
    await end(pid)
  })
})
