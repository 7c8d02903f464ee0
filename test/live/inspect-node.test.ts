import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { localBox } from '../../src/boxes/local.ts'
import { guarded, type GuardedResult } from '../../src/boxes/guard.ts'
import { nodeProfile } from '../../src/evidence/inspectors/node/node-profile.ts'
import { nodeGuard, nodeStacks } from '../../src/evidence/inspectors/node/node-stacks.ts'
import { nodeSnapshot } from '../../src/evidence/inspectors/node/node-snapshot.ts'
import type { Target } from '../../src/evidence/inspect/inspector.ts'
import type { Snapshot, StatementPlace } from '../../src/evidence/inspect/snapshot.ts'
import type { Reading } from '../../src/evidence/reading.ts'
import { NODE, shows } from '../matrix/shows.ts'

const PROGRAM = path.join(import.meta.dirname, '../sick/orders-service.cjs')
/** Where `spin` calls `total`. */
const LINE =
  readFileSync(PROGRAM, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes('total(cart, 3)')) + 1
const OPTIONS = { timeoutMs: 20_000, samples: 2, betweenMs: 200, maxThreads: 50, maxFrames: 50 }
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Started, and some way into what it does. */
async function service(how: string): Promise<Target> {
  const child = spawn(process.execPath, [PROGRAM, how], { stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '' } })
  children.push(child)
  const pid = child.pid ?? 0
  await until(() => catches(pid) && (how !== 'blocked' || readdirSync('/proc').some((each) => parentOf(each) === pid)))
  return targetOf(pid)
}

/** What these inspectors look at of a process. */
function targetOf(pid: number): Target {
  const fields = statOf(pid)
  const caught = BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'}`)
  const uid = process.getuid?.() ?? 0
  const signals = { caught, blocked: 0n, ignored: 0n }
  const known = { pid, startTicks: Number(fields[19]), state: 'S', uid, namespacePids: [pid], argv: [], signals }
  const box = { uid, architecture: 'x86_64', tools: new Set<string>() }
  return { process: known as unknown as Target['process'], runtime: { kind: 'node', details: [] }, box }
}

function statOf(pid: number | string): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function parentOf(name: string): number | undefined {
  try {
    return /^\d+$/.test(name) ? Number(statOf(name)[1]) : undefined
  } catch {
    return undefined
  }
}

function catches(pid: number): boolean {
  const [, mask = '0'] = /^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return (BigInt(`0x${mask}`) & 0x200n) !== 0n
}

/** Ports on which it listens, in hexadecimal. */
function ports(pid: number): readonly string[] {
  const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    } catch {
      return []
    }
  })
  return readFileSync(`/proc/${pid}/net/tcp`, 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[3] === '0A' && sockets.includes(cells[9] ?? ''))
    .map((cells) => cells[1] ?? '')
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    expect(tries).toBeLessThan(400)
    await pause(50)
  }
}

async function inspected(
  target: Target,
  command = nodeStacks.script(target, OPTIONS),
  act?: () => Promise<void>,
): Promise<GuardedResult> {
  const box = localBox()
  const { pid, startTicks } = target.process
  const attach = { targets: [{ pid, startTicks }], ...nodeGuard(target) }
  const running = guarded(box, { what: 'inspect', command, maxSeconds: 20, attach })
  await act?.()
  const result = await running.result
  await box.close()
  return result
}

async function snapshotAt(target: Target, place: StatementPlace): Promise<Reading<Snapshot>> {
  const at = { ...place, print: [], hits: 2, forMs: 10_000 }
  const { stdout } = await inspected(target, nodeSnapshot.script(target, { ...OPTIONS, at }))
  return nodeSnapshot.parse(stdout, target)
}

describe('stacks of Node by its inspector', () => {
  it(
    'shows the function, the line and the variables of a loop that never ends, and closes what it opened',
    shows('Node.js', NODE, 'stacks', 'locals'),
    async () => {
      const target = await service('spin')
      const result = await inspected(target)
      const reading = nodeStacks.parse(result.stdout, target)
      if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
      expect(reading.value.samples).toHaveLength(2)
      const frames = reading.value.samples[0]?.threads[0]?.frames ?? []
      const names = frames.map((frame) => frame.function)
      expect(names).toContain('spin')
      const spin = frames.find((frame) => frame.function === 'spin')
      expect(spin).toMatchObject({ file: PROGRAM, line: LINE, own: true })
      expect(spin?.locals?.find(({ name }) => name === 'cart')?.value).toMatch(
        /^Cart \{id: 4711, items: Array\(2\), owner: "ann", token: <masked>\}$/,
      )
      expect(reading.value.notes).toEqual([])
      expect(result.proof).toMatchObject({ tool: 'gone', left: [], targets: [{ after: 'running' }] })
      expect(ports(target.process.pid)).toEqual([])
    },
  )

  it('shows workers beside the program that waits', async () => {
    const target = await service('worker')
    const reading = nodeStacks.parse((await inspected(target)).stdout, target)
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    const [own, worker] = reading.value.samples[0]?.threads ?? []
    expect(own?.name).toBe('JavaScript')
    expect(worker?.name).toBe(`worker 1 ${PROGRAM}`)
    expect(worker?.frames.map((frame) => frame.function)).toContain('spin')
  })

  it('says in which function its time goes', shows('Node.js', NODE, 'profile'), async () => {
    const target = await service('serve')
    const result = await inspected(target, nodeProfile.script(target, { ...OPTIONS, forMs: 1_000 }))
    const reading = nodeProfile.parse(result.stdout, target)
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    const weights = Map.groupBy(reading.value.stacks, ({ frames }) => frames[0]?.function ?? '')
    const samplesIn = (name: string): number => weights.get(name)?.reduce((sum, { weight }) => sum + weight, 0) ?? 0
    // How much V8 counts as `(program)` depends on the machine; of its own code nothing else runs.
    expect(samplesIn('total') + samplesIn('serve')).toBeGreaterThan(2)
    const hot = reading.value.stacks.flatMap(({ frames }) => frames.filter((frame) => frame.function === 'serve'))
    expect(hot[0]).toMatchObject({ file: PROGRAM, own: true })
    expect(ports(target.process.pid)).toEqual([])
  })

  it('says so when a loop that V8 compiled before is counted for who called it', async () => {
    const target = await service('spin')
    const result = await inspected(target, nodeProfile.script(target, { ...OPTIONS, forMs: 1_000 }))
    const reading = nodeProfile.parse(result.stdout, target)
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    const inner = reading.value.stacks.map(({ frames }) => frames[0]?.function)
    expect(
      inner.includes('spin') ||
        inner.includes('total') ||
        reading.value.notes.some((note) => note.includes('compiled before')),
    ).toBe(true)
  })

  it('takes values at a statement of a worker', async () => {
    const target = await service('worker')
    const said = await snapshotAt(target, { function: 'total' })
    if (said.kind !== 'seen') throw new Error(JSON.stringify(said))
    const [hit] = said.value.hits
    expect(hit).toMatchObject({ tid: -1, threadName: `worker 1 ${PROGRAM}` })
    expect(hit?.values.find(({ name }) => name === 'cart')?.value).toMatch(/^Cart \{id: 4711, items: \[/)
    expect(ports(target.process.pid)).toEqual([])
  })

  it('tells which scripts and functions there are in place of those that were asked for', async () => {
    const target = await service('serve')
    const noScript = await snapshotAt(target, { file: 'orders-service.ts', line: 3 })
    expect(noScript).toMatchObject({ kind: 'blind', hint: `there are: ${PROGRAM}` })
    const noFunction = await snapshotAt(target, { function: 'Cart.totals' })
    expect(noFunction).toMatchObject({ kind: 'blind', hint: expect.stringMatching(/^there are: total;/) })
  })

  it('does not hold a program that ends meanwhile, as Node does with one that a debugger is connected to', async () => {
    const target = await service('ends')
    // Longer than it lives: it lasts that long only if it holds the program.
    const { stdout } = await inspected(target, nodeProfile.script(target, { ...OPTIONS, forMs: 12_000 }))
    expect(Buffer.from(stdout).toString()).toContain('"opened":true')
    expect(nodeProfile.parse(stdout, target)).toMatchObject({
      kind: 'blind',
      why: 'the program ended meanwhile, or became another one',
    })
  })

  it('says so when the main thread waits in native code', async () => {
    const target = await service('blocked')
    const reading = nodeStacks.parse((await inspected(target)).stdout, target)
    expect(reading).toMatchObject({
      kind: 'blind',
      why: expect.stringContaining('its main thread waits in native code'),
    })
    expect(statOf(target.process.pid)[0]).toBe('S')
  })

  it('leaves a program alone that handles the signal itself', async () => {
    const target = await service('own-signal')
    const reading = nodeStacks.parse((await inspected(target)).stdout, target)
    expect(reading).toMatchObject({ kind: 'blind', why: expect.stringContaining('no inspector came') })
    expect(ports(target.process.pid)).toEqual([])
  })

  it('is not able where the signal would kill', async () => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' })
    children.push(child)
    await pause(50)
    const target = targetOf(child.pid ?? 0)
    expect(nodeStacks.able(target)).toMatchObject({
      able: false,
      why: 'it does not catch SIGUSR1, which would kill it',
    })
    // The client looks again, in case that another program has taken its place meanwhile.
    const reading = nodeStacks.parse((await inspected(target)).stdout, target)
    expect(reading).toMatchObject({ kind: 'blind' })
    expect(statOf(child.pid ?? 0)[0]).toBe('S')
  })

  it('has its port closed by the guard when the client is killed', async () => {
    const target = await service('spin')
    const { pid } = target.process
    const command = nodeStacks.script(target, { ...OPTIONS, betweenMs: 10_000 })
    const result = await inspected(target, command, async () => {
      await until(() => ports(pid).length > 0)
      const client = readdirSync('/proc').find((each) => /^\d+$/.test(each) && isClient(each, pid))
      process.kill(Number(client), 'SIGKILL')
    })
    expect(result.ended).toBe('exited')
    expect(ports(pid)).toEqual([])
    expect(result.proof).toMatchObject({ left: [], targets: [{ after: 'running' }] })
    await until(() => statOf(pid)[0] === 'R')
  })
})

function isClient(name: string, pid: number): boolean {
  try {
    return readFileSync(`/proc/${name}/environ`, 'latin1').includes(`HALLIGAN_INSPECT={"pid":${pid},`)
  } catch {
    return false
  }
}
