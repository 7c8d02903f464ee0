import { hostname } from 'node:os'
import { randomHex } from '../../base/random.ts'
import { safeText } from '../../base/safe-text.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import { openBox } from '../../boxes/open.ts'
import type { Price } from '../../boxes/price.ts'
import { wantsSudo } from '../../boxes/selection.ts'
import { subjectOf, type Subject } from '../../evidence/inspect/subject.ts'
import { usableSize } from '../../incidents/cast.ts'
import { thisConsole } from '../../incidents/console-process.ts'
import { openSpool } from '../../incidents/shell-spool.ts'
import { debugOn, type DebugEnd } from '../../steps/debug/debug.ts'
import { terminalPrompt } from '../ask.ts'
import { typedWords } from '../author.ts'
import { beyondPolicyOf } from '../beyond-policy.ts'
import { recorderFor } from '../command-recorder.ts'
import { configuration } from '../console.ts'
import { debugTerminal } from '../debug/debug-terminal.ts'
import { endWords } from '../debug/end-words.ts'
import { acceptedTag } from '../inspect/accepted-price.ts'
import { withMeantBox } from '../meant-box.ts'
import { oneBox } from '../one-box.ts'
import { Problem } from '../problem.ts'
import { entriesOf } from '../recorder.ts'
import { theRedaction } from '../redaction.ts'
import { saidWhenQuiet } from '../said-when-quiet.ts'
import { sayRecorded } from '../said-recorded.ts'
import type { IncidentFlags } from '../the-incident.ts'
import { home } from '../the-store.ts'

export interface DebugFlags extends IncidentFlags {
  readonly limit?: string
  readonly accept?: Price
  readonly sudo?: boolean
  readonly anyway?: string
  readonly dap?: boolean
}

/** A debugger by hand on one process of one box; gives the exit code. */
export async function debug(typed: readonly string[], flags: DebugFlags): Promise<number> {
  const { name, subject, asked } = meant(typed)
  const limitSeconds = limitOf(flags)
  const settings = await configuration()
  const box = oneBox('debug', name, asked, settings)
  if (flags.dap) {
    const { debugForEditor } = await import('../debug/for-editor.ts')
    return debugForEditor({ box, subject, asked, limitSeconds, flags, settings })
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new Problem(
      'halligan debug needs a terminal.',
      `halligan inspect ${box} ${asked} --stacks needs none, nor does --by gdb-locals, which shows variables; for an editor: --dap.`,
      2,
    )
  const beyondPolicy = policyOf(box, settings, flags)
  const recorder = await recorderFor(flags, typedWords())
  const { findSecrets, findMore } = await theRedaction()
  const stop = new AbortController()
  const prompt = terminalPrompt(stop.signal)
  const opened = openBox(box, { sudo: flags.sudo ?? wantsSudo(box, settings), prompt })
  const terminal = debugTerminal(opened.name, { limitSeconds, incident: recorder.incident, stop })
  const leftOut = saidWhenQuiet(() => process.stderr.write(LEFT_OUT))
  try {
    const { columns, rows } = usableSize(process.stdout.columns, process.stdout.rows)
    const end = await debugOn(opened, {
      subject,
      asked,
      limits: { limitSeconds },
      columns,
      rows: terminal.rowsOf(rows),
      term: process.env['TERM'],
      recorder,
      entries: () => entriesOf(recorder),
      anyway: flags.anyway,
      beyondPolicy,
      findSecrets,
      findMore,
      spool: (onBroken) => openSpool(home(), thisConsole(hostname()), randomHex(6), onBroken),
      onBroken: (why) =>
        process.stderr.write(`\r\nhalligan: THE RECORDING HAS STOPPED, the debugger goes on: ${safeText(why)}\r\n`),
      onLeftOut: () => leftOut.begin(),
      clocks: { wall: Date.now, steady: () => performance.now() },
      accepts: (tool, { process: { pid, name } }, tag) =>
        acceptedTag(box, `${tool.title}, on ${name} (${pid})`, tag, { accept: flags.accept, prompt }),
      onOpen: terminal.open,
      onOutput: (chunk) => {
        leftOut.shown()
        return terminal.output(chunk)
      },
      onTick: terminal.tick,
      signal: stop.signal,
    })
    leftOut.end()
    terminal.leave()
    return await told(end, { box: opened.name, settings, recorder, limitSeconds })
  } finally {
    leftOut.end()
    terminal.leave()
    await opened.close()
  }
}

const LEFT_OUT =
  '\r\nhalligan: so much was printed that the recording leaves out the rest of it; what you type is still recorded.\r\n'

function meant(typed: readonly string[]): { readonly name: string; readonly subject: Subject; readonly asked: string } {
  const [name, asked, ...more] = typed
  if (name === undefined || asked === undefined || more.length > 0)
    throw new Problem(
      typed.length > 2 ? 'One process at a time.' : 'A box and a process are needed.',
      `halligan debug ${name ?? 'web-1'} ${asked ?? 'PID'}, or its name, its unit, :PORT; halligan inspect ${name ?? 'web-1'} ${asked ?? 'PID'} looks without stopping it.`,
      2,
    )
  const subject = subjectOf(asked)
  if (subject) return { name, subject, asked }
  throw new Problem(
    `"${asked}" is no process.`,
    'A PID, the name of a process, a unit like orders.service, or :8080.',
    2,
  )
}

/** What a person takes to read a stack and some values; who waits for an answer of the process has given up by then. Seconds. */
const USUAL_LIMIT = 30
const LIMITS = { least: 2, most: 600 } as const

function limitOf({ limit }: DebugFlags): number {
  if (limit === undefined) return USUAL_LIMIT
  const [, number = '', unit = 's'] = /^(\d{1,4})(s|min|m)?$/.exec(limit) ?? []
  const seconds = number === '' ? NaN : Number(number) * (unit === 's' ? 1 : 60)
  if (seconds >= LIMITS.least && seconds <= LIMITS.most) return seconds
  throw new Problem(`--limit takes a time from 2s to 10min, not "${limit}".`, 'For example --limit 60s.', 2)
}

/** A debugger may assign and jump, which changes what the process does: the policy has to allow that. */
function policyOf(box: string, settings: Configuration, { anyway }: DebugFlags): string | undefined {
  const beyond = beyondPolicyOf(box, 'change', settings, 'in a debugger anything of the process can be changed')
  if (beyond && anyway === undefined)
    throw new Problem(
      beyond.sentence,
      `halligan inspect ${box} PROCESS --stacks, or --anyway "why", which is recorded.`,
      1,
    )
  return beyond?.sentence
}

interface Telling {
  readonly box: string
  readonly settings: Configuration
  readonly recorder: Awaited<ReturnType<typeof recorderFor>>
  readonly limitSeconds: number
}

/** What became of it, and whether it is as it was: 0 when it is. */
async function told(end: DebugEnd, { box, settings, recorder, limitSeconds }: Telling): Promise<number> {
  const named = await withMeantBox(end, box, settings, recorder)
  const { text, exit } = endWords(named, box, limitSeconds)
  process.stderr.write(text)
  const kept = recorder.incident === undefined || sayRecorded(named.recorded, recorder.incident)
  return exit === 0 && !kept ? 1 : exit
}
