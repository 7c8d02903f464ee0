import { bytes, count } from '../../base/format.ts'
import { safeText } from '../../base/safe-text.ts'
import { openBox } from '../../boxes/open.ts'
import { highestPriceOf, selectBoxes, wantsSudo } from '../../boxes/selection.ts'
import { quoted } from '../../findings/next.ts'
import { keptThings } from '../../incidents/kept-things.ts'
import { recordingOf } from '../../steps/look.ts'
import { preserve as preserveOn, type Preserved } from '../../steps/preserve.ts'
import { terminalPrompt } from '../ask.ts'
import { configuration, errorStyle, outputStyle, print, sshNames, waitingOutput } from '../console.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { withMeantBox } from '../meant-box.ts'
import { Problem, problemWords } from '../problem.ts'
import { saveRecording, theRedaction } from '../redaction.ts'
import { typedWords } from '../author.ts'
import { recorderFor } from '../command-recorder.ts'
import { sayRecorded } from '../said-recorded.ts'
import type { IncidentFlags } from '../the-incident.ts'
import { stateWord, type Color } from '../style.ts'
import { waitingFor } from '../waiting.ts'

export interface PreserveFlags extends IncidentFlags {
  readonly sudo?: boolean
  readonly save?: string
  readonly color?: Color
}

/** Writes into the incident what a restart would destroy. */
export async function preserve(name: string, process_: string | undefined, flags: PreserveFlags): Promise<number> {
  const pid = pidOf(process_)
  const settings = await configuration()
  const selection = selectBoxes([name], settings, sshNames())
  if (!selection.ok) throw new Problem(selection.message, selection.tryNext, 2)
  const [first = name] = selection.boxes
  if (selection.boxes.length > 1)
    throw new Problem(`${name} is ${selection.boxes.length} boxes.`, `halligan preserve ${first}`, 2)
  if (first.startsWith('recorded:'))
    throw new Problem(`${first} is a recording: it is preserved already.`, 'Name the box itself.', 2)
  const recorder = await recorderFor(flags, typedWords())
  if (recorder.incident === undefined && flags.save === undefined)
    throw new Problem(
      'No incident is open, so there is nowhere to keep it.',
      `halligan open "what is broken", or --save FILE for a file that halligan look recorded:FILE reads.`,
    )
  const { redact } = await theRedaction()
  const stop = stopOnInterrupt()
  const waiting = waitingFor([first], errorStyle(), 'keeps what is there', waitingOutput())
  const prompt = waiting.around(process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined)
  const box = openBox(first, { sudo: flags.sudo ?? wantsSudo(first, settings), prompt })
  try {
    const highestPrice = highestPriceOf(first, settings)
    const done = await preserveOn(box, { pid, recorder, redact, highestPrice, signal: stop.signal })
    const preserved = { ...done, look: await withMeantBox(done.look, first, settings, recorder) }
    waiting.stop()
    await print(words(preserved, outputStyle(flags.color)))
    const saved = flags.save === undefined || (await save(flags.save, preserved))
    const kept = sayRecorded([preserved.recorded], recorder.incident)
    if (stop.signal.aborted) {
      process.stderr.write(
        `halligan: interrupted: only what had come by then is kept; what burns may be missing.\nTry: ${again(name, process_, flags)}, before anyone restarts anything.\n`,
      )
      return INTERRUPTED
    }
    return saved && kept && isThere(preserved, pid) ? 0 : 1
  } finally {
    waiting.stop()
    await box.close()
    stop.finish()
  }
}

/** The same once more, to its end. */
function again(name: string, pid: string | undefined, { sudo }: PreserveFlags): string {
  return safeText(
    ['halligan preserve', quoted(name), ...(pid === undefined ? [] : [pid]), ...(sudo ? ['--sudo'] : [])].join(' '),
  )
}

function pidOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new Problem(`"${text}" is no process number.`, 'halligan preserve web-1 812', 2)
}

function isThere({ look, kept }: Preserved, pid: number | undefined): boolean {
  if (look.failure && !look.identity) return false
  return (
    pid === undefined ||
    kept.some(({ what, text }) => what === `status, counters, scheduling of ${pid}` && text !== undefined)
  )
}

function words({ look, pids, kept }: Preserved, style: ReturnType<typeof outputStyle>): string {
  if (look.failure && !look.identity) return problemWords(look.failure)
  const seen = keptThings(kept)
  const size = seen.reduce((sum, { text = '' }) => sum + Buffer.byteLength(text), 0)
  const of = pids.length > 0 ? `, of ${count(pids.length, 'process', 'processes')} ${pids.join(', ')}` : ''
  const [top] = look.conclusion.findings
  const lines = [
    `${stateWord(style, look.state)}  ${safeText(look.box)}  kept a look and ${count(seen.length, 'thing')} (${bytes(size)})${of} in ${(look.tookMs / 1000).toFixed(1)} s`,
    ...(top ? [`  ${safeText(top.title)}`] : []),
    ...notSeen(kept),
  ]
  return `${lines.join('\n')}\n`
}

/** A line for each reason: a process that has ended is one, not a dozen. */
function notSeen(kept: Preserved['kept']): readonly string[] {
  const reasons = Map.groupBy(
    kept.filter(({ blind }) => blind !== undefined),
    ({ blind = '' }) => blind,
  )
  const lines = [...reasons].map(([why, things]) => {
    const what = why.startsWith('there is no process') ? '' : `: ${things.map(({ what: thing }) => thing).join('; ')}`
    return `  not seen (${safeText(why)})${what}`
  })
  return kept.some(({ blind = '' }) => DENIED.test(blind)) ? [...lines, '  --sudo would show more'] : lines
}

const DENIED = /permission denied|not permitted/i

async function save(file: string, { look }: Preserved): Promise<boolean> {
  try {
    await saveRecording(file, recordingOf(look, { deep: true, windowSeconds: 1 }))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    process.stderr.write(
      problemWords({
        message: `${file} could not be written: ${why}.`,
        tryNext: 'Name a file in a folder that you may write to.',
      }),
    )
    return false
  }
  process.stderr.write(
    `halligan: saved; look at it again with: halligan look ${safeText(quoted(`recorded:${file}`))}\n`,
  )
  return true
}
