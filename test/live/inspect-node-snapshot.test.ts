import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { NODE, shows } from '../matrix/shows.ts'
import { compileSick } from '../sick/compile.ts'
import { programWith, waitFor, type Program } from './program.ts'

// Values at a statement of a Node service, over a real sshd.

const SOURCE = readFileSync(path.join(import.meta.dirname, '../sick/coupon-service.cjs'), 'utf8').split('\n')
const lineOf = (text: string): number => SOURCE.findIndex((line) => line.includes(text)) + 1
const RETURN = `coupon-service.cjs:${lineOf('return total')}`

interface Told {
  readonly snapshot: {
    readonly place: { readonly file: string; readonly line: number; readonly function: string }
    readonly reached: number
    readonly ended: string
    readonly notes: readonly string[]
    readonly hits: readonly {
      readonly values: readonly { readonly name: string; readonly value: string }[]
      readonly frames: readonly { readonly function: string; readonly file: string; readonly line: number }[]
    }[]
  } | null
  readonly paid: readonly {
    readonly price: string
    readonly residue: string
    readonly proof: { readonly tool: string; readonly left: readonly object[]; readonly targets: readonly object[] }
  }[]
  readonly blind: readonly { readonly why: string; readonly hint: string }[]
}

interface Ended {
  readonly captures: readonly {
    readonly why: object
    readonly stacks: {
      readonly groups: readonly {
        readonly frames: readonly {
          readonly function: string
          readonly line: number
          readonly locals?: readonly object[]
        }[]
      }[]
    } | null
  }[]
  readonly end: object | null
}

const why = missing('root', 'fleet', 'gcc')

describe.skipIf(why !== undefined)(`values at a statement of Node${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let program: Program
  let pid = ''
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-node-snapshot-'))

  beforeAll(async () => {
    compileSick('order-service')
    fleet = await startFleet({ boxes: ['web-1'], hook: path.join(import.meta.dirname, '../boxes/with-node.sh') })
    program = programWith(fleet, home, home)
    fleet.leave('web-1', 'COUNTED=/data/counted node /srv/shop/coupon-service.cjs 300')
    await waitFor(async () => (await orders()) > 0, 'the service')
    pid = (await fleet.run('web-1', 'pgrep -f "^node /srv/shop/coupon-service"')).trim()
    await program.run('open', 'totals below zero')
  }, 120_000)
  afterAll(async () => {
    await fleet.down()
    rmSync(home, { recursive: true })
  })

  async function counted(): Promise<readonly number[]> {
    return (await fleet.run('web-1', 'cat /data/counted 2>/dev/null || :')).trim().split(' ').map(Number)
  }

  async function orders(): Promise<number> {
    return (await counted())[0] ?? 0
  }

  async function at(...words: readonly string[]): Promise<{ readonly told: Told; readonly code: number | null }> {
    const { stdout, code } = await program.run('inspect', 'web-1', pid, '--accept', 'pause', '--json', '--at', ...words)
    return { told: JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Told, code }
  }

  /** It goes on, nothing of ours is in it, and its inspector is closed. */
  async function unharmed(): Promise<void> {
    const [before = 0] = await counted()
    await waitFor(async () => (await orders()) > before + 20, 'more orders')
    expect((await counted())[1]).toBe(0)
    expect(await fleet.run('web-1', `grep -c ':240D .* 0A ' /proc/${pid}/net/tcp || :`)).toBe('0\n')
  }

  it(
    `Node ${NODE}: snapshot: variables at a line where the total is negative, and how it came to be`,
    shows('Node.js', NODE, 'snapshot'),
    async () => {
      const { told, code } = await at(RETURN, '--when', 'total < 0', '--hits', '3')
      expect(code).toBe(0)
      const { snapshot, paid } = told
      expect(snapshot).toMatchObject({
        place: { file: '/srv/shop/coupon-service.cjs', line: lineOf('return total'), function: 'price' },
        ended: 'hits',
      })
      expect(snapshot?.hits).toHaveLength(3)
      // Its condition was false at most runs.
      expect(snapshot?.reached).toBeGreaterThan(3)
      const [hit] = snapshot?.hits ?? []
      const values = new Map(hit?.values.map(({ name, value }) => [name, value]))
      expect(values.get('total')).toBe('-10')
      expect(values.get('order')).toMatch(
        /^\{quantity: 1, unitPrice: 30, codes: \["SUMMER", "SUMMER"\], customer: \{id: \d+, name: "bob", password: <masked>\}\}$/,
      )
      expect(values.get('coupons')).toBe('{WELCOME: 5, SUMMER: 20}')
      expect(hit?.frames.slice(0, 2)).toMatchObject([
        { function: 'price', line: lineOf('return total') },
        { function: 'serve', line: lineOf('price(order, COUPONS)') },
      ])
      expect(paid[0]).toMatchObject({
        price: 'pause',
        residue: expect.stringContaining('standard error'),
        proof: { tool: 'gone', left: [], targets: [{ after: 'running' }] },
      })
      await unharmed()
      const [last] = (await program.entries()).toReversed()
      expect(JSON.stringify(last?.payload)).not.toContain('hunter2')
    },
  )

  it('what is asked alone is told, at the beginning of a function, and what is not there is told so', async () => {
    const { told } = await at(
      'price',
      '--print',
      'order.customer.id,order.codes[0],order.nothing.more,nobody',
      '--hits',
      '1',
    )
    const values = told.snapshot?.hits[0]?.values.map(({ name, value }) => [name, value])
    expect(values).toEqual([
      ['order.customer.id', expect.stringMatching(/^\d+$/)],
      ['order.codes[0]', expect.stringMatching(/^"(?:WELCOME|SUMMER)"$/)],
      ['order.nothing.more', '(it is undefined)'],
      ['nobody', '(not there yet, or V8 did not keep it)'],
    ])
  })

  it('a variable of the program that is called $ is that of the program', async () => {
    const inServe = `coupon-service.cjs:${lineOf('price(order, COUPONS)')}`
    const { told } = await at(inServe, '--when', '$ == 8', '--hits', '1')
    const [hit] = told.snapshot?.hits ?? []
    expect(hit?.values).toContainEqual(expect.objectContaining({ name: '$', value: '8' }))
  })

  it('a condition that is never true ends with its time, and nothing is left', async () => {
    const { told } = await at(RETURN, '--when', 'total > 1000', '--for', '3s')
    expect(told.snapshot).toMatchObject({ ended: 'time', hits: [] })
    expect(told.snapshot?.reached).toBeGreaterThan(0)
    await unharmed()
  })

  it('a hot line with a condition is refused with its price, one without is over at once', async () => {
    const hot = `coupon-service.cjs:${lineOf('return sum')}`
    const refused = await at(hot, '--when', 'sum < 0')
    expect(refused.code).toBe(1)
    expect(JSON.stringify(refused.told.blind)).toMatch(
      /times a second or more, and each run of a watched line costs \d+ µs/,
    )
    const { told } = await at(hot, '--hits', '2')
    expect(told.snapshot?.hits).toHaveLength(2)
    expect(told.snapshot?.notes[0]).toContain('passes in a row')
    await unharmed()
  })

  it('a loop within one call that is hot is given up while it is watched', async () => {
    const { told } = await at(`coupon-service.cjs:${lineOf('sum += checksum')}`, '--when', 'round < 0', '--for', '20s')
    expect(told.snapshot).toMatchObject({ ended: 'hot', hits: [] })
    await unharmed()
  })

  it('a line where nothing runs is told with the nearest that run', async () => {
    const { told, code } = await at('coupon-service.cjs:9999')
    expect(code).toBe(1)
    expect(JSON.stringify(told.blind)).toMatch(
      /nothing runs at line 9999 of \/srv\/shop\/coupon-service\.cjs \(it has \d+ lines\).*the nearest: line \d+, \d+, \d+/,
    )
  })

  it('a console that is killed while it watches leaves nothing', async () => {
    const running = program.start(
      'inspect',
      'web-1',
      pid,
      '--accept',
      'pause',
      '--at',
      RETURN,
      '--when',
      'total > 1000',
      '--for',
      '60s',
    )
    await waitFor(async () => (await counted())[1] === 1, 'the breakpoint')
    running.process.kill('SIGKILL')
    await waitFor(async () => (await counted())[1] === 0, 'its end')
    await waitFor(
      async () => (await fleet.run('web-1', 'ls -d /dev/shm/.halligan-* 2>/dev/null || :')) === '',
      'the end of the guard',
    )
    await unharmed()
  })

  it('a client that is killed, with an inspector that was open before, leaves nothing', async () => {
    fleet.leave('web-1', 'COUNTED=/data/open node --inspect=9333 /srv/shop/coupon-service.cjs 300')
    const symbols = async (): Promise<string> =>
      (await fleet.run('web-1', 'cut -d " " -f 2 /data/open 2>/dev/null || :')).trim()
    await waitFor(async () => (await symbols()) === '0', 'the service')
    const open = (await fleet.run('web-1', 'pgrep -f "^node --inspect"')).trim()
    const running = program.start(
      'inspect',
      'web-1',
      open,
      '--accept',
      'pause',
      '--json',
      '--at',
      RETURN,
      '--when',
      'total > 1000',
      '--for',
      '60s',
    )
    await waitFor(async () => (await symbols()) === '1', 'the breakpoint')
    await fleet.run(
      'web-1',
      `for p in /proc/[0-9]*; do grep -qs 'HALLIGAN_INSPECT={"pid":${open},' $p/environ && kill -KILL \${p#/proc/}; done; :`,
    )
    const { stdout } = await running.finished
    expect((JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Told).snapshot?.ended).toBe('stopped')
    await waitFor(async () => (await symbols()) === '0', 'the clean-up')
    expect(await fleet.run('web-1', `grep -c ':2475 .* 0A ' /proc/${open}/net/tcp || :`)).toBe('1\n')
  })

  /** Started, watched, and then brought to its end. */
  async function watched(event: string): Promise<Ended> {
    await fleet.run('web-1', 'rm -f /data/event')
    fleet.leave('web-1', `ROUNDS=10 node --no-warnings /srv/shop/coupon-service.cjs 300 ${event} /data/event; :`)
    let own = ''
    await waitFor(async () => {
      own = (await fleet.run('web-1', 'pgrep -nf "^node --no-warnings" || :')).trim()
      return own !== '' && (await fleet.run('web-1', `ls /proc/${own}/task | wc -l`)).trim() !== '1'
    }, 'the service')
    const running = program.start('inspect', 'web-1', own, '--on-crash', '--for', '60s', '--accept', 'pause', '--json')
    await waitFor(
      async () =>
        (await fleet.run('web-1', 'cat /dev/shm/.halligan-attach.*/out 2>/dev/null || :')).includes('"watching"'),
      'the watch',
    )
    await fleet.run('web-1', ': >/data/event')
    const { stdout } = await running.finished
    return (JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as { readonly crash: Ended }).crash
  }

  it(
    `Node ${NODE}: on-crash: what nothing catches, with the variables of that moment`,
    shows('Node.js', NODE, 'on-crash'),
    async () => {
      const { captures, end } = await watched('throw')
      expect(captures).toHaveLength(1)
      expect(captures[0]?.why).toEqual({ by: 'exception', says: 'RangeError: no such coupon: WINTER' })
      const [frame] = captures[0]?.stacks?.groups[0]?.frames ?? []
      expect(frame).toMatchObject({ function: 'checkout', line: lineOf('throw new RangeError') })
      expect(frame?.locals).toContainEqual(
        expect.objectContaining({ name: 'order', value: expect.stringContaining('code: "WINTER"') }),
      )
      expect(end).toEqual({ by: 'exit', code: 1 })
    },
  )

  it('who calls process.exit is seen, and it exits', async () => {
    const { captures, end } = await watched('exit')
    expect(captures[0]?.stacks?.groups[0]?.frames).toContainEqual(
      expect.objectContaining({ function: 'act', line: lineOf("event === 'exit'") }),
    )
    expect(end).toEqual({ by: 'exit', code: 0 })
  })
})
