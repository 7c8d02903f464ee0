import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hit, Snapshot } from '../../src/evidence/inspect/snapshot.ts'
import type { Proof } from '../../src/boxes/proof.ts'
import { jdkHome } from '../../scripts/jvm-helper.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { shows } from '../matrix/shows.ts'
import { programWith, type Program } from './program.ts'

// A profile and values at a statement of a running JVM over a real sshd, with the proof that nothing of it is left.

interface SeenEnd {
  readonly by: string
  readonly says?: string
  readonly signal?: { readonly name: string }
}
interface SeenFrame {
  readonly function: string
  readonly line?: number
  readonly own?: boolean
}
interface Seen {
  readonly snapshot?: Snapshot
  readonly profile?: {
    readonly unit: string
    readonly tookMs: number
    readonly notes: readonly string[]
    readonly bySelf: readonly { readonly function: string; readonly own: boolean }[]
    readonly byTotal: readonly {
      readonly function: string
      readonly line?: number
      readonly own: boolean
      readonly total: number
    }[]
  }
  readonly threads: readonly { readonly name?: string; readonly state?: string }[]
  readonly groups: readonly { readonly says: string }[]
  readonly crash?: {
    readonly end: SeenEnd | null
    readonly notes: readonly string[]
    readonly captures: readonly {
      readonly why: SeenEnd
      readonly stacks: { readonly groups: readonly { readonly frames: readonly SeenFrame[] }[] }
    }[]
  }
  readonly paid: readonly { readonly inspector: string; readonly price: string; readonly proof?: Proof }[]
  readonly blind: readonly { readonly what: string; readonly why: string; readonly hint: string }[]
}

const PROGRAM = path.join(import.meta.dirname, '../sick/Carts.java')
const LINES = readFileSync(PROGRAM, 'utf8').split('\n')
const lineOf = (text: string): number => LINES.findIndex((line) => line.includes(text)) + 1
const TOTAL = lineOf('basket.isValid() ?')
const DESK = path.join(import.meta.dirname, '../sick/Desk.java')
const DESK_LINES = readFileSync(DESK, 'utf8').split('\n')
/** The first line with that text, after one with the other. */
const lineOfDesk = (text: string, after = ''): number => {
  const from = DESK_LINES.findIndex((line) => line.includes(after))
  return DESK_LINES.findIndex((line, at) => at >= from && line.includes(text)) + 1
}
const why = missing('root', 'fleet')

describe.skipIf(why)(`inside a JVM${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let program: Program
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-inside-jvm-'))
  beforeAll(async () => {
    fleet = await startFleet({ boxes: ['web-1'], hook: path.join(import.meta.dirname, '../boxes/with-jdks.sh') })
    program = programWith(fleet, home, home)
    const compiler = jdkHome(17) ?? jdkHome(25)
    if (compiler === undefined) return
    const classes = path.join(home, 'classes')
    execFileSync(`${compiler}/bin/javac`, ['--release', '11', '-g', '-d', classes, PROGRAM, DESK], { stdio: 'ignore' })
    const put = readdirSync(classes).map(
      (name) => `base64 -d >'${name}' <<'.'\n${readFileSync(path.join(classes, name)).toString('base64')}\n.\n`,
    )
    await fleet.run('web-1', `mkdir -pm 777 /srv/shop && cd /srv/shop && ${put.join('')}`)
    await program.run('open', 'totals are negative')
  }, 120_000)
  afterAll(async () => {
    await fleet.down()
    rmSync(home, { recursive: true })
  })

  /** PID in the box of the shop, of a user without any rights. */
  async function shop(jdk: string, words = 'Carts burn'): Promise<string> {
    const options = '-Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1'
    fleet.leave(
      'web-1',
      `cd /srv/shop && exec setpriv --reuid=65534 --regid=65534 --clear-groups ${jdk}/bin/java ${options} -cp /srv/shop ${words} >/data/out 2>/data/said`,
    )
    const search = `tries=0; until grep -qs ready /data/out || [ $tries -ge 300 ]; do sleep 0.1; tries=$((tries + 1)); done; pgrep -nx java`
    return (await fleet.run('web-1', search)).trim()
  }

  async function inspected(...args: readonly string[]): Promise<Seen> {
    const { stdout, stderr } = await program.run('inspect', 'web-1', ...args, '--accept', 'pause', '--json')
    if (stdout === '') throw new Error(stderr)
    return JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen
  }

  const end = (pid: string): Promise<string> =>
    fleet.run('web-1', `kill -KILL ${pid}; rm -rf /data/out /data/said /tmp/.java_pid${pid} /tmp/*_${pid}`)
  const left = (): Promise<string> =>
    fleet.run('web-1', 'ls -d /dev/shm/.hall* /tmp/.hall* /run/.hall* /srv/shop/*.jfr 2>/dev/null; :')
  const valuesOf = ({ values }: Hit): Readonly<Record<string, string>> =>
    Object.fromEntries(values.map(({ name, value }) => [name, value]))

  for (const version of ['17', '25']) {
    it(
      `JVM ${version}: values where the total is negative, a profile, and both leave nothing`,
      { ...shows('JVM', version, 'profile', 'snapshot'), timeout: 180_000 },
      async (context) => {
        const jdk = jdkHome(Number(version))
        if (jdk === undefined) return context.skip(`needs a JDK ${version} in /usr/lib/jvm`)
        const pid = await shop(jdk)
        const place = `src/shop/Carts.java:${TOTAL}`
        const when = 'total < 0 and basket.state == "PAID"'
        const asked = await inspected(pid, '--at', place, '--when', when, '--hits', '2')
        if (!asked.snapshot) throw new Error(JSON.stringify(asked.blind))
        const { hits, reached, notes } = asked.snapshot
        expect(asked.snapshot).toMatchObject({
          place: { file: 'Carts.java', line: TOTAL, function: 'Carts.total' },
          ended: 'hits',
          isSampled: false,
        })
        expect(notes).toContain('the class files are as they were before, byte by byte')
        expect(reached).toBeGreaterThan(2)
        expect(hits.map((hit) => [hit.threadName, valuesOf(hit)['rate'], valuesOf(hit)['total']])).toEqual([
          ['main', '3', '-1800'],
          ['main', '3', '-1800'],
        ])
        expect(hits[0]?.values.find(({ name }) => name === 'basket')?.value).toMatch(
          /^Basket \{id: \d+, owner: "ann", password: <masked>, state: State\.PAID, paid: 12\.50, items: ArrayList\(2\) \[Item, Item\]\}$/,
        )
        expect(hits[0]?.frames.map((frame) => [frame.function, frame.own])).toEqual([
          ['Carts.total', true],
          ['Carts.main', true],
        ])
        expect(asked.paid[0]).toMatchObject({
          inspector: 'jvm-snapshot',
          price: 'pause',
          proof: { tool: 'gone', left: [], targets: [{ after: 'running' }] },
        })
        const file = path.join(home, `jvm-${version}.speedscope.json`)
        const profiled = await inspected(pid, '--profile', '1s', '--output', file)
        expect(profiled.profile).toMatchObject({ unit: 'samples' })
        expect(profiled.profile?.bySelf.some((each) => each.own && each.function.startsWith('Carts.'))).toBe(true)
        expect(profiled.profile?.bySelf.filter((each) => each.function.startsWith('jdk.jfr.'))).toEqual([])
        expect(profiled.paid[0]).toMatchObject({ inspector: 'jvm-profile', proof: { tool: 'gone', left: [] } })
        expect(readFileSync(file, 'utf8')).toContain('Carts.java')
        expect(await left()).toBe('')
        return end(pid)
      },
    )
  }

  for (const version of ['17', '25']) {
    it(
      `JVM ${version}: state for nothing, and where it waits, for what and for how long`,
      { ...shows('JVM', version, 'state', 'off-CPU'), timeout: 180_000 },
      async (context) => {
        const jdk = jdkHome(Number(version))
        if (jdk === undefined) return context.skip(`needs a JDK ${version} in /usr/lib/jvm`)
        const pid = await shop(jdk, 'Desk')
        const looked = await inspected(pid)
        expect(looked).toMatchObject({ process: { state: 'S' }, runtime: { kind: 'jvm', version }, paid: [] })
        // The name that Java gave it, and what it waits for in the kernel.
        expect(looked.threads).toContainEqual(expect.objectContaining({ name: 'refresh', state: 'S' }))
        expect(looked.groups.some(({ says }) => says.startsWith('waits for a lock or a condition'))).toBe(true)
        const { profile, paid } = await inspected(pid, '--profile', '1s', '--off-cpu')
        const port = /\d+/.exec(await fleet.run('web-1', 'cat /data/out'))?.[0]
        expect(profile).toMatchObject({ inspector: 'jvm-off-cpu', unit: 'milliseconds' })
        expect(profile?.bySelf.map((each) => each.function)).toEqual(
          expect.arrayContaining([
            'waits for the lock of a Desk$Ledger',
            'waits for a notice on a java.lang.Object (Object.wait)',
            'is parked for a java.util.concurrent.locks.ReentrantLock$NonfairSync',
            'sleeps (Thread.sleep)',
            `reads from 127.0.0.1:${port} (localhost)`,
          ]),
        )
        const lines = profile?.byTotal.filter(({ own }) => own).map((each) => `${each.function}:${each.line}`)
        const books = [lineOfDesk('synchronized (ledger)', 'void book'), lineOfDesk('booked++')]
        expect(books.map((line) => `Desk.book:${line}`).some((each) => lines?.includes(each))).toBe(true)
        expect(lines).toContain(`Desk.ask:${lineOfDesk('.read() < 0) throw')}`)
        // It waited before the recording began, and after its end: no event tells of it.
        const stuck = profile?.byTotal.find((each) => each.function === 'Desk.wait4711')
        expect(stuck).toMatchObject({ line: lineOfDesk('never.wait()'), total: profile?.tookMs })
        expect(profile?.notes[0]).toMatch(
          /^others waited for the lock of a Desk\$Ledger for \d+ ms before "refresh" gave it back$/,
        )
        expect(paid[0]).toMatchObject({
          inspector: 'jvm-off-cpu',
          price: 'pause',
          proof: { tool: 'gone', left: [], targets: [{ after: 'running' }] },
        })
        expect(await left()).toBe('')
        return end(pid)
      },
    )
  }

  /** Watches for its end while something happens. */
  async function watched(pid: string, happens: () => Promise<unknown>): Promise<Seen> {
    const running = program.start('inspect', 'web-1', pid, '--on-crash', '--for', '60s', '--accept', 'pause', '--json')
    await untilAnswers('watched')
    await happens()
    const { stdout, stderr } = await running.finished
    if (stdout === '') throw new Error(stderr)
    return JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen
  }

  /** The agent in the JVM has written that. */
  async function untilAnswers(word: string): Promise<void> {
    const has = `grep -qs ${word} /dev/shm/.halligan-jvm.*/answer`
    await fleet.run(
      'web-1',
      `tries=0; until ${has} || [ $tries -ge 300 ]; do sleep 0.1; tries=$((tries + 1)); done; ${has}`,
    )
  }

  for (const version of ['17', '25']) {
    it(
      `JVM ${version}: on-crash: what nothing catches, who calls System.exit, and what a JVM that crashes says of itself`,
      { ...shows('JVM', version, 'on-crash'), timeout: 180_000 },
      async (context) => {
        const jdk = jdkHome(Number(version))
        if (jdk === undefined) return context.skip(`needs a JDK ${version} in /usr/lib/jvm`)
        const leaving = await shop(jdk, 'Desk throw /data/event')
        const { crash, paid } = await watched(leaving, async () => {
          await fleet.run('web-1', ': >/data/event')
          await untilAnswers('thrown')
          await fleet.run('web-1', ': >/data/event.exit')
        })
        expect(crash?.captures.map(({ why }) => why)).toEqual([
          {
            by: 'exception',
            says: expect.stringMatching(
              /^java\.lang\.IllegalStateException: cart 4711 has no owner, caused by java\.io\.IOException: (?!.*hunter2)/,
            ),
          },
          { by: 'exit' },
        ])
        expect(crash?.end).toEqual({ by: 'exit' })
        const [thrown, exit] = crash?.captures ?? []
        expect(thrown?.stacks.groups[0]?.frames[0]).toMatchObject({
          function: 'Desk.sell',
          line: lineOfDesk('throw new IllegalStateException("cart'),
          own: true,
        })
        expect(exit?.stacks.groups[0]?.frames.slice(0, 2)).toMatchObject([
          { function: 'java.lang.System.exit' },
          { function: 'Desk.sell', line: lineOfDesk('System.exit(42)') },
        ])
        expect(paid[0]).toMatchObject({ inspector: 'jvm-crash', price: 'pause', proof: { tool: 'gone', left: [] } })
        // Without us it would have printed the same.
        expect(await fleet.run('web-1', 'cat /data/said')).toMatch(
          /^Exception in thread "desk" java\.lang\.IllegalStateException: cart 4711 has no owner\n\tat Desk\.sell/m,
        )
        await fleet.run('web-1', 'rm -f /data/event*')
        await end(leaving)

        const crashing = await shop(jdk, 'Desk crash /data/event')
        const crashed = await watched(crashing, () => fleet.run('web-1', ': >/data/event'))
        const file = `/srv/shop/hs_err_pid${crashing}.log`
        expect(crashed.crash?.notes).toContain(`the JVM crashed itself; its fatal-error file, which stays: ${file}`)
        const [fatal] = crashed.crash?.captures ?? []
        expect(fatal?.why).toMatchObject({ by: 'signal', signal: { name: 'SIGSEGV' } })
        expect(fatal?.stacks.groups[0]?.frames.map((frame) => frame.function)).toEqual(
          expect.arrayContaining(['sun.misc.Unsafe.putAddress', 'Desk.sell', 'Desk.happen']),
        )
        expect(await left()).toBe('')
        await fleet.run('web-1', `rm -f /data/event* ${file}`)
        await end(crashing)
      },
    )
  }

  it(
    'JVM 25: a heap that is full is told, and what was put in is taken out all the same',
    { timeout: 180_000 },
    async (context) => {
      const jdk = jdkHome(25)
      if (jdk === undefined) return context.skip('needs a JDK 25 in /usr/lib/jvm')
      const pid = await shop(jdk, 'Desk memory /data/event')
      const running = program.start('inspect', 'web-1', pid, '--on-crash', '--for', '6s', '--accept', 'pause', '--json')
      await untilAnswers('watched')
      await fleet.run('web-1', ': >/data/event')
      const { stdout } = await running.finished
      const { crash, paid } = JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen
      expect(crash?.captures[0]?.why).toMatchObject({
        by: 'exception',
        says: expect.stringMatching(/^java\.lang\.OutOfMemoryError/),
      })
      expect(paid[0]?.proof).toMatchObject({ tool: 'gone', left: [], targets: [{ after: 'running' }] })
      await fleet.run('web-1', 'rm -f /data/event*')
      return end(pid)
    },
  )

  it(
    'JVM 17: a console that is killed while its end is waited for leaves no handler and no hook',
    { timeout: 180_000 },
    async (context) => {
      const jdk = jdkHome(17)
      if (jdk === undefined) return context.skip('needs a JDK 17 in /usr/lib/jvm')
      const pid = await shop(jdk, 'Desk')
      const running = program.start('inspect', 'web-1', pid, '--on-crash', '--accept', 'pause')
      await untilAnswers('watched')
      running.process.kill('SIGKILL')
      for (let tries = 0; (await left()) !== ''; tries += 1) {
        expect(tries).toBeLessThan(100)
        await pause(200)
      }
      // The next one would be told that another is under way, had ours not been taken out.
      const again = await inspected(pid, '--on-crash', '--for', '1s')
      expect(again.crash).toMatchObject({ captures: [], end: null, notes: [] })
      expect(again.paid[0]?.proof).toMatchObject({ tool: 'gone', left: [], targets: [{ after: 'running' }] })
      return end(pid)
    },
  )

  it(
    'JVM 17: what is not there is refused with the nearest lines, and what is hot is given up',
    { timeout: 180_000 },
    async (context) => {
      const jdk = jdkHome(17)
      if (jdk === undefined) return context.skip('needs a JDK 17 in /usr/lib/jvm')
      const pid = await shop(jdk)
      const nowhere = await inspected(pid, '--at', `Carts.java:${lineOf('/** So often')}`, '--for', '2s')
      expect(nowhere.blind).toContainEqual(
        expect.objectContaining({ hint: expect.stringContaining(`the nearest ones: ${TOTAL}`) }),
      )
      const hot = await inspected(pid, '--at', 'Carts.hot', '--when', 'seed < 0', '--for', '20s')
      expect(hot.snapshot).toMatchObject({ ended: 'hot', hits: [] })
      return end(pid)
    },
  )

  it(
    'JVM 17: a console that is killed while a statement is watched leaves no change',
    { timeout: 180_000 },
    async (context) => {
      const jdk = jdkHome(17)
      if (jdk === undefined) return context.skip('needs a JDK 17 in /usr/lib/jvm')
      const pid = await shop(jdk)
      const running = program.start(
        'inspect',
        'web-1',
        pid,
        '--at',
        `Carts.java:${TOTAL}`,
        '--when',
        'rate == 0',
        '--accept',
        'pause',
      )
      await untilAnswers('watched')
      running.process.kill('SIGKILL')
      for (let tries = 0; (await left()) !== ''; tries += 1) {
        expect(tries).toBeLessThan(100)
        await pause(200)
      }
      // The next one would be told that another is under way, had the agent not gone.
      const again = await inspected(pid, '--at', 'Basket.isValid', '--hits', '1')
      expect(again.snapshot).toMatchObject({ ended: 'hits', place: { function: 'Basket.isValid' } })
      return end(pid)
    },
  )
})
