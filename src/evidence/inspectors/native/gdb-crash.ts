import { attachable, MAKE_ROOM, NATIVE_STACKS } from '../../inspect/attachable.ts'
import type { CoreSignal } from '../../inspect/core/core-notes.ts'
import { signalName } from '../../inspect/core/signal-meaning.ts'
import type { Crash, CrashCapture, CrashEnd } from '../../inspect/crash.ts'
import { GDB, gdbCommand, gdbFailure } from '../../gdb/gdb.ts'
import { gdbPause } from './gdb-inspector.ts'
import { gdbSample } from '../../gdb/gdb-stacks.ts'
import type { Able, InspectOptions, Inspector, PriceTag, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords, proveTarget } from '../../inspect/prove-target.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { shellQuoted } from '../../../base/shell-quoted.ts'
import type { Stacks } from '../../inspect/stacks.ts'
import { parseCpythonStacks } from '../cpython/cpython-answer.ts'
import { CPYTHON_READER } from '../cpython/cpython-reader/reader.ts'
import { watchScript } from './gdb-crash-script.ts'

/**
 * Stacks of all threads with variables at the moment in which a process dies, by gdb that stays attached and waits. What it does is in gdb-crash-script.ts; what it prints:
 *
 *     @@ armed
 *     @@ signal 11 1 0 0 0                       <- number, code, address, PID and user of a sender
 *     [Current thread is 3 (LWP 814)]
 *     Thread 3 (LWP 814 "pricing"):              <- and what gdb-stacks.ts reads
 *
 * Of CPython the reader of cpython-stacks.ts is run by gdb while the process stands there; what it prints stands between `@@-python` and `@@-python-end`.
 *
 * `@@ exit 3` and `@@ exec` stand in the place of a signal; after the last one gdb has let go, and what was to happen happens.
 */
export const gdbCrash: Inspector<Crash> = {
  id: 'gdb-crash',
  title: 'wait for its end by gdb, with variables',
  does: 'crash',
  runtimes: NATIVE_STACKS,
  tools: [GDB],
  attaches: () => ({ tool: 'debugger', freezeSeconds: FREEZE_SECONDS }),
  able,
  price,
  script,
  parse,
}

/** At its end the symbols of all libraries are read, while it stands still. Seconds. */
const FREEZE_SECONDS = 20
const MOST_THREADS = 500
const DEFAULT_MS = 30 * 60_000

function able(target: Target): Able {
  const { process } = target
  if (process.threadCount > MOST_THREADS)
    return {
      able: false,
      why: `It has ${process.threadCount} threads; gdb would hold all of them for seconds.`,
      hint: 'perf waits for it without holding anything.',
    }
  return attachable(process)
}

function price(target: Target): PriceTag {
  return {
    ...gdbPause(target, ''),
    why: `all of it stands still while gdb attaches, and again when it dies, for as long as its stacks are read; in between each signal that it gets costs it some 30 µs, and each new thread some 0.1 ms (milliseconds on a busy box). There is a breakpoint in its exit (and where it loads libraries, if it is static): should the kernel kill gdb when memory runs out, or somebody else, the process dies of SIGTRAP when it gets there${hasReader(target) ? '. When it dies the stacks of Python are read from its memory too, while it stands there: some 0.1 s' : ''}`,
  }
}

/** The stacks of Python are read by the box's own, as cpython-stacks does. */
function hasReader({ runtime, box }: Target): boolean {
  return runtime.kind === 'cpython' && box.tools.has('python3')
}

/** One line, of words without `$` and back quotes: it stands in a here-document and in a command of gdb. What it prints is one piece, wherever gdb has got to with its own words. */
function readPython(pid: number, maxFrames: number): string {
  const words = `errors=1 seconds=2 threads=${MOST_THREADS} frames=${maxFrames}`
  return `echo; echo ${PYTHON.begin}; python3 -I -S -B -c "import posix; exec(posix.environ[b'HALLIGAN_READER'].decode())" ${pid} ${words} </dev/null 2>/dev/null; echo ${PYTHON.end}`
}

const PYTHON = { begin: '@@-python', end: '@@-python-end' } as const
const PYTHON_PART = new RegExp(`^${PYTHON.begin}\\n([^]*?)^${PYTHON.end}\\n`, 'm')

/** Runtimes in which these are no crash: they test for null pointers, stop threads and catch errors of WebAssembly with them. */
const ON_PURPOSE: ReadonlySet<string> = new Set(['jvm', 'go', 'node', 'dotnet'])
const CRASHES = [4, 6, 7, 8, 11, 31] as const
/** They end a process that has no handler for them; SIGKILL reaches nobody before. signal(7). */
const OTHERS = [1, 2, 3, 10, 12, 13, 14, 15, 24, 25, 26, 27, 29] as const

/** Those at which it is stopped: what has no handler, and crashes that have one where the runtime does not use them on purpose. */
export function awaitedSignals({ process: { signals }, runtime }: Pick<Target, 'process' | 'runtime'>): {
  readonly deadly: readonly number[]
  readonly handled: readonly number[]
} {
  const has = (mask: bigint, number: number): boolean => ((mask >> BigInt(number - 1)) & 1n) === 1n
  const { caught, ignored } = signals
  const deadly = [...CRASHES, ...OTHERS].filter((number) => !has(caught, number) && !has(ignored, number))
  const handled = ON_PURPOSE.has(runtime.kind) ? [] : CRASHES.filter((number) => has(caught, number))
  return { deadly, handled }
}

function script(target: Target, { maxFrames, forMs = DEFAULT_MS }: InspectOptions): string {
  const { process } = target
  const { deadly, handled } = awaitedSignals(target)
  const stopping = [...deadly, ...handled].map(signalName)
  const reads = hasReader(target)
  return `${proveTarget(process)}
folder=\${0%/*}
[ -O "$folder" ] && [ -w "$folder" ] || { echo '@@ no-folder'; exit 0; }
${watchScript({ pid: process.pid, stopping, handled, maxFrames, isAarch64: target.box.architecture === 'aarch64', ...(reads ? { atStop: readPython(process.pid, maxFrames) } : {}) })}
{
  ${reads ? `HALLIGAN_READER=${shellQuoted(CPYTHON_READER)} ` : ''}${gdbCommand([], `-x "$folder/watch.gdb" /proc/${process.pid}/exe`, OPTIONS)} </dev/null & tool=$!
  # SIGHUP makes gdb take its breakpoints out and let go.
  ( passed=0; while kill -0 $tool; do [ $passed -lt ${Math.ceil(forMs / 1_000)} ] || kill -HUP $tool; sleep 1; passed=$((passed + 1)); done ) >/dev/null 2>&1 &
  wait $tool
} 2>&1 | cut -b 1-400000
`
}

/**
 * Nothing of libraries is read when it attaches: that takes most of the pause, and lets gdb put a breakpoint where libraries are loaded. Without libthread_db gdb does not
 * lose count of the threads of a process that execs.
 */
const OPTIONS = [
  'set sysroot /nonexistent',
  'set auto-solib-add off',
  'set libthread-db-search-path /nonexistent',
  'set print entry-values if-needed',
] as const

function parse(output: Uint8Array, target: Target): Reading<Crash> {
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const text = Buffer.from(output).toString('utf8')
  if (/^@@ no-folder$/m.test(text)) return blind('there is no folder for its script on the box', MAKE_ROOM)
  if (!/^@@ armed$/m.test(text)) {
    const { why, hint } = gdbFailure(text)
    return blind(why, hint)
  }
  const { handled } = awaitedSignals(target)
  const captures = text
    .split(/^(?=@@ (?:signal|exit|exec)\b)/m)
    .slice(1)
    .flatMap((part) => capturesOf(part, handled))
  const end = endIn(text)
  return seen({ captures, ...(end ? { end } : {}), notes: notesOf(text, target) })
}

const MOST_FRAMES = 1_000

/** The stacks of Python first: they are what a person wrote. */
function capturesOf(part: string, handled: readonly number[]): readonly CrashCapture[] {
  const why = reasonOf(part, handled)
  if (!why) return []
  const tid = /^\[Current thread is \d{1,7} \((?:Thread 0x[0-9a-f]{1,16} \()?(?:LWP|process) (\d{1,10})\)/m.exec(
    part,
  )?.[1]
  const common = { why, ...(tid === undefined ? {} : { tid: Number(tid) }) }
  const { threads } = gdbSample(part.replace(PYTHON_PART, ''), 0, MOST_FRAMES)
  const own = threads.map((thread) => ({ ...thread, frames: thread.frames.slice(0, MOST_FRAMES) }))
  const python = pythonOf(PYTHON_PART.exec(part)?.[1])
  const notes = [
    ...(own.length === 0 ? ['gdb could read no stack.'] : []),
    ...(typeof python === 'string' ? [`Its Python stacks could not be read: ${python}`] : []),
  ]
  const native: CrashCapture = { ...common, stacks: { samples: [{ atMs: 0, threads: own }], notes } }
  if (python === undefined || typeof python === 'string') return [native]
  return [
    { ...common, stacksBy: 'Python stacks, from its memory while it stood there', stacks: python },
    { ...native, stacksBy: 'stacks of the interpreter, by gdb' },
  ]
}

/** Why not, in words; undefined where none were asked for, or where nothing of Python runs any more: at its exit Python has taken itself down. */
function pythonOf(text: string | undefined): Stacks | string | undefined {
  if (text === undefined || text === '') return undefined
  const reading = parseCpythonStacks(Buffer.from(text))
  if (reading.kind !== 'seen') return reading.kind === 'blind' ? reading.why : 'what the reader printed was cut'
  const [sample] = reading.value.samples
  return sample?.threads.some(({ frames }) => frames.length > 0) ? reading.value : undefined
}

function reasonOf(part: string, handled: readonly number[]): CrashEnd | undefined {
  if (part.startsWith('@@ exec')) return { by: 'exec' }
  const exit = /^@@ exit (-?\d{1,20})$/m.exec(part)?.[1]
  if (exit !== undefined) return { by: 'exit', code: Number(BigInt(exit) & 0xffn) }
  if (part.startsWith('@@ exit')) return { by: 'exit' }
  const [, number, code, address = '0', pid, uid] =
    /^@@ signal (\d{1,2}) (-?\d{1,10}) (\d{1,20}) (-?\d{1,10}) (\d{1,10})$/m.exec(part) ?? []
  if (number === undefined) return undefined
  const isSent = Number(code) <= 0
  const signal: CoreSignal = {
    number: Number(number),
    code: Number(code),
    ...(isSent ? { sender: { pid: Number(pid), uid: Number(uid) } } : { address: BigInt(address) }),
  }
  return { by: 'signal', signal, ...(handled.includes(signal.number) ? { isHandled: true } : {}) }
}

/** What became of it without a stop: SIGKILL, or an exit in which there was no breakpoint. The code is told in octal. */
function endIn(text: string): CrashEnd | undefined {
  const name = /^Program terminated with signal (SIG[A-Z0-9]{2,8}),/m.exec(text)?.[1]
  if (name !== undefined) {
    const number = Array.from({ length: 31 }, (_, at) => at + 1).find((each) => signalName(each) === name)
    return number === undefined ? undefined : { by: 'signal', signal: { number } }
  }
  const code = /^\[Inferior 1 \(process \d{1,10}\) exited (?:normally|with code ([0-7]{1,3}))\]$/m.exec(text)
  return code ? { by: 'exit', code: code[1] === undefined ? 0 : Number.parseInt(code[1], 8) } : undefined
}

function notesOf(text: string, { runtime, process }: Target): readonly string[] {
  const kept = process.signals.caught & CRASH_MASK
  return [
    ...(/^@@ no-exit$/m.test(text)
      ? ['Its exit was not waited for: it has no exit of a C library that could be found. Signals were.']
      : []),
    ...(ON_PURPOSE.has(runtime.kind) && kept !== 0n
      ? [
          'This runtime uses SIGSEGV and its kin on purpose, so those did not stop it. A crash of the runtime itself ends in SIGABRT, or in a signal without a handler.',
        ]
      : []),
  ]
}

const CRASH_MASK = CRASHES.reduce((mask, number) => mask | (1n << BigInt(number - 1)), 0n)
