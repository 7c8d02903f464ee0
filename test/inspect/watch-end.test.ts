import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Box } from '../../src/boxes/box.ts'
import { openBox } from '../../src/boxes/open.ts'
import type { InspectOptions, Inspector, Target } from '../../src/evidence/inspect/inspector.ts'
import { cpythonProfile } from '../../src/evidence/inspectors/cpython/cpython-profile.ts'
import { cpythonSnapshot } from '../../src/evidence/inspectors/cpython/cpython-snapshot.ts'
import { cpythonMemory } from '../../src/evidence/inspectors/cpython/cpython-memory.ts'
import { procMemory } from '../../src/evidence/inspectors/any/proc-memory.ts'
import { waitSamples } from '../../src/evidence/inspectors/any/wait-samples.ts'
import { runInspector } from '../../src/steps/inspect/run-inspector.ts'
import { pythonsHere } from './pythons.ts'
import { hold, targetOf, USUAL, type Held } from './targets.ts'

// A person who presses Ctrl-C in the middle of a watch is shown what was seen by then. Each watch here is for ten minutes: only that ends it.

const FOR_MS = 600_000
const PROGRAM = `
import time
def book(total):
    time.sleep(0.03)
print('ready', flush=True)
for total in range(10 ** 9):
    book(-total)
`
const AT = { function: 'book', print: [], hits: 100, forMs: FOR_MS }
/** A look or two have been taken by then. Milliseconds. */
const SOON_MS = 1_000
const python = pythonsHere()[0]

describe.skipIf(python === undefined)(
  `a watch that is interrupted${python ? '' : ' (skipped: no python3 here that is known)'}`,
  () => {
    let held: Held
    let box: Box
    beforeAll(async () => {
      held = await hold(python?.path ?? '', ['-c', PROGRAM])
      box = openBox('local', {})
    })
    afterAll(async () => {
      await held.end()
      await box.close()
    })

    function target(): Target {
      const process = { ...targetOf(held.pid).process, name: 'python3', threadCount: 1, threads: [] }
      return { process, box: { architecture: 'x86_64', uid: 0 } } as unknown as Target
    }

    async function interrupted<T>(inspector: Inspector<T>, options: Partial<InspectOptions> = {}): Promise<T> {
      const controller = new AbortController()
      const all = { ...USUAL, forMs: FOR_MS, timeoutMs: FOR_MS, ...options }
      const result = runInspector(box, inspector, target(), all, controller.signal)
      setTimeout(() => controller.abort(), SOON_MS)
      const { reading } = await result
      if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
      return reading.value
    }

    it('tells the memory by kind', async () => {
      const { watchedMs, byKind } = await interrupted(procMemory)
      expect(watchedMs).toBeGreaterThan(0)
      expect(byKind.map(({ kind }) => kind)).toContain('files')
    })

    it('tells objects by type', async () => {
      const { types } = await interrupted(cpythonMemory)
      expect(types?.every(({ grewCount }) => grewCount !== undefined)).toBe(true)
    })

    it('tells what threads waited for', async () => {
      const { stacks } = await interrupted(waitSamples)
      expect(JSON.stringify(stacks)).toContain('nanosleep')
    })

    it('tells the profile of Python', async () => {
      const { tookMs, stacks, idle } = await interrupted(cpythonProfile)
      expect(tookMs).toBeLessThan(FOR_MS)
      expect(stacks.length + idle).toBeGreaterThan(0)
    })

    it('tells the hits of a statement', async () => {
      const { ended, hits } = await interrupted(cpythonSnapshot, { at: AT })
      expect(ended).toBe('stopped')
      expect(hits.length).toBeGreaterThan(0)
    })
  },
)
