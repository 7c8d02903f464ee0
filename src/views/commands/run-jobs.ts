import { bytes, duration } from '../../base/format.ts'
import { safeText } from '../../base/safe-text.ts'
import { isJobId } from '../../boxes/job-script.ts'
import { openBox } from '../../boxes/open.ts'
import { wantsSudo } from '../../boxes/selection.ts'
import type { Configuration } from '../../boxes/configuration.ts'
import { openJobs, type OpenJob } from '../../incidents/jobs.ts'
import type { Recorder } from '../../incidents/recorder.ts'
import {
  collect,
  detach,
  JOB_FOLDERS,
  JOB_LIMITS,
  jobsOn,
  stopJob,
  type Collected,
  type ListedJob,
} from '../../steps/detach.ts'
import type { Price } from '../../boxes/price.ts'
import { terminalPrompt } from '../ask.ts'
import { print } from '../console.ts'
import { stopOnInterrupt } from '../interrupt.ts'
import { liveOutput } from '../live-output.ts'
import { withMeantBox } from '../meant-box.ts'
import { Problem, problemWords } from '../problem.ts'
import { entriesOf } from '../recorder.ts'
import { sayRecorded } from '../said-recorded.ts'

/** What the commands about detached commands share. */
export interface JobContext {
  readonly boxes: readonly string[]
  readonly sudo: boolean | undefined
  readonly settings: Configuration
  readonly recorder: Recorder
  readonly anyway: string | undefined
}

const NOT_DONE = 255

/** Starts a command on each box that goes on by itself, and says first what that takes there. */
export async function runDetached(
  context: JobContext,
  command: {
    readonly line: string
    readonly price: Price
    readonly priceSaid: boolean | undefined
    readonly timeoutMs: number | undefined
    readonly beyondPolicy: (box: string) => string | undefined
  },
): Promise<number> {
  const { endBytes, maxSeconds, keepSeconds } = JOB_LIMITS
  const limit = command.timeoutMs === undefined ? maxSeconds : command.timeoutMs / 1000
  process.stderr.write(
    `halligan: it will go on by itself on the box, for at most ${duration(limit)}; its output lies there in ${JOB_FOLDERS.join(' or ')}, the first and the last ${bytes(endBytes)} of each stream,\nuntil it is collected, or removes itself ${duration(keepSeconds)} after its end. Price: ${command.price}; until then a folder and a waiting shell stay on the box.\n`,
  )
  const codes = await onEach(context, async (name, box, signal) => {
    const entries = (): ReturnType<typeof entriesOf> => entriesOf(context.recorder)
    const begun = await detach(box, {
      ...command,
      anyway: context.anyway,
      beyondPolicy: command.beyondPolicy(name),
      recorder: context.recorder,
      entries,
      signal,
    })
    const detached = await withMeantBox(begun, name, context.settings, context.recorder)
    const kept = sayRecorded(detached.recorded, context.recorder.incident)
    if (detached.failure) {
      process.stderr.write(problemWords(detached.failure))
      return NOT_DONE
    }
    await print(`${detached.job}  ${safeText(name)}  ${safeText(detached.folder ?? '')}\n`)
    process.stderr.write(`halligan: halligan run ${safeText(name)} --collect ${detached.job} fetches it.\n`)
    return kept ? 0 : NOT_DONE
  })
  return Math.max(...codes)
}

/** Lists the detached commands of the incident and of the boxes that are named, as the boxes know them now. */
export async function listJobs(context: JobContext): Promise<number> {
  const open = openJobs(await entriesOf(context.recorder))
  const boxes = context.boxes.length > 0 ? context.boxes : [...new Set(open.map(({ box }) => box))]
  if (boxes.length === 0) {
    await print('No detached command is open in this incident; halligan run BOX --jobs asks a box.\n')
    return 0
  }
  const codes = await onEach({ ...context, boxes }, async (name, box, signal) => {
    const jobs = await jobsOn(box, signal)
    if ('kind' in jobs) {
      process.stderr.write(problemWords(jobs))
      return 1
    }
    const known = open.filter(({ box: of }) => of === name)
    const gone = known.filter(({ job }) => !jobs.some((each) => each.job === job))
    const lines = [
      ...jobs.map((each) =>
        jobLine(
          name,
          each,
          known.find(({ job }) => job === each.job),
        ),
      ),
      ...gone.map(({ job, line, seq }) => `${job}  ${safeText(name)}  gone from the box  #${seq} $ ${safeText(line)}`),
    ]
    await print(
      lines.length > 0 ? `${lines.join('\n')}\n` : `No detached command of this user is on ${safeText(name)}.\n`,
    )
    return 0
  })
  return Math.max(...codes)
}

function jobLine(
  box: string,
  { job, state, exit, secondsSinceStart, bytes: size }: ListedJob,
  known: OpenJob | undefined,
): string {
  const how = state === 'running' ? 'running' : `${state}${exit === undefined ? '' : `, exit ${exit}`}`
  const what = known ? `  #${known.seq} $ ${safeText(known.line)}` : ''
  return `${job}  ${safeText(box)}  ${how}  started ${duration(Math.max(0, secondsSinceStart))} ago, ${bytes(size)}${what}`
}

/** Fetches what has ended, shows it, and leaves nothing of it on the boxes; gives the exit code of the command. */
export async function collectJobs(context: JobContext, job: string | undefined): Promise<number> {
  const known = openJobs(await entriesOf(context.recorder))
  const wanted = wantedJobs(context, known, job)
  const codes: number[] = []
  for (const [name, jobs] of Map.groupBy(wanted, ({ box }) => box)) {
    const done = await onEach({ ...context, boxes: [name] }, async (_, box, signal) => {
      const codesHere: number[] = []
      for (const each of jobs) {
        const began = known.find((open) => open.job === each.job)
        const collected = await collect(box, { ...meantBy(context), job: each.job, began, signal })
        codesHere.push(await told(name, collected, context.recorder.incident, job === undefined))
      }
      return Math.max(...codesHere)
    })
    codes.push(...done)
  }
  return Math.max(0, ...codes)
}

function wantedJobs(
  { boxes, recorder }: JobContext,
  known: readonly OpenJob[],
  job: string | undefined,
): readonly { readonly job: string; readonly box: string }[] {
  if (job === undefined) {
    const wanted = boxes.length > 0 ? known.filter(({ box }) => boxes.includes(box)) : known
    if (wanted.length > 0) return wanted
    throw new Problem(
      recorder.incident === undefined
        ? 'No incident is open that would know of detached commands.'
        : `No detached command of this incident is open${boxes.length > 0 ? ` on ${boxes.map(safeText).join(', ')}` : ''}.`,
      'halligan run BOX --jobs lists those of a box; halligan run BOX --collect JOB fetches one.',
    )
  }
  if (!isJobId(job))
    throw new Problem(
      `"${job}" names no detached command.`,
      'Its name has eight letters and digits: halligan run --jobs',
      2,
    )
  const [box = known.find((each) => each.job === job)?.box] = boxes
  if (box !== undefined) return [{ job, box }]
  throw new Problem(
    `This incident knows no detached command ${job}.`,
    `Name its box: halligan run BOX --collect ${job}`,
  )
}

async function told(
  name: string,
  collected: Collected,
  incident: string | undefined,
  isOneOfMany: boolean,
): Promise<number> {
  const { job, state, exit, failure, stdout, stderr, recorded, isRemoved } = collected
  if (failure) {
    if (recorded.length > 0) sayRecorded(recorded, incident)
    process.stderr.write(problemWords(failure))
    return NOT_DONE
  }
  if (state === 'running') {
    process.stderr.write(`halligan: ${job} still runs on ${safeText(name)}; --stop ${job} would end it.\n`)
    return isOneOfMany ? 0 : NOT_DONE
  }
  const output = liveOutput([name], { stdout: process.stdout, stderr: process.stderr })
  await output.take(name, 'stdout', stdout)
  await output.take(name, 'stderr', stderr)
  await output.ended(name)
  output.close()
  const kept = sayRecorded(recorded, incident)
  const how = state === 'ended' ? `exit ${exit}` : `${state}${exit === undefined ? '' : `, exit ${exit}`}`
  const rest = isRemoved ? 'nothing of it is left there' : 'IT IS STILL ON THE BOX: collect it again'
  process.stderr.write(`halligan: ${job} on ${safeText(name)}: ${how}; ${rest}.\n`)
  return kept && isRemoved && state === 'ended' ? (exit ?? NOT_DONE) : NOT_DONE
}

/** Ends a detached command before its time. */
export async function endJob(context: JobContext, job: string): Promise<number> {
  const known = openJobs(await entriesOf(context.recorder))
  const [wanted] = wantedJobs(context, known, job)
  const began = known.find((open) => open.job === job)
  const codes = await onEach({ ...context, boxes: [wanted?.box ?? ''] }, async (name, box, signal) => {
    const { failure, recorded } = await stopJob(box, { ...meantBy(context), job, began, signal })
    const kept = recorded.length === 0 || sayRecorded(recorded, context.recorder.incident)
    if (failure) process.stderr.write(problemWords(failure))
    else
      await print(
        `${job} on ${safeText(name)} is told to end; halligan run ${safeText(name)} --collect ${job} fetches what it printed.\n`,
      )
    return failure || !kept ? NOT_DONE : 0
  })
  return Math.max(...codes)
}

function meantBy({ recorder, anyway }: JobContext) {
  return { recorder, entries: () => entriesOf(recorder), anyway }
}

async function onEach(
  { boxes, sudo, settings }: JobContext,
  act: (name: string, box: ReturnType<typeof openBox>, signal: AbortSignal) => Promise<number>,
): Promise<readonly number[]> {
  const stop = stopOnInterrupt()
  const prompt = process.stderr.isTTY ? terminalPrompt(stop.signal) : undefined
  try {
    return await Promise.all(
      boxes.map(async (name) => {
        const box = openBox(name, { sudo: sudo ?? wantsSudo(name, settings), prompt })
        try {
          return await act(name, box, stop.signal)
        } finally {
          await box.close()
        }
      }),
    )
  } finally {
    stop.finish()
  }
}
