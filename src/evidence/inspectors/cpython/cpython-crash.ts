import { fields, fitting, list, number, optional, text, yesOrNo, type ShapeOf } from '../../../base/shape.ts'
import type { Crash, CrashCapture, CrashEnd } from '../../inspect/crash.ts'
import type { Inspector, Target } from '../../inspect/inspector.ts'
import { jsonLine } from '../../inspect/json-line.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import { LISTENS } from '../../inspect/watch-end.ts'
import { blind, garbled, seen, type Reading } from '../../reading.ts'
import { answerOf, FRAME, frameOf, stacksOf, type Answer } from './cpython-answer.ts'
import { cpythonStacks, readerScript } from './cpython-stacks.ts'

const DEFAULT_MS = 30 * 60_000

/**
 * The end of a Python program, sampled: its memory is read again and again, and what was seen last is told with variables. Nothing is attached, and it ends as it would have.
 *
 * - What its main program threw and nothing caught stands in `sys` (`last_exc`, `last_value`), with all calls that it went through and their variables, from then until Python takes
 *   itself down. That is looked for each few milliseconds: most are seen, those of a program that is gone within two are not.
 * - Whole looks, with the variables of all threads, come as often as a twentieth of one CPU allows (each 60 ms with two threads, each 0.4 s with ten, on a busy machine): the last one, and the last one at which the main program still ran.
 * - How it ended is asked of the kernel: the status in /proc until its parent collects it, then that of its handle (PIDFD_GET_INFO, Linux 6.15).
 *
 *     {"thrown":"ValueError('total of -6')","at":1086,"before":false,"frames":[{"function":"price",…}]}
 *     {"thread":812,"sample":20,…}                                                     <- as in cpython-stacks.ts
 *     {"sample":20,"at":1041}
 *     {"watched":1120,"ended":"process","status":256,"gone":1088,"finalizing":1086,"looks":21,"ticks":476}
 *
 * Sources: Python/pythonrun.c of CPython (_PyErr_PrintEx), include/uapi/linux/pidfd.h of Linux.
 */
export const cpythonCrash: Inspector<Crash> = {
  id: 'cpython-crash',
  title: 'wait for its end by reading its memory again and again',
  does: 'crash',
  runtimes: cpythonStacks.runtimes,
  tools: cpythonStacks.tools,
  able: cpythonStacks.able,
  price: () => ({
    price: 'free',
    why: 'its memory is read from outside, for a tenth of one CPU at most: nothing is attached, nothing stops; what it does between the last look and its end is not seen',
  }),
  script: ({ process }, { forMs = DEFAULT_MS, maxThreads, maxFrames }) =>
    readerScript(
      process,
      [`crash=${forMs / 1_000}`, 'errors=1', `threads=${maxThreads}`, `frames=${maxFrames}`, LISTENS],
      { forMs },
    ),
  parse,
}

const THROWN = fields({ thrown: text, at: number, before: yesOrNo, frames: list(FRAME) })
const END = fields({
  watched: number,
  ended: text,
  status: optional(number),
  gone: optional(number),
  finalizing: optional(number),
  looks: number,
  ticks: number,
})
type Thrown = ShapeOf<typeof THROWN>
type End = ShapeOf<typeof END>

function parse(output: Uint8Array, { process: { pid } }: Pick<Target, 'process'>): Reading<Crash> {
  const raw = Buffer.from(output).toString('utf8')
  const thrown: Thrown[] = []
  const answers: Answer[] = []
  let torn: string | undefined
  for (const line of raw.split('\n').filter((each) => each !== '')) {
    const value = jsonLine(line)
    const [error, end] = [fitting(THROWN, value), fitting(END, value)]
    if (end && torn === undefined) return seen(crashOf({ pid, thrown, answers, end }))
    const answer = error ? undefined : answerOf(line)
    if (answer?.kind === 'blind') return blind(answer.why, answer.hint)
    if (error) thrown.push(error)
    else if (answer) answers.push(answer)
    else if (!lostTarget(output)) torn ??= line
  }
  const lost = lostTarget(output)
  if (thrown.length > 0) return seen(withoutEnd({ pid, thrown, answers }, lost))
  if (torn !== undefined) return garbled('a line that the reader of Python does not print', torn)
  return lost ? blind(lostWords(lost)) : garbled('the watch of Python ended before its end', raw)
}

interface Watched {
  readonly pid: number
  readonly thrown: readonly Thrown[]
  readonly answers: readonly Answer[]
  readonly end: End
}

function crashOf(watched: Watched): Crash {
  const { pid, thrown, end } = watched
  const how = endOf(end)
  return {
    captures: [...thrown.map((each) => thrownCapture(each, pid)), ...lastLooks(watched)],
    ...(how ? { end: how } : {}),
    notes: notesOf(watched),
  }
}

/** What was thrown is told at once: it is there although the watch was ended before it could say more. */
function withoutEnd({ pid, thrown, answers }: Omit<Watched, 'end'>, lost: ReturnType<typeof lostTarget>): Crash {
  return {
    captures: thrown.map((each) => thrownCapture(each, pid)),
    notes: [
      ...notedIn(answers),
      `The watch ended before its end${lost ? `, and ${lostWords(lost)}` : ''}: how the program went on after that is not known.`,
    ],
  }
}

/** It is the main program whose exception Python keeps so. */
function thrownCapture({ thrown: says, frames, before }: Thrown, pid: number): CrashCapture {
  const thread = { tid: pid, name: 'MainThread', frames: frames.map(frameOf) }
  const notes = before ? ['It was thrown before it was watched; what goes on are other threads.'] : []
  return {
    why: { by: 'exception', says },
    tid: pid,
    stacks: { samples: [{ atMs: 0, threads: [thread] }], notes },
  }
}

/** Later ones first. */
function lastLooks({ answers, end: { gone } }: Watched): readonly CrashCapture[] {
  if (gone === undefined) return []
  const looks = answers
    .flatMap((each) => (each.kind === 'sample' ? [each] : []))
    .toSorted((a, b) => b.sample - a.sample)
  return looks.map(({ sample, at }) => ({
    why: { by: 'sampled', beforeEndMs: Math.max(0, gone - at) },
    stacks: {
      ...stacksOf(answers.filter((each) => 'sample' in each && each.sample === sample)),
      notes: [],
    },
  }))
}

/** As wait(2) has it. */
function endOf({ ended, status }: End): CrashEnd | undefined {
  if (ended === 'exec') return { by: 'exec' }
  if (ended === 'exiting') return { by: 'unknown' }
  if (ended !== 'process') return undefined
  if (status === undefined) return { by: 'unknown' }
  const number = status & 0x7f
  return number === 0 ? { by: 'exit', code: (status >> 8) & 0xff } : { by: 'signal', signal: { number } }
}

function notesOf({ answers, thrown, end }: Watched): readonly string[] {
  const { ended, watched, looks, ticks } = end
  const every = (count: number): string => (count === 0 ? 'never' : `each ${Math.round(watched / count)} ms`)
  return [
    ...notedIn(answers),
    ...(ended === 'process' ? untoldWords(thrown, end) : []),
    ...(ended === 'exiting'
      ? ['The kernel was still taking it down when the watch ended: how it ended is not known yet.']
      : []),
    `sampled: all threads were looked at ${every(looks)}, whether its main program threw something ${every(ticks)}`,
  ]
}

function notedIn(answers: readonly Answer[]): readonly string[] {
  return answers.flatMap((each) => (each.kind === 'note' ? [each.note] : []))
}

function untoldWords(thrown: readonly Thrown[], { status, finalizing }: End): readonly string[] {
  return [
    ...(status === undefined
      ? ['Whoever started it collected it before its status could be read; kernels from 6.15 on keep that.']
      : []),
    ...(thrown.length === 0 && finalizing !== undefined && status !== 0
      ? [
          'Python took itself down in order: its program came to its end, by sys.exit(), or by an exception that was gone before it was seen; what it logged to standard error has its traceback then.',
        ]
      : []),
  ]
}
