import { attachable, NATIVE_STACKS } from '../inspect/attachable.ts'
import type { Able, Target } from '../inspect/inspector.ts'

/** Whether gdb may be let at it by hand. */
export function canAttach({ process, runtime, box }: Target): Able {
  if (!NATIVE_STACKS.includes(runtime.kind))
    return { able: false, why: `gdb cannot be let at it (${runtime.kind}).`, hint: '' }
  if (box.uid !== 0 && box.uid !== process.uid)
    return { able: false, why: `It belongs to user ${process.uid}.`, hint: 'Run it with --sudo.' }
  if (box.uid !== 0 && (box.ptraceScope ?? 0) > 0)
    return {
      able: false,
      why: 'The kernel lets nobody but root debug what they did not start (yama, ptrace_scope).',
      hint: 'Run it with --sudo.',
    }
  return attachable(process)
}

/**
 * Settings of a debugger that is let at production: no file of anybody is run, nobody is asked for symbols, no function of the process is called by what is printed (gdb
 * ≥ 9), nothing is written to the disk, questions are asked. Symbols are those in the binaries: separate debug files take seconds to read, while the process stands still.
 * Each is an option by itself: a file of them ends at the first that an older gdb does not know, and all behind it would be missing.
 */
export const BEFORE = [
  'set debuginfod enabled off',
  'set auto-load no',
  'set debug-file-directory /nonexistent',
  'set may-call-functions off',
  'set unwindonsignal on',
  'set history save off',
  'set print thread-events off',
  'set print elements 100',
  'set print repeats 10',
  'set print max-depth 4',
  'set max-value-size 65536',
  'set detach-on-fork on',
  'set follow-fork-mode parent',
] as const

/** Signals that programs use for themselves: gdb would stop at each of them. */
const PASSED = ['SIGUSR1', 'SIGUSR2', 'SIGPIPE', 'SIGHUP', 'SIGWINCH', 'SIG34', 'SIG35', 'SIG36'] as const
/** Runtimes that use faults for themselves: null checks, safe points, preemption. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  jvm: ['SIGSEGV', 'SIGQUIT'],
  dotnet: ['SIGSEGV', 'SIGQUIT'],
  go: ['SIGURG'],
  node: ['SIGSEGV'],
}

export function signalSettings(runtime: string): readonly string[] {
  const passed = [...PASSED, ...(FAULTS[runtime] ?? [])]
  return [
    ...passed.map((signal) => `handle ${signal} nostop noprint pass`),
    // The guard stops the process by it.
    'handle SIGSTOP stop print nopass',
  ]
}

/**
 * Tells the clock, and does what the console asks for, as long as the debugger is there. A stop is another one than before when its first thread ran in between (slices of
 * schedstat). Told to end, it waits for a second that the process runs, to say so.
 *
 * @param asked what is done when the console asks for a stop and the process stands still already
 */
export function watchText(pid: number, asked: 'interrupt gdb' | 'nothing'): string {
  const still = asked === 'nothing' ? ':' : 'kill -INT $me'
  return `
tell() {
  # A session keeps back a line end until it is known that no end of its own follows.
  printf 'clock %s %s\\n-\\n' $up $1
}
watch() {
  was= ran= ended= rounds=0; trap 'ended=1' HUP
  while [ -d "$S" ] && { read -r line </proc/${pid}/stat; }; do
    set -- \${line##*") "}
    case \${1-} in t|T) now=still;; *) now=runs;; esac
    slices=; read -r busy waited slices </proc/${pid}/schedstat
    read -r up rest </proc/uptime
    [ $now = runs ] || [ "$was" != still ] || [ "$slices" = "$ran" ] || { tell runs; was=; }
    [ $now = "$was" ] || tell $now
    was=$now ran=$slices
    if [ -e "$S/ask-stop" ]; then
      rm -f "$S/ask-stop"
      if [ $now = still ]; then ${still}; elif grep -q '^TracerPid:[^0-9]*[1-9]' /proc/${pid}/status; then kill -STOP ${pid}; fi
    fi
    [ ! -e "$S/ask-size" ] || { rm -f "$S/ask-size"; kill -WINCH $me; }
    if [ -n "$ended" ] || ! kill -0 $me; then
      rounds=$((rounds + 1)); [ $now = still ] && [ $rounds -le 5 ] || break
    fi
    sleep 0.2 || sleep 1
  done
}`
}
