import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { pythonsHere } from '../inspect/pythons.ts'
import { NODE, shows } from '../matrix/shows.ts'
import { compileSick } from '../sick/compile.ts'
import { programWith, waitFor, type Program } from './program.ts'

// The same illness in each runtime, looked into over a real sshd: orders that are kept for ever. What is asserted is what a person would need to know.

interface Watched {
  readonly inspector: string
  readonly watchedMs: number
  readonly byKind: readonly { readonly kind: string; readonly residentBytes: number; readonly grewBytes: number }[]
  readonly heaps: readonly { readonly name: string; readonly grewBytes: number }[]
  readonly types: readonly { readonly name: string; readonly count: number; readonly grewCount?: number }[] | null
  readonly sites: readonly { readonly frame: { readonly function: string; readonly own?: boolean } }[] | null
  readonly noTypes: { readonly why: string } | null
}

interface Seen {
  readonly memory: { readonly watched: Watched }
  readonly doing: readonly { readonly says: string }[]
  readonly paid: readonly { readonly inspector: string; readonly price: string; readonly proof?: object }[]
}

const BOX = 'web-1'
const JDKS = { 17: '/usr/lib/jvm/java-17-openjdk-amd64', 25: '/usr/lib/jvm/temurin-25-jdk-amd64' } as const
/** Far above what a test takes on a machine that does nothing else. Milliseconds. */
const PATIENCE = { timeout: 120_000 }
const SICK = path.join(import.meta.dirname, '../sick')
const why = missing('root', 'fleet', 'gcc')
const newer = pythonsHere().find(({ version }) => version === '3.13')
const noNewer = newer === undefined ? ' (skipped: no python3.13 here; HALLIGAN_TEST_PYTHONS may name one)' : ''

describe.skipIf(why !== undefined)(`inspect --memory${why ? ` (skipped: ${why})` : ''}`, () => {
  let fleet: Fleet
  let program: Program
  let started = 0
  const home = mkdtempSync(path.join(tmpdir(), 'halligan-memory-'))

  beforeAll(async () => {
    compileSick('order-leak')
    const mounted = [
      `${realpathSync(process.execPath)}=/usr/local/bin/node`,
      ...(newer ? [`${path.join(newer.path, '../..')}=${path.join(newer.path, '../..')}`] : []),
      ...[...Object.values(JDKS), '/etc/java-17-openjdk']
        .filter((folder) => existsSync(folder))
        .map((folder) => `${folder}=${folder}`),
    ]
    process.env['MOUNTED'] = mounted.join(':')
    fleet = await startFleet({ boxes: [BOX], hook: path.join(import.meta.dirname, '../boxes/hooks/with-runtimes.sh') })
    program = programWith(fleet, home, home)
    await program.run('open', 'orders grow and grow')
  }, 120_000)
  afterAll(async () => {
    await fleet.down()
    rmSync(home, { recursive: true })
  })

  /** Runs a program of this folder in the box until it takes orders; gives its PID there. */
  async function leaking(name: string, command: (file: string) => string): Promise<number> {
    const text = readFileSync(path.join(SICK, name)).toString('base64')
    started += 1
    const [said, number] = [`/tmp/${started}.said`, `/tmp/${started}.pid`]
    fleet.leave(
      BOX,
      `echo ${text} | base64 -d >/tmp/${name}; echo $$ >${number}; exec ${command(`/tmp/${name}`)} >${said} 2>&1`,
    )
    await waitFor(async () => (await fleet.run(BOX, `cat ${said} 2>/dev/null || true`)).includes('takes orders'), name)
    return Number(await fleet.run(BOX, `cat ${number}`))
  }

  async function watched(pid: number, ...more: readonly string[]): Promise<Seen> {
    const { stdout, stderr, code } = await program.run(
      'inspect',
      BOX,
      String(pid),
      '--memory',
      '--for',
      '2s',
      '--json',
      ...more,
    )
    if (code !== 0) throw new Error(`${code} ${stderr} ${stdout}`)
    return JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as Seen
  }

  function grewOf({ memory }: Seen, kind: string): number {
    return memory.watched.byKind.find((each) => each.kind === kind)?.grewBytes ?? 0
  }

  /** It is as it was found: runs, traced by nobody, with no port open. */
  async function isLeft(pid: number): Promise<void> {
    expect(await fleet.run(BOX, `grep -E '^(State|TracerPid)' /proc/${pid}/status | tr -d '\\t\\n'`)).toMatch(
      /^State:[SR] .*TracerPid:0$/,
    )
    await fleet.run(BOX, `kill -KILL ${pid}`)
  }

  it(
    'native: memory by kind, the heap and an arena of malloc grow',
    { ...PATIENCE, ...shows('native', 'by kind', 'memory') },
    async () => {
      fleet.leave(BOX, 'echo $$ >/tmp/native.pid; exec order-leak 300')
      let pid = 0
      await waitFor(
        async () => (pid = Number(await fleet.run(BOX, 'cat /tmp/native.pid 2>/dev/null || true'))) > 0,
        'it',
      )
      const seen = await watched(pid)
      expect(seen.memory.watched).toMatchObject({ inspector: 'proc-memory', types: null })
      expect(grewOf(seen, 'heap')).toBeGreaterThan(300_000)
      expect(grewOf(seen, 'arenas')).toBeGreaterThan(300_000)
      expect(grewOf(seen, 'stacks')).toBeLessThan(100_000)
      expect(seen.doing[0]?.says).toMatch(
        /^Its memory grew by [\d.]+ MiB in \d+ s.*; at that pace [\d.]+ [GT]iB an hour\.$/,
      )
      expect(seen.paid).toEqual([expect.objectContaining({ inspector: 'proc-memory', price: 'free' })])
      await isLeft(pid)
    },
  )

  it(
    'CPython 3.11: memory by type, orders grow and nothing is attached',
    { ...PATIENCE, ...shows('CPython', '3.11', 'memory') },
    () => seesOrders('python3'),
  )

  it.skipIf(noNewer !== '')(
    `CPython 3.13: memory by type, orders grow and nothing is attached${noNewer}`,
    { ...PATIENCE, ...shows('CPython', '3.13', 'memory') },
    () => seesOrders(newer?.path ?? ''),
  )

  async function seesOrders(python: string): Promise<void> {
    const pid = await leaking('order-leak.py', (file) => `${python} ${file} 300`)
    const seen = await watched(pid)
    const { inspector, types } = seen.memory.watched
    expect(inspector).toBe('cpython-memory')
    expect(types?.slice(0, 3).map(({ name }) => name)).toEqual(expect.arrayContaining(['__main__.Order', 'list']))
    expect(types?.find(({ name }) => name === '__main__.Order')?.grewCount).toBeGreaterThan(1_000)
    expect(seen.doing.map(({ says }) => says)).toContainEqual(
      expect.stringMatching(/^__main__\.Order grew by [\d,]+ objects, [\d.]+ [KM]iB in \d+ s\.$/),
    )
    expect(seen.paid).toEqual([expect.objectContaining({ inspector: 'cpython-memory', price: 'free' })])
    await isLeft(pid)
  }

  it(
    `Node.js ${NODE}: memory by who allocates what stays, and no port is left`,
    { ...PATIENCE, ...shows('Node.js', NODE, 'memory') },
    async () => {
      const pid = await leaking('order-leak.cjs', (file) => `node ${file} 300`)
      const seen = await watched(pid, '--accept', 'pause')
      const { heaps, sites, inspector } = seen.memory.watched
      expect(inspector).toBe('node-memory')
      const own = sites?.filter(({ frame }) => frame.own).map(({ frame }) => frame.function) ?? []
      expect(['keepOrder', '(anonymous)']).toContain(own[0])
      expect(heaps.reduce((sum, { grewBytes }) => sum + grewBytes, 0)).toBeGreaterThan(300_000)
      expect(seen.doing.map(({ says }) => says)).toContainEqual(
        expect.stringMatching(/order-leak\.cjs:\d+\) allocated .* still held\.$/),
      )
      expect(seen.paid[0]).toMatchObject({ price: 'pause', proof: { tool: 'gone', left: [] } })
      await isLeft(pid)
    },
  )

  for (const [version, jdk] of Object.entries(JDKS)) {
    const noJdk = existsSync(`${jdk}/bin/jcmd`) ? '' : ` (skipped: there is no JDK in ${jdk})`
    const meant = { ...PATIENCE, ...shows('JVM', version, 'memory') }
    it.skipIf(noJdk !== '')(`JVM ${version}: memory by class, orders grow${noJdk}`, meant, async () => {
      const pid = await leaking('OrderLeak.java', (file) => `${jdk}/bin/java -Xmx256m ${file} 300`)
      const seen = await watched(pid, '--accept', 'pause')
      const { inspector, types, heaps } = seen.memory.watched
      expect(inspector).toBe('jvm-memory')
      const order = types?.find(({ name }) => name === 'OrderLeak$Order')
      expect(order?.grewCount).toBeGreaterThan(1_000)
      // Where an order is first, its array is second: the collector may have been at one of them between the counts.
      expect(types?.slice(0, 2).map(({ name }) => name)).toContain('byte[]')
      expect(heaps[0]).toMatchObject({ name: 'Java heap, with garbage' })
      expect(seen.doing.map(({ says }) => says)).toContainEqual(
        expect.stringMatching(/^OrderLeak\$Order grew by [\d,]+ objects/),
      )
      expect(seen.paid[0]).toMatchObject({
        price: 'pause',
        residue: expect.stringContaining('Attach Listener'),
        proof: { left: [] },
      })
      await isLeft(pid)
    })
  }

  it('stands in the record, and a time that is none is refused', async () => {
    const entries = await program.entries()
    const kept = entries.flatMap((entry) => (entry.did === 'inspected' ? [entry.payload?.memory] : []))
    expect(kept.length).toBeGreaterThan(2)
    expect(kept[0]).toMatchObject({ inspector: 'proc-memory' })
    const seq = entries.findLast(({ did }) => did === 'inspected')?.seq
    expect((await program.run('show', String(seq))).stdout).toMatch(/memory, watched for [\d.]+ s \([a-z-]+\)/)
    expect(await program.run('inspect', BOX, '1', '--memory', '--for', 'ever')).toMatchObject({ code: 2 })
    expect(await program.run('inspect', BOX, '1', '--for', '3s')).toMatchObject({ code: 2 })
  })
})
