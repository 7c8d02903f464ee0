import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InspectOptions, Target } from '../../inspect/inspector.ts'
import { jvmProfile } from './jvm-profile.ts'

const TARGET = {
  process: {
    pid: 31000,
    startTicks: 1,
    state: 'S',
    uid: 1000,
    namespacePids: [31000],
    argv: ['java'],
    threadCount: 30,
  },
  runtime: { kind: 'jvm', details: [] },
  box: { uid: 0, architecture: 'x86_64', tools: new Set() },
} as unknown as Target
const OPTIONS: InspectOptions = {
  timeoutMs: 60_000,
  samples: 1,
  betweenMs: 0,
  forMs: 2_500,
  maxThreads: 50,
  maxFrames: 64,
}
const parsed = (text: string) => jvmProfile.parse(Buffer.from(text), TARGET)
/** What the reader of recordings printed of a recording of OpenJDK 17.0.15 with test/sick/Orders.java. */
const RECORDED = `{"place":0,"function":"Orders.price","line":19}
{"place":1,"function":"Orders.lambda$main$2","line":37}
{"place":2,"function":"Orders$$Lambda$4+0x00007f6558001a28.1309552426.run"}
{"place":3,"function":"java.lang.Thread.run","line":840,"module":"java.base"}
{"count":270,"thread":"pricing \\"hot\\"","stack":[0, 1, 2, 3]}
{"profiled":2943,"samples":270,"leftOut":0,"cutOff":0}
`
/** Frames of a recording of a JVM 17 that sleeps (`Thread.sleep` alone), and one of a program that writes events. */
const RECORDERS = `{"place":0,"function":"jdk.jfr.internal.RequestEngine.run_requests","line":204,"module":"jdk.jfr"}
{"place":1,"function":"jdk.jfr.internal.PlatformRecorder$$Lambda+0x00007f2c3b0bd3f8.1078705341.run"}
{"place":2,"function":"java.lang.Thread.run","line":840,"module":"java.base"}
{"place":3,"function":"jdk.jfr.internal.dcmd.DCmdConfigure.execute","line":188,"module":"jdk.jfr"}
{"place":4,"function":"com.fasterxml.Sold.commit","line":12}
`
const dumped = readFileSync(
  path.join(import.meta.dirname, '../../../../test/fixtures/inspect/jvm-17-thread-print.txt'),
  'utf8',
)

describe('a profile of Java', () => {
  it('has the stacks of the recording: files after their classes, a lambda without its number', () => {
    const reading = parsed(RECORDED)
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    expect(reading.value).toMatchObject({ of: 'cpu', unit: 'samples', tookMs: 2943, intervalUs: 10_000, idle: 0 })
    expect(reading.value.stacks).toEqual([
      {
        thread: 'pricing "hot"',
        weight: 270,
        frames: [
          { function: 'Orders.price', file: 'Orders.java', line: 19, own: true },
          { function: 'Orders.lambda$main$2', file: 'Orders.java', line: 37, own: true },
          { function: 'Orders$$Lambda.run', own: true },
          { function: 'java.lang.Thread.run', file: 'Thread.java', line: 840, module: 'java.base', own: false },
        ],
      },
    ])
  })

  it('leaves out the work of the recorder itself, which a quiet JVM hardly does any beside, and says how much', () => {
    const stacks = (reading: ReturnType<typeof parsed>): readonly unknown[] =>
      reading.kind === 'seen' ? reading.value.stacks.map(({ weight }) => weight) : []
    const answer = `${RECORDERS}{"count":3,"thread":"JFR Periodic Tasks","stack":[0, 1, 2]}
{"count":2,"thread":"Attach Listener","stack":[2, 3]}
`
    const ended = '{"profiled":90,"samples":NUMBER,"leftOut":0,"cutOff":0}\n'
    // An event that the program itself writes is its own work: it stands in the stack.
    const own = `${answer}{"count":4,"thread":"main","stack":[3, 4, 2]}\n${ended.replace('NUMBER', '9')}`
    expect(stacks(parsed(own))).toEqual([4])
    expect(parsed(own)).toMatchObject({
      value: { notes: [expect.anything(), 'left out: 5 samples of what Java Flight Recorder itself did in the JVM'] },
    })
    expect(parsed(`${answer}${ended.replace('NUMBER', '5')}`)).toMatchObject({
      kind: 'blind',
      why: 'no thread of it ran Java meanwhile but for Java Flight Recorder itself (5 samples)',
    })
  })

  it.each([
    ['com.shop.Cart$Item.price', 'Cart.java'],
    ['com.shop.Cart.price', 'Cart.java'],
    ['Cart.<init>', 'Cart.java'],
  ])('names the file of %s after its outermost class', (called, file) => {
    const reading = parsed(
      `{"place":0,"function":"${called}","line":4}\n{"count":1,"thread":"","stack":[0]}\n{"profiled":1,"samples":1,"leftOut":2,"cutOff":1}\n`,
    )
    expect(reading).toMatchObject({ value: { stacks: [{ frames: [{ function: called, file, line: 4 }] }] } })
    expect(reading).toMatchObject({
      value: { notes: [expect.anything(), '2 samples are left out', expect.anything()] },
    })
  })

  it('is of thread dumps where there is no recorder: what each thread used in between', () => {
    const reading = parsed(`halligan-jfr said 31000:\nhalligan-jfr said Flight Recorder is disabled.\n${dumped}`)
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    const { stacks, unit, notes } = reading.value
    expect(unit).toBe('milliseconds')
    const [most] = stacks.toSorted((a, b) => b.weight - a.weight)
    expect(most).toMatchObject({ thread: 'pricing "hot"', frames: [{ function: 'Orders.price' }, {}, {}, {}] })
    expect(notes[0]).toContain('not by Java Flight Recorder ("Flight Recorder is disabled.")')
  })

  it.each([
    ['halligan-target gone\n', 'the process has ended'],
    ['halligan-no-jcmd\n', 'there is no jcmd for it on the box'],
    ['halligan-jfr no-folder\n', 'there is no room for a recording on the box (/dev/shm, /tmp)'],
    [
      'halligan-jfr said com.sun.tools.attach.AttachNotSupportedException: no\n',
      'jcmd: com.sun.tools.attach.AttachNotSupportedException: no',
    ],
    ['{"profiled":0,"samples":0,"leftOut":0,"cutOff":0}\n', 'no thread of it ran Java meanwhile: there is no sample'],
  ])('is blind with the reason: %j', (text, why) => {
    expect(parsed(text)).toMatchObject({ kind: 'blind', why })
  })

  it('is garbled where a stack names a place that was not told', () => {
    expect(
      parsed('{"count":1,"thread":"a","stack":[9]}\n{"profiled":1,"samples":1,"leftOut":0,"cutOff":0}\n').kind,
    ).toBe('garbled')
  })

  it('survives any bytes, and any lines in any order', () => {
    const lines = [...RECORDED.split('\n'), ...dumped.split('\n').slice(0, 60)]
    const shuffled = fc
      .array(fc.oneof(fc.constantFrom(...lines), fc.string()), { maxLength: 40 })
      .map((some) => Buffer.from(some.join('\n')))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), shuffled), (bytes) => {
        expect(['seen', 'blind', 'garbled']).toContain(jvmProfile.parse(bytes, TARGET).kind)
      }),
      { numRuns: 200 },
    )
  })

  it('is never on a disk until it is written out where there is room: on a full one the JVM would end itself', () => {
    const script = jvmProfile.script(TARGET, OPTIONS)
    expect(script).toContain('halligan_wait 2500')
    const [start = ''] = /JFR\.start [^\n]*/.exec(script) ?? []
    expect(start).toContain('disk=false')
    expect(start).not.toMatch(/duration|filename|dumponexit/)
    expect(script).toMatch(/has_room \|\| [^\n]*no-room[^\n]*\n {2}halligan_jcmd JFR\.stop [^\n]*filename/)
    expect(parsed('halligan-jfr no-room\n')).toMatchObject({
      kind: 'blind',
      why: expect.stringMatching(/^less than 32 MiB/),
    })
  })
})
