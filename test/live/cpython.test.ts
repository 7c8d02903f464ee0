import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { PYTHON_VERSIONS, pythonsHere, systemPython, type Python } from '../inspect/pythons.ts'
import { hold, lookInto, threadsOf } from '../inspect/targets.ts'
import { shows } from '../matrix/shows.ts'

const folder = path.join(import.meta.dirname, '../inspect/python')
const here = pythonsHere()
const subjects: readonly (Partial<Python> & { readonly version: string })[] = [
  ...here,
  ...PYTHON_VERSIONS.filter((version) => !here.some((python) => python.version === version)).map((version) => ({
    version,
  })),
]

for (const { version, release, path: python = '' } of subjects) describeLooking(python, version, release)

function describeLooking(python: string, version: string, release: string | undefined): void {
  const why = release === undefined ? ` (skipped: no python${version} here; HALLIGAN_TEST_PYTHONS may name one)` : ''
  describe.skipIf(release === undefined)(`Python ${release ?? version}${why}`, () => {
    it('tells local variables of all kinds', shows('CPython', version, 'locals'), async () => {
      const target = await hold(python, [path.join(folder, 'values.py')])
      const [thread] = threadsOf(lookInto(target.pid))
      const frame = thread?.frames.find((each) => each.function === 'hold')
      const { expected } = JSON.parse(target.said) as { expected: Record<string, string> }
      expect(Object.fromEntries((frame?.locals ?? []).map(({ name, value }) => [name, value]))).toEqual(expected)
      await target.end()
    })

    it('tells the stacks of all threads as Python does', shows('CPython', version, 'stacks'), async () => {
      const target = await hold(python, [path.join(folder, 'stacks.py')])
      const threads = threadsOf(lookInto(target.pid))
      const own = JSON.parse(target.said) as Record<string, { calls: [string, string, number][]; tid: number }>
      for (const [name, { calls, tid }] of Object.entries(own)) {
        const thread = threads.find((each) => each.name === name)
        expect(thread?.tid).toBe(tid)
        const seen = thread?.frames.map(({ function: called, file, line }) => [called, file, line])
        // Before 3.11 a frame does not know its qualified name: what we found ends with its plain one.
        const names = calls.map(([called, file, line], index) => {
          const found = seen?.[index]?.[0]
          return [has311(version) || !endsWith(found, called) ? called : found, file, line]
        })
        expect(seen).toEqual(names)
      }
      await target.end()
    })

    it('tells tasks of asyncio that wait, with their coroutines', async () => {
      const target = await hold(python, [path.join(folder, 'tasks.py')])
      const reading = lookInto(target.pid)
      if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
      const apart = reading.value.samples[0]?.apart ?? []
      const own = JSON.parse(target.said) as Record<string, [string, number][]>
      for (const [name, calls] of Object.entries(own)) {
        const task = apart.find((each) => each.name === `asyncio task ${name}`)
        const seen = task?.frames.map(({ function: called, line }) => [called, line]).toReversed() ?? []
        expect(seen.slice(0, calls.length)).toEqual(
          calls.map(([called, line], index) => [has311(version) ? called : seen[index]?.[0], line]),
        )
      }
      expect(apart.find((each) => each.name.endsWith(' generator'))?.frames.map((frame) => frame.function)).toContain(
        'many',
      )
      await target.end()
    })
  })
}

describe('the Python of the system', () => {
  it.skipIf(!existsSync('/usr/bin/python3'))('is among those that are looked into', () => {
    expect(here.map(({ release }) => release)).toContain(systemPython()?.release)
  })
})

function has311(version: string): boolean {
  return Number(version.split('.')[1]) >= 11
}

function endsWith(found: unknown, name: string): boolean {
  return typeof found === 'string' && (found === name || found.endsWith(`.${name}`))
}
