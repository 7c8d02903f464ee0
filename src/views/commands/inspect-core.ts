import path from 'node:path'
import { safeJson } from '../../base/safe-text.ts'
import { openBox } from '../../boxes/open.ts'
import { wantsSudo } from '../../boxes/selection.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import type { CoreInspection } from '../../steps/inspect/core-inspection.ts'
import { terminalPrompt } from '../ask.ts'
import { typedWords } from '../author.ts'
import { recorderFor } from '../command-recorder.ts'
import { errorStyle, outputStyle, print, waitingOutput } from '../console.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { Problem, problemWords } from '../problem.ts'
import { theRedaction } from '../redaction.ts'
import { sayRecorded } from '../said-recorded.ts'
import { waitingFor } from '../waiting.ts'
import type { InspectFlags } from './inspect.ts'

/** `core:FILE`, for which a box may stand before. */
export function coreWord(word: string | undefined): string | undefined {
  return /^core:(.+)$/s.exec(word ?? '')?.[1]
}

/** Reads a core on a box, or on this machine; gives the exit code. */
export async function inspectCoreFile(
  box: string,
  typed: string,
  flags: InspectFlags,
  { settings, timeoutMs }: { readonly settings: Configuration; readonly timeoutMs: number },
): Promise<number> {
  const files = { file: fileOn(box, typed), binary: flags.binary === undefined ? undefined : fileOn(box, flags.binary) }
  const recorder = await recorderFor(flags, typedWords())
  const { inspectCore } = await import('../../steps/inspect/read-core.ts')
  const { redact } = await theRedaction()
  const stop = stopOnInterrupt()
  const waiting = waitingFor([box], errorStyle(), 'shows what is known', waitingOutput())
  const prompt = waiting.around(process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined)
  const opened = openBox(box, { sudo: flags.sudo ?? wantsSudo(box, settings), prompt })
  try {
    const inspection = await inspectCore(opened, { ...files, timeoutMs, recorder, redact, signal: stop.signal })
    waiting.stop()
    await show(inspection, flags)
    if (!sayRecorded([inspection.recorded], recorder.incident)) return 1
    if (stop.signal.aborted) return INTERRUPTED
    return inspection.core && !inspection.failure ? 0 : 1
  } finally {
    waiting.stop()
    stop.finish()
    await opened.close()
  }
}

/** On this machine a path is as in the shell; on a box nobody knows from which folder it is meant. */
function fileOn(box: string, typed: string): string {
  if (box === 'local') return path.resolve(typed)
  if (path.posix.isAbsolute(typed)) return path.posix.normalize(typed)
  throw new Problem(`"${typed}" is not the whole path of a file on ${box}.`, `Begin it with /.`, 2)
}

async function show(inspection: CoreInspection, flags: InspectFlags): Promise<void> {
  if (flags.json) {
    const { coreContract } = await import('../../steps/inspect/core-contract.ts')
    await print(`${safeJson(coreContract(inspection))}\n`)
  } else if (inspection.core) {
    const { coreScreen } = await import('../inspect/core-screen.ts')
    await print(coreScreen(inspection, outputStyle(flags.color), flags.details ?? false))
  }
  if (inspection.failure) process.stderr.write(problemWords(inspection.failure))
}
