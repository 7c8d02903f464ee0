import { shellQuoted } from '../../base/shell-quoted.ts'
import type { BoxTool } from '../inspect/inspector.ts'
import type { InspectedProcess } from '../inspect/process.ts'

export const GDB: BoxTool = { name: 'gdb', packages: { debian: 'gdb', fedora: 'gdb', alpine: 'gdb' } }

/**
 * gdb as it may be let at a process of production: `-nx` and no auto-load, so that no file of anybody is run; debuginfod off, so that it asks nobody; no
 * separate debug files, which take a hundred milliseconds and more to read while the target stands still (the binary's own are read before it attaches); values bounded
 * in depth and length; no signal of the target stops it.
 */
const OPTIONS = [
  'set debuginfod enabled off',
  'set auto-load no',
  'set debug-file-directory /nonexistent',
  'set pagination off',
  'set confirm off',
  'set width 0',
  'set print thread-events off',
  'set print elements 100',
  'set print repeats 10',
  'set print max-depth 2',
  'set max-value-size 65536',
] as const

/** Signals of the target do not stop it. */
export const PASS_SIGNALS = 'handle all nostop noprint pass'

/** gdb with its options, to which commands and a file are to be added. As root it would write what it compiles of itself beside its own files (`__pycache__`). */
export const GDB_COMMAND = `PYTHONDONTWRITEBYTECODE=1 gdb -q -batch -nx ${OPTIONS.map((option) => `-iex ${shellQuoted(option)}`).join(' ')}`

/** A command line that lets gdb at the process, runs its commands one after another, and lets go. */
export function gdbAt({ pid }: Pick<InspectedProcess, 'pid'>, commands: readonly string[]): string {
  const all = [PASS_SIGNALS, `attach ${pid}`, ...commands, 'detach']
  return gdbCommand(all, `/proc/${pid}/exe`)
}

/** gdb with its options, more of them, its commands one after another, and its files. All are quoted but the files. */
export function gdbCommand(commands: readonly string[], files: string, more: readonly string[] = []): string {
  const before = more.map((option) => `-iex ${shellQuoted(option)}`).join(' ')
  return `${GDB_COMMAND} ${before} ${commands.map((command) => `-ex ${shellQuoted(command)}`).join(' ')} ${files}`
}

/** Why gdb told nothing, in its own words where it has any. */
export function gdbFailure(text: string): { readonly why: string; readonly hint: string } {
  if (/gdb: (?:command )?not found/.test(text))
    return { why: 'There is no gdb on the box.', hint: 'install the package gdb' }
  const said = /^(?:ptrace: .{1,200}|Could not attach .{1,200}|.{0,100}No such process.{0,100})$/m.exec(text)?.[0]
  const hint = /not permitted/.test(said ?? '') ? 'inspect as the user of the process, or with --sudo' : ''
  return { why: said === undefined ? 'gdb said nothing of any thread.' : `gdb: ${said}`, hint }
}
