import { execFileSync, spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { fields, fitting, number, optional, text, yesOrNo } from '../../src/base/shape.ts'
import { readerScript } from '../../src/evidence/inspectors/cpython/cpython-stacks.ts'
import { PYTHON_VERSIONS, pythonsHere } from '../inspect/pythons.ts'
import { shows } from '../matrix/shows.ts'
import { hold, targetOf } from '../inspect/targets.ts'

const folder = path.join(import.meta.dirname, '../inspect/python')
const here = pythonsHere()
const TYPE = fields({ type: text, count: number, bytes: number })
const END = fields({ counted: number, cut: optional(text), torn: yesOrNo })

/** Objects by type, as the reader counts them, and how it ended. */
function countIn(pid: number, words: readonly string[]) {
  const script = readerScript(targetOf(pid).process, words)
  const { stdout, stderr } = spawnSync('sh', { input: script, encoding: 'utf8', maxBuffer: 1 << 26 })
  if (stderr !== '') throw new Error(stderr)
  const lines = stdout.split('\n').map((line): unknown => (line.startsWith('{') ? JSON.parse(line) : undefined))
  const types = lines.flatMap((line) => fitting(TYPE, line) ?? [])
  return {
    counts: new Map(types.map(({ type, count }) => [type, count])),
    end: lines.flatMap((line) => fitting(END, line) ?? [])[0],
  }
}

/** An interpreter of each version does; several of one are alike in this. */
const subjects = PYTHON_VERSIONS.map((version) => ({ version, python: here.find((each) => each.version === version) }))

for (const { version, python } of subjects) {
  const why = python ? '' : ` (skipped: no python${version} here; HALLIGAN_TEST_PYTHONS may name one)`
  describe.skipIf(why !== '')(`CPython ${version}: memory by type${why}`, () => {
    it('counts as many objects of each type as its collector has', shows('CPython', version, 'memory'), async () => {
      const target = await hold(python?.path ?? '', [path.join(folder, 'census.py')])
      const own = JSON.parse(target.said) as Record<string, number>
      const { counts, end } = countIn(target.pid, ['objects=2000000', 'seconds=20'])
      expect(end).toMatchObject({ torn: false })
      expect(end?.cut).toBeUndefined()
      expect(counts.get('__main__.Order')).toBe(12_000)
      expect(counts.get('__main__.Slotted')).toBe(700)
      // It counted before it began to wait, and imports a little for that.
      for (const type of ['list', 'dict', 'function', 'type', 'module'])
        expect(Math.abs((counts.get(type) ?? 0) - (own[type] ?? 0)), type).toBeLessThan(30)
      await target.end()
    })
  })
}

const [some] = here.filter(({ version }) => version === '3.11')
const none = some ? '' : ' (skipped: no python3.11 here)'

describe.skipIf(none !== '')(`counting objects of Python${none}`, () => {
  const python = some?.path ?? ''

  it('loses few of a program that makes and forgets objects without end, or says that it did', async () => {
    const target = await hold(python, [path.join(folder, 'census.py'), 'busy'])
    const { counts, end } = countIn(target.pid, ['objects=2000000', 'seconds=20'])
    await target.end()
    const orders = counts.get('__main__.Order') ?? 0
    const isSaid = end?.torn === true || end?.cut !== undefined
    // 12,000 are kept, at most 3,000 more are there at a time; some of these are met twice, or gone when they are read.
    expect(isSaid || (orders > 11_900 && orders < 17_000), `${orders} orders`).toBe(true)
  })

  it('stops at its bounds and says at which', async () => {
    const target = await hold(python, [path.join(folder, 'census.py')])
    expect(countIn(target.pid, ['objects=5000', 'seconds=20']).end).toMatchObject({ counted: 5000, cut: 'objects' })
    expect(countIn(target.pid, ['objects=2000000', 'seconds=0.05']).end?.cut ?? 'time').toBe('time')
    await target.end()
  })

  it('survives a memory that lies: 25 spoiled in chance ways', async () => {
    const target = await hold(python, [path.join(folder, 'census.py')])
    const reader = path.join(import.meta.dirname, '../../src/evidence/inspectors/cpython/cpython-reader')
    const argv = [path.join(folder, 'lying_memory.py'), reader, String(target.pid), '25', '1', 'objects=20000']
    const told = execFileSync(python, ['-I', ...argv], { encoding: 'utf8' })
      .trim()
      .split('\n')
    expect(told).toHaveLength(25)
    expect(told.every((line) => /^\d+ \d+ (?:counted|blind|bound)$/.test(line))).toBe(true)
    await target.end()
  })
})
