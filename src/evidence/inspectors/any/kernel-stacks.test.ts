import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readState } from '../../inspect/read-state.ts'
import { sectionsOf } from '../../inspect/sections.ts'
import type { Target } from '../../inspect/inspector.ts'
import { kernelStacks } from './kernel-stacks.ts'

const folder = path.join(import.meta.dirname, '../../../../test/fixtures/inspect')
const recorded = readFileSync(path.join(folder, 'deadlock.kernel-stacks'))

function target(): Target {
  const answer = readFileSync(path.join(folder, 'deadlock.answer'))
  const state = readState(sectionsOf(answer, '0123456789abcdef0123456789abcdef'), { architecture: 'x86_64', uid: 0 })
  if (!state) throw new Error('the recorded process is there')
  return { process: state.process, runtime: state.runtime, box: state.box }
}

describe('stacks in the kernel', () => {
  it('are read twice, of each thread, with the CPU that it has used', () => {
    const reading = kernelStacks.parse(recorded, target())
    if (reading.kind !== 'seen') throw new Error(reading.why)
    const [first, last] = reading.value.samples
    expect(last?.atMs).toBeGreaterThan(100)
    expect(first?.threads.map(({ tid }) => tid)).toEqual([90, 91, 92, 93])
    expect(first?.threads[3]?.frames.slice(0, 2)).toEqual([
      { function: 'inet_csk_accept', module: 'kernel', own: false },
      { function: 'inet_accept', module: 'kernel', own: false },
    ])
    expect(first?.threads[0]?.cpuMs).toBeGreaterThan(0)
  })

  it('are blind where the process is gone, was replaced, or is not ours', () => {
    const here = target()
    expect(kernelStacks.parse(Buffer.from('halligan-target gone\n'), here)).toMatchObject({
      kind: 'blind',
      why: 'the process has ended',
    })
    expect(kernelStacks.parse(Buffer.from('halligan-target reused\n'), here)).toMatchObject({
      kind: 'blind',
      why: expect.stringContaining('another process'),
    })
    expect(kernelStacks.able({ ...here, box: { ...here.box, uid: 1000 } })).toMatchObject({
      able: false,
      hint: 'run with --sudo',
    })
    expect(
      kernelStacks.parse(
        Buffer.from('halligan-sample\nup 1.00\n9/stat:9 (x) R 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 0 0\n'),
        here,
      ).kind,
    ).toBe('blind')
  })

  it('prove their target before and behind', () => {
    const { process } = target()
    const script = kernelStacks.script(target(), {
      samples: 2,
      betweenMs: 200,
      timeoutMs: 1000,
      maxThreads: 10,
      maxFrames: 10,
    })
    expect(script.match(/^halligan_proved$/gm)).toHaveLength(2)
    expect(script).toContain(`= ${process.startTicks} ]`)
  })

  it('take any bytes', () => {
    const here = target()
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        kernelStacks.parse(Buffer.from(`halligan-sample\n${text}`), here)
      }),
      { numRuns: 50 },
    )
  })
})
