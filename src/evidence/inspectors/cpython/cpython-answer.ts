import { jsonLine } from '../../inspect/json-line.ts'
import { fields, fitting, list, number, optional, text, yesOrNo, type ShapeOf } from '../../../base/shape.ts'
import type { Frame, Local } from '../../inspect/frame.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import type { ApartStack, StackSample, Stacks, ThreadStack } from '../../inspect/stacks.ts'
import { blind, garbled, seen, type Reading } from '../../reading.ts'

export const LOCAL = fields({ name: text, type: optional(text), value: text, masked: optional(yesOrNo) })
export const FRAME = fields({ function: text, file: text, line: optional(number), locals: optional(list(LOCAL)) })
const HEAD = fields({ python: text, found: text })
const THREAD = fields({
  thread: optional(number),
  sample: number,
  ident: text,
  interpreter: number,
  name: optional(text),
  cpu: optional(number),
  daemon: yesOrNo,
  gil: yesOrNo,
  torn: yesOrNo,
  cut: optional(text),
  raises: optional(text),
  handles: optional(text),
  frames: list(FRAME),
})
const TASK = fields({ task: text, sample: number, awaits: optional(text), frames: list(FRAME) })
const SAMPLE = fields({ sample: number, at: number })
const NOTE = fields({ note: text })
const BLIND = fields({ blind: text, hint: text })
const BOUND = fields({ bound: text })
const END = fields({ end: yesOrNo })

/** Ways in which Python names a file that is no file of the program: its own library, what pip brought, what is built in. */
const LIBRARY = /\/(?:site|dist)-packages\/|\/lib(?:64)?\/(?:python\d|pypy)|^<frozen |\/python\d+\.zip\//

/** What the reader printed (cpython-stacks.ts). A line that it would not print is garbled; an answer without its end is told by a note. */
export function parseCpythonStacks(output: Uint8Array): Reading<Stacks> {
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const raw = Buffer.from(output).toString('utf8')
  const answers: Answer[] = []
  for (const line of raw.split('\n').filter((each) => each !== '')) {
    const answer = answerOf(line)
    if (!answer) return garbled('a line that the reader of Python does not print', line)
    if (answer.kind === 'blind') return blind(answer.why, answer.hint)
    answers.push(answer)
  }
  if (answers[0]?.kind !== 'head') return garbled('the reader of Python did not tell what it found', raw)
  return seen(stacksOf(answers))
}

export type Answer =
  | { readonly kind: 'head' | 'end' }
  | ({ readonly kind: 'thread' } & ShapeOf<typeof THREAD>)
  | ({ readonly kind: 'task' } & ShapeOf<typeof TASK>)
  | ({ readonly kind: 'sample' } & ShapeOf<typeof SAMPLE>)
  | { readonly kind: 'note'; readonly note: string }
  | { readonly kind: 'blind'; readonly why: string; readonly hint: string }

export function answerOf(line: string): Answer | undefined {
  const value = jsonLine(line)
  const thread = fitting(THREAD, value)
  if (thread) return { kind: 'thread', ...thread }
  const task = fitting(TASK, value)
  if (task) return { kind: 'task', ...task }
  const sample = fitting(SAMPLE, value)
  if (sample) return { kind: 'sample', ...sample }
  const note = fitting(NOTE, value)
  if (note) return { kind: 'note', ...note }
  const bound = fitting(BOUND, value)
  if (bound) return { kind: 'note', note: BOUNDS[bound.bound] ?? `it stopped at its bound of ${bound.bound}` }
  const why = fitting(BLIND, value)
  if (why) return { kind: 'blind', why: why.blind, hint: why.hint === '' ? '' : `run with ${why.hint}` }
  if (fitting(HEAD, value)) return { kind: 'head' }
  return fitting(END, value) ? { kind: 'end' } : undefined
}

/** What the reader stopped at, in words. */
const BOUNDS: Readonly<Record<string, string>> = {
  time: 'reading took too long and was ended: threads may be missing',
  bytes: 'more memory would have had to be read than is allowed: threads may be missing',
  memory: 'reading needed more memory than it may use, and was ended: threads may be missing',
  output: 'the answer became too long: threads are missing',
}

export function stacksOf(answers: readonly Answer[]): Stacks {
  const ofSample = <K extends Answer['kind']>(kind: K, sample: number) =>
    answers.filter(
      (each): each is Extract<Answer, { kind: K; sample: number }> =>
        each.kind === kind && 'sample' in each && each.sample === sample,
    )
  const numbers = [...new Set(answers.flatMap((each) => ('sample' in each ? [each.sample] : [])))]
  const samples = numbers.map((sample): StackSample => {
    const threads = ofSample('thread', sample)
    return {
      atMs: ofSample('sample', sample)[0]?.at ?? 0,
      threads: threads.flatMap((each) =>
        each.thread === undefined || each.interpreter > 0 ? [] : [threadStack(each, each.thread)],
      ),
      apart: [
        ...threads.filter((each) => each.thread === undefined || each.interpreter > 0).map(apartThread),
        ...ofSample('task', sample).map(taskStack),
      ],
    }
  })
  const notes = answers.flatMap((each) => (each.kind === 'note' ? [each.note] : []))
  const isWhole = answers.some(({ kind }) => kind === 'end') || notes.length > 0
  return { samples, notes: isWhole ? notes : [...notes, 'the answer was cut off: threads may be missing'] }
}

type Thread = ShapeOf<typeof THREAD>

function threadStack(thread: Thread, tid: number): ThreadStack {
  const { name, frames, cut, cpu } = thread
  const says = saidOf(thread)
  return {
    tid,
    ...(name === undefined ? {} : { name }),
    frames: frames.map(frameOf),
    ...(cut === undefined ? {} : { cut }),
    ...(cpu === undefined ? {} : { cpuMs: cpu }),
    ...(says.length > 0 ? { says } : {}),
  }
}

/**
 * A thread whose number for the system is not known: it ends just now, or was made by a C library of another kind. And those of subinterpreters, which
 * before 3.13 keep the number of the thread that made them, whoever runs them.
 */
function apartThread(thread: Thread): ApartStack {
  const { ident, name, frames, cut, interpreter } = thread
  return {
    name:
      interpreter > 0
        ? `subinterpreter ${interpreter}`
        : `thread ${name ?? ident}, its number for the system is not known`,
    frames: frames.map(frameOf),
    ...(cut === undefined ? {} : { cut }),
    says: saidOf(thread),
  }
}

function saidOf({ gil, daemon, torn, raises, handles, frames }: Thread): readonly string[] {
  return [
    ...(gil ? ['holds the GIL'] : []),
    ...(daemon ? ['daemon'] : []),
    ...(raises === undefined ? [] : [`raises ${raises}`]),
    ...(handles === undefined ? [] : [`handles ${handles}`]),
    ...(torn ? ['its calls changed at each of three tries: frames and values may not belong together'] : []),
    ...(frames.length === 0 ? ['runs no Python now'] : []),
  ]
}

function taskStack({ task, awaits, frames }: ShapeOf<typeof TASK>): ApartStack {
  return {
    name: `asyncio task ${task}`,
    frames: frames.map(frameOf),
    says: [awaits === undefined ? 'has not begun, or is about to go on' : `awaits a ${awaits}`],
  }
}

/** A frame as the reader tells it. */
export function frameOf({ function: name, file, line, locals }: ShapeOf<typeof FRAME>): Frame {
  return {
    function: name,
    file,
    ...(line === undefined ? {} : { line }),
    ...(locals === undefined ? {} : { locals: locals.map(localOf) }),
    own: !LIBRARY.test(file),
  }
}

export function localOf({ name, type, value, masked }: ShapeOf<typeof LOCAL>): Local {
  return { name, ...(type === undefined ? {} : { type }), value, ...(masked ? { masked } : {}) }
}
