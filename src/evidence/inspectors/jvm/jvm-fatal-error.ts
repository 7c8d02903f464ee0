import { signalName } from '../../inspect/core/signal-meaning.ts'
import type { CoreSignal } from '../../inspect/core/core-notes.ts'
import type { Frame } from '../../inspect/frame.ts'
import { ownClass } from './jvm-attaching.ts'
import { plainName } from './jvm-recording.ts'

/** Far above what stands in front of the registers. Bytes. */
export const MOST_BYTES = 262_144
const MOST_SIGNALS = 64

/** What the JVM wrote when it crashed itself. */
export interface FatalError {
  /** SIGABRT, which ends it, where it found by itself that it cannot go on. */
  readonly signal: CoreSignal
  /** Its own words, where it was no signal: `Internal Error (g1CollectedHeap.cpp:114), pid=1, tid=2`. */
  readonly says?: string
  /** The thread that crashed, as its own PID namespace numbers it. */
  readonly tid?: number
  readonly name?: string
  /** Of that thread, native ones and those of Java, the innermost first. */
  readonly frames: readonly Frame[]
}

/**
 * The file hs_err_pid1234.log that HotSpot writes when it crashes, up to its registers:
 *
 *     #  SIGSEGV (0xb) at pc=0x00007f2d5ced2f94, pid=14528, tid=14599
 *     Current thread (0x00007f2d540cf600):  JavaThread "desk" daemon [_thread_in_vm, id=14599, stack(…)]
 *     Native frames: (J=compiled Java code, j=interpreted, Vv=VM code, C=native code)
 *     V  [libjvm.so+0xed2f94]  Unsafe_PutLong+0x124
 *     j  Desk.sell(Ljava/lang/String;I)V+93
 *     siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: 0x0000000000000000
 *
 * Undefined where it is none. Source: "Fatal Error Log", Troubleshooting Guide of the JDK; VMError::report of HotSpot.
 */
export function fatalErrorIn(text: string): FatalError | undefined {
  const head = /^# +(?:A fatal error has been detected|There is insufficient memory|An? .{0,40}error) .*$/m.exec(text)
  if (!head) return undefined
  const thread = /^Current thread \(0x[0-9a-f]{1,16}\): +\S+ "(.{0,500})" .*\bid=(\d{1,10})\b/m.exec(text)
  const tid = thread?.[2] ?? /^# {1,4}SIG.*, tid=(\d{1,10})$/m.exec(text)?.[1]
  const name = /^# {1,4}(SIG[A-Z0-9]{2,8}) \(/m.exec(text)?.[1]
  const number = Array.from({ length: MOST_SIGNALS }, (_, at) => at + 1).find((each) => signalName(each) === name)
  const says = /^# {1,4}((?:Internal Error|fatal error:|Native memory allocation|Out of Memory Error).{1,300})$/m.exec(
    text,
  )
  return {
    signal: number === undefined ? { number: SIGABRT } : { number, ...infoIn(text) },
    ...(number === undefined ? { says: says?.[1] ?? head[0].replace(/^# +/, '') } : {}),
    ...(tid === undefined ? {} : { tid: Number(tid) }),
    ...(thread?.[1] === undefined ? {} : { name: thread[1] }),
    frames: framesIn(text),
  }
}

const SIGABRT = 6

function infoIn(text: string): Omit<CoreSignal, 'number'> {
  const [, code, pid, uid, address] =
    /^siginfo: si_signo: \d{1,2} .*?si_code: (-?\d{1,10})(?: \([A-Z_]+\))?(?:, si_pid: (\d{1,10}), si_uid: (\d{1,10}))?(?:, si_addr: (0x[0-9a-f]{1,16}))?/m.exec(
      text,
    ) ?? []
  return {
    ...(code === undefined ? {} : { code: Number(code) }),
    ...(address === undefined ? {} : { address: BigInt(address) }),
    ...(pid === undefined ? {} : { sender: { pid: Number(pid), uid: Number(uid) } }),
  }
}

function framesIn(text: string): readonly Frame[] {
  for (const kind of ['Native', 'Java']) {
    const lines = new RegExp(`^${kind} frames: .*\\n((?:[A-Za-z] .*\\n)+)`, 'm').exec(text)?.[1]?.split('\n') ?? []
    const frames = lines.flatMap((line) => frameOf(line) ?? [])
    if (frames.length > 0) return frames
  }
  return []
}

function frameOf(line: string): Frame | undefined {
  const java = /^[Jj] {1,3}(?:\d+%? *(?:c\d )? *)?([^\s(]+)\(\S*(?: ([\w.]+)@\S+)?/.exec(line)
  if (java) {
    const [, called = '', module] = java
    const name = plainName(called)
    return { function: name, ...(module === undefined ? {} : { module }), own: module === undefined && ownClass(name) }
  }
  const [, library, called] = /^[CVA] {1,3}\[(.+?)\+0x[0-9a-f]+\](?: +(.+?)(?:\+0x[0-9a-f]+)?)?$/.exec(line) ?? []
  if (library !== undefined) return { function: called ?? '??', module: library }
  const stub = /^[vCVA] {1,3}(\S.*?)(?: 0x[0-9a-f]+)?$/.exec(line)?.[1]
  return stub === undefined ? undefined : { function: stub, module: 'JVM' }
}
