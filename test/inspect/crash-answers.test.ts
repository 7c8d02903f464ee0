import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Crash } from '../../src/evidence/inspect/crash.ts'
import { coreEstimate, tooFull } from '../../src/evidence/inspect/core/core-estimate.ts'
import type { CoreEstimate } from '../../src/evidence/inspect/core/taken-core.ts'
import { readGdbCore } from '../../src/evidence/inspect/core/gdb-core.ts'
import type { Target } from '../../src/evidence/inspect/inspector.ts'
import { awaitedSignals, gdbCrash } from '../../src/evidence/inspectors/native/gdb-crash.ts'
import { gcore, gcoreOf } from '../../src/evidence/inspectors/native/gcore.ts'
import { perfCrash } from '../../src/evidence/inspectors/native/perf-crash.ts'
import { crashSays } from '../../src/findings/inspect/crash-says.ts'
import type { Reading } from '../../src/evidence/reading.ts'

const bit = (number: number): bigint => 1n << BigInt(number - 1)

function target(kind: string, caught = 0n, ignored = 0n): Target {
  return {
    process: {
      pid: 812,
      startTicks: 34,
      threads: [{ tid: 814, name: 'pricing' }],
      executable: { kind: 'seen', value: { path: '/srv/orders/orders', deleted: false } },
      signals: { caught, blocked: 0n, ignored },
    },
    runtime: { kind, details: [] },
    box: { uid: 0, architecture: 'x86_64', tools: new Set() },
  } as unknown as Target
}

const crashIn = (reading: Reading<Crash>): Crash => {
  if (reading.kind !== 'seen') throw new Error(reading.why)
  return reading.value
}

// As gdb 13.1 prints it.
const SEGFAULT = `0x00007ff9cb4e4545 in ?? ()
Breakpoint 1 at 0x7ff9cb4e93e0
@@ armed
Thread 3 "pricing" received signal SIGSEGV, Segmentation fault.
@@ signal 11 1 24 24 0
[Current thread is 3 (LWP 814)]
Thread 3 (LWP 814 "pricing"):
^done,stack=[frame={level="0",addr="0x1",func="price_order",file="cart.c",line="23"}]
Thread 1 (LWP 812 "orders"):
^done,stack=[frame={level="0",addr="0x2",func="clock_nanosleep",from="/lib/libc.so.6"}]
@@ locals
Thread 3 (LWP 814 "pricing"):
^done,variables=[{name="prices",value="0x0"},{name="api_token",value="\\"hunter2\\""}]
Thread 1 (LWP 812 "orders"):
^done,variables=[]
@@ end
[Inferior 1 (process 812) detached]
`

describe('the end of a process, by gdb', () => {
  it('is a signal with its thread, the stacks of all, and variables without secrets', () => {
    const crash = crashIn(gdbCrash.parse(Buffer.from(SEGFAULT), target('native')))
    expect(crash).toEqual({
      captures: [
        {
          why: { by: 'signal', signal: { number: 11, code: 1, address: 24n } },
          tid: 814,
          stacks: {
            samples: [
              {
                atMs: 0,
                threads: [
                  {
                    tid: 814,
                    name: 'pricing',
                    frames: [
                      {
                        function: 'price_order',
                        file: 'cart.c',
                        line: 23,
                        own: true,
                        locals: [
                          { name: 'prices', value: '0x0' },
                          { name: 'api_token', value: '<masked>', masked: true },
                        ],
                      },
                    ],
                  },
                  {
                    tid: 812,
                    name: 'orders',
                    frames: [{ function: 'clock_nanosleep', module: '/lib/libc.so.6', own: false }],
                  },
                ],
              },
            ],
            notes: [],
          },
        },
      ],
      notes: [],
    })
    expect(crashSays(crash)).toEqual([
      {
        state: 'critical',
        says: 'While it was watched thread 814 died of SIGSEGV: it touched memory that it may not touch: address 0x18, a member or element of a null pointer.',
      },
    ])
  })

  it.each([
    ['@@ armed\n@@ exit 259\n[Current thread is 1 (process 812)]\n', { by: 'exit', code: 3 }],
    ['@@ armed\n@@ exec\n', { by: 'exec' }],
  ])('%j', (text, why) => {
    expect(crashIn(gdbCrash.parse(Buffer.from(text), target('native'))).captures[0]?.why).toEqual(why)
  })

  it('tells the stacks of Python beside those of the interpreter, wherever they came between the words of gdb', () => {
    const frame = { function: 'price', file: '/srv/shop/cart.py', line: 6, locals: [{ name: 'total', value: '-6' }] }
    const thread = { thread: 814, sample: 0, ident: '0x7f', interpreter: 0, daemon: false, gil: true, torn: false }
    const lines = [
      { python: '3.11.2', found: 'dynamic symbols', version: '3.11' },
      { ...thread, frames: [frame] },
      { sample: 0, at: 0 },
      { end: true, ms: 5 },
    ].map((line) => JSON.stringify(line))
    const told = (python: readonly string[]): Crash =>
      crashIn(
        gdbCrash.parse(
          Buffer.from(`${SEGFAULT}\n@@-python\n${python.join('\n')}\n@@-python-end\n@@ end\n`),
          target('cpython'),
        ),
      )
    const { captures } = told(lines)
    expect(captures.map(({ stacksBy }) => stacksBy)).toEqual([
      'Python stacks, from its memory while it stood there',
      'stacks of the interpreter, by gdb',
    ])
    expect(captures[0]).toMatchObject({ tid: 814, stacks: { samples: [{ threads: [{ tid: 814, frames: [frame] }] }] } })
    expect(captures[1]?.stacks.samples[0]?.threads.map(({ tid }) => tid)).toEqual([814, 812])
    expect(crashSays(told(lines))).toHaveLength(1)
    const blind = told(['{"blind":"it is gone","hint":""}']).captures
    expect(blind).toHaveLength(1)
    expect(blind[0]?.stacks.notes).toEqual(['Its Python stacks could not be read: it is gone'])
  })

  it.each([
    ['Program terminated with signal SIGKILL, Killed.', { by: 'signal', signal: { number: 9 } }],
    ['[Inferior 1 (process 812) exited with code 012]', { by: 'exit', code: 10 }],
    ['[Inferior 1 (process 812) exited normally]', { by: 'exit', code: 0 }],
  ])('without a stop: %s', (line, end) => {
    expect(crashIn(gdbCrash.parse(Buffer.from(`@@ armed\n${line}\n`), target('native')))).toMatchObject({
      captures: [],
      end,
    })
  })

  it('was not waited for where gdb did not get that far', () => {
    const reading = gdbCrash.parse(Buffer.from('ptrace: Operation not permitted.\n'), target('native'))
    expect(reading).toMatchObject({ kind: 'blind', why: 'gdb: ptrace: Operation not permitted.' })
  })

  it('stops at no signal that the runtime uses on purpose, nor at one that is handled or ignored', () => {
    const jvm = awaitedSignals(target('jvm', bit(11) | bit(8) | bit(15)))
    expect(jvm.handled).toEqual([])
    expect(jvm.deadly).not.toContain(11)
    expect(jvm.deadly).toContain(6)
    const python = awaitedSignals(target('cpython', bit(11) | bit(2), bit(13)))
    expect(python.handled).toEqual([11])
    expect(python.deadly).toEqual(expect.arrayContaining([6, 15]))
    for (const number of [2, 11, 13]) expect(python.deadly).not.toContain(number)
    const crash = crashIn(gdbCrash.parse(Buffer.from('@@ armed\n@@ no-exit\n'), target('jvm', bit(11))))
    expect(crash.notes.join(' ')).toMatch(/Its exit was not waited for.*on purpose/)
  })
})

const PERF = `812/814 74031.310158:         signal:signal_deliver: sig=11 errno=0 code=1 sa_handler=0 sa_flags=0
	ffffffff813701a9 get_signal ([kernel.kallsyms])
	            1282 price_order (/srv/orders/orders)

812/812 74031.312123:         signal:signal_deliver: sig=9 errno=0 code=0 sa_handler=0 sa_flags=0
	           cf545 clock_nanosleep (/usr/lib/libc.so.6)

900/900 74031.312200:         signal:signal_deliver: sig=6 errno=0 code=0 sa_handler=0 sa_flags=0
	           cf545 a_child (/usr/lib/libc.so.6)

`

describe('the end of a process, by tracepoints', () => {
  it('is the first signal that is not the SIGKILL of the others, with the stacks of all', () => {
    const crash = crashIn(perfCrash.parse(Buffer.from(`${PERF}halligan-perf done\n`), target('native')))
    expect(crash.captures).toMatchObject([
      {
        why: { by: 'signal', signal: { number: 11, code: 1 } },
        tid: 814,
        stacks: {
          samples: [
            {
              threads: [
                { tid: 814, name: 'pricing', frames: [{ function: 'price_order', own: true }] },
                { tid: 812, frames: [{ function: 'clock_nanosleep', own: false }] },
              ],
            },
          ],
        },
      },
    ])
  })

  it('is an exit with its code, or SIGKILL of somebody without a thread that stands out', () => {
    const exit = '812/814 1.000001: syscalls:sys_enter_exit_group: error_code: 0x00000103\n\t 1 main (/x)\n'
    expect(
      crashIn(perfCrash.parse(Buffer.from(`${exit}halligan-perf done\n`), target('native'))).captures[0]?.why,
    ).toEqual({
      by: 'exit',
      code: 3,
    })
    const killed = PERF.slice(PERF.indexOf('812/812'))
    const [capture] = crashIn(perfCrash.parse(Buffer.from(`${killed}halligan-perf done\n`), target('native'))).captures
    expect(capture?.why).toEqual({ by: 'signal', signal: { number: 9 } })
    expect(capture?.tid).toBeUndefined()
  })

  it('is waited for in a mount namespace of its own, so that no file system stays mounted', () => {
    const options = { timeoutMs: 1_000, samples: 1, betweenMs: 0, maxThreads: 9, maxFrames: 9 }
    const records = perfCrash
      .script(target('native'), options)
      .match(/^.*perf record .*-e signal.*$|^.*perf record .*\$exits -o.*$/gm)
    expect(records).toHaveLength(2)
    for (const line of records ?? []) expect(line.trim()).toMatch(/^unshare -m perf record/)
  })

  it('was not waited for where the kernel has no such tracepoint, with what perf said', () => {
    const text = 'halligan-perf said event syntax error: signal:signal_deliver\nhalligan-perf no-data\n'
    expect(perfCrash.parse(Buffer.from(text), target('native'))).toMatchObject({
      kind: 'blind',
      why: 'perf: event syntax error: signal:signal_deliver',
    })
  })
})

describe('what a core would take', () => {
  const process = { pid: 812, name: '../or ders\n' }
  const told = 'filter 00000033\nkib 51200 10240\ndisk 1000000 400000\nfolder /var/tmp\n'

  it('is size, pause, room, and a name that no process can choose', () => {
    expect(coreEstimate(Buffer.from(told), process, 'ab12')).toEqual({
      kind: 'seen',
      value: {
        folder: '/var/tmp',
        file: '/var/tmp/halligan-core.812.ab12/_or_ders_.core',
        mostBytes: 51_200 * 1024,
        residentBytes: 10_240 * 1024,
        filter: '00000033',
        freeBytes: 400_000 * 1024,
        diskBytes: 1_000_000 * 1024,
        pauseMs: 150 + 3 * 10 + 40,
      },
    })
  })

  it('of a process of 64 GB is minutes of standing still, and nothing where the disk has no room for it', () => {
    const kib = 64 * 1024 * 1024
    const of = (free: number): CoreEstimate => {
      const disk = `disk ${2 * kib} ${free}\nfolder /var/tmp\n`
      const reading = coreEstimate(Buffer.from(`kib ${kib + 1_048_576} ${kib}\n${disk}`), process, 'ab12')
      if (reading.kind !== 'seen') throw new Error(reading.why)
      return reading.value
    }
    expect(tooFull(of(kib))).toBe('it may take 65.0 GiB, and /var/tmp has 64.0 GiB free, of which 6.4 GiB should stay')
    const roomy = of(1.5 * kib)
    expect(tooFull(roomy)).toBeUndefined()
    const price = gcoreOf(roomy).price(target('native'))
    // 3 ms for each MiB in use, 1 ms for each of the GiB that is not.
    expect(price).toMatchObject({ price: 'pause', pauseMs: 150 + 3 * 65_536 + 1_024 })
    expect(price.why).toContain('64.0 GiB private and in use, 65.0 GiB with what is mapped and not used')
    expect(price.residue).toContain('up to 65.0 GiB')
  })

  it.each([
    ['kib 0 0\n', /memory map/],
    ['awk: cannot open smaps (Permission denied)\nkib 0 0\n', /may not be read/],
    ['kib 1 1\n', /no folder/],
    ['halligan-target gone\n', /has ended/],
  ])('is not known: %j', (text, why) => {
    const reading = coreEstimate(Buffer.from(text), process, 'ab')
    expect(reading.kind === 'seen' ? '' : reading.why).toMatch(why)
  })
})

describe('the end of a process that was sampled', () => {
  it('is told by what was thrown and by how it ended: a look is no event of its own', () => {
    const stacks = { samples: [], notes: [] }
    const says = "ValueError('total of -6')"
    const captures = [
      { why: { by: 'exception', says }, tid: 812, stacks },
      { why: { by: 'sampled', beforeEndMs: 38 }, stacks },
    ] as const
    const told = (end: Crash['end']): readonly string[] =>
      crashSays({ captures, ...(end ? { end } : {}), notes: [] }).map((each) => each.says)
    const thrown = `While it was watched thread 812 threw what nothing catches: ${says}.`
    expect(told({ by: 'exit', code: 1 })).toEqual([
      thrown,
      'While it was watched it ended the process by itself, with exit code 1.',
    ])
    expect(told({ by: 'unknown' })).toEqual([thrown, 'While it was watched it ended; how could not be told.'])
    expect(told(undefined)).toEqual([thrown])
  })
})

describe('whatever a box answers', () => {
  const pieces = fc.constantFrom(
    ...SEGFAULT.split('\n'),
    ...PERF.split('\n'),
    'halligan-perf done',
    'halligan-core file /x',
    'halligan-core bytes 3',
    'kib 1 2',
    'folder /',
    '@@ exit',
    '@@ signal 99 1 2 3 4',
    '\u0000\u001b[2J',
  )

  it('each of them gives a reading', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 30 }), (lines) => {
        const bytes = Buffer.from(lines.join('\n'))
        for (const { parse } of [gdbCrash, perfCrash, gcore])
          expect(['seen', 'blind', 'garbled']).toContain(parse(bytes, target('native')).kind)
        expect(['seen', 'blind']).toContain(readGdbCore(bytes).kind)
        expect(['seen', 'blind']).toContain(coreEstimate(bytes, { pid: 1, name: 'x' }, 'ab').kind)
      }),
      { numRuns: 200 },
    )
  })
})
