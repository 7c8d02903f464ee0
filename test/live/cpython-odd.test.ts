import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cpythonProfileScript, parseCpythonProfile } from '../../src/evidence/inspectors/cpython/cpython-profile.ts'
import { cpythonStacks } from '../../src/evidence/inspectors/cpython/cpython-stacks.ts'
import { missing } from '../boxes/fleet.ts'
import { embedded, homeOf, noEmbedding } from '../inspect/embedded.ts'
import { pythonsHere, systemPython } from '../inspect/pythons.ts'
import { hold, lookInto, targetOf, threadsOf, USUAL } from '../inspect/targets.ts'

const source = path.join(import.meta.dirname, '../inspect/python')
const program = path.join(source, 'holds.py')
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-python-'))
afterAll(() => rmSync(folder, { recursive: true }))

const pythons = pythonsHere()
const system = systemPython()
const noSystem = system ? undefined : 'no /usr/bin/python3'
const because = (why: string | undefined): string => (why === undefined ? '' : ` (skipped: ${why})`)
const HELD = {
  function: 'holds',
  file: program,
  line: 7,
  locals: [{ name: 'count', type: 'int', value: '7' }],
  own: true,
}

function innermost(pid: number): unknown {
  return threadsOf(lookInto(pid))[0]?.frames[0]
}

describe('a program with Python within itself', () => {
  const shared = pythons.find((python) => noEmbedding(python, 'shared') === undefined)
  const noShared = shared ? undefined : (noEmbedding(pythons[0], 'shared') ?? 'none')
  it.skipIf(!shared)(`is read, linked with libpython${because(noShared)}`, async () => {
    if (!shared) throw new Error('no Python')
    const target = await hold(embedded(shared, 'shared', folder), [program], homeOf(shared))
    expect(innermost(target.pid)).toEqual(HELD)
    await target.end()
  })

  const fixed = pythons.filter((python) => noEmbedding(python, 'static') === undefined)
  const ways = {
    'by a search in its data (to 3.9)': fixed.find(({ version }) => ['3.8', '3.9'].includes(version)),
    'by a section of its file (from 3.10)': fixed.find(({ version }) => !['3.8', '3.9'].includes(version)),
  }
  for (const [how, python] of Object.entries(ways)) {
    const why = python ? undefined : 'no libpython.a with its headers'
    it.skipIf(!python)(`is found without any symbol, ${how}${because(why)}`, async () => {
      if (!python) throw new Error('no Python')
      const target = await hold(embedded(python, 'static', folder), [program], homeOf(python))
      expect(innermost(target.pid)).toEqual(HELD)
      await target.end()
    })
  }

  const inContainer = fixed.at(-1)
  const noContainer = missing('root', 'fleet') ?? (inContainer ? undefined : 'no libpython.a with its headers')
  it.skipIf(noContainer !== undefined)(
    `is found in a container, whose files and numbers are others${because(noContainer)}`,
    async () => {
      if (!inContainer) throw new Error('no Python')
      const binary = embedded(inContainer, 'static', folder)
      const script = `mount -t tmpfs none /mnt && cp ${binary} /mnt/app && exec /mnt/app ${program}`
      const target = await hold('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', script], homeOf(inContainer))
      const pid = Number(readFileSync(`/proc/${target.pid}/task/${target.pid}/children`, 'utf8'))
      const [thread] = threadsOf(lookInto(pid))
      expect(thread).toMatchObject({ tid: pid, frames: [HELD, {}] })
      expect(existsSync('/mnt/app')).toBe(false)
      execFileSync('kill', ['-KILL', String(pid)])
      await target.end()
    },
  )
})

describe.skipIf(!system)(`the Python of the system${because(noSystem)}`, () => {
  const python = system?.path ?? ''

  it('is read in a virtual environment, which is a link', async () => {
    execFileSync(python, [
      '-I',
      '-c',
      `import os; os.symlink(${JSON.stringify(python)}, ${JSON.stringify(`${folder}/python`)})`,
    ])
    const target = await hold(path.join(folder, 'python'), [program])
    expect(innermost(target.pid)).toEqual(HELD)
    await target.end()
  })

  it('is read although its file is gone', async () => {
    const copy = path.join(folder, 'python-copy')
    copyFileSync(python, copy)
    chmodSync(copy, 0o755)
    const target = await hold(copy, [program], { PYTHONHOME: '/usr' })
    unlinkSync(copy)
    expect(innermost(target.pid)).toEqual(HELD)
    await target.end()
  })

  it('has its own number after a fork', async () => {
    const target = await hold(python, [path.join(source, 'forked.py')])
    const child = Number(target.said)
    expect(threadsOf(lookInto(child))).toMatchObject([{ tid: child, frames: [{ function: 'holds' }, {}] }])
    process.kill(child, 'SIGKILL')
    await target.end()
  })

  it('tells subinterpreters apart', async () => {
    const target = await hold(python, [path.join(source, 'subinterpreter.py')])
    const reading = lookInto(target.pid)
    expect(reading).toMatchObject({
      kind: 'seen',
      value: { samples: [{ apart: [{ name: 'subinterpreter 1', frames: [{ function: 'inside' }, {}] }] }] },
    })
    await target.end()
  })

  it('is seen twice, with the CPU of each thread and values in the last sample', async () => {
    const target = await hold(python, [program])
    const reading = lookInto(target.pid, { samples: 2, betweenMs: 20 })
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    const [first, second] = reading.value.samples
    expect(first?.threads[0]?.frames[0]).toEqual({ function: 'holds', file: program, line: 7, own: true })
    expect(second?.threads[0]?.frames[0]).toEqual(HELD)
    expect(second?.atMs).toBeGreaterThanOrEqual(20)
    expect(second?.threads[0]?.cpuMs).toBeGreaterThan(0)
    await target.end()
  })

  it('is bounded in threads and frames, and says so', async () => {
    const target = await hold(python, [path.join(source, 'stacks.py')])
    const reading = lookInto(target.pid, { maxThreads: 3, maxFrames: 4 })
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    expect(reading.value.samples[0]?.threads).toHaveLength(3)
    expect(reading.value.samples[0]?.threads[0]?.frames).toHaveLength(4)
    expect(reading.value.samples[0]?.threads[0]?.cut).toBe('more than 4 frames: the outer ones are left out')
    expect(reading.value.notes).toEqual(['only the first 3 threads were read'])
    await target.end()
  })

  const noOther = missing('root')
  it.skipIf(noOther !== undefined)(`is blind for another user${because(noOther)}`, async () => {
    const target = await hold(python, [program])
    const script = cpythonStacks.script(targetOf(target.pid), USUAL)
    const argv = ['--reuid=65534', '--regid=65534', '--clear-groups', 'sh']
    const { stdout } = spawnSync('setpriv', argv, { input: script, env: { PATH: '/usr/bin:/bin' } })
    expect(cpythonStacks.parse(stdout, targetOf(target.pid))).toEqual({
      kind: 'blind',
      why: 'its memory may not be read by this user: Permission denied',
      hint: 'run with --sudo',
    })
    await target.end()
  })

  it.skipIf(noOther !== undefined)(`does not wait for a pipe in the place of its file${because(noOther)}`, async () => {
    const [copy, argv] = [path.join(folder, 'no-python'), ['--reuid=65534', '--regid=65534', '--clear-groups']]
    chmodSync(folder, 0o755)
    copyFileSync('/bin/sh', copy)
    const target = await hold('setpriv', [...argv, copy, '-c', 'echo ready; read x'])
    unlinkSync(copy)
    // The name that the kernel gives it now.
    execFileSync('mkfifo', ['-m', '666', `${copy} (deleted)`])
    const script = cpythonStacks.script(targetOf(target.pid), USUAL)
    const { stdout, signal } = spawnSync('setpriv', [...argv, 'sh'], { input: script, timeout: 20_000 })
    expect(signal).toBeNull()
    expect(cpythonStacks.parse(stdout, targetOf(target.pid))).toMatchObject({
      kind: 'blind',
      why: expect.stringMatching(/^no interpreter was found/),
    })
    await target.end()
  })

  it('is blind once it has ended', async () => {
    const target = await hold(python, [program])
    const proof = targetOf(target.pid)
    await target.end()
    const { stdout } = spawnSync('sh', { input: cpythonStacks.script(proof, USUAL) })
    expect(cpythonStacks.parse(stdout, proof)).toMatchObject({ kind: 'blind', why: 'the process has ended' })
  })

  it('does not mistake another program for a Python', async () => {
    const target = await hold('sh', ['-c', 'echo ready; read x'])
    expect(lookInto(target.pid)).toMatchObject({
      kind: 'blind',
      why: expect.stringMatching(/^no interpreter was found/),
    })
    await target.end()
  })

  it('is looked at again and again, and told by counts: what is on a CPU, what waits', async () => {
    const target = await hold(python, [path.join(source, 'hot.py')])
    const options = { seconds: 0.5, everyMs: 5, maxThreads: 50, maxFrames: 50 }
    const script = cpythonProfileScript(targetOf(target.pid), options)
    const reading = parseCpythonProfile(spawnSync('sh', { input: script }).stdout)
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    const { stacks, samples } = reading.value
    expect(samples).toBeGreaterThan(0)
    const of = (name: string) => stacks.filter((each) => each.name === name)
    expect(new Set(of('MainThread').map(({ frames }) => frames.at(-2)?.function))).toEqual(new Set(['hot']))
    expect(of('MainThread').some(({ onCpu }) => onCpu)).toBe(true)
    expect(of('waits').map(({ frames, onCpu }) => [frames[0]?.function, onCpu])).toEqual([['waits', false]])
    await target.end()
  })

  it('survives a memory that lies: 60 spoiled in chance ways', async () => {
    const target = await hold(python, [path.join(source, 'stacks.py')])
    const reader = path.join(import.meta.dirname, '../../src/evidence/inspectors/cpython/cpython-reader')
    const argv = ['-I', path.join(source, 'lying_memory.py'), reader, String(target.pid), '60', '1']
    const told = execFileSync(python, argv, { encoding: 'utf8' }).trim().split('\n')
    expect(told).toHaveLength(60)
    expect(told.every((line) => /^\d+ \d+ (?:end|profiled|watched|ended|blind|bound)$/.test(line))).toBe(true)
    await target.end()
  })
})
