import { shellQuoted } from '../../base/shell-quoted.ts'
import { GDB } from '../gdb/gdb.ts'
import type { PriceTag, Target } from '../inspect/inspector.ts'
import { proveTarget } from '../inspect/prove-target.ts'
import type { Debugger, DebugLimits, DebugTerminal } from './debugger.ts'
import { BEFORE, canAttach, signalSettings, watchText } from './gdb-by-hand.ts'

/**
 * gdb with a prompt. It has the terminal for its input and output, and it is not its controlling one: a key never becomes a signal for it. Ctrl-C is asked of the guard, which
 * stops the process by SIGSTOP; gdb takes that signal and never gives it on. A real SIGINT, which gdb would send by itself, reaches a process that waits for it
 * with sigwait(3), and gdb hangs where it is blocked.
 */
export const gdbConsole: Debugger = {
  id: 'gdb',
  title: 'gdb',
  tools: [GDB],
  attaches: (_target, { limitSeconds }) => ({ tool: 'debugger', freezeSeconds: limitSeconds }),
  able: canAttach,
  price,
  script,
  hints: ({ runtime }) => [
    '"continue" lets it run, Ctrl-C stops it again, "quit" lets go of it.',
    'A breakpoint stops all of its threads at each hit, until you continue.',
    ...(RUNTIME_HINTS[runtime.kind] ?? []),
  ],
}

/** Of what is interpreted gdb shows the interpreter. */
const RUNTIME_HINTS: Readonly<Record<string, readonly string[]>> = {
  cpython: [
    'gdb shows the interpreter; Python stacks and variables are shown by halligan inspect, for free. pdb of a running process (3.14 and later) is not offered: docs/debug.md.',
  ],
  node: ['gdb shows V8 itself; JavaScript stacks and variables are shown by halligan inspect --stacks.'],
}

function price(_target: Target, { limitSeconds }: DebugLimits): PriceTag {
  return {
    price: 'pause',
    pauseMs: limitSeconds * 1_000,
    why: `it stands still from the moment gdb is there until you say "continue", and at each breakpoint, all of its threads; after ${limitSeconds} s in one stop gdb lets go and it runs on. With a breakpoint in it dies if somebody kills gdb (the kernel too, when memory runs out), and may die when it becomes another program (exec)`,
  }
}

/** What ends the process or begins another one, by a word of one letter. */
const REFUSED = ['kill', 'run', 'start', 'starti'] as const

function settings({ runtime }: Target): string {
  return [
    'set confirm off',
    ...REFUSED.flatMap((command) => [
      `define ${command}`,
      String.raw`echo Not here: it would end the process, or begin another one.\n`,
      'end',
    ]),
    'set confirm on',
    ...signalSettings(runtime.kind),
  ].join('\n')
}

function script(target: Target, { terminalPid, term }: DebugTerminal & DebugLimits): string {
  const { pid } = target.process
  return `${proveTarget(target.process)}
S=\${0%/*} terminal=/proc/${terminalPid}/fd/0 me=$$
{ printf '%s\\n' ${shellQuoted(settings(target))} >"$S/settings" && [ -s "$S/settings" ]; } 2>/dev/null || { echo 'debug no-room'; exit 1; }
[ -r $terminal ] && [ -w $terminal ] || { echo 'debug no-terminal'; exit 1; }
${watchText(pid, 'interrupt gdb')}
watch </dev/null 2>/dev/null &
# gdb would write what it compiles of itself beside its own files.
TERM=${shellQuoted(term)} PYTHONDONTWRITEBYTECODE=1; export TERM PYTHONDONTWRITEBYTECODE
unset DEBUGINFOD_URLS GDBHISTFILE INPUTRC
exec gdb -q -nx -nh ${BEFORE.map((setting) => `-iex ${shellQuoted(setting)}`).join(' ')} -ix "$S/settings" -ex 'attach ${pid}' /proc/${pid}/exe <$terminal >$terminal 2>&1
`
}
