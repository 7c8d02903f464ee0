import type { Value } from '../evidence/evidence.ts'
import type { Subject } from './finding.ts'
import { isInterpreter, moduleOf, programOf } from './program.ts'

/** What may be known of a process beside its number; each part may be unseen. */
export interface Known {
  readonly 'process-stat'?: Value<'process-stat'> | undefined
  readonly 'process-command'?: Value<'process-command'> | undefined
  readonly 'process-cgroup'?: Value<'process-cgroup'> | undefined
}

/** Longest command line that a finding carries. Characters. */
const COMMAND_LINE_KEPT = 300

/** The process as subject of a finding: number, name, unit, container and command line as far as they were seen. */
export function processSubject(pid: number, known: Known): Subject {
  const command = known['process-command']?.get(pid)
  const name = fullName(known['process-stat']?.byPid.get(pid)?.name ?? `process ${pid}`, command)
  const commandLine = command?.slice(0, COMMAND_LINE_KEPT)
  const group = known['process-cgroup']?.get(pid)
  return {
    kind: 'process',
    name,
    pid,
    ...(group?.unit ? { unit: group.unit } : {}),
    ...(group?.container ? { container: group.container } : {}),
    ...(commandLine ? { commandLine } : {}),
  }
}

/** The kernel keeps so many bytes of a name (TASK_COMM_LEN - 1, proc_pid_comm(5)). */
const NAME_KEPT = 15
/** Longer ones are cut: a title has room for one line. Characters. */
const NAME_SHOWN = 40

/** A name that the kernel has cut, as the command line has it: the program, or the script that it runs. */
function fullName(name: string, command: string | undefined): string {
  if (Buffer.byteLength(name) < NAME_KEPT) return name
  const words = (command ?? '').split(' ', 2).map((word) => word.slice(word.lastIndexOf('/') + 1))
  return words.find((word) => word.startsWith(name))?.slice(0, NAME_SHOWN) ?? name
}

/**
 * `orders-api (812, orders-api.service)`, `payment.py (116, python3)`: a process in running text. Of an interpreter its script (or module, or class) says more; the name
 * of the subject stays the kernel's, by which findings are compared.
 */
export function processWords({ name, pid, unit, container, commandLine }: Subject): string {
  const where = unit ?? (container ? `container ${container}` : undefined)
  const script = isInterpreter(name) || name === NODE_THREAD ? scriptOf(commandLine) : undefined
  return `${script?.name ?? name} (${[pid, script?.interpreter, where].filter((part) => part !== undefined).join(', ')})`
}

/** What Node.js calls its main thread, and with it the process. */
const NODE_THREAD = 'MainThread'

function scriptOf(
  commandLine: string | undefined,
): { readonly name: string; readonly interpreter: string } | undefined {
  const program = programOf(commandLine ?? '')
  if (program?.interpreter !== undefined)
    return { name: program.name.slice(0, NAME_SHOWN), interpreter: program.interpreter }
  const module = moduleOf(commandLine ?? '')
  // Of a long name of a class the end tells it from others.
  return module && { ...module, name: module.name.slice(-NAME_SHOWN) }
}
