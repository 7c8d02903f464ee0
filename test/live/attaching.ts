import type { AttachedTool } from '../../src/boxes/attach.ts'
import type { SnapshotRequest } from '../../src/evidence/inspect/snapshot.ts'
import type { CoreEstimate } from '../../src/evidence/inspect/core/taken-core.ts'
import { gcoreOf } from '../../src/evidence/inspectors/native/gcore.ts'
import { gdbCrash } from '../../src/evidence/inspectors/native/gdb-crash.ts'
import type { InspectOptions, Inspector, Target } from '../../src/evidence/inspect/inspector.ts'
import { leftBreakpoints } from '../../src/evidence/gdb/left-breakpoints.ts'
import { kernelStacks } from '../../src/evidence/inspectors/any/kernel-stacks.ts'
import { procMemory } from '../../src/evidence/inspectors/any/proc-memory.ts'
import { waitSamples } from '../../src/evidence/inspectors/any/wait-samples.ts'
import { goPprof } from '../../src/evidence/inspectors/go/go-pprof.ts'
import { gdbLocals } from '../../src/evidence/inspectors/native/gdb-locals.ts'
import { gdbSnapshot } from '../../src/evidence/inspectors/native/gdb-snapshot.ts'
import { cpythonCrash } from '../../src/evidence/inspectors/cpython/cpython-crash.ts'
import { cpythonMemory } from '../../src/evidence/inspectors/cpython/cpython-memory.ts'
import { cpythonOffCpu } from '../../src/evidence/inspectors/cpython/cpython-off-cpu.ts'
import { cpythonProfile } from '../../src/evidence/inspectors/cpython/cpython-profile.ts'
import { cpythonSnapshot } from '../../src/evidence/inspectors/cpython/cpython-snapshot.ts'
import { cpythonStacks } from '../../src/evidence/inspectors/cpython/cpython-stacks.ts'
import { jvmCrash } from '../../src/evidence/inspectors/jvm/jvm-crash.ts'
import { jvmMemory } from '../../src/evidence/inspectors/jvm/jvm-memory.ts'
import { jvmOffCpu } from '../../src/evidence/inspectors/jvm/jvm-off-cpu.ts'
import { jvmProfile } from '../../src/evidence/inspectors/jvm/jvm-profile.ts'
import { jvmSnapshot } from '../../src/evidence/inspectors/jvm/jvm-snapshot.ts'
import { jvmStacks } from '../../src/evidence/inspectors/jvm/jvm-stacks.ts'
import { nodeCrash } from '../../src/evidence/inspectors/node/node-crash.ts'
import { nodeMemory } from '../../src/evidence/inspectors/node/node-memory.ts'
import { nodeProfile } from '../../src/evidence/inspectors/node/node-profile.ts'
import { nodeSnapshot } from '../../src/evidence/inspectors/node/node-snapshot.ts'
import { nodeGuard, nodeStacks } from '../../src/evidence/inspectors/node/node-stacks.ts'
import { perfCrash } from '../../src/evidence/inspectors/native/perf-crash.ts'
import { perfOffCpu } from '../../src/evidence/inspectors/native/perf-off-cpu.ts'
import { perfProfile } from '../../src/evidence/inspectors/native/perf-profile.ts'
import { uprobeSnapshot } from '../../src/evidence/inspectors/native/uprobe-snapshot.ts'
import { JVM_USER, PROBE_IS_SET, type FaultProgram } from './fault-targets.ts'

/** What attaches in the fault test: each goes on until somebody ends it, so that there is always a moment at which it holds its target. */
export interface Attaching {
  readonly id: string
  readonly tool: AttachedTool
  readonly command: (pid: number, startTicks: number) => string
  /** What it is let at; missing: order-service, which is ten threads of native code. */
  readonly program?: FaultProgram
  /** Of `cart-service`: by which JDK it runs. */
  readonly jdk?: number
  /** Shell text that is true once it does what it is there for, where it takes its time to get there; missing: its tool has been started, or, a debugger, has hold of the process. */
  readonly isThere?: string
  /** How long after it was seen at its target the fault comes at the latest, where it takes longer than others to get to what it does. Milliseconds. */
  readonly latestMs?: number
  /** It only reads: it runs without a guard, once, and ends by itself. */
  readonly free?: true
  /** The kernel knows its target by the number that this machine has for it: a fleet with `sharedPids`. */
  readonly sharedPids?: true
  /** What the guard evaluates at the end (boxes/attach.ts). */
  readonly cleanUp?: (pid: number, startTicks: number) => string
}

export const GDB = `gdb -q -batch -nx -iex 'set debuginfod enabled off' -iex 'set auto-load no' -iex 'set debug-file-directory /nonexistent'`

/** A breakpoint that is hit nine hundred times a second, with its target running in between: as dangerous as a debugger can be. */
const breakpoint = (pid: number): string =>
  `exec ${GDB} -ex 'handle all nostop noprint pass' -ex 'set $hits = 0' -ex 'dprintf process_order,"order %d\\n",order->id' -ex 'attach ${pid}' -ex continue /proc/${pid}/exe`

/** What the inspectors of Node look at of a process in a box, seen from within it. */
function nodeTarget(pid: number, startTicks: number): Target {
  const process = { pid, startTicks, namespacePids: [pid], argv: ['node'] } as unknown as Target['process']
  return { process, runtime: { kind: 'node', details: [] }, box: { uid: 0, architecture: 'x86_64', tools: new Set() } }
}

const OPTIONS: InspectOptions = { timeoutMs: 30_000, samples: 2, betweenMs: 200, maxThreads: 50, maxFrames: 50 }

/** Over and over: the inspector opened, something done, closed again. */
function nodeWay(inspector: Inspector<unknown>, options: Partial<InspectOptions>): Attaching {
  return {
    id: inspector.id,
    tool: 'tracer',
    program: 'coupon-service',
    command: (pid, startTicks) =>
      `while :; do (\n${inspector.script(nodeTarget(pid, startTicks), { ...OPTIONS, ...options })}\n); done`,
    cleanUp: (pid, startTicks) => nodeGuard(nodeTarget(pid, startTicks)).cleanUp,
  }
}

/** Each of its steps is a JVM of jcmd that starts, on a busy box in a second. */
const JVM_LATEST_MS = 6_000
const JDKS = [17, 25] as const
/** Where `main` is each millisecond; a condition that never holds keeps it watched. */
const IN_JAVA: SnapshotRequest = {
  function: 'Carts.total',
  when: { kind: 'constant', constant: 'false' },
  print: [],
  hits: 100,
  forMs: 2_000,
}

function jvmTarget(pid: number, startTicks: number): Target {
  const process = { pid, startTicks, namespacePids: [pid], argv: ['java'], uid: JVM_USER }
  return {
    process: process as unknown as Target['process'],
    runtime: { kind: 'jvm', details: [] },
    box: { uid: 0, architecture: 'x86_64', tools: new Set() },
  }
}

/** In each JDK, over and over: what it does, then what the guard would clean up. */
function jvmWays(inspector: Inspector<unknown>, options: Partial<InspectOptions>): readonly Attaching[] {
  return JDKS.map((jdk): Attaching => ({
    id: `${inspector.id}-${jdk}`,
    tool: 'tracer',
    program: 'cart-service',
    jdk,
    latestMs: JVM_LATEST_MS,
    command: (pid, startTicks) =>
      `while :; do (\n${inspector.script(jvmTarget(pid, startTicks), { ...OPTIONS, ...options })}\n); sh "\${0%/*}/clean"; done`,
    cleanUp: (pid, startTicks) => inspector.attaches?.(jvmTarget(pid, startTicks)).cleanUp ?? '',
  }))
}

/** A breakpoint with values at what all threads run, over and over: set, hit, taken out. */
const gdbWithValues: Attaching = {
  id: gdbSnapshot.id,
  tool: 'debugger',
  command: (pid, startTicks) =>
    `while :; do (\n${gdbSnapshot.script(nativeTarget(pid, startTicks), { ...OPTIONS, at: { function: 'process_order', print: [], hits: 40, forMs: 2_000 } })}\n); done`,
  cleanUp: (pid, startTicks) => leftBreakpoints({ pid, startTicks }).cleanUp,
}

/** The same by a probe of the kernel. In a shell of its own each time: it ends children of its shell. */
const uprobeWithValues: Attaching = {
  id: uprobeSnapshot.id,
  tool: 'tracer',
  program: 'probed-service',
  sharedPids: true,
  isThere: PROBE_IS_SET,
  command: (pid, startTicks) =>
    `cat >"\${0%/*}/once" <<'HALLIGAN_ONCE' || exit 1\n${uprobeSnapshot.script(nativeTarget(pid, startTicks), { ...OPTIONS, at: { function: 'process_order', print: [], hits: 5_000, forMs: 2_000 } })}\nHALLIGAN_ONCE\nwhile :; do sh "\${0%/*}/once"; done`,
  cleanUp: (pid, startTicks) => uprobeSnapshot.attaches?.(nativeTarget(pid, startTicks)).cleanUp ?? '',
}

/** What is in the environment of all that a free way starts. */
export const READER_MARK = 'HALLIGAN_FAULT_TEST=1'

/** For seconds, so that what happens to the console happens while it reads. */
function readingWay(
  inspector: Inspector<unknown>,
  options: Partial<InspectOptions>,
  program: FaultProgram = 'order-service.py',
): Attaching {
  return {
    id: inspector.id,
    tool: 'tracer',
    program,
    free: true,
    command: (pid, startTicks) =>
      `export ${READER_MARK}\n${inspector.script(nativeTarget(pid, startTicks), { ...OPTIONS, forMs: READING_MS, ...options })}`,
  }
}

/** Well below the limit of the promise. Milliseconds. */
const READING_MS = 6_000
/** Where it sleeps, as almost always; a condition that never holds keeps it there. */
const IN_PYTHON: SnapshotRequest = {
  file: 'order-service.py',
  function: 'process_order',
  when: { kind: 'constant', constant: 'false' },
  print: [],
  hits: 100,
  forMs: READING_MS,
}

/** Samples for a second, over and over. */
function perfWay(inspector: Inspector<unknown>): Attaching {
  const target = (pid: number, startTicks: number): Target => ({ process: { pid, startTicks } }) as Target
  return {
    id: inspector.id,
    tool: 'tracer',
    command: (pid, startTicks) =>
      `while :; do (\n${inspector.script(target(pid, startTicks), { ...OPTIONS, forMs: 1_000 })}\n); done`,
    cleanUp: (pid, startTicks) => inspector.attaches?.(target(pid, startTicks)).cleanUp ?? '',
  }
}

/** The beginning of `price`, where `serve` calls it 200 times a second. */
const AT = { function: 'price', print: [], hits: 40, forMs: 2_000 }

/** A debugger in a terminal, as `halligan debug` has it, with the same breakpoint. */
export const BY_HAND = 'gdb-by-hand'

/** What the scripts of the inspectors ask of it. */
function nativeTarget(pid: number, startTicks: number): Target {
  return {
    process: {
      pid,
      startTicks,
      threadCount: 11,
      namespacePids: [pid],
      argv: [],
      signals: { caught: 0n, blocked: 0n, ignored: 0n },
    },
    runtime: { kind: 'native', details: [] },
    box: { uid: 0, architecture: 'x86_64', tools: new Set() },
  } as unknown as Target
}

/** Below what `disk-full` fills too. */
const folderOf = (pid: number): string => `/tmp/.halligan-test-core.${pid}`

function coreOf(pid: number): CoreEstimate {
  return {
    file: `${folderOf(pid)}/it.core`,
    folder: '/tmp',
    mostBytes: 100_000_000,
    residentBytes: 1_000_000,
    filter: '33',
    freeBytes: 0,
    diskBytes: 0,
    pauseMs: 200,
  }
}

export const ATTACHING: readonly Attaching[] = [
  { id: 'eu-stack', tool: 'tracer', command: (pid) => `while :; do eu-stack -p ${pid}; done` },
  {
    id: 'gdb-stacks',
    tool: 'debugger',
    command: (pid) => `while :; do ${GDB} -p ${pid} -ex 'thread apply all bt' -ex detach; done`,
  },
  {
    id: gdbLocals.id,
    tool: 'debugger',
    command: (pid, startTicks) =>
      `while [ -d /proc/${pid} ]; do (\n${gdbLocals.script(nativeTarget(pid, startTicks), OPTIONS)}\n); done`,
  },
  { id: 'gdb-breakpoint', tool: 'debugger', command: breakpoint },
  {
    id: 'gdb-crash',
    tool: 'debugger',
    command: (pid, startTicks) => gdbCrash.script(nativeTarget(pid, startTicks), { ...OPTIONS, forMs: 120_000 }),
  },
  {
    id: 'gcore',
    tool: 'debugger',
    command: (pid, startTicks) =>
      `while [ -d /proc/${pid} ]; do ( ${gcoreOf(coreOf(pid)).script(nativeTarget(pid, startTicks), OPTIONS)} ); rm -rf ${folderOf(pid)}; done`,
    cleanUp: (pid) => `rm -rf ${folderOf(pid)}`,
  },
  gdbWithValues,
  uprobeWithValues,
  { id: BY_HAND, tool: 'debugger', command: () => '' },
  { id: 'strace', tool: 'tracer', command: (pid) => `exec strace -f -p ${pid}` },
  nodeWay(nodeStacks, {}),
  nodeWay(nodeProfile, { forMs: 500 }),
  nodeWay(nodeSnapshot, { at: AT, forMs: AT.forMs }),
  nodeWay(nodeMemory, { forMs: 1_000 }),
  nodeWay(nodeCrash, { forMs: 3_000 }),
  ...jvmWays(jvmStacks, {}),
  ...jvmWays(jvmMemory, { forMs: 500 }),
  ...jvmWays(jvmProfile, { forMs: 1_000 }),
  ...jvmWays(jvmOffCpu, { forMs: 1_000 }),
  ...jvmWays(jvmSnapshot, { at: IN_JAVA, forMs: IN_JAVA.forMs }),
  ...jvmWays(jvmCrash, { forMs: 2_000 }),
  {
    id: goPprof.id,
    tool: 'tracer',
    program: 'go-orders',
    command: (pid, startTicks) => `while :; do (\n${goPprof.script(nativeTarget(pid, startTicks), OPTIONS)}\n); done`,
  },
  perfWay(perfProfile),
  perfWay(perfOffCpu),
  {
    id: perfCrash.id,
    tool: 'tracer',
    isThere: 'pgrep -f "^/usr/local/lib/perf/perf .*signal_deliver" >/dev/null',
    command: (pid, startTicks) => perfCrash.script(nativeTarget(pid, startTicks), { ...OPTIONS, forMs: 120_000 }),
    cleanUp: (pid, startTicks) => perfCrash.attaches?.(nativeTarget(pid, startTicks)).cleanUp ?? '',
  },
  readingWay(cpythonStacks, { samples: READING_MS / 200 }),
  readingWay(cpythonProfile, {}),
  readingWay(cpythonOffCpu, {}),
  readingWay(cpythonSnapshot, { at: IN_PYTHON }),
  readingWay(cpythonCrash, {}),
  readingWay(cpythonMemory, {}),
  readingWay(kernelStacks, { samples: READING_MS / 200 }, 'order-service'),
  readingWay(procMemory, {}, 'order-service'),
  readingWay(waitSamples, {}, 'order-service'),
]
