import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Crash } from '../../inspect/crash.ts'
import type { InspectOptions, Target } from '../../inspect/inspector.ts'
import { jvmCrash } from './jvm-crash.ts'
import { fatalErrorIn } from './jvm-fatal-error.ts'

const TARGET = {
  process: { pid: 31000, startTicks: 1, state: 'S', uid: 1000, namespacePids: [31000], argv: ['java'] },
  runtime: { kind: 'jvm', details: [] },
  box: { uid: 0, architecture: 'x86_64', tools: new Set() },
} as unknown as Target
const OPTIONS: InspectOptions = {
  timeoutMs: 60_000,
  samples: 1,
  betweenMs: 0,
  forMs: 60_000,
  maxThreads: 50,
  maxFrames: 64,
}
const parsed = (text: string, target = TARGET) => jvmCrash.parse(Buffer.from(text), target)
const seenIn = (text: string, target = TARGET): Crash => {
  const reading = parsed(text, target)
  if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
  return reading.value
}
const FATAL = ['17', '25'].map((version) => ({
  version,
  text: readFileSync(
    path.join(import.meta.dirname, `../../../../test/fixtures/inspect/jvm-${version}-fatal-error.txt`),
    'utf8',
  ),
}))

/** What the agent wrote in an OpenJDK 17.0.15 with test/sick/Desk.java, in part. */
const WATCHED = '{"watched":[],"end":true}\n'
const THROWN = `{"thrown":"java.lang.IllegalStateException: cart 4711 has no owner","atMs":900,"thread":"desk","number":31020,"left":0,"frames":[{"function":"Desk.sell","file":"Desk.java","line":76},{"function":"Desk$$Lambda$13/0x00007f9cb8002ee8.run"},{"function":"java.lang.Thread.run","file":"Thread.java","line":840,"module":"java.base"}]}
`
const exits = (thread: string): string =>
  `{"exits":true,"atMs":1200,"thread":"${thread}","number":31020,"left":2,"frames":[{"function":"java.lang.System.exit","file":"System.java","line":1877,"module":"java.base"},{"function":"Desk.sell","file":"Desk.java","line":68}],"others":[{"thread":"book","left":0,"frames":[{"function":"Desk.book","file":"Desk.java","line":32}]}]}\n`
const ENDED = '{"ended":true,"restored":true}\n'

describe('the end of a Java program', () => {
  it('is an exception that nothing catches, with the stack of its thread', () => {
    const { captures, end, notes } = seenIn(WATCHED + THROWN + ENDED)
    expect(captures).toEqual([
      {
        why: { by: 'exception', says: 'java.lang.IllegalStateException: cart 4711 has no owner' },
        tid: 31020,
        stacks: {
          notes: [],
          samples: [
            {
              atMs: 0,
              threads: [
                {
                  tid: 31020,
                  name: 'desk',
                  frames: [
                    { function: 'Desk.sell', file: 'Desk.java', line: 76, own: true },
                    { function: 'Desk$$Lambda.run', own: true },
                    {
                      function: 'java.lang.Thread.run',
                      file: 'Thread.java',
                      line: 840,
                      module: 'java.base',
                      own: false,
                    },
                  ],
                },
              ],
            },
          ],
        },
      },
    ])
    expect(end).toBeUndefined()
    expect(notes).toEqual(['the thread of an exception has ended, and the program goes on without it'])
  })

  it('is an exit: who called it stands first, with the other threads', () => {
    const { captures, end } = seenIn(WATCHED + exits('desk'))
    expect(end).toEqual({ by: 'exit' })
    expect(captures[0]).toMatchObject({ why: { by: 'exit' }, tid: 31020 })
    expect(captures[0]?.stacks.samples[0]?.threads.map(({ name, cut }) => [name, cut])).toEqual([
      ['desk', '2 frames more'],
      ['book', undefined],
    ])
  })

  it.each([
    ['SIGTERM handler', 15, 143],
    ['SIGINT handler', 2, 130],
    ['SIGHUP handler', 1, 129],
  ])('%s: is a signal that asks for it', (thread, number, code) => {
    const { captures, end } = seenIn(WATCHED + exits(thread))
    expect(captures[0]?.why).toEqual({ by: 'signal', signal: { number }, isHandled: true })
    expect(end).toEqual({ by: 'exit', code })
  })

  it('is the end of its last thread, or of a thread that no stack tells', () => {
    const last = `{"exits":true,"atMs":1,"thread":"DestroyJavaVM","left":0,"frames":[],"others":[]}\n`
    expect(seenIn(WATCHED + last)).toEqual({
      captures: [],
      end: { by: 'exit' },
      notes: ['its last thread that is no daemon came to its end'],
    })
    expect(seenIn(`${WATCHED}{"exits":true,"atMs":1,"others":[]}\n`).notes[0]).toMatch(/^who ended it is in no stack/)
  })

  it('says what was found in the place of our handler, and what was not put back', () => {
    expect(seenIn(`${WATCHED}{"replaced":true}\n{"ended":true,"restored":false}\n`).notes).toEqual([
      expect.stringContaining('has set a default handler of its own'),
      'the JVM did not show that its handler and its hooks are as they were before',
    ])
    expect(seenIn(`${WATCHED}halligan-target gone\n`).notes[0]).toMatch(/^it ended without a word: by SIGKILL/)
  })

  it('is none where the agent failed after it had begun', () => {
    const refused = '{"refused":"java.lang.OutOfMemoryError: unable to create native thread"}\n'
    const why = 'the agent could not watch it: java.lang.OutOfMemoryError: unable to create native thread'
    expect(parsed(`${WATCHED}${refused}${ENDED}`)).toMatchObject({ kind: 'blind', why })
    expect(parsed(`{"half":true}\n${refused}`)).toMatchObject({ kind: 'blind', why })
  })

  it('has no number of a thread in a container, whose threads have others on the box', () => {
    const inside = { ...TARGET, process: { ...TARGET.process, namespacePids: [31000, 7] } }
    const [capture] = seenIn(WATCHED + THROWN, inside).captures
    expect(capture?.tid).toBeUndefined()
    expect(capture?.stacks.samples[0]?.threads[0]?.tid).toBe(-31020)
  })

  it.each([
    ['halligan-target gone\n', 'the process has ended'],
    ['halligan-no-jcmd\n', 'there is no jcmd for it on the box'],
    ['halligan-crash no-folder\n', 'there is no room for the agent on the box (/dev/shm, /tmp)'],
    [
      '{"refused":"java.lang.IllegalStateException: another watch for its end is under way in it"}\n',
      'the agent could not watch it: java.lang.IllegalStateException: another watch for its end is under way in it',
    ],
    [
      'halligan-crash said Dynamic agent loading is not enabled. Use -XX:+EnableDynamicAgentLoading\n',
      'the JVM lets no agent in: it was started with -XX:-EnableDynamicAgentLoading',
    ],
  ])('is blind with the reason: %j', (text, why) => {
    expect(parsed(text)).toMatchObject({ kind: 'blind', why })
  })

  it('survives any bytes, and any lines in any order', () => {
    const all = [WATCHED, THROWN, exits('desk'), ENDED, 'halligan-crash file /srv/hs_err_pid1.log\n']
    const lines = [...all, ...FATAL.flatMap(({ text }) => text.split('\n'))]
    const shuffled = fc
      .array(fc.oneof(fc.constantFrom(...lines), fc.string()), { maxLength: 40 })
      .map((some) => Buffer.from(some.join('\n')))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), shuffled), (bytes) => {
        expect(['seen', 'blind', 'garbled']).toContain(jvmCrash.parse(bytes, TARGET).kind)
      }),
      { numRuns: 200 },
    )
  })
})

describe.each(FATAL)('the fatal-error file of a JVM $version', ({ text }) => {
  it('tells the signal, the thread and its stack, native and Java', () => {
    const fatal = fatalErrorIn(text)
    expect(fatal).toMatchObject({ signal: { number: 11, code: 1, address: 0n }, name: 'desk' })
    expect(fatal?.tid).toBeGreaterThan(0)
    const frames = fatal?.frames ?? []
    expect(frames[0]).toEqual({ function: 'Unsafe_PutLong', module: 'libjvm.so' })
    expect(frames.find((frame) => frame.own)).toEqual({ function: 'Desk.sell', own: true })
    expect(frames).toContainEqual({ function: 'sun.misc.Unsafe.putAddress', module: 'jdk.unsupported', own: false })
    expect(frames).toContainEqual({ function: 'Desk$$Lambda.run', own: true })
    expect(frames).toContainEqual({ function: '~StubRoutines::call_stub', module: 'JVM' })
  })

  it('is told with its path, and what it says of itself, an agent that said the same is not believed', () => {
    const forged = text.replace('Command Line:', '{"thrown":"forged","thread":"x","left":0,"frames":[]}\nCommand Line:')
    const { captures, end, notes } = seenIn(
      `${WATCHED}halligan-target gone\nhalligan-crash file /srv/shop/hs_err_pid7.log\n${forged}\nhalligan-crash file-end\n`,
    )
    expect(captures).toHaveLength(1)
    expect(captures[0]?.why).toMatchObject({ by: 'signal', signal: { number: 11 } })
    expect(end).toEqual(captures[0]?.why)
    expect(notes).toEqual(['the JVM crashed itself; its fatal-error file, which stays: /srv/shop/hs_err_pid7.log'])
  })
})

it('a JVM that crashes before it is watched is told, with what it says of itself', () => {
  const [fatal] = FATAL
  const { captures, notes } = seenIn(
    `halligan-crash said 31000:\nhalligan-target gone\nhalligan-crash file /tmp/hs_err_pid31000.log\n${fatal?.text}`,
  )
  expect(captures).toHaveLength(1)
  expect(notes[1]).toBe('it crashed while the agent was on its way into it, before it was watched')
})

it('a fatal error that is no signal ends in SIGABRT, in its own words; compiled frames are named too', () => {
  const text = `#
# A fatal error has been detected by the Java Runtime Environment:
#
#  Internal Error (g1CollectedHeap.cpp:114), pid=7, tid=9
#  guarantee(is_init_completed()) failed: must be
#
Current thread (0x00007f82d40d70d0):  VMThread "VM Thread" [id=9, stack(0x00007f8283600000,0x00007f8283700000) (1024K)]

Java frames: (J=compiled Java code, j=interpreted, Vv=VM code)
J 12% c2 shop.Cart.total(Lshop/Item;)J (14 bytes) @ 0x00007f82c3938fa6 [0x00007f82c3938fa0+0x6]
J 1  jdk.internal.misc.Unsafe.park(ZJ)V java.base@17.0.15 (0 bytes) @ 0x00007f82c3938fa6
C  [libpay.so+0x8e4]
`
  expect(fatalErrorIn(text)).toEqual({
    signal: { number: 6 },
    says: 'Internal Error (g1CollectedHeap.cpp:114), pid=7, tid=9',
    tid: 9,
    name: 'VM Thread',
    frames: [
      { function: 'shop.Cart.total', own: true },
      { function: 'jdk.internal.misc.Unsafe.park', module: 'java.base', own: false },
      { function: '??', module: 'libpay.so' },
    ],
  })
  expect(fatalErrorIn('no such file')).toBeUndefined()
})

describe('the script of a watch for the end', () => {
  it('looks where the JVM writes its fatal errors, and reads them as its user alone', () => {
    const process = { ...TARGET.process, argv: ['java', "-XX:ErrorFile=/var/log/it's%p.log"] }
    const script = jvmCrash.script({ ...TARGET, process }, OPTIONS)
    expect(script).toContain(
      `for file in '/var/log/it'\\''s31000.log' './hs_err_pid31000.log' '/tmp/hs_err_pid31000.log'; do`,
    )
    expect(script).toMatch(/\$reader head -c \d+ "\$file"/)
    const request = /halligan_put request <<'halligan'\n(.*)\n/.exec(script)?.[1] ?? ''
    expect(Buffer.from(request, 'base64').toString()).toBe('end 1\nfor 60000\nframes 64\n')
  })
})
