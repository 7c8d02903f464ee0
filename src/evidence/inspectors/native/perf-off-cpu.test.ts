import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { perfOffCpu } from './perf-off-cpu.ts'

const thread = (tid: number, name: string): object => ({ tid, name, state: 'S' })
const target = {
  process: {
    pid: 812,
    startTicks: 5,
    uid: 0,
    state: 'S',
    argv: ['orders'],
    executable: { kind: 'seen', value: { path: '/srv/orders', deleted: false } },
    threads: [
      thread(812, 'main'),
      thread(813, 'serve'),
      {
        ...thread(814, 'refresh'),
        systemCall: {
          number: 35,
          name: 'nanosleep',
          args: [1n, 2n, 3n, 4n, 5n, 6n],
          stackPointer: 0n,
          programCounter: 0n,
        },
      },
    ],
  },
  box: { architecture: 'x86_64', uid: 0 },
} as unknown as Target

const stack = (...frames: readonly string[]): string => frames.map((frame) => `\t        12ab ${frame}\n`).join('')
const LOCK = stack(
  'schedule ([kernel.kallsyms])',
  'futex_do_wait ([kernel.kallsyms])',
  '__x64_sys_futex ([kernel.kallsyms])',
  'do_syscall_64 ([kernel.kallsyms])',
  '__lll_lock_wait (/usr/lib/libc.so.6)',
  'reserve (/srv/orders)',
)
const FAULT = stack(
  'schedule ([kernel.kallsyms])',
  'io_schedule ([kernel.kallsyms])',
  'folio_wait_bit_common ([kernel.kallsyms])',
  'load (/srv/orders)',
)
const WHOLE = `halligan-perf size 4096
   812/813  100.000000: PERF_RECORD_SWITCH IN
   812/813  100.100000: context-switches:
${LOCK}
   812/813  100.100001: PERF_RECORD_SWITCH OUT
   812/812  100.200000: PERF_RECORD_SWITCH IN
   812/812  100.250000: context-switches:
${FAULT}
   812/812  100.250000: PERF_RECORD_SWITCH OUT
   812/813  100.300001: PERF_RECORD_SWITCH IN
   812/813  100.400000: context-switches:
${LOCK}
   812/813  100.400000: PERF_RECORD_SWITCH OUT preempt
   812/813  100.410000: PERF_RECORD_SWITCH IN
   999/999  100.420000: PERF_RECORD_SWITCH IN
   812/812  101.250000: PERF_RECORD_SWITCH IN

halligan-perf done
`
const parse = (text: string | Uint8Array) => perfOffCpu.parse(Buffer.from(text), target)

describe('where native code waits, by perf', () => {
  it('is measured from each switch to the next', () => {
    const kernel = (called: string): object => ({ function: called, module: 'kernel', own: false })
    expect(parse(WHOLE)).toEqual({
      kind: 'seen',
      value: {
        of: 'off-cpu',
        unit: 'milliseconds',
        tookMs: 1250,
        stacks: [
          {
            thread: 'serve (813)',
            frames: [
              kernel('waits for a lock or a condition (futex)'),
              { function: '__lll_lock_wait', module: '/usr/lib/libc.so.6', own: false },
              { function: 'reserve', module: '/srv/orders', own: true },
            ],
            weight: 200,
          },
          {
            thread: 'main (812)',
            frames: [
              kernel('waits in the kernel, in folio_wait_bit_common'),
              { function: 'load', module: '/srv/orders', own: true },
            ],
            weight: 1000,
          },
          {
            thread: 'refresh (814)',
            frames: [kernel('sleeps (nanosleep)'), { function: 'thread refresh', own: false }],
            weight: 1250,
          },
        ],
        idle: 0,
        notes: [
          'measured: each wait from when its thread was switched away until it was switched back',
          'for 10 ms of all threads one was switched away that wanted to go on',
          '200 ms of waits that had begun before are in no stack',
          '1 threads were not switched meanwhile: told by the system call in which they were before',
        ],
      },
    })
  })

  it('says why there is nothing', () => {
    expect(parse('halligan-perf size 10\n\nhalligan-perf done\n')).toMatchObject({
      kind: 'blind',
      why: 'none of its threads was switched meanwhile: all of them wait, or all run',
    })
    expect(
      parse('halligan-perf said Access to performance monitoring is limited\nhalligan-perf no-data\n'),
    ).toMatchObject({ kind: 'blind', hint: 'run with --sudo' })
    expect(parse('halligan-target gone\n')).toMatchObject({ kind: 'blind', why: 'the process has ended' })
  })

  it('needs root, or a kernel that lets others see its events', () => {
    const of = (perfParanoid: number): Target =>
      ({ process: { ...target.process, uid: 1000 }, box: { ...target.box, uid: 1000, perfParanoid } }) as Target
    expect(perfOffCpu.able(of(2))).toMatchObject({ able: false, hint: 'run with --sudo' })
    expect(perfOffCpu.able(of(1))).toEqual({ able: true })
  })

  it('never throws, wherever it is cut and whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.nat(WHOLE.length), (at) => {
        expect(['seen', 'blind']).toContain(parse(WHOLE.slice(0, at)).kind)
      }),
      { numRuns: 100 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parse(bytes).kind).toBe('blind')
      }),
      { numRuns: 100 },
    )
  })
})
