import { bytes as bytesInWords, duration } from '../../base/format.ts'
import { safeText } from '../../base/safe-text.ts'
import type { Box } from '../../boxes/box.ts'
import type { Lending, LentTool } from '../../boxes/lend.ts'
import type { Price } from '../../boxes/price.ts'
import { openBox } from '../../boxes/open.ts'
import { highestPriceOf, wantsSudo } from '../../boxes/selection.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import type { CrashRequest } from '../../evidence/inspect/crash.ts'
import type { Inspector, Target } from '../../evidence/inspect/inspector.ts'
import { subjectOf, type Subject } from '../../evidence/inspect/subject.ts'
import type { Accepted } from '../../steps/inspect/inspect.ts'
import type { Inspection } from '../../steps/inspect/inspection.ts'
import type { Prompt } from '../../boxes/prompt.ts'
import { terminalPrompt } from '../ask.ts'
import { typedWords } from '../author.ts'
import { beyondPolicyOf } from '../beyond-policy.ts'
import { recorderFor } from '../command-recorder.ts'
import { configuration, errorStyle, outputStyle, print, waitingOutput } from '../console.ts'
import { acceptedTag } from '../inspect/accepted-price.ts'
import { mustSuitCore, requestsOf } from '../inspect/requests.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { oneBox } from '../one-box.ts'
import { Problem, problemWords } from '../problem.ts'
import { entriesOf } from '../recorder.ts'
import { theRedaction } from '../redaction.ts'
import { sayRecorded } from '../said-recorded.ts'
import type { Color } from '../style.ts'
import type { IncidentFlags } from '../the-incident.ts'
import { coreWord, inspectCoreFile } from './inspect-core.ts'
import { waitingFor, type Waiting } from '../waiting.ts'

export interface InspectFlags extends IncidentFlags {
  readonly stacks?: boolean
  /** How long; true: as long as is usual. */
  readonly profile?: string | true
  readonly memory?: boolean
  readonly offCpu?: boolean
  readonly compare?: string
  readonly output?: string
  /** Statement; then what is told of it, and for how long. */
  readonly at?: string
  readonly when?: string
  readonly print?: string
  readonly hits?: string
  readonly for?: string
  /** Its end is waited for. */
  readonly onCrash?: boolean
  /** A core is taken, into this folder; true: where there is room. */
  readonly core?: string | true
  readonly by?: string
  /** Of a core: the program that it is of. */
  readonly binary?: string
  readonly accept?: Price
  readonly json?: boolean
  readonly details?: boolean
  readonly color?: Color
  readonly sudo?: boolean
  readonly timeout?: string
  readonly toolbox?: string
}

/** Looks into one process of one box; gives the exit code. */
export async function inspect(typed: readonly string[], flags: InspectFlags): Promise<number> {
  // First: an option that takes what may be missing takes a box in its place (`--profile web-1 812`), and says so.
  const { profile, memory, at, onCrash, core: dump } = await requestsOf(flags)
  const core = coreWord(typed[1]) ?? (typed.length === 1 ? coreWord(typed[0]) : undefined)
  const {
    box: name,
    subject,
    asked,
  } = core === undefined
    ? meant(typed)
    : { box: typed.length > 1 ? (typed[0] ?? '') : 'local', subject: undefined, asked: `core:${core}` }
  const timeoutMs = timeoutOf(flags)
  const settings = await configuration()
  const box = oneBox('inspect', name, asked, settings)
  if (!subject) {
    mustSuitCore(flags)
    return inspectCoreFile(box, core ?? '', flags, { settings, timeoutMs })
  }
  if (flags.binary !== undefined)
    throw new Problem('--binary is for cores.', `halligan inspect ${box} core:FILE --binary FILE`, 2)
  const recorder = await recorderFor(flags, typedWords())
  const { inspectProcess } = await import('../../steps/inspect/inspect.ts')
  const { redact } = await theRedaction()
  const stop = stopOnInterrupt()
  const waiting = waitingFor([box], errorStyle(), 'shows what is known', waitingOutput())
  const prompt = waiting.around(process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined)
  const toolbox =
    flags.toolbox === undefined ? undefined : (await import('../inspect/toolbox.ts')).readToolbox(flags.toolbox)
  const opened = openBox(box, { sudo: flags.sudo ?? wantsSudo(box, settings), prompt })
  let lending: Lending | undefined
  try {
    lending = toolbox && (await lent(opened, toolbox, { recorder, settings, signal: stop.signal, waiting }))
    const inspection = await inspectProcess(lending?.box ?? opened, {
      ...(lending && toolbox ? { lent: { tools: toolbox.map(sizeOf), giveBack: lending.giveBack } } : {}),
      subject,
      asked,
      stacks: flags.stacks ?? (flags.by !== undefined && !(profile ?? memory ?? at ?? onCrash ?? dump)),
      ...(profile ? { profile } : {}),
      ...(memory ? { memory } : {}),
      ...(at ? { at } : {}),
      ...(onCrash ? { onCrash } : {}),
      ...(dump ? { core: dump } : {}),
      by: flags.by,
      timeoutMs,
      recorder,
      entries: () => entriesOf(recorder),
      redact,
      signal: stop.signal,
      reached: () => waiting.stage(box, 'watching'),
      accepts: async (inspector, told) => {
        const target = { ...told, process: { ...told.process, name: redact(told.process.name) } }
        const answer = await accepts(box, inspector, target, { flags, settings, prompt })
        if (answer.accepted && onCrash) waiting.say(watchingWords(target, onCrash))
        return answer
      },
    })
    waiting.stop()
    await show(inspection, flags)
    if (flags.output !== undefined) await writeOutput(flags.output, inspection)
    if (!sayRecorded([inspection.recorded], recorder.incident)) return 1
    if (stop.signal.aborted) return INTERRUPTED
    return exitCodeOf(inspection, flags)
  } finally {
    waiting.stop()
    stop.finish()
    await lending?.giveBack()
    await opened.close()
  }
}

function sizeOf({ name, bytes }: LentTool): { readonly name: string; readonly bytes: number } {
  return { name, bytes: bytes.length }
}

/** Said first, with the sizes: nothing else that inspect does writes a file on the box. */
async function lent(
  box: Box,
  toolbox: readonly LentTool[],
  {
    recorder,
    settings,
    signal,
    waiting,
  }: {
    readonly recorder: Awaited<ReturnType<typeof recorderFor>>
    readonly settings: Configuration
    readonly signal: AbortSignal
    readonly waiting: Waiting
  },
): Promise<Lending> {
  const { lendToMeant } = await import('../../steps/inspect/lend-to-meant.ts')
  const entries = (): ReturnType<typeof entriesOf> => entriesOf(recorder)
  const highest = highestPriceOf(box.name, settings)
  const say = (to: string, tools: readonly LentTool[]): void => waiting.say(lendingWords(to, tools))
  const lending = await lendToMeant(box, toolbox, { recorder, entries, highest, signal, say })
  if ('kind' in lending) throw new Problem(lending.message, lending.tryNext)
  return lending
}

function lendingWords(box: string, tools: readonly LentTool[]): string {
  const named = tools.map(({ name, bytes }) => `${safeText(name)} (${bytesInWords(bytes.length)})`).join(', ')
  return `halligan: lends ${named} to ${safeText(box)} for the time of this inspection.\n`
}

function meant(typed: readonly string[]): { readonly box: string; readonly subject: Subject; readonly asked: string } {
  const [box, asked, ...more] = typed
  if (box === undefined || asked === undefined || more.length > 0)
    throw new Problem(
      typed.length > 2 ? 'One process at a time.' : 'A box and a process are needed.',
      `halligan inspect ${box ?? 'web-1'} ${asked ?? 'PID'}, or its name, its unit, :PORT; halligan look ${box ?? 'web-1'} says which process burns.`,
      2,
    )
  const subject = subjectOf(asked)
  if (!subject)
    throw new Problem(
      `"${asked}" is no process.`,
      'A PID, the name of a process, a unit like orders.service, or :8080.',
      2,
    )
  return { box, subject, asked }
}

/** A round trip of a starved box; one that hangs for longer hangs. Seconds. */
const USUAL_TIMEOUT = 15

function timeoutOf({ timeout }: InspectFlags): number {
  if (timeout === undefined) return USUAL_TIMEOUT * 1000
  const seconds = /^\d+(?:\.\d+)?$/.test(timeout) ? Number(timeout) : NaN
  if (seconds >= 1 && seconds <= 600) return seconds * 1000
  throw new Problem(`--timeout takes seconds from 1 to 600, not "${timeout}".`, 'For example --timeout 30.', 2)
}

/** A watch takes its time, and says nothing meanwhile. */
function watchingWords({ process: { name, pid } }: Target, { forMs }: CrashRequest): string {
  return `Waiting for the end of ${safeText(name)} (${pid}) for ${duration(forMs / 1_000)}; Ctrl-C lets go of it and shows what is known.\n`
}

async function writeOutput(file: string, { box, state, profile }: Inspection): Promise<void> {
  if (!profile || !state) return
  const { writeProfile } = await import('../inspect/profile-output.ts')
  const { name, pid } = state.process
  writeProfile(file, profile, `${box} ${name} (${pid})`)
  process.stderr.write(`The profile is in ${safeText(file)}.\n`)
}

interface Asking {
  readonly flags: InspectFlags
  readonly settings: Configuration
  readonly prompt: Prompt | undefined
}

/** The policy of the box first, then what `--accept` says, then the person. */
async function accepts(
  box: string,
  inspector: Inspector<unknown>,
  target: Target,
  { flags, settings, prompt }: Asking,
): Promise<Accepted> {
  const tag = inspector.price(target)
  const { price } = tag
  const beyond = beyondPolicyOf(box, price, settings)
  if (beyond) return { accepted: false, why: beyond.clause, hint: '' }
  const { pid, name } = target.process
  return acceptedTag(box, `${inspector.title}, of ${name} (${pid})`, tag, { accept: flags.accept, prompt })
}

async function show(inspection: Inspection, flags: InspectFlags): Promise<void> {
  const { notOne } = await import('../../steps/inspect/record-inspection.ts')
  const style = outputStyle(flags.color)
  const problem = inspection.failure ?? notOne(inspection)
  if (flags.json) {
    const { inspectJson } = await import('../inspect/inspect-json.ts')
    await print(inspectJson(inspection))
  } else if (inspection.state) {
    const { inspectScreen } = await import('../inspect/inspect-screen.ts')
    await print(inspectScreen(inspection, style, flags.details ?? false))
  } else if (inspection.found.count > 1) {
    const { choiceScreen } = await import('../inspect/choice-screen.ts')
    await print(choiceScreen(inspection, style))
  }
  if (problem) process.stderr.write(problemWords(problem))
}

/** A process that was not found, or an answer that was cut off: it could not do what was asked. The same for what was asked for and did not come; a statement that did not run is an answer. */
function exitCodeOf(
  { state, failure, noStacks, noProfile, noSnapshot, noMemory, noCrash, noCore }: Inspection,
  { stacks, by }: InspectFlags,
): number {
  const nothing = noProfile ?? noSnapshot ?? noMemory ?? noCrash ?? noCore
  return !state || failure || nothing || ((stacks || by !== undefined) && noStacks) ? 1 : 0
}
