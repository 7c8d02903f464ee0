import { BOXES_AT_ONCE, openBox } from '../../boxes/open.ts'
import { highestPriceOf, selectBoxes, wantsSudo } from '../../boxes/selection.ts'
import type { State } from '../../findings/finding.ts'
import { quoted } from '../../findings/next.ts'
import { inParallel } from '../../base/in-parallel.ts'
import { safeText } from '../../base/safe-text.ts'
import type { Box } from '../../boxes/box.ts'
import type { LogReading } from '../../incidents/log-readings.ts'
import type { Recorder } from '../../incidents/recorder.ts'
import type { BoxLook, LookOptions } from '../../steps/look.ts'
import { terminalPrompt } from '../ask.ts'
import { configuration, errorStyle, outputStyle, print, sshNames, waitingOutput } from '../console.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { withMeantBox } from '../meant-box.ts'
import { Problem } from '../problem.ts'
import { typedWords } from '../author.ts'
import { recorderFor } from '../command-recorder.ts'
import { entriesOf } from '../recorder.ts'
import { sayRecorded } from '../said-recorded.ts'
import type { Color } from '../style.ts'
import type { IncidentFlags } from '../the-incident.ts'
import { saveRecording, theRedaction } from '../redaction.ts'
import { waitingFor } from '../waiting.ts'

export interface LookFlags extends IncidentFlags {
  readonly json?: boolean
  readonly markdown?: boolean
  readonly failOn?: 'critical' | 'warning' | 'unknown'
  readonly deep?: boolean
  readonly sudo?: boolean
  readonly window?: string
  readonly save?: string
  readonly details?: boolean
  readonly color?: Color
  readonly printScript?: boolean
  readonly connectTimeout?: string
}

/** Looks at boxes in parallel and prints them in the order asked; gives the exit code. */
export async function look(names: readonly string[], flags: LookFlags): Promise<number> {
  const options = optionsOf(flags)
  if (flags.json && flags.markdown)
    throw new Problem('--json and --markdown exclude each other.', 'Give one of them.', 2)
  if (flags.printScript) return printScript(options)
  const settings = await configuration()
  const selection = selectBoxes(names.length > 0 ? names : ['local'], settings, sshNames())
  if (!selection.ok) throw new Problem(selection.message, selection.tryNext, 2)
  if (flags.save && selection.boxes.length > 1)
    throw new Problem('--save keeps the look at one box.', 'Name one box, or run it once for each.', 2)
  const connectTimeoutMs = secondsOf(flags.connectTimeout, '--connect-timeout', 1, 600)
  const recorder = await recorderFor(flags, typedWords())
  const waiting = waitingFor(selection.boxes, errorStyle(), 'shows what is known', waitingOutput())
  const started = Date.now()
  const stop = stopOnInterrupt()
  const prompt = waiting.around(process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined)
  const boxes = selection.boxes.map((name) =>
    openBox(name, {
      sudo: flags.sudo ?? wantsSudo(name, settings),
      prompt,
      connectTimeoutMs: connectTimeoutMs === undefined ? undefined : connectTimeoutMs * 1000,
    }),
  )
  try {
    // A login takes longest: it goes on while the rest is loaded.
    await Promise.all(boxes.slice(0, BOXES_AT_ONCE).map(async (box) => box.connect?.()))
    const { lookAt } = await import('../../steps/look.ts')
    const { redact } = await theRedaction()
    const words = await renderer(flags)
    const isOnly = boxes.length === 1
    const looks = await inParallel(boxes, BOXES_AT_ONCE, async (box) => {
      const { name } = box
      const highestPrice = highestPriceOf(name, settings)
      const onStage: LookOptions['onStage'] = (stage) => waiting.stage(name, stage)
      const seen = await lookAt(box, {
        ...options,
        redact,
        recorder,
        highestPrice,
        isOnly,
        signal: stop.signal,
        onStage,
      })
      // The answer is shown while the connection ends; `finally` waits for that, and tells what is wrong with it.
      box.close().catch(() => undefined)
      waiting.done(name)
      return withMeantBox(seen, name, settings, recorder)
    }).finally(waiting.stop)
    stop.finish()
    const readingsOf = await recordedReadings(boxes, recorder)
    return await shown(looks, words(looks, started, readingsOf), flags, {
      options,
      recorder,
      interrupted: stop.signal.aborted,
    })
  } finally {
    waiting.stop()
    await Promise.all(boxes.map((box) => box.close()))
  }
}

type ReadingsOf = (box: string) => readonly LogReading[]

/** Of the incident: what the logs of these boxes said when they were read last. */
async function recordedReadings(boxes: readonly Pick<Box, 'name'>[], recorder: Recorder): Promise<ReadingsOf> {
  const entries = await entriesOf(recorder)
  if (entries.length === 0) return () => []
  const { besideOf } = await import('../../incidents/beside.ts')
  const readings = new Map(boxes.map(({ name }) => [name, besideOf(entries, name).readings]))
  return (box) => readings.get(box) ?? []
}

/** Prints, saves, and says what was not recorded; gives the exit code. */
async function shown(
  looks: readonly BoxLook[],
  words: string,
  flags: LookFlags,
  how: {
    readonly options: LookFlagOptions
    readonly recorder: Recorder
    readonly interrupted: boolean
  },
): Promise<number> {
  const { failOn } = flags
  const [first] = looks
  const notSaved = flags.save && first ? await save(flags.save, first, how.options) : undefined
  await print(words)
  const kept = sayRecorded(
    looks.map(({ recorded }) => recorded),
    how.recorder.incident,
  )
  if (notSaved) throw notSaved
  if (how.interrupted) return INTERRUPTED
  if (!kept) return 1
  if (looks.every(({ identity, failure }) => failure && !identity)) return 1
  if (failOn && looks.some(({ state }) => RANK[state] >= RANK[failOn])) return 3
  // A script must not take it that all were seen.
  return looks.some(({ identity, failure }) => failure && !identity) ? 1 : 0
}

const RANK: Readonly<Record<State, number>> = { ok: 0, unknown: 1, warning: 2, critical: 3 }

/** What makes words of looks, loaded by now. */
async function renderer(
  flags: LookFlags,
): Promise<(looks: readonly BoxLook[], started: number, readingsOf: ReadingsOf) => string> {
  const details = flags.details ?? false
  if (flags.json) {
    const { lookJson } = await import('../look-json.ts')
    return (looks, started, readingsOf) => lookJson(looks, started, Date.now() - started, readingsOf)
  }
  if (flags.markdown) {
    const { lookMarkdown } = await import('../look-markdown.ts')
    return (looks) => looks.map((each) => lookMarkdown(each, details)).join('\n')
  }
  const { looksScreen } = await import('../looks-terminal.ts')
  return (looks, _started, readingsOf) => looksScreen(looks, outputStyle(flags.color), details, readingsOf)
}

/** Gives what went wrong, for after the look: it must not take that from the person. */
async function save(file: string, each: BoxLook, options: LookFlagOptions): Promise<Problem | undefined> {
  if (each.answer.result.beganAtMs === undefined)
    return new Problem(`${each.box} did not answer: there is nothing to save.`, '')
  try {
    const { recordingOf } = await import('../../steps/look.ts')
    await saveRecording(file, recordingOf(each, options))
  } catch (error) {
    return new Problem(
      `${file} could not be written: ${error instanceof Error ? error.message : String(error)}`,
      'Name a file in a folder that you may write to.',
    )
  }
  process.stderr.write(
    `halligan: saved; look at it again with: halligan look ${safeText(quoted(`recorded:${file}`))}\n`,
  )
  return undefined
}

/** All that the shell on the box would read, the session around the questions too. */
async function printScript({ deep, windowSeconds, compression }: LookFlagOptions): Promise<number> {
  const { collectorScript } = await import('../../evidence/collector.ts')
  const { probesOf } = await import('../../evidence/evidence.ts')
  const { prologue, requestText } = await import('../../boxes/session-script.ts')
  const boundary = 'a-random-boundary-stands-here'
  const script = collectorScript(probesOf(deep ? 'deep' : 'fast'), { boundary, windowSeconds, compression })
  const request = requestText({ boundary, sequence: 1, script, takesInput: false, guarded: false })
  await print(`${prologue(boundary)}${request}`)
  return 0
}

/** What the flags say of how to look. */
type LookFlagOptions = Pick<LookOptions, 'deep' | 'windowSeconds' | 'compression'>

function optionsOf(flags: LookFlags): LookFlagOptions {
  return {
    deep: flags.deep ?? false,
    windowSeconds: secondsOf(flags.window, '--window', 0.2, 60) ?? 1,
    compression: 'auto',
  }
}

function secondsOf(text: string | undefined, option: string, least: number, most: number): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN
  if (value >= least && value <= most) return value
  throw new Problem(
    `${option} takes seconds from ${least} to ${most}, not "${text}".`,
    `For example ${option} ${Math.max(2, least)}.`,
    2,
  )
}
