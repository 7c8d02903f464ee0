import path from 'node:path'
import { fstatSync, statSync } from 'node:fs'
import { inParallel } from '../../base/in-parallel.ts'
import { safeText } from '../../base/safe-text.ts'
import type { Box } from '../../boxes/box.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import { BOXES_AT_ONCE, openBox } from '../../boxes/open.ts'
import { selectBoxes, wantsSudo } from '../../boxes/selection.ts'
import type { LogSource } from '../../evidence/logs/source.ts'
import type { Beside } from '../../incidents/beside.ts'
import type { Recorder } from '../../incidents/recorder.ts'
import { hasCome, type LogsRead, type ReadBox } from '../../steps/logs/logs-read.ts'
import { logPlan, type LogPlan, type Onset } from '../../steps/logs/plan.ts'
import type { AskedLogs } from '../../steps/logs/found.ts'
import type { ShownRecord } from '../../steps/logs/record-assembler.ts'
import { terminalPrompt } from '../ask.ts'
import { typedWords } from '../author.ts'
import { belowConfiguration } from '../below-configuration.ts'
import { recorderFor } from '../command-recorder.ts'
import { configuration, errorStyle, outputStyle, print, sshNames, waitingOutput } from '../console.ts'
import { INTERRUPTED, stopOnInterrupt } from '../interrupt.ts'
import { lastCount, logCaps, logFilter, soughtWords, type FilterFlags } from '../logs/log-options.ts'
import { skewWords, unreadWords } from '../logs/unread-words.ts'
import { askedTimes, type TimeFlags } from '../logs/log-window.ts'
import { logWords, type LogWords } from '../logs/log-words.ts'
import { Problem } from '../problem.ts'
import { entriesOf } from '../recorder.ts'
import { theRedaction } from '../redaction.ts'
import { sayRecorded } from '../said-recorded.ts'
import type { Color } from '../style.ts'
import type { IncidentFlags } from '../the-incident.ts'
import { waitingFor, type Waiting } from '../waiting.ts'

export interface LogsFlags extends IncidentFlags, TimeFlags, FilterFlags {
  readonly list?: boolean
  readonly lines?: boolean
  readonly follow?: boolean
  readonly raw?: boolean
  readonly repo?: string
  readonly json?: boolean
  readonly details?: boolean
  readonly color?: Color
  readonly sudo?: boolean
  readonly connectTimeout?: string
  readonly failOn?: 'critical' | 'warning'
}

/** What all ways of showing logs share. */
interface Session {
  readonly boxes: readonly Box[]
  readonly words: LogWords
  readonly settings: Configuration
  readonly flags: LogsFlags
  readonly signal: AbortSignal
  readonly recorder: Recorder
  readonly waiting: Waiting
}

/** Finds the logs of boxes and shows what is asked of them; gives the exit code. */
export async function logs(typed: readonly string[], flags: LogsFlags): Promise<number> {
  const mode = modeOf(flags)
  const settings = await configuration()
  const words = logWords(typed, settings, sshNames(), isFileHere)
  const selection = selectBoxes(words.boxes, settings, sshNames())
  if (!selection.ok) throw new Problem(selection.message, selection.tryNext, 2)
  const recording = selection.boxes.find((name) => name.startsWith('recorded:'))
  if (recording !== undefined)
    throw new Problem(`${recording} is a recording of a look: there are no logs in it.`, 'Name the box itself.', 2)
  if (words.input && mode === 'list') throw new Problem('Standard input is one log.', 'Leave --list away.', 2)
  if (words.input && fstatSync(process.stdin.fd).isDirectory())
    throw new Problem('Standard input is a directory.', 'Name it: halligan logs local DIRECTORY.')
  await checkExpressions(flags, words.input || flags.follow === true)
  if (flags.repo !== undefined && mode === 'compare') checkFolder(flags.repo)
  const times = askedTimes(flags, Date.now())
  const recorder = await recorderFor(flags, typedWords())
  const stop = stopOnInterrupt()
  const waiting = waitingFor(selection.boxes, errorStyle(), 'shows what is known', waitingOutput())
  const prompt = waiting.around(process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined)
  const connectTimeoutMs = connectTimeoutOf(flags.connectTimeout)
  const boxes = selection.boxes.map((name) =>
    openBox(name, { sudo: flags.sudo ?? wantsSudo(name, settings), prompt, connectTimeoutMs }),
  )
  const session: Session = { boxes, words, settings, flags, signal: stop.signal, recorder, waiting }
  try {
    await Promise.all(boxes.slice(0, BOXES_AT_ONCE).map(async (box) => box.connect?.()))
    if (mode === 'list') return await list(session)
    const asked = await askedLogs(session, times)
    if (flags.follow) return await follow(session, asked)
    return mode === 'lines' ? await lines(session, asked) : await compare(session, asked)
  } finally {
    waiting.stop()
    stop.finish()
    // Where a limit was reached there is more to come, and the console would wait for it.
    if (words.input) process.stdin.destroy()
    await Promise.all(boxes.map((box) => box.close()))
  }
}

/**
 * Before a box is asked: a grep that refuses its expression prints nothing, as one that finds nothing.
 *
 * @param isFilteredHere the filter works on this console too, whose expressions know less
 */
async function checkExpressions({ grep = [], not = [] }: LogsFlags, isFilteredHere: boolean): Promise<void> {
  const { expressionProblem } = await import('../../evidence/logs/fetch/expression.ts')
  const { isExpression } = await import('../../evidence/logs/fetch/line-filter.ts')
  for (const [flag, texts] of [['--grep', grep] as const, ['--not', not] as const])
    for (const text of texts) {
      const problem =
        expressionProblem(text) ??
        (isFilteredHere && !isExpression(text)
          ? 'with -f and of standard input it is read on this console, which cannot'
          : undefined)
      if (problem !== undefined)
        throw new Problem(
          `${flag} takes an extended regular expression, not "${text}": ${problem}.`,
          'For example --grep "a|b".',
          2,
        )
    }
}

/** Before anything is fetched: what is wrong with it would be said after minutes else. */
function checkFolder(folder: string): void {
  const status = statSync(path.resolve(folder), { throwIfNoEntry: false })
  if (status?.isDirectory()) return
  throw new Problem(
    `--repo ${folder}: ${status ? 'that is no folder' : 'there is no such folder'}.`,
    'Name the folder of the repository on this machine, or leave --repo away.',
    2,
  )
}

function isFileHere(word: string): boolean {
  return statSync(word, { throwIfNoEntry: false })?.isFile() ?? false
}

type Mode = 'list' | 'lines' | 'compare'

/** Whoever seeks lines wants to see them; else what is others than before. */
function modeOf(flags: LogsFlags): Mode {
  if (flags.list) return 'list'
  if (flags.compare !== undefined) return 'compare'
  const seeks = flags.grep ?? flags.not ?? flags.field ?? flags.around ?? flags.last
  return flags.lines || flags.raw || flags.follow || (seeks !== undefined && !flags.json) ? 'lines' : 'compare'
}

async function list({ boxes, words, settings: { services }, flags, signal, waiting }: Session): Promise<number> {
  const { listLogs } = await import('../../steps/logs/list.ts')
  const { redact } = await theRedaction()
  const lists = await inParallel(boxes, BOXES_AT_ONCE, (box) =>
    listLogs(box, { subjects: words.subjects, services }, { redact, signal }),
  )
  waiting.stop()
  if (flags.json) {
    const { listJson } = await import('../logs/logs-json.ts')
    await print(listJson(lists))
  } else {
    const { listScreen } = await import('../logs/list-screen.ts')
    await print(listScreen(lists, outputStyle(flags.color), Date.now()))
  }
  if (signal.aborted) return INTERRUPTED
  const readable = lists.flatMap(({ logs: listed }) => listed.filter(({ source }) => !source.blind))
  return readable.length === 0 || lists.some(({ failure }) => failure) ? 1 : 0
}

async function askedLogs(
  { words, settings, flags, signal, recorder }: Session,
  times: ReturnType<typeof askedTimes>,
): Promise<AskedLogs> {
  const nowMs = Date.now()
  const { redact } = await theRedaction()
  // A file that was named here is read as grep would read it.
  const whole = words.input || (words.boxes.join() === 'local' && words.subjects.some((each) => each.includes('/')))
  const onset: Onset | undefined =
    times.onsetMs === undefined ? await onsetOfIncident(recorder) : { atMs: times.onsetMs, from: 'asked' }
  const plan: LogPlan = logPlan({ ...times, onset: modeOf(flags) === 'compare' ? onset : undefined, whole, nowMs })
  if (times.onsetMs !== undefined && plan.onset === undefined)
    throw new Problem('The onset lies outside of the time that is read.', 'Give a --since before it.', 2)
  return {
    subjects: words.subjects,
    services: settings.services,
    plan,
    filter: logFilter(flags),
    caps: logCaps(flags),
    redact,
    signal,
    nowMs,
  }
}

/** When it began, as whoever opened the incident said. */
async function onsetOfIncident(recorder: Recorder): Promise<Onset | undefined> {
  const entries = await entriesOf(recorder)
  const { told } = await import('../../incidents/told.ts')
  const since = told(entries, 'opened').findLast(({ payload }) => payload.since !== undefined)?.payload.since
  const atMs = since === undefined ? NaN : Date.parse(since)
  return Number.isNaN(atMs) ? undefined : { atMs, from: 'incident' }
}

async function compare(session: Session, asked: AskedLogs): Promise<number> {
  const { boxes, flags, recorder, waiting, signal } = session
  const { compareLogs } = await import('../../steps/logs/compare.ts')
  const local = openBox('local', { sudo: false, prompt: undefined, connectTimeoutMs: undefined })
  const read = await endingWith(
    local,
    compareLogs(boxes, {
      ...asked,
      recorder,
      sought: soughtWords(flags),
      repository: repositoryOf(session),
      local: () => local,
      ...inputOf(session),
    }),
  )
  waiting.stop()
  const nothing = nothingOfThatName(read)
  if (nothing && !flags.json) throw nothing
  if (flags.json) {
    const { logsJson } = await import('../logs/logs-json.ts')
    await print(logsJson(read, await recordedLooks(session)))
  } else {
    const { compareScreen } = await import('../logs/compare-screen.ts')
    const style = outputStyle(flags.color)
    await print(compareScreen(read, style, flags.details ?? false, await recordedLooks(session)))
  }
  if (!sayRecorded([read.recorded], recorder.incident)) return 1
  if (signal.aborted) return INTERRUPTED
  return exitCode(read, read.findings, flags)
}

/** Of the incident: the last look at each of these boxes. */
async function recordedLooks({ boxes, recorder }: Session): Promise<(box: string) => Pick<Beside, 'look'>> {
  const entries = await entriesOf(recorder)
  if (entries.length === 0) return () => ({ look: undefined })
  const { besideOf } = await import('../../incidents/beside.ts')
  const looks = new Map(boxes.map(({ name }) => [name, besideOf(entries, name)]))
  return (box) => looks.get(box) ?? { look: undefined }
}

/** Nothing that was named is on any of the boxes: a slip of the pen, and no news of the logs. Undefined where some of it is. */
function nothingOfThatName({
  boxes,
  logs: read,
}: {
  readonly boxes: readonly ReadBox[]
  readonly logs: readonly unknown[]
}): Problem | undefined {
  if (read.length > 0 || boxes.some(({ failure, blind }) => failure || blind.some(({ isUnmet }) => !isUnmet)))
    return undefined
  const unmet = boxes.flatMap(({ box, blind }) => blind.map((each) => ({ box, ...each })))
  const [first] = unmet
  if (!first) return undefined
  const hints = [...new Set(unmet.map(({ hint }) => hint))]
  return new Problem(
    unmet.map(({ box, what, why }) => `${box} has no log of ${what}: ${why}.`).join('\n'),
    hints.map((hint) => `${hint[0]?.toUpperCase()}${hint.slice(1)}.`).join(' '),
  )
}

/** The box is closed whatever comes of it. */
async function endingWith<T>(box: Box, work: Promise<T>): Promise<T> {
  try {
    return await work
  } finally {
    await box.close()
  }
}

/** Of `--repo`, else of the service that was named, else the only one that there is; what halligan.yaml names lies beside that file. */
function repositoryOf({ flags, words, settings }: Session): string | undefined {
  if (flags.repo !== undefined) return path.resolve(flags.repo)
  const named = words.subjects.find((each) => Object.hasOwn(settings.services, each))
  const all = new Set(Object.values(settings.services).flatMap(({ repository }) => repository ?? []))
  const only = all.size === 1 ? [...all][0] : undefined
  const configured = named === undefined ? only : settings.services[named]?.repository
  return configured === undefined ? undefined : belowConfiguration(configured, settings)
}

function inputOf({ words }: Session): { readonly input?: AsyncIterable<Uint8Array> } {
  return words.input ? { input: process.stdin } : {}
}

async function lines(session: Session, asked: AskedLogs): Promise<number> {
  const { boxes, flags, recorder, waiting, signal } = session
  const { readRecords } = await import('../../steps/logs/records.ts')
  const { recordOutput } = await import('../logs/record-output.ts')
  const last = lastCount(flags) ?? (process.stdout.isTTY ? LINES_OF_A_SCREEN : undefined)
  const output = recordOutput({ ...outputOptions(session), last, isLive: false })
  const onRecord = (record: ShownRecord): void | Promise<void> => {
    waiting.stop()
    return output.take(record)
  }
  const read = await readRecords(
    boxes,
    { ...asked, recorder, sought: soughtWords(flags), ...inputOf(session) },
    onRecord,
  )
  waiting.stop()
  await output.finish()
  const nothing = nothingOfThatName(read)
  if (nothing) throw nothing
  for (const words of output.notes(read)) process.stderr.write(`halligan: ${words}\n`)
  if (!sayRecorded([read.recorded], recorder.incident)) return 1
  if (signal.aborted) return INTERRUPTED
  return exitCode(read, [], flags)
}

function outputOptions({ boxes, flags }: Session) {
  return {
    style: outputStyle(flags.color),
    raw: flags.raw ?? false,
    boxes: boxes.map(({ name }) => name),
    grep: flags.grep ?? [],
    ignoreCase: flags.ignoreCase ?? false,
  }
}

/** Until Ctrl-C: that is how it ends, and no failure. */
async function follow(session: Session, asked: AskedLogs): Promise<number> {
  const { boxes, flags, waiting, words, recorder, signal } = session
  if (words.input) throw new Problem('Standard input is read as it comes.', 'Leave -f away.', 2)
  const { followRecords } = await import('../../steps/logs/follow-records.ts')
  const { recordOutput } = await import('../logs/record-output.ts')
  const output = recordOutput({ ...outputOptions(session), last: undefined, isLive: true })
  const read = await followRecords(boxes, {
    ...asked,
    lines: lastCount(flags) ?? LINES_BEFORE,
    onRecord: (record) => {
      waiting.stop()
      return output.take(record)
    },
    onFound: (found) => {
      for (const text of [...unreadWords(found), ...found.flatMap((box) => skewWords(box, Date.now()))])
        waiting.say(`halligan: ${safeText(text)}\n`)
    },
    onNotice: (text) => {
      waiting.stop()
      process.stderr.write(`halligan: ${safeText(text)}\n`)
    },
  })
  await output.finish()
  if (recorder.incident !== undefined)
    process.stderr.write(
      'halligan: what was followed is not recorded; halligan logs without -f records what it finds.\n',
    )
  // Stopped before there was anything to follow.
  if (signal.aborted && read.boxes.some(({ failure }) => failure?.kind === 'cancelled')) return INTERRUPTED
  return exitCode(read, [], flags)
}

/** As tail(1) has it. */
const LINES_BEFORE = 10

/** Nobody reads more on a terminal; a pipe gets all. Records. */
const LINES_OF_A_SCREEN = 1000

interface Read {
  readonly boxes: readonly ReadBox[]
  readonly logs: readonly (Pick<LogsRead['logs'][number], 'failure' | 'reports' | 'records'> | LogSource)[]
}

/** A box that was not entered, or nothing that could be read: it could not do what was asked. */
function exitCode({ boxes, logs: read }: Read, findings: LogsRead['findings'], { failOn }: LogsFlags): number {
  if (failOn && findings.some(({ state }) => state === 'critical' || state === failOn)) return 3
  const isNothing = read.every((log) => 'records' in log && log.records === 0 && !hasCome(log))
  return isNothing || boxes.some(({ failure, identity }) => failure && !identity) ? 1 : 0
}

function connectTimeoutOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN
  if (seconds >= 1 && seconds <= 600) return seconds * 1000
  throw new Problem(
    `--connect-timeout takes seconds from 1 to 600, not "${text}".`,
    'For example --connect-timeout 20.',
    2,
  )
}
