import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import { euStack } from './eu-stack.ts'

const target = {
  process: {
    pid: 8000,
    startTicks: 1,
    state: 'S',
    argv: ['evil'],
    threadCount: 2,
    executable: { kind: 'seen', value: { path: '/srv/evil', deleted: false } },
  },
  runtime: { kind: 'native', details: [] },
  box: { uid: 0, architecture: 'x86_64', tools: new Set() },
} as unknown as Target

const read = (text: string) => euStack.parse(Buffer.from(text), target)

// As eu-stack of elfutils 0.188 prints it.
const SAMPLE = `eu-stack: tid 8000: shown max number of frames (4, use -n 0 for unlimited)
PID 8000 - process
TID 8000:
#0  0x00007f40ad6ed545 clock_nanosleep@@GLIBC_2.17 - /usr/lib/x86_64-linux-gnu/libc.so.6
    ../sysdeps/unix/sysv/linux/clock_nanosleep.c:48:7
#1  0x0000564a21f1036f - 1 deep - /srv/evil
    /home/dev/evil.cc:6:105
#2  0x0000564a21f11510 shop::Money::operator-(shop::Money const&) const - /srv/evil
    /home/dev/evil.cc:5:373
#3  0x0000564a21f10c3b std::__invoke_impl<void>(std::__invoke_other) - /srv/evil
    /usr/include/c++/12/bits/invoke.h:61:36
TID 8004:
#0  0x00007f40ad8d44a3 - /usr/lib/libstripped.so
#1  0x00007f4000001000
`

describe('stacks by eu-stack', () => {
  it('have functions, lines and modules, own code told from that of libraries', () => {
    const reading = read(`@@ sample 100.25\n${SAMPLE}@@ sample 100.47\n${SAMPLE}`)
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    expect(reading.value.samples.map(({ atMs }) => atMs)).toEqual([0, 220])
    expect(reading.value.samples[0]?.threads).toEqual([
      {
        tid: 8000,
        cut: 'more frames were not shown',
        frames: [
          {
            function: 'clock_nanosleep',
            module: '/usr/lib/x86_64-linux-gnu/libc.so.6',
            own: false,
            file: '../sysdeps/unix/sysv/linux/clock_nanosleep.c',
            line: 48,
          },
          { function: 'deep', module: '/srv/evil', own: true, file: '/home/dev/evil.cc', line: 6 },
          {
            function: 'shop::Money::operator-(shop::Money const&) const',
            module: '/srv/evil',
            own: true,
            file: '/home/dev/evil.cc',
            line: 5,
          },
          {
            function: 'std::__invoke_impl<void>(std::__invoke_other)',
            module: '/srv/evil',
            own: false,
            file: '/usr/include/c++/12/bits/invoke.h',
            line: 61,
          },
        ],
      },
      {
        tid: 8004,
        frames: [{ function: '??', module: '/usr/lib/libstripped.so', own: false }, { function: '??' }],
      },
    ])
  })

  it('say of frames that are in no file what they are, and who knows their names', () => {
    const note = '1 of 6 frames are in no file (??): code that a compiler made as the process ran (JIT)'
    expect(read(`@@ sample 1\n${SAMPLE}`)).toMatchObject({ value: { notes: [expect.stringContaining(note)] } })
    const node: Target = { ...target, runtime: { kind: 'node', details: [], module: '/usr/lib/libstripped.so' } }
    expect(euStack.parse(Buffer.from(`@@ sample 1\n${SAMPLE}`), node)).toMatchObject({
      value: { notes: [expect.stringMatching(/^2 of 6 frames have no name .* --by node-stacks tells the names\.$/)] },
    })
  })

  it('are blind with the words of the tool where it could not attach, and where the process has gone', () => {
    expect(read('@@ sample 1\neu-stack: dwfl_linux_proc_attach pid 8000: Operation not permitted\n')).toEqual({
      kind: 'blind',
      why: 'eu-stack: dwfl_linux_proc_attach pid 8000: Operation not permitted',
      hint: 'inspect as the user of the process, or with --sudo',
    })
    expect(read('halligan-target gone\n')).toMatchObject({ kind: 'blind', why: 'the process has ended' })
    expect(read('')).toMatchObject({ kind: 'blind' })
  })

  it('are refused of what is traced, hangs, has ended, or sees other files', () => {
    const of = (process: object) => euStack.able({ ...target, process: { ...target.process, ...process } })
    expect(of({})).toEqual({ able: true })
    for (const process of [
      { tracer: { pid: 1, name: 'gdb' } },
      { state: 'D' },
      { state: 'Z' },
      { sameFiles: false },
      { argv: [] },
    ])
      expect(of(process)).toMatchObject({ able: false, why: expect.stringMatching(/\w/) })
  })

  it('are read of any text without an error and in bounds: cut, changed, hostile names', () => {
    fc.assert(
      fc.property(fc.nat(SAMPLE.length), fc.string(), fc.nat(SAMPLE.length), (at, put, cut) => {
        const text = `@@ sample 1.5\n${SAMPLE.slice(0, at)}${put}${SAMPLE.slice(at)}`.slice(0, cut + 20)
        const reading = read(text)
        expect(['seen', 'blind']).toContain(reading.kind)
        if (reading.kind === 'seen')
          for (const { threads } of reading.value.samples) expect(threads.length).toBeLessThanOrEqual(4)
      }),
      { numRuns: 200 },
    )
  })
})
