import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InspectOptions, Target } from '../../inspect/inspector.ts'
import { jvmOffCpu } from './jvm-off-cpu.ts'

const TARGET = {
  process: { pid: 31000, startTicks: 1, state: 'S', uid: 1000, namespacePids: [31000], argv: ['java'] },
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
const parsed = (text: string) => jvmOffCpu.parse(Buffer.from(text), TARGET)
/** What the reader of recordings printed of a recording of OpenJDK 17.0.15 with test/sick/Desk.java, in part. */
const RECORDED = `{"wait":0,"event":"jdk.JavaMonitorEnter","type":"Desk$Ledger"}
{"place":0,"function":"Desk.book","line":32}
{"place":1,"function":"java.lang.Thread.run","line":840,"module":"java.base"}
{"wait":1,"event":"jdk.SocketRead","host":"localhost","address":"127.0.0.1","port":42155}
{"place":2,"function":"Desk.ask","line":50}
{"count":3847,"thread":"book","wait":0,"stack":[0, 1]}
{"count":4479,"thread":"ask","wait":1,"stack":[2, 1]}
{"held":"Desk$Ledger","by":"refresh","ms":3847}
{"held":"Desk$Ledger","by":"book","ms":42}
{"profiled":4587,"samples":612,"leftOut":0,"cutOff":0}
`
/** Two dumps of it: `stuck` has not run in between, `ask` has. */
const dump = (at: number, cpu: string): string => `halligan-sample ${at}
Full thread dump OpenJDK 64-Bit Server VM (17.0.15+6-Debian-1deb12u1 mixed mode, sharing):

"stuck" #19 daemon prio=5 os_prio=0 cpu=0.11ms elapsed=3.89s tid=0x00007f1 nid=0x79b9 in Object.wait()  [0x00007f2]
   java.lang.Thread.State: WAITING (on object monitor)
	at java.lang.Object.wait(java.base@17.0.15/Native Method)
	- waiting on <0x00000000fec0a0e8> (a Desk$Never)
	at Desk.wait4711(Desk.java:63)
	at Desk$$Lambda$12/0x00007f37cc002cc8.run(Unknown Source)

"ask" #20 daemon prio=5 os_prio=0 cpu=${cpu}ms elapsed=3.89s tid=0x00007f3 nid=0x79ba runnable  [0x00007f4]
   java.lang.Thread.State: RUNNABLE
	at Desk.ask(Desk.java:50)

"Common-Cleaner" #12 daemon prio=8 os_prio=0 cpu=0.10ms elapsed=3.89s tid=0x00007f5 nid=0x79bb waiting on condition  [0x00007f6]
	at java.lang.Object.wait(java.base@17.0.15/Native Method)
`
const WITH_DUMPS = `${dump(1000, '3.10')}${dump(9000, '3.20')}${RECORDED}`

describe('where Java waits', () => {
  it('is told by what is waited for, with the stack, the thread and the peer', () => {
    const reading = parsed(WITH_DUMPS)
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    expect(reading.value).toMatchObject({ of: 'off-cpu', unit: 'milliseconds', tookMs: 4587, idle: 0 })
    expect(reading.value.stacks.slice(0, 2)).toEqual([
      {
        thread: 'book',
        weight: 3847,
        frames: [
          { function: 'waits for the lock of a Desk$Ledger', module: 'JVM', own: false },
          { function: 'Desk.book', file: 'Desk.java', line: 32, own: true },
          { function: 'java.lang.Thread.run', file: 'Thread.java', line: 840, module: 'java.base', own: false },
        ],
      },
      expect.objectContaining({
        thread: 'ask',
        frames: [
          { function: 'reads from 127.0.0.1:42155 (localhost)', module: 'JVM', own: false },
          expect.objectContaining({ function: 'Desk.ask' }),
          expect.anything(),
        ],
      }),
    ])
    expect(reading.value.notes[0]).toBe(
      'others waited for the lock of a Desk$Ledger for 3847 ms before "refresh" gave it back',
    )
  })

  it('has a thread that did not run at all between the two dumps, and none of the JVM itself', () => {
    const reading = parsed(WITH_DUMPS)
    if (reading.kind !== 'seen') throw new Error(JSON.stringify(reading))
    expect(reading.value.stacks.slice(2)).toEqual([
      {
        thread: 'stuck',
        weight: 4587,
        frames: [
          { function: 'waits for a notice on a Desk$Never (Object.wait)', module: 'JVM', own: false },
          { function: 'java.lang.Object.wait', module: 'java.base', own: false },
          { function: 'Desk.wait4711', file: 'Desk.java', line: 63, own: true },
          { function: 'Desk$$Lambda.run', own: true },
        ],
      },
    ])
    expect(reading.value.notes.join(' ')).not.toContain('could not be told')
    const without = parsed(RECORDED)
    expect(without).toMatchObject({
      value: { notes: expect.arrayContaining(['threads that waited all the time could not be told']) },
    })
  })

  it.each([
    ['halligan-target gone\n', 'the process has ended'],
    ['halligan-no-jcmd\n', 'there is no jcmd for it on the box'],
    ['halligan-jfr no-folder\n', 'there is no room for a recording on the box (/dev/shm, /tmp)'],
    [
      'halligan-jfr said 31000:\nhalligan-jfr said Flight Recorder is disabled.\n',
      'the JVM has no Java Flight Recorder ("Flight Recorder is disabled.")',
    ],
    [
      'halligan-jfr said com.sun.tools.attach.AttachNotSupportedException: no\n',
      'jcmd: com.sun.tools.attach.AttachNotSupportedException: no',
    ],
  ])('is blind with the reason: %j', (text, why) => {
    expect(parsed(text)).toMatchObject({ kind: 'blind', why })
  })

  it('is garbled where a wait names what was not told', () => {
    const end = '{"profiled":1,"samples":1,"leftOut":0,"cutOff":0}\n'
    expect(parsed(`{"count":1,"thread":"a","wait":7,"stack":[]}\n${end}`).kind).toBe('garbled')
    expect(parsed(`{"count":1,"thread":"a","stack":[9]}\n${end}`).kind).toBe('garbled')
  })

  it('survives any bytes, and any lines in any order', () => {
    const lines = WITH_DUMPS.split('\n')
    const shuffled = fc
      .array(fc.oneof(fc.constantFrom(...lines), fc.string()), { maxLength: 40 })
      .map((some) => Buffer.from(some.join('\n')))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), shuffled), (bytes) => {
        expect(['seen', 'blind', 'garbled']).toContain(jvmOffCpu.parse(bytes, TARGET).kind)
      }),
      { numRuns: 200 },
    )
  })

  it('is never on a disk, has both dumps around it, and takes no part of the waits for all', () => {
    const script = jvmOffCpu.script(TARGET, OPTIONS)
    expect(script).toMatch(/^samples 1 0\nhalligan_jcmd JFR\.start [^\n]* disk=false /m)
    expect(script).toMatch(/JFR\.stop [^]*^samples 1 0$[^]* waits 64 2>&1$/m)
    const settings = /settings\.jfc <<'halligan'\n(.*)\n/.exec(script)?.[1] ?? ''
    expect(Buffer.from(settings, 'base64').toString()).toMatch(
      /<event name="jdk\.SocketRead">.*<setting name="throttle">off<\/setting>/,
    )
  })

  it('each event that is recorded has words of its own', () => {
    const script = jvmOffCpu.script(TARGET, OPTIONS)
    const settings = Buffer.from(/settings\.jfc <<'halligan'\n(.*)\n/.exec(script)?.[1] ?? '', 'base64').toString()
    const events = [...settings.matchAll(/event name="(jdk\.\w+)"/g)].map(([, name = '']) => name)
    expect(events.length).toBe(9)
    const source = readFileSync(path.join(import.meta.dirname, 'jvm-off-cpu.ts'), 'utf8')
    for (const name of events) expect(source).toContain(`case '${name}':`)
  })
})
