import { count } from '../../../base/format.ts'
import type { Frame } from '../../inspect/frame.ts'
import type { Inspector, Target } from '../../inspect/inspector.ts'
import type { Profile } from '../../inspect/profile.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import { blind, garbled, seen, type Reading } from '../../reading.ts'
import { jvmAble, jvmRefusal } from './jvm-attaching.ts'
import { jvmFolderGuard } from './jvm-folder.ts'
import { foldedIn, noRecording, recorderSaid, recordingPrice, recordingScript, type Folded } from './jvm-recording.ts'
import { samplesIn } from './jvm-stacks.ts'

const DEFAULT_MS = 10_000
/** Of the sampler of Java Flight Recorder: each time some five of the threads that run Java are looked at. The least that all versions take. Milliseconds. */
const EVERY_MS = 10
/** Each answer of jcmd costs the start of a JVM on the box. Milliseconds. */
const DUMP_EVERY_MS = 500

/**
 * Where Java spends processor time, by Java Flight Recorder, which HotSpot has within it: a recording of execution samples alone, kept in memory and counted on the box by a small Java program
 * (jvm-helper/FoldRecording.java) with the JDK's own reader. A JVM without it (jlink without jdk.jfr, -XX:-FlightRecorder) has its stacks printed again and again, and what each
 * thread used of a processor in between counts for the stack in which it is found.
 * How it is recorded without any danger to the JVM: jvm-recording.ts.
 */
export const jvmProfile: Inspector<Profile> = {
  id: 'jvm-profile',
  title: 'profile of Java, by Java Flight Recorder',
  does: 'profile',
  runtimes: ['jvm'],
  tools: [],
  attaches: jvmFolderGuard,
  endsWhenAsked: true,
  able: jvmAble,
  price: () => recordingPrice(`its running threads are looked at each ${EVERY_MS} ms`),
  script: profileScript,
  parse: readJvmProfile,
}

function profileScript(
  target: Target,
  { forMs = DEFAULT_MS, maxFrames }: Parameters<Inspector<Profile>['script']>[1],
): string {
  const dumps = Math.max(2, Math.round(forMs / DUMP_EVERY_MS))
  return recordingScript(target, {
    forMs,
    events: `<event name="jdk.ExecutionSample"><setting name="enabled">true</setting><setting name="period">${EVERY_MS} ms</setting></event>`,
    fold: `samples ${maxFrames}`,
    instead: `samples ${dumps} ${DUMP_EVERY_MS / 1000}`,
  })
}

function readJvmProfile(output: Uint8Array, target: Target): Reading<Profile> {
  const raw = Buffer.from(output).toString('utf8')
  const folded = foldedIn(raw)
  if (folded === 'torn') return garbled('a stack names a place that was not told', raw)
  if (folded) return recorded(folded)
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  return ofDumps(raw, target)
}

function recorded({ profiled, leftOut, cutOff, stacks: all }: Folded): Reading<Profile> {
  const stacks = all.map(({ wait: _wait, ...stack }) => stack)
  const ofProgram = stacks.filter(({ frames }) => !isOfRecorder(frames))
  const ofRecorder = stacks.reduce((sum, { frames, weight }) => sum + (isOfRecorder(frames) ? weight : 0), 0)
  if (ofProgram.length === 0 && leftOut === 0) {
    const but =
      ofRecorder === 0
        ? ': there is no sample'
        : ` but for Java Flight Recorder itself (${count(ofRecorder, 'sample')})`
    return blind(`no thread of it ran Java meanwhile${but}`, 'what it waits for stands in its stacks')
  }
  return seen({
    of: 'cpu',
    unit: 'samples',
    tookMs: Math.max(0, profiled),
    intervalUs: EVERY_MS * 1000,
    stacks: ofProgram,
    idle: 0,
    notes: [
      'time in which it waits or runs native code, as the collector of garbage does, is in no sample; the recording names no files: those shown are named after their classes',
      ...(ofRecorder > 0
        ? [`left out: ${count(ofRecorder, 'sample')} of what Java Flight Recorder itself did in the JVM`]
        : []),
      ...(leftOut > 0 ? [`${leftOut} samples are left out`] : []),
      ...(cutOff > 0 ? [`of ${cutOff} samples the outer frames are missing: Java Flight Recorder keeps 64`] : []),
    ],
  })
}

/**
 * Whether only the recorder was at work: frames of it, called by nothing but the JDK, as in its own thread and in that which answers jcmd. An event that the program or a
 * library writes has their frames around it, and is theirs.
 */
function isOfRecorder(frames: readonly Frame[]): boolean {
  return (
    frames.some(({ function: called }) => /^jdk\.(?:management\.)?jfr\./.test(called)) &&
    frames.every(
      ({ function: called, module = '' }) => /^(?:java|jdk)\./.test(module) || /^(?:java|jdk)\./.test(called),
    )
  )
}

/** What each thread used from one dump to the next, for the stack of the later one. */
function ofDumps(raw: string, target: Target): Reading<Profile> {
  const samples = samplesIn(raw, target)
  const none = noRecording(raw)
  if (none) return none
  if (samples.length < 2) return jvmRefusal(raw.replaceAll(/^halligan-jfr said /gm, ''))
  const merged = new Map<string, { thread: string; frames: readonly Frame[]; weight: number }>()
  samples.slice(1).forEach((sample, at) => {
    const before = new Map(samples[at]?.threads.map(({ tid, cpuMs }) => [tid, cpuMs]))
    for (const { tid, name = '', cpuMs = 0, frames } of sample.threads) {
      const used = cpuMs - (before.get(tid) ?? cpuMs)
      if (used <= 0) continue
      const bare = frames.map(({ locks: _locks, ...frame }) => frame)
      const key = JSON.stringify([tid, bare])
      const known = merged.get(key)
      if (known) known.weight += used
      else merged.set(key, { thread: name, frames: bare, weight: used })
    }
  })
  const why = recorderSaid(raw)
  return seen({
    of: 'cpu',
    unit: 'milliseconds',
    tookMs: (samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0),
    stacks: [...merged.values()],
    idle: 0,
    notes: [
      `by ${samples.length} thread dumps, not by Java Flight Recorder${why === undefined ? '' : ` ("${why}")`}: what a thread used between two counts for where the later one found it`,
    ],
  })
}
