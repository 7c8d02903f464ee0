import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { pythonsHere } from '../inspect/pythons.ts'
import { NODE, shows } from '../matrix/shows.ts'
import { compileSick } from '../sick/compile.ts'
import { programWith, waitFor, type Program } from './program.ts'

// Profiles, waits and values at a statement of a sick Python program, looked into by the command over real sshd.

const PROGRAM = path.join(import.meta.dirname, '../sick/negative-total.py')
const BOOK = readFileSync(PROGRAM, 'utf8').split('\n').indexOf('    book(cart, total)') + 1
/** On this machine; the box brings Debian's 3.11. */
const other = pythonsHere().find(({ version }) => version === '3.13')
/** Its memory was read with a word of its own for each version. */
const versions = [
  { version: '3.11', python: 'python3', box: 'web-1' },
  { version: '3.13', python: other?.path, box: 'web-2' },
]

interface Seen {
  readonly profile?: {
    readonly of: string
    readonly bySelf: readonly { readonly function: string; readonly own: boolean; readonly selfShare: number }[]
    readonly byTotal: readonly { readonly function: string; readonly totalShare: number }[]
    readonly stacks: readonly {
      readonly thread: string
      readonly frames: readonly { readonly function: string }[]
    }[]
  }
  readonly snapshot?: {
    readonly isSampled: boolean
    readonly notes: readonly string[]
    readonly hits: readonly {
      readonly values: readonly { readonly name: string; readonly value: string }[]
      readonly frames: readonly { readonly function: string; readonly line: number }[]
    }[]
  }
  readonly paid: readonly { readonly inspector: string; readonly price: string }[]
  readonly blind: readonly { readonly why: string; readonly hint: string }[]
}

const why = missing('root', 'fleet', 'gcc')
const noPerf = existsSync('/usr/bin/perf') ? undefined : ' (skipped: no perf on this machine)'

describe.skipIf(why !== undefined)(`inspect a Python program${why ? ` (skipped: ${why})` : ''}`, () => {
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-inspect-cpython-'))
  let fleet: Fleet
  let program: Program

  beforeAll(async () => {
    for (const name of ['deadlock', 'order-service', 'cpu-spin']) compileSick(name)
    const hook = path.join(import.meta.dirname, '../boxes/with-pythons.sh')
    fleet = await startFleet({ boxes: versions.map(({ box }) => box), hook })
    program = programWith(fleet, home, home)
    await Promise.all(
      versions.map(async ({ python, box }) => {
        if (python === undefined) return
        fleet.leave(box, `${python} /usr/local/bin/negative-total.py 1200 >/data/said; :`)
        await waitFor(async () => (await fleet.run(box, 'cat /data/said 2>/dev/null; :')).trim() === 'ready', 'ready')
      }),
    )
    fleet.leave('web-1', 'deadlock 1200 4; :')
    fleet.leave('web-1', 'order-service 1200; :')
    fleet.leave('web-1', 'cpu-spin 1200; :')
    fleet.leave('web-2', 'node /srv/shop/coupon-service.cjs 1200; :')
  }, 120_000)
  afterAll(async () => {
    await fleet.down()
    rmSync(home, { recursive: true })
  })

  async function seen(box: string, ...words: readonly string[]): Promise<Seen & { readonly code: number | null }> {
    const { code, stdout, stderr } = await program.run('inspect', `root@${box}`, ...words, '--json')
    if (stdout === '') throw new Error(stderr)
    return { code, ...(JSON.parse(stdout) as Seen) }
  }

  for (const { version, python, box } of versions) {
    const none = python === undefined ? ` (skipped: no python${version} here)` : ''

    it.skipIf(python === undefined)(
      `CPython ${version}: profile says which function uses the processor${none}`,
      shows('CPython', version, 'profile'),
      async () => {
        const { profile, paid } = await seen(box, 'negative-total.py', '--profile', '1s')
        expect(profile?.of).toBe('cpu')
        // On a busy machine what is ready for a processor counts, too.
        expect(profile?.bySelf.flatMap(({ own, function: called }) => (own ? [called] : []))).toContain('search')
        expect(waitsIn(profile, 'reserve')).toEqual([])
        expect(paid).toMatchObject([{ inspector: 'cpython-profile', price: 'free' }])
      },
    )

    it.skipIf(python === undefined)(
      `CPython ${version}: off-CPU says where threads wait, and for what${none}`,
      shows('CPython', version, 'off-CPU'),
      async () => {
        const { profile, paid } = await seen(box, 'negative-total.py', '--profile', '1s', '--off-cpu')
        expect(profile?.of).toBe('off-cpu')
        expect(waitsIn(profile, 'refresh')).toEqual(['reads TCP to 127.0.0.1:7433 (recvfrom)'])
        expect(waitsIn(profile, 'reserve')).toEqual(['waits for a lock or a condition (futex)'])
        // Who has slept, and who has to give the GIL away now and then, wants it back. One that moved while it was read is told without a reason.
        const others = [...waitsIn(profile, 'book'), ...waitsIn(profile, 'search')]
        const expected = ['waits for the GIL', 'sleeps (clock_nanosleep)', 'waits; for what could not be seen']
        expect(others.filter((wait) => !expected.includes(wait))).toEqual([])
        expect(others).toContain('waits for the GIL')
        const threads = new Set(stacksThrough(profile, 'reserve').map(({ thread }) => thread.replace(/ \(\d+\)$/, '')))
        expect([...threads].toSorted()).toEqual(['reserve-1', 'reserve-2', 'reserve-3'])
        expect(paid).toMatchObject([{ inspector: 'cpython-off-cpu', price: 'free' }])
      },
    )

    it.skipIf(python === undefined)(
      `CPython ${version}: snapshot tells the variables where a condition holds${none}`,
      shows('CPython', version, 'snapshot'),
      async () => {
        const at = ['--at', `negative-total.py:${BOOK}`, '--when', 'total < 0', '--hits', '3']
        const print = ['--print', 'total,cart.number,cart.prices[0],cart.voucher_token']
        const { snapshot, paid } = await seen(box, 'negative-total.py', ...at, ...print)
        expect(snapshot?.isSampled).toBe(true)
        expect(snapshot?.hits).toHaveLength(3)
        const isLoose = snapshot?.notes.some((note) => note.includes('ran on meanwhile'))
        for (const { values, frames } of snapshot?.hits ?? []) {
          const value = Object.fromEntries(values.map((each) => [each.name, each.value]))
          expect(value).toMatchObject({ total: '-8', 'cart.voucher_token': '<masked>' })
          // On a machine that is too busy to let it sleep, values may be of two moments.
          if (!isLoose) expect(value['cart.prices[0]']).toBe('2')
          if (!isLoose) expect(Number(value['cart.number']) % 3).toBe(0)
          expect(frames.slice(0, 2)).toMatchObject([{ function: 'price', line: BOOK }, { function: 'checkout' }])
        }
        expect(paid).toMatchObject([{ inspector: 'cpython-snapshot', price: 'free' }])
      },
    )

    it.skipIf(python === undefined)(
      `CPython ${version}: snapshot of a line without a statement offers those near it${none}`,
      async () => {
        const { snapshot, blind, code } = await seen(box, 'negative-total.py', '--at', `negative-total.py:${BOOK - 2}`)
        expect(snapshot).toBeUndefined()
        expect(blind).toContainEqual(
          expect.objectContaining({
            why: `line ${BOOK - 2} of /usr/local/bin/negative-total.py has no statement`,
            hint: `lines near it that have one: ${BOOK - 4}, ${BOOK - 3}, ${BOOK - 1}`,
          }),
        )
        expect(code).toBe(1)
      },
    )
  }

  it('CPython 3.11: snapshot with all variables on the screen, in the record, and the program is as it was', async () => {
    await program.run('open', 'carts below zero')
    const told = await program.run('inspect', 'root@web-1', 'negative-total.py', '--at', 'price', '--hits', '1')
    expect(told.stdout).toMatch(/hit 1 after .*\(checkout-\d\)/)
    expect(told.stdout).toMatch(/cart = <Cart number=\d+ prices=/)
    expect(told.stdout).toMatch(/How\s+often\s+it\s+was\s+called\s+cannot\s+be\s+told/)
    const [entry] = (await program.entries()).filter(({ did }) => did === 'inspected')
    expect(JSON.stringify(entry)).toContain('cpython-snapshot')
    expect(JSON.stringify(entry)).not.toMatch(/tok-\d/)
    expect(
      await fleet.run('web-1', 'for p in $(pgrep -f negative-total.py); do grep -h TracerPid /proc/$p/status; done'),
    ).not.toMatch(/[1-9]/)
  })

  it('native C: off-CPU says which locks its threads wait for', shows('native', '', 'off-CPU'), async () => {
    const { profile, paid } = await seen('web-1', 'deadlock', '--profile', '1s', '--off-cpu')
    expect(profile?.of).toBe('off-cpu')
    const waits = profile?.bySelf.map(({ function: called }) => called) ?? []
    expect(waits.filter((each) => each.startsWith('waits for a lock or a condition in deadlock at 0x'))).toHaveLength(2)
    expect(waits).toContainEqual('waits for the next connection on TCP 127.0.0.1:7311 (accept)')
    expect(profile?.byTotal[0]).toMatchObject({ function: 'thread deadlock', totalShare: 1 })
    expect(paid).toMatchObject([{ inspector: 'wait-samples', price: 'free' }])
  })

  it('Node: off-CPU says that its event loop waits for work', shows('Node.js', NODE, 'off-CPU'), async () => {
    const { profile, paid } = await seen('web-2', 'coupon-service.cjs', '--profile', '1s', '--off-cpu')
    const loop = stacksThrough(profile, 'thread MainThread').map(({ frames }) => frames[0]?.function ?? '')
    // With a processor of its own; on a busy machine it is ready to go on each time.
    const known = loop.filter((wait) => wait !== 'waits; for what could not be seen')
    for (const wait of known) expect(wait).toMatch(/^waits for events of epoll \d+ \(epoll_p?wait\)$/)
    const workers = stacksThrough(profile, 'thread V8Worker').map(({ frames }) => frames[0]?.function ?? '')
    expect(workers.every((wait) => wait.startsWith('waits for a lock or a condition'))).toBe(true)
    expect(workers.length).toBeGreaterThan(0)
    expect(paid).toMatchObject([{ inspector: 'wait-samples', price: 'free' }])
  })

  it.skipIf(noPerf !== undefined)(
    `native C: off-CPU by perf is measured, and leaves nothing${noPerf ?? ''}`,
    shows('native', 'perf', 'off-CPU'),
    async () => {
      const words = ['--profile', '1s', '--off-cpu', '--by', 'perf-off-cpu', '--accept', 'slow']
      const { profile, paid } = await seen('web-1', 'order-service', ...words)
      expect(profile?.bySelf[0]?.function).toBe('sleeps (clock_nanosleep)')
      expect(paid).toMatchObject([{ inspector: 'perf-off-cpu', price: 'slow', proof: { tool: 'gone', left: [] } }])
    },
  )

  it.skipIf(noPerf !== undefined)(
    `native C: profile by perf says which function uses the processor, and leaves nothing${noPerf ?? ''}`,
    shows('native', 'perf', 'profile'),
    async () => {
      const { profile, paid } = await seen('web-1', 'cpu-spin', '--profile', '1s', '--accept', 'slow')
      expect(profile?.bySelf[0]).toMatchObject({ own: true })
      expect(paid).toMatchObject([{ inspector: 'perf-profile', price: 'slow', proof: { tool: 'gone', left: [] } }])
    },
  )
})

function stacksThrough(profile: Seen['profile'], called: string): NonNullable<Seen['profile']>['stacks'] {
  return profile?.stacks.filter(({ frames }) => frames.some((frame) => frame.function === called)) ?? []
}

/** What is waited for where that function is called. */
function waitsIn(profile: Seen['profile'], called: string): readonly string[] {
  return [...new Set(stacksThrough(profile, called).map(({ frames }) => frames[0]?.function ?? ''))]
}
