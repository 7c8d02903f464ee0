import { jsonLine } from '../../inspect/json-line.ts'
import { fields, fitting, list, number, optional, text, type ShapeOf } from '../../../base/shape.ts'
import { expressionText } from '../../inspect/expression.ts'
import type { Inspector, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import {
  nearestLines,
  type Hit,
  type Snapshot,
  type SnapshotEnd,
  type SnapshotRequest,
  untoldCondition,
} from '../../inspect/snapshot.ts'
import { LISTENS } from '../../inspect/watch-end.ts'
import { blind, garbled, seen, type Reading } from '../../reading.ts'
import { FRAME, frameOf, LOCAL, localOf } from './cpython-answer.ts'
import { cpythonStacks, readerScript } from './cpython-stacks.ts'

/**
 * The variables of a Python program at a statement, sampled: all stacks are read from its memory again and again, and each call that is seen at that line is told with its values. Nothing is
 * attached, nothing stops, and a line that runs for a microsecond between two looks is not seen: how often it ran cannot be told. A call that stands at the line with the same values from one look
 * to the next is one hit. Conditions are evaluated on the box on what was read; nothing of the program is run for them.
 *
 *   {"hit":412,"thread":812,"name":"worker-1","values":[{"name":"total","type":"int","value":"-3"}],"frames":[{"function":"Cart.price",…}]}
 *   {"ended":"hits","took":1408,"looks":390,"atIt":7,"false":2,"torn":1,"files":["/srv/shop/cart.py"]}
 *   {"nowhere":119,"files":["/srv/shop/cart.py"],"near":[117,118,121]}                    <- that line has no statement
 *
 * The tracepoints that a build with USDT has (`python:line`) would tell each run, at a tenth of the speed; they are not used. Later ones (3.14) let a debugger in (PEP 768): never tried.
 */
export const cpythonSnapshot: Inspector<Snapshot> = {
  id: 'cpython-snapshot',
  title: 'values at a statement of Python, by reading its memory again and again',
  does: 'snapshot',
  runtimes: cpythonStacks.runtimes,
  tools: cpythonStacks.tools,
  able: cpythonStacks.able,
  price: () => ({
    price: 'free',
    why: 'its memory is read from outside, for a tenth of one CPU at most: nothing is attached, nothing stops; what runs between two looks is not seen',
  }),
  script: ({ process }, { at, maxThreads, maxFrames }) =>
    readerScript(
      process,
      ['snapshot=1', `threads=${maxThreads}`, `frames=${Math.max(maxFrames, FRAMES_SEARCHED)}`, LISTENS],
      at ? { asked: askedOf(at), forMs: at.forMs } : {},
    ),
  parse,
}

/** A statement may stand far out, below all that it calls. */
const FRAMES_SEARCHED = 200

function askedOf({ file, line, function: called, when, print, hits, forMs }: SnapshotRequest): object {
  return {
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(called === undefined ? {} : { function: called }),
    ...(when ? { when } : {}),
    print: print.map((each) => [expressionText(each), each]),
    hits,
    seconds: forMs / 1000,
  }
}

const HEAD = fields({ python: text, found: text })
const HIT = fields({
  hit: number,
  thread: optional(number),
  name: optional(text),
  condition: optional(text),
  values: list(LOCAL),
  frames: list(FRAME),
})
const END = fields({
  ended: text,
  line: optional(number),
  function: optional(text),
  took: number,
  looks: number,
  atIt: number,
  false: number,
  torn: number,
  loose: number,
  files: list(text),
  near: optional(list(number)),
})
const NOWHERE = fields({ nowhere: number, files: list(text), near: list(number) })
const BLIND = fields({ blind: text, hint: text })

function parse(output: Uint8Array, _target: Target): Reading<Snapshot> {
  const lost = lostTarget(output)
  const raw = Buffer.from(output).toString('utf8')
  const hits: Hit[] = []
  for (const line of raw.split('\n')) {
    const value = jsonLine(line)
    const hit = fitting(HIT, value)
    if (hit) hits.push(hitOf(hit))
    const why = fitting(BLIND, value)
    if (why) return blind(why.blind, why.hint === '' ? '' : `run with ${why.hint}`)
    const nowhere = fitting(NOWHERE, value)
    if (nowhere) return nowhereWords(nowhere)
    const end = fitting(END, value)
    if (end) return seen(snapshotOf(hits, end))
    if (line !== '' && !hit && !fitting(HEAD, value) && !lost)
      return garbled('a line that the reader of Python does not print', line)
  }
  if (lost) return blind(lostWords(lost))
  return garbled('the snapshot of Python ended before its end', raw)
}

function nowhereWords({ nowhere, files, near }: ShapeOf<typeof NOWHERE>): Reading<Snapshot> {
  const lines = nearestLines(near, nowhere)
  return blind(
    `line ${nowhere} of ${files.join(', ')} has no statement`,
    lines.length === 0 ? '' : `lines near it that have one: ${lines.join(', ')}`,
  )
}

const ENDS: Readonly<Record<string, SnapshotEnd>> = {
  hits: 'hits',
  time: 'time',
  process: 'process',
  output: 'stopped',
}

function snapshotOf(hits: readonly Hit[], end: ShapeOf<typeof END>): Snapshot {
  const { ended, took: tookMs, files, line, function: called } = end
  const first = hits[0]?.frames[0]
  const file = first?.file ?? files[0]
  return {
    place: {
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...((first?.function ?? called) === undefined ? {} : { function: first?.function ?? called }),
    },
    hits,
    ended: ENDS[ended] ?? 'stopped',
    tookMs,
    isSampled: true,
    notes: notesOf(end),
  }
}

function notesOf(end: ShapeOf<typeof END>): readonly string[] {
  const { ended, line, took, looks, atIt, false: isFalse, torn, loose, files, near = [] } = end
  const every = looks > 0 ? `, one each ${(took / looks).toFixed(1)} ms` : ''
  const often =
    line === undefined
      ? 'a call of it was seen, anywhere within, in ATIT. How often it was called cannot be told.'
      : 'a thread was seen there in ATIT. How often it ran cannot be told.'
  const lines = line === undefined ? [] : nearestLines(near, line)
  return [
    `sampled: ${looks} looks${every}; ${often.replace('ATIT', String(atIt))}`,
    ...(isFalse > 0 ? [`The condition was false in ${isFalse} of them.`] : []),
    ...(loose > 0
      ? [`${loose} hits were read of a thread that ran on meanwhile: their values may be of two moments.`]
      : []),
    ...(torn > 0 ? [`${torn} times the program went on while it was read: those are not told.`] : []),
    ...(files.length > 1 ? [`Several files are called so: ${files.join(', ')}.`] : []),
    ...(atIt === 0 && files.length === 0
      ? ['No function of it was found: the file, or the function, may have another name.']
      : []),
    ...(lines.length > 0 ? [`Lines near it that have a statement: ${lines.join(', ')}.`] : []),
    ...(ended === 'output' ? ['The answer became too long: it ended there.'] : []),
  ]
}

function hitOf({ hit, thread, name, condition, values, frames }: ShapeOf<typeof HIT>): Hit {
  return {
    atMs: hit,
    ...(thread === undefined ? {} : { tid: thread }),
    ...(name === undefined ? {} : { threadName: name }),
    ...(condition === undefined ? {} : { condition: untoldCondition(condition) }),
    values: values.map(localOf),
    frames: frames.map(frameOf),
  }
}
