import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Target } from '../../inspect/inspector.ts'
import type { Stacks } from '../../inspect/stacks.ts'
import { jvmStacks } from './jvm-stacks.ts'

const TARGET = {
  process: {
    pid: 31000,
    startTicks: 1,
    state: 'S',
    uid: 1000,
    namespacePids: [31000],
    argv: ['java'],
    signals: { caught: 0x4n, blocked: 0n, ignored: 0n },
    threadCount: 30,
  },
  runtime: { kind: 'jvm', details: [] },
  box: { uid: 0, architecture: 'x86_64', tools: new Set() },
} as unknown as Target
const parsed = (text: string) => jvmStacks.parse(Buffer.from(text), TARGET)
/** What OpenJDK 17.0.15 and 25.0.3 printed of test/sick/Orders.java, without the threads of the collector; the second sample is the first with more processor time. */
const recorded = (version: number): string =>
  readFileSync(
    path.join(import.meta.dirname, `../../../../test/fixtures/inspect/jvm-${version}-thread-print.txt`),
    'utf8',
  )

function stacksOf(version: number): Stacks {
  const reading = parsed(recorded(version))
  if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
  return reading.value
}

describe('stacks of a JVM', () => {
  it('are read of JDK 17: locks beside their frames, numbers of threads from hexadecimal, names with quotes', () => {
    const { samples, notes, deadlocks } = stacksOf(17)
    expect(samples.map(({ atMs }) => atMs)).toEqual([0, 450])
    const threads = samples[0]?.threads ?? []
    expect(threads.find(({ name }) => name === 'reserve-1')).toEqual({
      tid: 0x79b1,
      name: 'reserve-1',
      cpuMs: 0.45,
      frames: [
        {
          function: 'Orders.reserve',
          file: 'Orders.java',
          line: 4,
          own: true,
          locks: [
            'waiting to lock <0x000000069ec199d0> (a java.lang.Object)',
            'locked <0x000000069ec199c0> (a java.lang.Object)',
          ],
        },
        { function: 'Orders.lambda$main$0', file: 'Orders.java', line: 8, own: true },
        { function: 'Orders$$Lambda$1/0x00007f6794000a08.run', own: true },
        { function: 'java.lang.Thread.run', file: 'Thread.java', line: 840, module: 'java.base', own: false },
      ],
    })
    expect(threads.find(({ name }) => name === 'pricing "hot"')?.frames[0]).toMatchObject({ function: 'Orders.price' })
    expect(threads.find(({ name }) => name === 'Service Thread')?.frames).toEqual([
      { function: '(runnable)', own: false },
    ])
    expect(new Set(threads.map(({ tid }) => tid)).size).toBe(threads.length)
    expect(notes).toEqual([])
    expect(deadlocks).toEqual([
      '"reserve-1" waits for a java.lang.Object that "reserve-2" holds; "reserve-2" waits for a java.lang.Object that "reserve-1" holds',
    ])
  })

  it('are read of JDK 25, which has numbers in decimal, and threads that no dump shows', () => {
    const { samples, notes, deadlocks } = stacksOf(25)
    const threads = samples[1]?.threads ?? []
    expect(threads.find(({ name }) => name === 'pool-0')?.frames[0]).toMatchObject({
      function: 'jdk.internal.misc.Unsafe.park',
      module: 'java.base',
    })
    expect(threads.find(({ name }) => name === 'pool-0')?.tid).toBeGreaterThan(1000)
    expect(notes).toEqual(['virtual threads, if it has any, are not in this dump'])
    expect(deadlocks).toEqual([expect.stringMatching(/^"reserve-1" waits/)])
  })

  it.each([
    ['halligan-target gone\n', 'the process has ended'],
    ['halligan-no-jcmd\n', 'there is no jcmd for it on the box'],
    [
      '\nhalligan-sample 5\nhalligan-no-quit\n',
      'it does not catch SIGQUIT any more, which would have killed it: it has become another program, or begins anew',
    ],
    [
      '\nhalligan-sample 5\n812:\ncom.sun.tools.attach.AttachNotSupportedException: Unable to open socket file /proc/812/root/tmp/.java_pid812\n\tat x\n',
      'jcmd: com.sun.tools.attach.AttachNotSupportedException: Unable to open socket file /proc/812/root/tmp/.java_pid812',
    ],
  ])('are blind with the reason: %j', (text, why) => {
    expect(parsed(text)).toMatchObject({ kind: 'blind', why })
  })

  it('survive any bytes, and any lines of a dump in any order', () => {
    const lines = recorded(17).split('\n')
    const shuffled = fc
      .array(fc.oneof(fc.constantFrom(...lines), fc.string()), { maxLength: 40 })
      .map((some) => Buffer.from(`halligan-sample 1\nFull thread dump x\n${some.join('\n')}`))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), shuffled), (bytes) => {
        expect(['seen', 'blind', 'garbled']).toContain(jvmStacks.parse(bytes, TARGET).kind)
      }),
      { numRuns: 200 },
    )
  })

  it('take time that grows with their length alone', () => {
    const long = `"${'a" #1 '.repeat(20_000)}\n\tat ${'x('.repeat(20_000)}\n`
    expect(parsed(`halligan-sample 1\nFull thread dump x\n${long.repeat(3)}`).kind).toBe('seen')
  })
})
