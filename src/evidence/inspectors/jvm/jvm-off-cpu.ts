import type { Frame } from '../../inspect/frame.ts'
import type { Inspector, Target } from '../../inspect/inspector.ts'
import type { Profile, WeightedStack } from '../../inspect/profile.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import type { StackSample, ThreadStack } from '../../inspect/stacks.ts'
import { blind, garbled, seen, type Reading } from '../../reading.ts'
import { jvmAble, jvmRefusal } from './jvm-attaching.ts'
import { jvmFolderGuard } from './jvm-folder.ts'
import {
  foldedIn,
  noRecording,
  plainName,
  recorderSaid,
  recordingPrice,
  recordingScript,
  type Folded,
} from './jvm-recording.ts'
import { samplesIn } from './jvm-stacks.ts'

const DEFAULT_MS = 10_000
/** Each wait that is recorded takes its stack, some microseconds; what is shorter is not recorded. Milliseconds. */
const AT_LEAST_MS = 10
/** So many of them may be more than the buffers hold; those that came first are lost then. */
const MANY_WAITS = 10_000
const MOST_HELD = 3
/** Of the safepoint at which all stacks are printed. Milliseconds. */
const DUMP_MS_PER_THREAD = 0.1

/** JavaMonitorEnter and its kin are of HotSpot, reads and writes of the class library. Since JDK 25 some of them are recorded in part alone (throttle), unless that is switched off. */
const EVENTS = [
  'JavaMonitorEnter',
  'JavaMonitorWait',
  'ThreadPark',
  'ThreadSleep',
  'SocketRead',
  'SocketWrite',
  'FileRead',
  'FileWrite',
  'FileForce',
] as const

/**
 * Where Java waits, for how long, and for what: waits of at least 10 ms as Java Flight Recorder has them, with their stacks, added up on the box (jvm-helper/FoldRecording.java). An event is
 * written when its wait is over: what began before the recording, or goes on after it, is in none. So all stacks are printed before and after it: a thread whose stack is
 * the same in both, and which used no processor in between, has waited all the time.
 * Source: docs.oracle.com, "JDK Flight Recorder" and its list of events; java.lang.management for what a thread dump tells.
 */
export const jvmOffCpu: Inspector<Profile> = {
  id: 'jvm-off-cpu',
  title: 'where Java waits, by Java Flight Recorder',
  does: 'off-cpu',
  runtimes: ['jvm'],
  tools: [],
  attaches: jvmFolderGuard,
  endsWhenAsked: true,
  able: jvmAble,
  price: ({ process }) =>
    recordingPrice(
      `each wait of ${AT_LEAST_MS} ms or more has its stack taken when it is over, and it stands still twice more while all stacks are printed`,
      process.threadCount * DUMP_MS_PER_THREAD,
    ),
  script: (target, { forMs = DEFAULT_MS, maxFrames }) =>
    recordingScript(target, {
      forMs,
      events: EVENTS.map(eventSettings).join(''),
      fold: `waits ${maxFrames}`,
      around: 'samples 1 0',
      instead: ':',
    }),
  parse: readJvmOffCpu,
}

function eventSettings(name: string): string {
  const settings = { enabled: 'true', stackTrace: 'true', threshold: `${AT_LEAST_MS} ms`, throttle: 'off' }
  const each = Object.entries(settings).map(([key, value]) => `<setting name="${key}">${value}</setting>`)
  return `<event name="jdk.${name}">${each.join('')}</event>`
}

function readJvmOffCpu(output: Uint8Array, target: Target): Reading<Profile> {
  const raw = Buffer.from(output).toString('utf8')
  const folded = foldedIn(raw)
  if (folded === 'torn') return garbled('a wait names a place that was not told', raw)
  if (folded) return waitingOf(folded, samplesIn(raw, target))
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const none = noRecording(raw)
  if (none) return none
  const said = recorderSaid(raw)
  if (said !== undefined && /flight|jfr/i.test(said))
    return blind(
      `the JVM has no Java Flight Recorder ("${said}")`,
      'what its threads wait for in the kernel: --by wait-samples',
    )
  return jvmRefusal(raw.replaceAll(/^halligan-jfr said /gm, ''))
}

function waitingOf(folded: Folded, dumps: readonly StackSample[]): Reading<Profile> {
  const { profiled, samples, leftOut, cutOff, stacks, held } = folded
  const throughout = waitedThroughout(dumps, profiled)
  const recorded = stacks.map(({ thread, frames, weight, wait }): WeightedStack => ({
    ...(thread === undefined ? {} : { thread }),
    frames: wait ? [awaited(waitWords(wait)), ...frames] : frames,
    weight,
  }))
  return seen({
    of: 'off-cpu',
    unit: 'milliseconds',
    tookMs: Math.max(0, profiled),
    stacks: [...recorded, ...throughout],
    idle: 0,
    notes: [
      ...heldWords(held),
      `waits of less than ${AT_LEAST_MS} ms are not in it, nor such as began before it or went on after it, unless a thread waited all the time; virtual threads are seen where they sleep, read or write, not where they wait for a lock`,
      ...(dumps.length < 2 ? ['threads that waited all the time could not be told'] : []),
      ...(samples > MANY_WAITS
        ? ['so many waits may be more than the buffers of the recording hold: earlier ones are lost then']
        : []),
      ...(leftOut > 0 ? [`${leftOut} waits are left out`] : []),
      ...(cutOff > 0 ? [`of ${cutOff} waits the outer frames are missing: Java Flight Recorder keeps 64`] : []),
    ],
  })
}

function heldWords(held: Folded['held']): readonly string[] {
  return held
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, MOST_HELD)
    .map(({ held: type, by, ms }) => `others waited for the lock of a ${type} for ${ms} ms before "${by}" gave it back`)
}

function awaited(says: string): Frame {
  return { function: says, module: 'JVM', own: false }
}

function waitWords({ event, type, host, address, port, path }: NonNullable<Folded['stacks'][number]['wait']>): string {
  const peer = peerWords(host, address, port)
  switch (event) {
    case 'jdk.JavaMonitorEnter':
      return `waits for the lock of a ${type ?? 'class that is not told'}`
    case 'jdk.JavaMonitorWait':
      return `waits for a notice on a ${type ?? 'class that is not told'} (Object.wait)`
    case 'jdk.ThreadPark':
      return type === undefined ? 'is parked (LockSupport.park)' : `is parked for a ${type}`
    case 'jdk.ThreadSleep':
      return 'sleeps (Thread.sleep)'
    case 'jdk.SocketRead':
      return `reads from ${peer}`
    case 'jdk.SocketWrite':
      return `writes to ${peer}`
    case 'jdk.FileRead':
      return `reads the file ${path ?? '?'}`
    case 'jdk.FileWrite':
      return `writes the file ${path ?? '?'}`
    case 'jdk.FileForce':
      return `waits until the file ${path ?? '?'} is on its disk`
    default:
      return `waits (${event})`
  }
}

function peerWords(host: string | undefined, address: string | undefined, port: number | undefined): string {
  const numbers = address?.includes(':') ? `[${address}]` : address
  const at = `${numbers ?? host ?? 'a peer that is not told'}${port === undefined ? '' : `:${port}`}`
  return host === undefined || host === address || numbers === undefined ? at : `${at} (${host})`
}

/** Threads of the JVM itself that have a Java stack and wait for as long as it lives. */
const OF_THE_JVM: ReadonlySet<string> = new Set([
  'Reference Handler',
  'Finalizer',
  'Common-Cleaner',
  'JFR Periodic Tasks',
  'JFR Recorder Thread',
])

function waitedThroughout([before, after]: readonly StackSample[], tookMs: number): readonly WeightedStack[] {
  if (!before || !after || tookMs <= 0) return []
  const first = new Map(before.threads.map((thread) => [thread.tid, thread]))
  return after.threads.flatMap((thread) => {
    const { tid, name = '', frames } = thread
    const was = first.get(tid)
    const hasStack = frames[0] !== undefined && !frames[0].function.startsWith('(')
    if (!was || !hasStack || OF_THE_JVM.has(name) || !isSame(was, thread)) return []
    const bare = frames.map(({ locks: _locks, ...frame }) => ({ ...frame, function: plainName(frame.function) }))
    return [{ thread: name, frames: [awaited(dumpWords(frames)), ...bare], weight: tookMs }]
  })
}

/** It has not run at all in between. */
function isSame(one: ThreadStack, other: ThreadStack): boolean {
  const places = ({ frames }: ThreadStack): string => frames.map((each) => `${each.function}:${each.line}`).join('\n')
  return one.cpuMs !== undefined && one.cpuMs === other.cpuMs && places(one) === places(other)
}

/** `waiting to lock <0x9ec1> (a java.lang.Object)` in the words of the recorded ones. */
function dumpWords(frames: readonly Frame[]): string {
  const locks = frames.slice(0, 2).flatMap(({ locks }) => locks ?? [])
  const first = frames[0]?.function ?? '??'
  for (const lock of locks) {
    const [, how, type = '?'] = /^(waiting to lock|waiting on|parking to wait for) .*\(an? (.+)\)$/.exec(lock) ?? []
    if (how === 'waiting to lock') return `waits for the lock of a ${type}`
    if (how === 'parking to wait for') return `is parked for a ${type}`
    if (how === 'waiting on') return `waits for a notice on a ${type} (Object.wait)`
  }
  if (/^java\.lang\.Object\.wait0?$/.test(first)) return 'waits for a notice (Object.wait)'
  if (/^java\.lang\.Thread\.sleep\w*$/.test(first)) return 'sleeps (Thread.sleep)'
  if (first.endsWith('.Unsafe.park')) return 'is parked (LockSupport.park)'
  return `waits in native code (${first})`
}
