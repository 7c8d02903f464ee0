import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Proof } from '../../src/boxes/proof.ts'
import type { Snapshot } from '../../src/evidence/inspect/snapshot.ts'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { compileSick } from '../sick/compile.ts'
import { shows } from '../matrix/shows.ts'
import { mountTracefs, noUprobes, TRACING } from './tracefs.ts'
import { programWith, waitFor, type Program } from './program.ts'

// Values at a statement of a sick program over a real sshd, and that nothing of the watching is left in it.

interface Seen {
  readonly snapshot?: Snapshot & { readonly inspector: string }
  readonly paid: readonly {
    readonly inspector: string
    readonly price: string
    readonly ended?: string
    readonly proof?: Proof
  }[]
  readonly blind: readonly { readonly what: string; readonly why: string; readonly hint: string }[]
}

const why = missing('root', 'fleet', 'gcc')
/** `strip` of the same binary; a name that only this test uses. */
const STRIPPED = 'negative-strip'

/** A machine on which all else is tested, too. Milliseconds. */
const PATIENCE_MS = 120_000

describe.skipIf(why)(
  `native (C, gcc): snapshot at a statement${why ? ` (skipped: ${why})` : ''}`,
  { timeout: PATIENCE_MS },
  () => {
    let fleet: Fleet
    let program: Program
    let pid = ''
    const home = mkdtempSync(path.join(tmpdir(), 'halligan-snapshot-'))
    beforeAll(async () => {
      const binary = compileSick('negative-total')
      compileSick('order-service')
      execFileSync('strip', ['--strip-all', '-o', path.join(path.dirname(binary), STRIPPED), binary])
      fleet = await startFleet({
        boxes: ['web-1'],
        hook: path.join(import.meta.dirname, '../boxes/with-sick-programs.sh'),
      })
      program = programWith(fleet, home, home)
      await program.run('open', 'totals below zero')
      pid = await started('negative-total 300 /data/event')
    }, 120_000)
    afterAll(async () => {
      await fleet.down()
      rmSync(home, { recursive: true })
    })

    async function started(command: string): Promise<string> {
      const name = command.split(' ')[0]
      fleet.leave('web-1', `${command}; :`)
      return (
        await fleet.run(
          'web-1',
          `tries=0; until p=$(pgrep -nx ${name}) && [ $(ls /proc/$p/task | wc -l) -ge 4 ] || [ $tries -ge 100 ]; do sleep 0.1; tries=$((tries + 1)); done; echo $p`,
        )
      ).trim()
    }

    async function inspected(...args: readonly string[]): Promise<Seen> {
      const { stdout } = await program.run('inspect', 'web-1', ...args, '--json')
      return JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen
    }

    const byGdb = (...args: readonly string[]): Promise<Seen> =>
      inspected(pid, ...args, '--by', 'gdb-snapshot', '--accept', 'pause')

    const stateOf = async (which: string): Promise<string> =>
      (await fleet.run('web-1', `sed -n 's/^\\(State\\|TracerPid\\):.//p' /proc/${which}/status | tr '\\n' ' '`)).trim()

    const CLEAN = { tool: 'gone', left: [], spool: 'gone', targets: [{ found: 'running', after: 'running' }] }

    it(
      'by gdb: arguments, locals and stack of each hit, where a condition is true; then nothing is left, and the entry says so',
      shows('native', 'gdb', 'snapshot'),
      async () => {
        const { snapshot, paid } = await byGdb(
          '--at',
          'negative-total.c:19',
          '--when',
          'total < 0 && order->customer == "ann"',
          '--hits',
          '3',
        )
        expect(snapshot).toMatchObject({
          inspector: 'gdb-snapshot',
          place: { line: 19, function: 'price_order' },
          ended: 'hits',
          isSampled: false,
        })
        expect(snapshot?.hits).toHaveLength(3)
        for (const { values, frames, threadName } of snapshot?.hits ?? []) {
          expect(threadName).toBe('ann')
          const told = Object.fromEntries(values.map(({ name, value }) => [name, value]))
          expect(Number(told['total'])).toBeLessThan(0)
          expect(Number(told['points'])).toBe(3 * Number(told['discount']))
          expect(told['order']).toMatch(
            /^0x[0-9a-f]+: \{id = \d+, quantity = 3, customer = 0x[0-9a-f]+ "ann", password = <masked>, item = \{sku = 0x[0-9a-f]+ "AXE", price = 7\}\}$/,
          )
          expect(frames.slice(0, 2)).toMatchObject([
            { function: 'price_order', line: 19, own: true },
            { function: 'serve', own: true },
          ])
        }
        // The discounts of bob and eve never grow: their orders ran through, and are no hits.
        expect(snapshot?.reached).toBeGreaterThan(3)
        expect(paid).toMatchObject([{ inspector: 'gdb-snapshot', price: 'pause', ended: 'exited', proof: CLEAN }])
        expect(await stateOf(pid)).toMatch(/^[SR] \(\w+\) 0$/)
        const entry = (await program.entries()).findLast(({ did }) => did === 'inspected')
        expect(entry?.payload).toMatchObject({
          snapshot: {
            when: 'total < 0 && order.customer == "ann"',
            ended: 'hits',
            hits: [{ values: expect.arrayContaining([expect.stringMatching(/^total = -\d+$/)]) }, {}, {}],
          },
          paid: [{ isClean: true }],
        })
        expect(JSON.stringify(entry)).not.toContain('hunter2')
      },
    )

    it('by gdb: what --print names, members of structures too; a secret by its name is masked, a wrong name is said', async () => {
      const { snapshot } = await byGdb(
        '--at',
        'negative-total.c:19',
        '--hits',
        '1',
        '--print',
        'order.item.sku,order->item.price,order.password,order.customer[0],total >= 0,nosuch,order.nosuch',
      )
      expect(snapshot?.hits[0]?.values).toMatchObject([
        { name: 'order.item.sku', value: expect.stringMatching(/"AXE"$/) },
        { name: 'order.item.price', value: '7' },
        { name: 'order.password', value: '<masked>', masked: true },
        { name: 'order.customer[0]', value: expect.stringMatching(/^\d+ '[abe]'$/) },
        { name: 'total >= 0', value: expect.stringMatching(/^[01]$/) },
        { name: 'nosuch', value: '<No symbol "nosuch" in current context.>' },
        { name: 'order.nosuch', value: '<There is no member named nosuch.>' },
      ])
    })

    it('by gdb: what the compiler kept nowhere is said, as a value and in a condition', async () => {
      const { snapshot } = await byGdb('--at', 'price_order', '--when', 'total < 0', '--hits', '1')
      expect(snapshot?.hits[0]?.condition).toBe(
        'whether the condition is true could not be told: the compiler keeps total nowhere at this statement',
      )
      expect(snapshot?.hits[0]?.values).toContainEqual({ name: 'total', value: '<optimized out>' })
      expect(snapshot?.notes.join()).toMatch(/^<optimized out>: the compiler keeps total/)
    })

    it('by gdb: a line without code is answered with the nearest that have some, a condition with a wrong name and a stripped binary with the reason', async () => {
      const answer = async (...args: readonly string[]): Promise<string> => {
        const { snapshot, blind, paid } = await inspected(...args, '--by', 'gdb-snapshot', '--accept', 'pause')
        expect(snapshot).toBeUndefined()
        expect(paid).toMatchObject([{ proof: CLEAN }])
        return blind.map(({ why: because, hint }) => `${because} (${hint})`).join('\n')
      }
      expect(await answer(pid, '--at', 'negative-total.c:11')).toContain(
        'there is no code at negative-total.c:11 (the nearest lines with code: negative-total.c:14, negative-total.c:15, negative-total.c:16)',
      )
      expect(await answer(pid, '--at', 'price_order', '--when', 'nosuch < 0')).toContain(
        'No symbol "nosuch" in current context.',
      )
      const stripped = await started(`${STRIPPED} 60`)
      expect(await answer(stripped, '--at', 'negative-total.c:19')).toContain(
        'no debug information (it is stripped, or was built without -g)',
      )
      await fleet.run('web-1', `kill ${stripped}`)
    })

    it('by gdb: a statement that does not run is told after its time; one that runs all the time is given up', async () => {
      const rare = await byGdb('--at', 'audit', '--for', '1s')
      expect(rare.snapshot).toMatchObject({ hits: [], reached: 0, ended: 'time', tookMs: 1_000 })
      expect(rare.paid).toMatchObject([{ proof: CLEAN }])
      const hot = await started('negative-total 200 /data/none hot')
      const { snapshot, paid } = await inspected(
        hot,
        '--at',
        'tally',
        '--when',
        'number < 0',
        // It is over after 2,000 stops; on a busy machine these take longer than the 30 s of a person.
        '--for',
        '90s',
        '--by',
        'gdb-snapshot',
        '--accept',
        'pause',
      )
      expect(snapshot).toMatchObject({ hits: [], reached: 2_000, ended: 'hot' })
      expect(paid).toMatchObject([{ proof: CLEAN }])
      await fleet.run('web-1', `kill ${hot}`)
    })

    it('by gdb: when gdb is killed by SIGKILL, as the kernel does for want of memory, the guard puts back what it left in the code', async () => {
      const running = program.start(
        'inspect',
        'web-1',
        pid,
        '--at',
        'audit',
        '--for',
        '60s',
        '--by',
        'gdb-snapshot',
        '--accept',
        'pause',
        '--json',
      )
      await fleet.run('web-1', `until grep -q '^TracerPid:.[1-9]' /proc/${pid}/status; do sleep 0.1; done; sleep 0.5`)
      await fleet.run('web-1', `kill -KILL $(sed -n 's/^TracerPid:.//p' /proc/${pid}/status)`)
      const { paid } = JSON.parse((await running.finished).stdout) as Seen
      expect(paid).toMatchObject([{ proof: CLEAN }])
      // Now it runs there: with the breakpoint still in it would die of SIGTRAP.
      await fleet.run('web-1', ': >/data/event; sleep 0.5')
      const again = await byGdb('--at', 'audit', '--hits', '1')
      expect(again.snapshot?.hits[0]?.values).toMatchObject([{ name: 'number' }])
      await waitFor(async () => (await stateOf(pid)).endsWith(' 0'), 'nobody traces it')
      await fleet.run('web-1', 'rm /data/event')
    })

    // order-service ends itself when a child of its is killed by a signal: each child runs the statement.
    it('by gdb: children of which gdb has not been told yet when it lets go do not die of its breakpoint', async () => {
      const forking = await started('order-service 300 fork /data/forks')
      const words = ['--at', 'process_order', '--hits', '40', '--by', 'gdb-snapshot', '--accept', 'pause', '--json']
      const running = program.start('inspect', 'web-1', forking, ...words)
      await fleet.run(
        'web-1',
        `until grep -q '^TracerPid:.[1-9]' /proc/${forking}/status; do sleep 0.05; done; : >/data/forks`,
      )
      const { snapshot, paid } = JSON.parse((await running.finished).stdout) as Seen
      expect(snapshot?.hits).toHaveLength(40)
      expect(paid).toMatchObject([{ proof: CLEAN }])
      await fleet.run('web-1', 'sleep 1')
      expect(await stateOf(forking)).toMatch(/^[SR] \(\w+\) 0$/)
      await fleet.run('web-1', `kill ${forking}; rm /data/forks`)
    })

    it('is asked for first, and nothing is done without an answer; what could change the program is refused before the box is asked', async () => {
      const { stdout, code } = await program.run('inspect', 'web-1', pid, '--at', 'price_order', '--by', 'gdb-snapshot')
      expect(code).toBe(1)
      expect(Buffer.from(stdout, 'latin1').toString('utf8')).toContain('its price is pause, which nobody accepted')
      const refused = await program.run('inspect', 'web-1', pid, '--at', 'price_order', '--when', 'exit(1)')
      expect(refused).toMatchObject({ code: 2, stdout: '' })
      expect(refused.stderr).toContain('"(" would call a function: that could change or stop the program')
    })
  },
)

const whyNot = missing('root', 'gcc') || noUprobes()

describe.skipIf(whyNot)(
  `native (C, gcc): snapshot at a statement by a probe of the kernel${whyNot ? ` (skipped: ${whyNot})` : ''}`,
  { timeout: PATIENCE_MS },
  () => {
    // The boxes of a fleet have no tracefs: it is that of this machine.
    const home = mkdtempSync(path.join(tmpdir(), 'halligan-uprobe-'))
    const program = programWith(undefined, home, home)
    let target: ChildProcess
    let unmount = (): void => undefined
    beforeAll(() => {
      unmount = mountTracefs()
      target = spawn(compileSick('negative-total'), ['300', path.join(home, 'event')], { stdio: 'ignore' })
    })
    afterAll(() => {
      target.kill('SIGKILL')
      unmount()
      rmSync(home, { recursive: true })
    })

    const inspected = (...args: readonly string[]): Promise<Seen> => inspectedAt(target.pid, ...args)

    async function inspectedAt(pid: number | undefined, ...args: readonly string[]): Promise<Seen> {
      const { stdout } = await program.run(
        'inspect',
        'local',
        String(pid),
        ...args,
        '--by',
        'uprobe-snapshot',
        '--accept',
        'slow',
        '--json',
      )
      return JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen
    }

    /** With their instances; an instance without a probe is nobody's. The kernel has those of others, too: of test boxes that run meanwhile. */
    const probes = (): readonly string[] => {
      const instances = readdirSync(`${TRACING}/instances`).filter((name) => /^h[0-9a-f]{32}$/.test(name))
      const all = readFileSync(`${TRACING}/uprobe_events`, 'utf8')
        .split('\n')
        .filter((line) => line.includes('halligan'))
      const others = all.filter((line) => !/\/(?:negative-total|bad-pointers):/.test(line))
      return [
        ...all.filter((line) => !others.includes(line)),
        ...instances.filter((name) => !others.some((line) => line.includes(`/${name} `))),
      ]
    }

    const CLEAN = { tool: 'gone', left: [], spool: 'gone', targets: [{ found: 'running', after: 'running' }] }

    it(
      'the values where a condition is true, which the kernel filters; nobody attaches, and no probe is left',
      shows('native', 'uprobe', 'snapshot'),
      async () => {
        const { snapshot, paid } = await inspected(
          '--at',
          'negative-total.c:19',
          '--when',
          'total < 0 and order->customer == "ann"',
          '--hits',
          '3',
          '--print',
          'total,order->item.price,order.item.sku,order.password,earned',
        )
        expect(snapshot).toMatchObject({
          place: { line: 19, function: 'price_order' },
          ended: 'hits',
          isSampled: false,
        })
        expect(snapshot?.hits).toHaveLength(3)
        for (const { values, frames, threadName } of snapshot?.hits ?? []) {
          expect(threadName).toBe('ann')
          expect(values).toMatchObject([
            { name: 'total', value: expect.stringMatching(/^-\d+$/) },
            { name: 'order.item.price', value: '7' },
            { name: 'order.item.sku', value: '"AXE"' },
            { name: 'order.password', value: '<masked>', masked: true },
          ])
          expect(frames).toMatchObject([{ function: 'price_order', line: 19, own: true }])
        }
        expect(snapshot?.notes).toContainEqual('not told: earned: it lies at an address of its own (a global variable)')
        expect(paid).toMatchObject([{ inspector: 'uprobe-snapshot', price: 'slow', ended: 'exited', proof: CLEAN }])
        expect(probes()).toEqual([])
      },
    )

    it('of pointers that point nowhere no value is told, and none makes a condition true', async () => {
      const sick = spawn(compileSick('bad-pointers'), ['60'], { stdio: 'ignore' })
      const told = async (when: string): Promise<readonly string[]> => {
        const print = ['--print', 'order.quantity,order.item.price,order.text', '--hits', '4', '--for', '2s']
        const { snapshot } = await inspectedAt(sick.pid, '--at', 'look', '--when', when, ...print)
        const hits = snapshot?.hits.map(({ values }) => values.map(({ value }) => value.split(':')[0]).join(' ')) ?? []
        return [...new Set(hits)].toSorted()
      }
      const [whole, empty] = ['5 77 "AXE"', '0 <not in memory> ""']
      expect(await told('number >= 0')).toEqual([
        empty,
        whole,
        '<not in memory> <not in memory> <not in memory>',
        '<not told <not in memory> <not in memory>',
      ])
      expect(await told('not (order.item.price == 0)')).toEqual([whole])
      expect(await told('order == null or order.quantity == 5')).toEqual([
        whole,
        '<not in memory> <not in memory> <not in memory>',
      ])
      sick.kill('SIGKILL')
      expect(probes()).toEqual([])
    })

    it('a line without code is answered with the nearest that have some', async () => {
      const { snapshot, blind } = await inspected('--at', 'negative-total.c:36')
      expect(snapshot).toBeUndefined()
      expect(blind.map((each) => each.why).join()).toMatch(
        /there is no code at line 36; the nearest lines with code: \d+, \d+, \d+/,
      )
    })

    it('when all that watches is killed by SIGKILL the guard takes the probe out, and the program runs on', async () => {
      const running = program.start(
        'inspect',
        'local',
        String(target.pid),
        '--at',
        'audit',
        '--for',
        '60s',
        '--by',
        'uprobe-snapshot',
        '--accept',
        'slow',
        '--json',
      )
      await waitFor(() => probes().length === 2, 'the probe is set')
      const spools = readdirSync('/dev/shm').filter((name) => name.startsWith('.halligan-attach.'))
      const own = spools.find((name) =>
        probes()
          .join()
          .includes(name.split('.').at(-1) ?? '-'),
      )
      const [pid] = readFileSync(`/dev/shm/${own}/tool`, 'utf8').split(' ')
      process.kill(Number(pid), 'SIGKILL')
      const { paid } = JSON.parse((await running.finished).stdout) as Seen
      expect(paid).toMatchObject([{ proof: CLEAN }])
      expect(probes()).toEqual([])
      expect(target.exitCode).toBeNull()
    })
  },
)
