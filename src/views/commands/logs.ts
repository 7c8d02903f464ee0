import { BOXES_AT_ONCE, openBox } from '../../boxes/open.ts'
import type { Box } from '../../boxes/box.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import { selectBoxes, wantsSudo } from '../../boxes/selection.ts'
import { inParallel } from '../../base/in-parallel.ts'
import { terminalPrompt } from '../ask.ts'
import { configuration, outputStyle, print, sshNames } from '../console.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { logWords } from '../logs/log-words.ts'
import type { TimeFlags } from '../logs/log-window.ts'
import { Problem } from '../problem.ts'
import { theRedaction } from '../redaction.ts'
import type { IncidentFlags } from '../the-incident.ts'

export interface LogsFlags extends IncidentFlags, TimeFlags {
  readonly grep?: readonly string[]
  readonly not?: readonly string[]
  readonly field?: readonly string[]
  readonly ignoreCase?: boolean
  readonly list?: boolean
  readonly lines?: boolean
  readonly last?: string
  readonly follow?: boolean
  readonly raw?: boolean
  readonly repo?: string
  readonly json?: boolean
  readonly details?: boolean
  /** commander turns --no-color into this. */
  readonly color?: boolean
  readonly sudo?: boolean
  readonly maxBytes?: string
  readonly timeout?: string
  readonly connectTimeout?: string
  readonly failOn?: 'critical' | 'warning'
}

/** Finds the logs of boxes and shows what is asked of them; gives the exit code. */
export async function logs(words: readonly string[], flags: LogsFlags): Promise<number> {
  const settings = await configuration()
  const asked = logWords(words, settings, sshNames())
  const stop = stopOnInterrupt()
  const boxes = asked.input ? [] : opened(asked.boxes, settings, flags, stop.signal)
  try {
    return await list(boxes, asked.subjects, settings, flags, stop.signal)
  } finally {
    stop.finish()
    await Promise.all(boxes.map((box) => box.close()))
  }
}

function opened(
  names: readonly string[],
  settings: Configuration,
  flags: LogsFlags,
  signal: AbortSignal,
): readonly Box[] {
  const selection = selectBoxes(names, settings, sshNames())
  if (!selection.ok) throw new Problem(selection.message, selection.tryNext, 2)
  const prompt = process.stderr.isTTY ? terminalPrompt(signal) : undefined
  return selection.boxes.map((name) =>
    openBox(name, { sudo: flags.sudo ?? wantsSudo(name, settings), prompt, connectTimeoutMs: undefined }),
  )
}

async function list(
  boxes: readonly Box[],
  subjects: readonly string[],
  { services }: Configuration,
  flags: LogsFlags,
  signal: AbortSignal,
): Promise<number> {
  const { listLogs } = await import('../../steps/logs/list.ts')
  const { redact } = await theRedaction()
  const lists = await inParallel(boxes, BOXES_AT_ONCE, (box) =>
    listLogs(box, { subjects, services }, { redact, signal }),
  )
  const { listScreen } = await import('../logs/list-screen.ts')
  await print(listScreen(lists, outputStyle(flags.color === false), Date.now()))
  if (signal.aborted) return INTERRUPTED
  return lists.some(({ failure }) => failure) ? 1 : 0
}
