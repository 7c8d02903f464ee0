import { safeText } from '../base/safe-text.ts'
import { isAlive, type ConsoleProcess } from '../incidents/console-process.ts'
import type { Recorder } from '../incidents/recorder.ts'
import { lostShells } from '../incidents/shell-spool.ts'
import type { Store } from '../incidents/store.ts'
import { theRedaction } from './redaction.ts'

export interface LostShellParts {
  readonly home: string
  readonly console: ConsoleProcess
  readonly store: Store
  /** What writes into an incident, its entries naming this command. */
  readonly recorderInto: (incident: string, typed: readonly string[]) => Promise<Recorder>
}

/** Takes what killed consoles left of the shells that they recorded into the record, and says so on standard error. */
export async function takeInLostShells({ home, console, store, recorderInto }: LostShellParts): Promise<void> {
  const lost = lostShells(home, console, isAlive)
  if (lost.length === 0) return
  const { findMore } = await theRedaction()
  const { recordLostShell } = await import('../steps/shell.ts')
  for (const shell of lost) {
    // Not the command that happens to take it in, which may be off the record.
    const recorder = await recorderInto(shell.incident, [
      'halligan',
      shell.did === 'debugged' ? 'debug' : 'shell',
      shell.box,
    ])
    const recorded = await recordLostShell(store, recorder, shell, findMore)
    if (recorded.how === 'failed' || recorded.how === 'no-incident') continue
    shell.remove()
    if (recorded.how === 'known') continue
    const where = `${safeText(shell.incident)} as #${recorded.entry.seq}`
    process.stderr.write(
      `halligan: a ${shell.did === 'debugged' ? 'debugger' : 'shell'} on ${safeText(shell.box)} whose console had ended without a word is now recorded in ${where}.\n`,
    )
  }
}
