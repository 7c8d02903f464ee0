import type { CoreFile } from '../../evidence/inspect/core/core-file.ts'
import type { Crash, CrashEnd } from '../../evidence/inspect/crash.ts'
import type { Frame, Local } from '../../evidence/inspect/frame.ts'
import type { CallMeaning } from '../../evidence/inspect/call-meaning.ts'
import type { Descriptor } from '../../evidence/inspect/descriptors.ts'
import type { Snapshot } from '../../evidence/inspect/snapshot.ts'
import type { InspectedProcess } from '../../evidence/inspect/process.ts'
import type { Profile } from '../../evidence/inspect/profile.ts'
import type { ApartStack, Stacks } from '../../evidence/inspect/stacks.ts'
import type { ProcessState } from '../../evidence/inspect/state.ts'
import type { Reading } from '../../evidence/reading.ts'
import { isSecretName, MASKED } from '../../evidence/inspect/secret-names.ts'
import type { Redact } from '../../incidents/redaction/index.ts'

/** The state without secrets: arguments, environment, paths, and the names that processes and threads give themselves. Names of functions stay: they are what is asked for next. */
export function redactedState(state: ProcessState, redact: Redact): ProcessState {
  const { process, environment, descriptors, calls, changed, mappings, parents, children, fileLocks } = state
  const clean = remembering(redact)
  const named = <T extends { readonly name: string }>(each: T): T => ({ ...each, name: clean(each.name) })
  return {
    ...state,
    process: redactedProcess(process, clean),
    parents: parents.map(named),
    children: ofSeen(children, (value) => ({ ...value, listed: value.listed.map(named) })),
    fileLocks: ofSeen(fileLocks, (value) =>
      value.map((each) =>
        each.holder?.name === undefined ? each : { ...each, holder: { ...each.holder, name: clean(each.holder.name) } },
      ),
    ),
    environment: ofSeen(environment, (value) => value.map((each) => redact(each))),
    descriptors: ofSeen(descriptors, (value) => ({
      ...value,
      listed: value.listed.map((each) => redactedTarget(each, redact)),
    })),
    calls: new Map([...calls].map(([tid, call]): [number, CallMeaning] => [tid, { ...call, says: redact(call.says) }])),
    changed: ofSeen(changed, (value) => value.map((each) => ({ ...each, path: redact(each.path) }))),
    mappings: ofSeen(mappings, (value) =>
      value.map((each) => (each.path === '' ? each : { ...each, path: redact(each.path) })),
    ),
  }
}

function redactedProcess(process: InspectedProcess, redact: Redact): InspectedProcess {
  const { tracer, executable, workingFolder, root } = process
  return {
    ...process,
    name: redact(process.name),
    argv: redactedWords(process.argv, redact),
    threads: process.threads.map((thread) => ({ ...thread, name: redact(thread.name) })),
    ...(tracer ? { tracer: { ...tracer, name: redact(tracer.name) } } : {}),
    executable: ofSeen(executable, (value) => ({ ...value, path: redact(value.path) })),
    workingFolder: ofSeen(workingFolder, redact),
    root: ofSeen(root, redact),
  }
}

function ofSeen<T>(reading: Reading<T>, change: (value: T) => T): Reading<T> {
  return reading.kind === 'seen' ? { ...reading, value: change(reading.value) } : reading
}

/** Thousands of threads have a few names. */
function remembering(redact: Redact): Redact {
  const known = new Map<string, string>()
  return (text) => {
    const clean = known.get(text) ?? redact(text)
    known.set(text, clean)
    return clean
  }
}

/** `--password hunter2` are two words: a line is looked at as a whole. Where that changes it, words are what stands between blanks. */
function redactedWords(words: readonly string[], redact: Redact): readonly string[] {
  const line = words.join(' ')
  const clean = redact(line)
  return clean === line ? words : clean.split(' ')
}

function redactedTarget(descriptor: Descriptor, redact: Redact): Descriptor {
  // Sockets and pipes have numbers; a hundred thousand of them need not be looked at.
  return descriptor.kind === 'file' ? { ...descriptor, target: redact(descriptor.target) } : descriptor
}

/** Values of locals without secrets: what `password` is, is one by its name, whichever way it was read. So are names of threads, and what is said beside the frames. */
export function redactedStacks(stacks: Stacks, redact: Redact): Stacks {
  const clean = remembering(redact)
  const beside = <T extends Partial<ApartStack> & { readonly frames: readonly Frame[] }>(each: T): T => ({
    ...each,
    ...(each.name === undefined ? {} : { name: clean(each.name) }),
    ...(each.says ? { says: each.says.map(clean) } : {}),
    ...(each.cut === undefined ? {} : { cut: clean(each.cut) }),
    frames: redactedFrames(each.frames, redact),
  })
  return {
    ...stacks,
    samples: stacks.samples.map((sample) => ({
      ...sample,
      threads: sample.threads.map(beside),
      ...(sample.apart ? { apart: sample.apart.map(beside) } : {}),
    })),
    notes: stacks.notes.map(clean),
    ...(stacks.deadlocks ? { deadlocks: stacks.deadlocks.map(clean) } : {}),
  }
}

/** Names of threads, and what is waited for: it may be a file, and its path may hold a secret. */
export function redactedProfile(profile: Profile, redact: Redact): Profile {
  const clean = remembering(redact)
  return {
    ...profile,
    notes: profile.notes.map(clean),
    stacks: profile.stacks.map((stack) => ({
      ...stack,
      ...(stack.thread === undefined ? {} : { thread: clean(stack.thread) }),
      frames:
        profile.of === 'off-cpu'
          ? stack.frames.map((frame) => (frame.own ? frame : { ...frame, function: clean(frame.function) }))
          : stack.frames,
    })),
  }
}

export function redactedSnapshot(snapshot: Snapshot, redact: Redact): Snapshot {
  return {
    ...snapshot,
    notes: snapshot.notes.map((note) => redact(note)),
    hits: snapshot.hits.map((hit) => ({
      ...hit,
      ...(hit.threadName === undefined ? {} : { threadName: redact(hit.threadName) }),
      values: hit.values.map((value) => redactedLocal(value, redact)),
      frames: redactedFrames(hit.frames, redact),
      ...(hit.condition === undefined ? {} : { condition: redact(hit.condition) }),
    })),
  }
}

function redactedFrames(frames: readonly Frame[], redact: Redact): readonly Frame[] {
  return frames.map((frame) =>
    frame.locals ? { ...frame, locals: frame.locals.map((local) => redactedLocal(local, redact)) } : frame,
  )
}

function redactedLocal(told: Local, redact: Redact): Local {
  const local = masked(told)
  if (local.masked) return local
  const before = `${local.name}=`
  const clean = redact(before + local.value)
  if (clean === before + local.value) return local
  return { ...local, value: clean.startsWith(before) ? clean.slice(before.length) : clean, masked: true }
}

/** What is there instead of a secret: it tells no more than that there is none. */
const NOTHING = /^(?:null|None|undefined)$/

/** Of `user.password` and `password.array` each name counts. */
function masked(local: Local): Local {
  const isSecret = local.name.split(/[^\p{L}\w]+/u).some(isSecretName)
  if (local.masked || !isSecret || NOTHING.test(local.value)) return local
  return { ...local, value: MASKED, masked: true }
}

/** As of a running process: name, arguments, and paths of what was mapped. */
export function redactedCore(core: CoreFile, redact: Redact): CoreFile {
  const { process, program, threads, files } = core
  return {
    ...core,
    process: process && { ...process, name: redact(process.name), commandLine: redact(process.commandLine) },
    program: program === undefined ? undefined : redact(program),
    threads: threads.map((thread) =>
      thread.place === undefined ? thread : { ...thread, place: redact(thread.place) },
    ),
    files: files.map((file) => ({ ...file, path: redact(file.path) })),
  }
}

/** What a program says when it ends may be anything. */
export function redactedCrash(crash: Crash, redact: Redact): Crash {
  const said = (end: CrashEnd): CrashEnd => (end.by === 'exception' ? { ...end, says: redact(end.says) } : end)
  return {
    ...(crash.end ? { end: said(crash.end) } : {}),
    captures: crash.captures.map((capture) => ({
      ...capture,
      why: said(capture.why),
      stacks: redactedStacks(capture.stacks, redact),
    })),
    notes: crash.notes.map((note) => redact(note)),
  }
}
