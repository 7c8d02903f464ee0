import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { localBox } from '../../src/boxes/local.ts'
import { guarded, type GuardedResult } from '../../src/boxes/guard.ts'
import { jvmProfile } from '../../src/evidence/inspectors/jvm/jvm-profile.ts'
import { jcmdGuard, jvmStacks } from '../../src/evidence/inspectors/jvm/jvm-stacks.ts'
import { waitSamples } from '../../src/evidence/inspectors/any/wait-samples.ts'
import type { Target } from '../../src/evidence/inspect/inspector.ts'
import type { Stacks, ThreadStack } from '../../src/evidence/inspect/stacks.ts'
import { refuses, shows } from '../matrix/shows.ts'

const PROGRAM = path.join(import.meta.dirname, '../sick/Orders.java')
const OPTIONS = { timeoutMs: 30_000, samples: 2, betweenMs: 200, maxThreads: 500, maxFrames: 50 }
const LINES = readFileSync(PROGRAM, 'utf8').split('\n')
const lineOf = (text: string): number => LINES.findIndex((line) => line.includes(text)) + 1
const children: ChildProcess[] = []
const folders: string[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** Whole JDKs by their major version; a JRE alone has no jcmd. */
function jdks(): ReadonlyMap<string, string> {
  const homes = existsSync('/usr/lib/jvm') ? readdirSync('/usr/lib/jvm').map((name) => `/usr/lib/jvm/${name}`) : []
  const whole = homes.filter((home) => existsSync(`${home}/bin/javac`) && existsSync(`${home}/bin/jcmd`))
  return new Map(
    whole.map((home) => [
      /\((?:build )?(\d+)|^openjdk (\d+)/m
        .exec(execFileSync(`${home}/bin/java`, ['--version'], { encoding: 'utf8' }))
        ?.slice(1)
        .find(Boolean) ?? '',
      home,
    ]),
  )
}

async function shop(home: string, flags: readonly string[] = []): Promise<Target> {
  const folder = mkdtempSync(path.join(tmpdir(), 'halligan-jvm-'))
  folders.push(folder)
  execFileSync(`${home}/bin/javac`, ['-d', folder, PROGRAM])
  const child = spawn(`${home}/bin/java`, ['-Xmx64m', ...flags, '-cp', folder, 'Orders'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  children.push(child)
  await once(child.stdout ?? child, 'data')
  return targetOf(child.pid ?? 0, flags)
}

/** What these inspectors look at of a process. */
function targetOf(pid: number, argv: readonly string[]): Target {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const startTicks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  const caught = BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'}`)
  const uid = process.getuid?.() ?? 0
  const signals = { caught, blocked: 0n, ignored: 0n }
  const known = {
    pid,
    startTicks,
    state: 'S',
    uid,
    namespacePids: [pid],
    argv,
    signals,
    threadCount: 20,
    threads: [],
    name: 'java',
  }
  const box = { uid, architecture: 'x86_64', tools: new Set<string>() }
  return { process: known as unknown as Target['process'], runtime: { kind: 'jvm', details: [] }, box }
}

async function inspected(target: Target): Promise<GuardedResult> {
  const box = localBox()
  const { pid, startTicks } = target.process
  const attach = { targets: [{ pid, startTicks }], ...jcmdGuard(target) }
  const command = jvmStacks.script(target, OPTIONS)
  const result = await guarded(box, { what: 'inspect', command, maxSeconds: 30, attach }).result
  await box.close()
  return result
}

function named(stacks: Stacks, name: string): ThreadStack | undefined {
  return stacks.samples.at(-1)?.threads.find((thread) => thread.name === name)
}

const KNOWN = jdks()

describe.each(['17', '25'])('what the threads of a JVM %s wait for', (version) => {
  const home = KNOWN.get(version) ?? ''

  it(
    'is told by thread: who is in a deadlock waits all the time',
    shows('JVM', version, 'off-CPU'),
    async (context) => {
      if (home === '') context.skip(`needs a JDK ${version} in /usr/lib/jvm`)
      const target = await shop(home)
      const box = localBox()
      const script = waitSamples.script(target, { ...OPTIONS, forMs: 1_000 })
      const result = await box.run(script, { what: 'inspect', timeoutMs: 30_000, maxBytes: 1 << 24 })
      await box.close()
      const reading = waitSamples.parse(result.stdout, target)
      if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
      const { stacks, tookMs } = reading.value
      const all = stacks.filter(({ weight }) => weight >= 0.9 * tookMs).map(({ frames }) => frames[0]?.function ?? '')
      // Two in the deadlock, three that wait for a lock, and the JVM's own; all of them in a futex.
      expect(all.filter((wait) => wait.startsWith('waits for a lock or a condition')).length).toBeGreaterThan(5)
    },
  )
})

describe.each(['17', '25'])('local variables in the stacks of a JVM %s', (version) => {
  const home = KNOWN.get(version) ?? ''

  it(
    'are given to an agent that was there at its start, and to none that comes later: so --at tells them, of one statement',
    {
      ...refuses('JVM', 'locals', 'HotSpot gives them to agents of its start alone; `--at` tells values'),
      timeout: 180_000,
    },
    async (context) => {
      if (home === '' || spawnSync('gcc', ['--version']).status !== 0)
        return context.skip(`needs a JDK ${version} in /usr/lib/jvm, and gcc`)
      const folder = mkdtempSync(path.join(tmpdir(), 'halligan-jvm-'))
      folders.push(folder)
      const agent = path.join(folder, 'capabilities.so')
      const source = path.join(import.meta.dirname, '../sick/jvm/capabilities.c')
      const headers = [`-I${home}/include`, `-I${home}/include/linux`]
      execFileSync('gcc', ['-shared', '-fPIC', '-Wall', '-Wextra', ...headers, '-o', agent, source])
      const told = (name: string): string => readFileSync(path.join(folder, name), 'utf8').trim()
      const { process } = await shop(home, [`-agentpath:${agent}=${folder}/start`])
      execFileSync(`${home}/bin/jcmd`, [String(process.pid), 'JVMTI.agent_load', agent, `${folder}/late`])
      return expect([told('start'), told('late')]).toEqual(['1', '0'])
    },
  )
})

describe.each(['17', '25'])('a profile of a JVM %s', (version) => {
  const home = KNOWN.get(version) ?? ''

  it('is not begun where there is no room to note how it is ended', { timeout: 180_000 }, async (context) => {
    if (home === '') context.skip(`needs a JDK ${version} in /usr/lib/jvm`)
    const target = await shop(home)
    // As the folder of the guard, on a disk that is full.
    const own = mkdtempSync(path.join(tmpdir(), 'halligan-jvm.'))
    folders.push(own)
    symlinkSync('/dev/full', path.join(own, 'begun'))
    const run = (name: string, script: string): Buffer => {
      writeFileSync(path.join(own, name), script)
      return execFileSync('sh', [path.join(own, name)], { stdio: ['ignore', 'pipe', 'ignore'] })
    }
    const output = run('command', jvmProfile.script(target, { ...OPTIONS, forMs: 200 }))
    run('clean', jvmProfile.attaches?.(target).cleanUp ?? '')
    expect(jvmProfile.parse(output, target)).toMatchObject({
      kind: 'blind',
      why: 'there is no room for a recording on the box (/dev/shm, /tmp)',
    })
    const recordings = execFileSync(`${home}/bin/jcmd`, [String(target.process.pid), 'JFR.check'], { encoding: 'utf8' })
    expect(recordings).toContain('No available recordings')
  })
})

describe.each(['17', '25'])('stacks of a JVM %s by jcmd', (version) => {
  const home = KNOWN.get(version) ?? ''

  it(
    'show who waits for whose lock, name the deadlock, and tell the thread that computes',
    shows('JVM', version, 'stacks'),
    async (context) => {
      if (home === '') context.skip(`needs a JDK ${version} in /usr/lib/jvm`)
      const target = await shop(home)
      const result = await inspected(target)
      const reading = jvmStacks.parse(result.stdout, target)
      if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
      const stacks = reading.value
      expect(stacks.samples).toHaveLength(2)
      const [inner] = named(stacks, 'reserve-1')?.frames ?? []
      expect(inner).toMatchObject({
        function: 'Orders.reserve',
        file: 'Orders.java',
        line: lineOf('System.out.println("never")'),
        own: true,
      })
      expect(inner?.locks?.map((lock) => lock.replace(/<.*>/, '<>'))).toEqual([
        'waiting to lock <> (a java.lang.Object)',
        'locked <> (a java.lang.Object)',
      ])
      expect(stacks.deadlocks?.[0]).toMatch(
        /^"reserve-\d" waits for a java\.lang\.Object that "reserve-\d" holds; "reserve-\d" waits/,
      )
      expect(named(stacks, 'pool-2')?.frames[0]).toMatchObject({ module: 'java.base', own: false })
      expect(named(stacks, 'pricing "hot"')?.frames.map((frame) => frame.function)).toContain('Orders.price')
      const used = stacks.samples.map(({ threads }) => threads.find(({ name }) => name === 'pricing "hot"')?.cpuMs ?? 0)
      expect((used[1] ?? 0) - (used[0] ?? 0)).toBeGreaterThan(1)
      const tids = readdirSync(`/proc/${target.process.pid}/task`).map(Number)
      expect(tids).toContain(named(stacks, 'reserve-1')?.tid)
      expect(result.proof).toMatchObject({ tool: 'gone', left: [], targets: [{ after: 'running' }] })
      expect(existsSync(`/tmp/.attach_pid${target.process.pid}`)).toBe(false)
    },
  )

  it('are not asked for where SIGQUIT would kill it', async (context) => {
    if (home === '') context.skip(`needs a JDK ${version} in /usr/lib/jvm`)
    const reduced = await shop(home, ['-Xrs'])
    expect(jvmStacks.able(reduced)).toMatchObject({
      able: false,
      why: expect.stringContaining('does not catch SIGQUIT'),
    })
  })

  it('are not asked for of what has become another program since it was looked at', async (context) => {
    if (home === '') context.skip(`needs a JDK ${version} in /usr/lib/jvm`)
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-jvm-'))
    folders.push(folder)
    copyFileSync('/bin/sleep', path.join(folder, 'java'))
    symlinkSync(`${home}/bin/jcmd`, path.join(folder, 'jcmd'))
    const child = spawn(path.join(folder, 'java'), ['60'], { stdio: 'ignore' })
    children.push(child)
    await once(child, 'spawn')
    const target = targetOf(child.pid ?? 0, [])
    const { stdout, proof } = await inspected(target)
    expect(proof).toMatchObject({ tool: 'gone', left: [], targets: [{ after: 'running' }] })
    expect(jvmStacks.parse(stdout, target)).toMatchObject({
      kind: 'blind',
      why: expect.stringContaining('does not catch SIGQUIT any more'),
    })
  })

  it('are blind where attaching is switched off, be it in its arguments or not', async (context) => {
    if (home === '') context.skip(`needs a JDK ${version} in /usr/lib/jvm`)
    const closed = await shop(home, ['-XX:+DisableAttachMechanism'])
    expect(jvmStacks.able(closed)).toMatchObject({
      able: false,
      why: 'it was started with -XX:+DisableAttachMechanism',
    })
    const reading = jvmStacks.parse((await inspected(closed)).stdout, closed)
    expect(reading).toMatchObject({ kind: 'blind', why: expect.stringContaining('jcmd: ') })
  })
})
