import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { cpythonCrash } from './cpython-crash.ts'

const TARGET = { process: { pid: 812, startTicks: 1 } } as Target
const parse = (...lines: readonly (object | string)[]): ReturnType<typeof cpythonCrash.parse> =>
  cpythonCrash.parse(
    Buffer.from(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')),
    TARGET,
  )

const HEAD = { python: '3.11.2', found: 'dynamic symbols', version: '3.11' }
const FRAME = { function: 'price', file: '/srv/shop/cart.py', line: 6, locals: [{ name: 'total', value: '-6' }] }
const THROWN = { thrown: "ValueError('total of -6')", at: 1086, before: false, frames: [FRAME] }
const thread = (sample: number): object => ({
  thread: 812,
  sample,
  ident: '0x7f51',
  interpreter: 0,
  name: 'MainThread',
  daemon: false,
  gil: true,
  torn: false,
  handles: "KeyError('AXE')",
  frames: [FRAME],
})
const end = (some: object): object => ({ watched: 1120, ended: 'process', gone: 1090, looks: 21, ticks: 476, ...some })

describe('the end of a Python program', () => {
  it('is told with what nothing caught, the last look, and how it ended', () => {
    const looks = [thread(20), { sample: 20, at: 1041 }, thread(16), { sample: 16, at: 900 }]
    const reading = parse(HEAD, THROWN, ...looks, end({ status: 256, finalizing: 1088 }))
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    const { captures, end: how, notes } = reading.value
    expect(captures.map(({ why }) => why)).toEqual([
      { by: 'exception', says: "ValueError('total of -6')" },
      { by: 'sampled', beforeEndMs: 49 },
      { by: 'sampled', beforeEndMs: 190 },
    ])
    expect(captures[1]?.stacks.samples[0]?.threads[0]).toMatchObject({
      tid: 812,
      frames: [{ function: 'price', own: true }],
      says: ['holds the GIL', "handles KeyError('AXE')"],
    })
    expect(how).toEqual({ by: 'exit', code: 1 })
    expect(notes).toHaveLength(1)
  })

  it.each([
    [{ status: 0 }, { by: 'exit', code: 0 }],
    [{ status: 11 | 128 }, { by: 'signal', signal: { number: 11 } }],
    [{ status: 9 }, { by: 'signal', signal: { number: 9 } }],
    [{}, { by: 'unknown' }],
    [{ ended: 'exec' }, { by: 'exec' }],
    [{ ended: 'time', gone: undefined }, undefined],
    [{ ended: 'asked', gone: undefined }, undefined],
  ])('reads the status %j', (some, how) => {
    const reading = parse(HEAD, end(some))
    expect(reading).toMatchObject({ kind: 'seen', value: { captures: [] } })
    expect(reading.kind === 'seen' ? reading.value.end : undefined).toEqual(how)
  })

  it('says that a status was collected, and that an exception may have been gone', () => {
    const collected = parse(HEAD, end({}))
    expect(collected.kind === 'seen' && collected.value.notes.join()).toMatch(/collected it before its status/)
    const inOrder = parse(HEAD, end({ status: 256, finalizing: 1088 }))
    expect(inOrder.kind === 'seen' && inOrder.value.notes.join()).toMatch(/by an exception that was gone/)
  })

  it('keeps what was thrown where the watch was cut off', () => {
    const captures = [{ why: { by: 'exception', says: "ValueError('total of -6')" } }]
    const cut = parse(HEAD, THROWN, { bound: 'bytes' }, '{"thread":812,"sam')
    expect(cut).toMatchObject({ kind: 'seen', value: { captures } })
    expect(cut.kind === 'seen' && cut.value.end).toBeUndefined()
    expect(cut.kind === 'seen' && cut.value.notes).toEqual([
      'more memory would have had to be read than is allowed: threads may be missing',
      'The watch ended before its end: how the program went on after that is not known.',
    ])
    expect(parse(HEAD, THROWN, 'halligan-target gone')).toMatchObject({ kind: 'seen', value: { captures } })
  })

  it('does not take a program that the kernel still takes down for another one', () => {
    const reading = parse(HEAD, end({ ended: 'exiting' }))
    expect(reading).toMatchObject({ kind: 'seen', value: { end: { by: 'unknown' } } })
    expect(reading.kind === 'seen' && reading.value.notes.join()).toMatch(/still taking it down/)
  })

  it('is read although the process is gone when the script looks again', () => {
    expect(parse(HEAD, end({ status: 0 }), 'halligan-target gone')).toMatchObject({ kind: 'seen' })
    expect(parse('halligan-target gone')).toMatchObject({ kind: 'blind', why: 'the process has ended' })
  })

  it('is blind or garbled for all else, and never throws', () => {
    expect(parse(HEAD, thread(1))).toMatchObject({ kind: 'garbled' })
    expect(parse({ blind: 'it is gone', hint: '' })).toMatchObject({ kind: 'blind' })
    const lines = fc.constantFrom(HEAD, THROWN, thread(1), { sample: 1, at: 5 }, end({ status: 1 }), 'x', '{', '')
    fc.assert(
      fc.property(fc.array(lines), fc.nat(), fc.integer({ min: 0, max: 255 }), (some, at, byte) => {
        const whole = Buffer.from(
          some.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
        )
        if (whole.length > 0) whole[at % whole.length] = byte
        expect(['seen', 'blind', 'garbled']).toContain(cpythonCrash.parse(whole, TARGET).kind)
      }),
      { numRuns: 200 },
    )
  })
})
