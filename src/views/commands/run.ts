import { shellQuoted } from '../../base/shell-quoted.ts'
import { safeText } from '../../base/safe-text.ts'
import { isJobId } from '../../boxes/job-script.ts'
import { openBox } from '../../boxes/open.ts'
import type { Price } from '../../boxes/price.ts'
import { selectBoxes, wantsSudo } from '../../boxes/selection.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import { runCommand, type RanCommand } from '../../steps/run.ts'
import { terminalPrompt } from '../ask.ts'
import { configuration, sshNames } from '../console.ts'
import { ENDED_BY, endInTwoSteps } from '../two-steps.ts'
import { liveOutput } from '../live-output.ts'
import { withMeantBox } from '../meant-box.ts'
import { Problem, problemWords } from '../problem.ts'
import { collectJobs, endJob, listJobs, runDetached } from './run-jobs.ts'
import { typedWords } from '../author.ts'
import { beyondPolicyOf } from '../beyond-policy.ts'
import { recorderFor } from '../command-recorder.ts'
import { entriesOf } from '../recorder.ts'
import { sayRecorded } from '../said-recorded.ts'
import type { IncidentFlags } from '../the-incident.ts'

export interface RunFlags extends IncidentFlags {
  readonly timeout?: string
  readonly sudo?: boolean
  readonly price?: Price
  readonly offTheRecord?: boolean
  readonly anyway?: string
  readonly detach?: boolean
  readonly jobs?: boolean
  /** True: all that have ended. */
  readonly collect?: string | true
  readonly stop?: string
}

/** What was asked could not be done at all, as with ssh(1): a command of its own seldom ends so. */
const NOT_DONE = 255
/** As timeout(1) has it. */
const TIMED_OUT = 124

/**
 * Runs the engineer's own command on boxes, its output shown as it comes; gives the exit code of the command, or of the worst thing that happened.
 *
 * @param typed the words of the command line, `--` among them
 */
export async function run(typed: readonly string[], flags: RunFlags): Promise<number> {
  const { jobs, collect, stop } = flags
  if (jobs || collect !== undefined || stop !== undefined) return aboutJobs(typed, flags)
  const { boxes: asked, line } = partsOf(typed)
  const timeoutMs = timeoutOf(flags)
  const price = flags.price ?? 'change'
  const priceSaid = flags.price === undefined ? undefined : true
  const { settings, boxes } = await selected(asked)
  const overridden = new Map(boxes.map((box) => [box, policyOf(box, price, settings, flags)]))
  const recorder = await recorderFor(flags, flags.offTheRecord ? wordsOffTheRecord(boxes) : typedWords())
  if (flags.detach) {
    if (flags.offTheRecord)
      throw new Problem(
        'What goes on by itself has to be on the record.',
        'Leave out --off-the-record, or --detach.',
        2,
      )
    const context = { boxes, sudo: flags.sudo, settings, recorder, anyway: flags.anyway }
    return runDetached(context, {
      line,
      price,
      priceSaid,
      timeoutMs,
      beyondPolicy: (box) => overridden.get(box),
    })
  }
  sayWhenLost()
  const ending = endInTwoSteps('command')
  const prompt = process.stderr.isTTY ? terminalPrompt(ending.stop) : undefined
  const output = liveOutput(boxes, { stdout: process.stdout, stderr: process.stderr })
  const ran = await Promise.all(
    boxes.map(async (name) => {
      const box = openBox(name, { sudo: flags.sudo ?? wantsSudo(name, settings), prompt })
      try {
        const ran = await runCommand(box, {
          line,
          price,
          priceSaid,
          timeoutMs,
          recorder,
          entries: () => entriesOf(recorder),
          offTheRecord: flags.offTheRecord ?? false,
          anyway: flags.anyway,
          beyondPolicy: overridden.get(name),
          stop: ending.stop,
          kill: ending.kill,
          onOutput: (from, chunk) => output.take(name, from, chunk),
        })
        return await withMeantBox(ran, name, settings, recorder)
      } finally {
        await output.ended(name)
        await box.close()
      }
    }),
  )
  output.close()
  ending.finish()
  for (const each of ran) sayHow(each, ran.length > 1)
  const recorded = ran.filter((each) => !isRefused(each)).flatMap((each) => each.recorded)
  const kept = flags.offTheRecord ? sayOffTheRecord(recorder.incident) : sayRecorded(recorded, recorder.incident)
  return exitCodeOf(ran, kept, ending.by())
}

/** What may be written down of a command off the record, in whichever entry. */
function wordsOffTheRecord(boxes: readonly string[]): readonly string[] {
  return ['halligan', 'run', ...boxes, '--off-the-record']
}

async function aboutJobs(names: readonly string[], flags: RunFlags): Promise<number> {
  const { jobs, collect, stop, sudo } = flags
  if ([jobs, collect, stop].filter((each) => each !== undefined).length > 1 || flags.detach || names.includes('--'))
    throw new Problem(
      '--jobs, --collect and --stop are each for themselves, and run nothing.',
      'halligan run --jobs',
      2,
    )
  // `--collect web-1`: what is no name of a command is one of a box, unless one stands there already.
  const isBox = typeof collect === 'string' && !isJobId(collect) && names.length === 0
  const named = isBox ? [collect, ...names] : names
  const { settings, boxes } = named.length > 0 ? await selected(named) : { settings: await configuration(), boxes: [] }
  const context = { boxes, sudo, settings, recorder: await recorderFor(flags, typedWords()), anyway: flags.anyway }
  if (jobs) return listJobs(context)
  if (stop !== undefined) return endJob(context, stop)
  return collectJobs(context, collect === true || isBox ? undefined : collect)
}

async function selected(names: readonly string[]) {
  const settings = await configuration()
  const selection = selectBoxes(names, settings, sshNames())
  if (!selection.ok) throw new Problem(selection.message, selection.tryNext, 2)
  return { settings, boxes: selection.boxes }
}

/** `web-1 web-2 -- df -h`: one word is shell text as it is; several are words of one command, whatever they contain. */
function partsOf(typed: readonly string[]): { readonly boxes: readonly string[]; readonly line: string } {
  const at = typed.indexOf('--')
  const boxes = at < 0 ? typed : typed.slice(0, at)
  const words = at < 0 ? [] : typed.slice(at + 1)
  const [first = ''] = words
  const line = words.length === 1 ? first : words.map(worded).join(' ')
  if (boxes.length === 0 || line.trim() === '')
    throw new Problem(
      words.length === 0 ? 'What should run is missing.' : 'The box is missing.',
      at < 0 && boxes.length > 1
        ? `put -- before the command: halligan run ${boxes[0]} -- ${boxes.slice(1).join(' ')}`
        : 'halligan run web-1 -- uptime, or with pipes: halligan run web-1 -- "ps aux | grep orders".',
      2,
    )
  if (line.includes('\0')) throw new Problem('A command cannot hold a NUL.', 'halligan run web-1 -- uptime', 2)
  return { boxes, line }
}

function worded(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : shellQuoted(word)
}

function timeoutOf({ timeout }: RunFlags): number | undefined {
  if (timeout === undefined) return undefined
  const seconds = /^\d+(?:\.\d+)?$/.test(timeout) ? Number(timeout) : NaN
  if (seconds >= 0.1 && seconds <= 86_400) return seconds * 1000
  throw new Problem(`--timeout takes seconds from 0.1 to 86400, not "${timeout}".`, '--timeout 60', 2)
}

/** Before anything is begun on any box: one that cannot run it stops it for all. With `--anyway`, what its policy forbids. */
function policyOf(box: string, price: Price, settings: Configuration, { anyway }: RunFlags): string | undefined {
  if (box.startsWith('recorded:'))
    throw new Problem(`${box} is a recording: nothing runs there.`, 'Name the box itself.', 2)
  const beyond = beyondPolicyOf(box, price, settings, `this command counts as ${price}`)
  if (!beyond || anyway !== undefined) return beyond?.sentence
  throw new Problem(
    beyond.sentence,
    `--price ${beyond.allowed} if it costs no more than that (a command counts as change unless you say otherwise), or --anyway "why", which is recorded.`,
    NOT_DONE,
  )
}

/** Before it runs; help and README say it to who writes a script. */
function sayWhenLost(): void {
  if (process.stderr.isTTY)
    process.stderr.write('halligan: it ends when its line to the box is lost; with --detach it would go on.\n')
}

function sayHow({ box, state, exit, failure, tookMs }: RanCommand, several: boolean): void {
  if (failure) process.stderr.write(problemWords(failure))
  else if (state === 'timed-out')
    process.stderr.write(`halligan: ${safeText(box)}: ended after ${tookMs / 1000} s, its time was up.\n`)
  else if (state === 'interrupted') process.stderr.write(`halligan: ${safeText(box)}: interrupted.\n`)
  else if (several && exit !== 0) process.stderr.write(`halligan: ${safeText(box)}: exit ${exit}.\n`)
}

/** It was not started because it could not be recorded, which has been said. */
function isRefused({ state, recorded }: RanCommand): boolean {
  return state === 'not-started' && recorded.some(({ how }) => how === 'failed')
}

function sayOffTheRecord(incident: string | undefined): boolean {
  const kept = incident === undefined ? 'nothing of this' : 'only that something was run, where, and how it ended,'
  process.stderr.write(`halligan: off the record, ${kept} was written down.\n`)
  return true
}

function exitCodeOf(ran: readonly RanCommand[], kept: boolean, by: NodeJS.Signals | undefined): number {
  if (by) return ENDED_BY[by] ?? NOT_DONE
  const codes = ran.map(({ state, exit }) => {
    if (state === 'timed-out') return TIMED_OUT
    return state === 'ended' ? (exit ?? NOT_DONE) : NOT_DONE
  })
  const worst = Math.max(...codes)
  return worst === 0 && !kept ? NOT_DONE : worst
}
