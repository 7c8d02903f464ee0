import { shellQuoted } from '../../base/shell-quoted.ts'
import type { Price } from '../../boxes/price.ts'
import { GDB } from '../gdb/gdb.ts'
import type { Able, PriceTag, Target } from '../inspect/inspector.ts'
import { proveTarget } from '../inspect/prove-target.ts'
import type { Debugger, DebugLimits, DebugTerminal } from './debugger.ts'
import { BEFORE, canAttach, signalSettings, watchText } from './gdb-by-hand.ts'

/**
 * gdb that speaks the Debug Adapter Protocol with an editor (`gdb -i=dap`, since 14; sourceware.org/gdb/current/onlinedocs/gdb.html/Debugger-Adapter-Protocol.html). Its input and
 * output are a terminal in raw mode that the console holds, as for gdb by hand: what happens to the line does not happen to gdb. It attaches when the editor says so.
 */
export const gdbDap: Debugger = {
  id: 'gdb-dap',
  title: 'gdb for an editor',
  tools: [GDB],
  attaches: (_target, { limitSeconds }) => ({ tool: 'debugger', freezeSeconds: limitSeconds + GRACE_SECONDS }),
  able,
  price,
  script,
  hints: () => [],
}

/** Of whatever process. */
export const DAP_PRICE: Price = 'pause'

/** At the limit the console has gdb continue the process; where that does nothing, the guard has it let go so much later. Seconds. */
const GRACE_SECONDS = 5

/** What was stopped before would be continued at the limit. */
function able(target: Target): Able {
  const can = canAttach(target)
  if (can.able && target.process.state === 'T')
    return {
      able: false,
      why: 'Somebody has stopped it (state T), and an editor would let it run.',
      hint: 'halligan debug without --dap leaves that to you.',
    }
  return can
}

function price(_target: Target, { limitSeconds }: DebugLimits): PriceTag {
  return {
    price: DAP_PRICE,
    pauseMs: (limitSeconds + GRACE_SECONDS) * 1_000,
    why: `it stands still while gdb attaches, and at each breakpoint, all of its threads; after ${limitSeconds} s in one stop it is continued. A breakpoint with a condition, a number of hits or a message slows it each time that it comes there; when it stood still for a third of ${limitSeconds} s by that, it is let go. With a breakpoint in it dies if somebody kills gdb (the kernel too, when memory runs out), it may die when it becomes another program (exec), and so may a child that it forks while gdb lets go`,
  }
}

/**
 * When gdb 16 is told to end (SIGHUP), it first waits for the end of its thread that reads the protocol, which waits for the editor: it never lets go, and keeps its breakpoints in.
 * The hook by which it waits (dap/startup.py) is given something else to hook into.
 */
const NO_WAIT_AT_THE_END =
  'python import gdb; gdb.events.gdb_exiting = type("Deaf", (), {"connect": lambda *of: None})()'

/** A line on the terminal: what is written to it before would come back, and be changed on its way. */
export const READY_FOR_DAP = 'halligan: ready for the protocol'

/** Until the program that holds the terminal is there: before that its modes still change. Tenths of a second. */
const HELD_TENTHS = 50

function script(target: Target, { terminalPid }: DebugTerminal & DebugLimits): string {
  const { pid } = target.process
  const settings = ['set confirm off', ...signalSettings(target.runtime.kind)].join('\n')
  return `${proveTarget(target.process)}
S=\${0%/*} terminal=/proc/${terminalPid}/fd/0 me=$$
{ printf '%s\\n' ${shellQuoted(settings)} >"$S/settings" && [ -s "$S/settings" ]; } 2>/dev/null || { echo 'debug no-room'; exit 1; }
tries=0 comm=
until read -r comm </proc/${terminalPid}/comm && [ "$comm" = sleep ]; do
  tries=$((tries + 1)); [ $tries -lt ${HELD_TENTHS} ] || break; sleep 0.1 || sleep 1
done 2>/dev/null
stty raw -echo <$terminal || { echo 'debug no-terminal'; exit 1; }
echo '${READY_FOR_DAP}' >$terminal
${watchText(pid, 'nothing')}
watch </dev/null 2>/dev/null &
unset DEBUGINFOD_URLS GDBHISTFILE INPUTRC
# gdb would write what it compiles of itself beside its own files.
PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1; export PYTHONDONTWRITEBYTECODE PYTHONNOUSERSITE
exec gdb -q -nx -nh ${BEFORE.map((setting) => `-iex ${shellQuoted(setting)}`).join(' ')} -iex ${shellQuoted(NO_WAIT_AT_THE_END)} -ix "$S/settings" -i=dap <$terminal >$terminal 2>&1
`
}
