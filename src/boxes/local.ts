import type { Box } from './box.ts'
import { shellBox } from './shell-box.ts'
import type { Transport } from './session.ts'

/** This machine, through the same shell and the same scripts as any other box. */
export function localBox(): Box {
  const transport = (): Transport => ({
    box: 'local',
    argv: ['sh'],
    explain: ({ spawnError, code, signal }, stderr) => ({
      kind: spawnError ? 'no-shell' : 'cut-off',
      message: spawnError
        ? `sh could not be started on this machine: ${spawnError.message}`
        : `sh on this machine ended in the middle of an answer (${signal ?? `exit ${code}`}). ${stderr.trim().split('\n').at(-1) ?? ''}`.trim(),
      tryNext: spawnError ? 'Halligan needs a POSIX sh on the PATH.' : 'Was it killed (memory, limits)? What came before is used.',
    }),
  })
  return shellBox({ name: 'local', kind: 'local', main: transport, side: transport })
}
