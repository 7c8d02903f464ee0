import type { Debugger } from '../../evidence/debug/debugger.ts'
import { gdbConsole } from '../../evidence/debug/gdb-console.ts'
import type { Target } from '../../evidence/inspect/inspector.ts'
import { missingTool } from '../inspect/ways.ts'

const all: readonly Debugger[] = [gdbConsole]

/** Names of all tools that some debugger needs: asked for together with the process. */
export const debuggerTools: readonly string[] = all.flatMap(({ tools }) => tools.map(({ name }) => name))

export interface NoDebugger {
  readonly why: string
  readonly hint: string
}

/** The debugger of its runtime, or why there is none here. */
export function debuggerFor(target: Target, gdb: Debugger = gdbConsole): Debugger | NoDebugger {
  const { kind } = target.runtime
  if (kind === 'jvm')
    return {
      why: 'jdb only gets into a JVM that was started with -agentlib:jdwp; gdb would stop it, and show machine code without names.',
      hint: 'halligan inspect shows its stacks and locks (--stacks), by jcmd.',
    }
  if (kind === 'kernel') return { why: 'it is a thread of the kernel.', hint: '' }
  const missing = missingTool(gdb.tools, target)
  if (missing) return missing
  const able = gdb.able(target)
  return able.able ? gdb : able
}
