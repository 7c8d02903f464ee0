import type { Box, Failure } from './box.ts'
import type { Ending, Transport } from './child.ts'
import { heard, lostConnection, plain } from './failures.ts'
import { shellBox } from './shell-box.ts'
import { terminalHere } from './terminal-here.ts'
import { withSudo, type SudoLogin } from './sudo.ts'

/** This machine, through the same shell and the same scripts as any other box. */
export function localBox(options: { readonly sudo?: SudoLogin } = {}): Box {
  const transport: Transport = { box: 'local', argv: ['sh'], explain }
  const open = async () => (options.sudo ? withSudo(transport, options.sudo) : transport)
  return shellBox({
    name: 'local',
    kind: 'local',
    main: open,
    side: open,
    sideNeedsMain: false,
    terminal: terminalHere('local'),
  })
}

function explain(ending: Ending): Failure {
  const { spawnError, stderr } = ending
  if (!spawnError) return lostConnection(ending, heard(stderr), 'This machine')
  return {
    kind: 'no-shell',
    message: `sh could not be started on this machine: ${plain(spawnError.message)}.`,
    tryNext: 'Halligan needs a POSIX sh on the PATH.',
  }
}
