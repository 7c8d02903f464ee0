import type { Crash, CrashCapture, CrashEnd } from '../../inspect/crash.ts'
import type { Inspector, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { clientLines, type ClientSaid, type CrashLine } from './node-client/lines.ts'
import { nodeScript } from './node-script.ts'
import {
  closingNotes,
  frameOf,
  LOCALS_FRAMES,
  MAX_LOCALS,
  nodeAble,
  nodeGuard,
  nodeRefusal,
  NODE_RESIDUE,
} from './node-stacks.ts'

/** Of a stop at an exception, as `STOP_AT_MOST_MS` of the client bounds it; measured some 20. Milliseconds. */
const PAUSE_MS = 1_000
const DEFAULT_MS = 30 * 60_000

/**
 * The end of a Node program: what it throws and nothing catches, with its stack and variables (V8 stops for that moment, at most five times), and the calls that led to
 * `process.exit` (Node tells a debugger that it ends, and waits until it has gone). Source: chromedevtools.github.io/devtools-protocol, Debugger.setPauseOnExceptions; NodeRuntime
 * domain in node_protocol.pdl of Node.
 */
export const nodeCrash: Inspector<Crash> = {
  id: 'node-crash',
  title: 'wait for what nothing catches and for its exit, by the inspector of Node',
  does: 'crash',
  runtimes: ['node'],
  tools: [],
  attaches: nodeGuard,
  endsWhenAsked: true,
  able: nodeAble,
  price: () => ({
    price: 'pause',
    pauseMs: PAUSE_MS,
    residue: NODE_RESIDUE,
    why:
      'SIGUSR1 makes Node open its inspector on 127.0.0.1, and any user of the box can reach it for as long as it is watched; its JavaScript stops while the variables of an exception are ' +
      'read, at most five times; its exit waits for some tenths of a second. Signals that kill it, process.abort() and running out of memory are not seen by this way',
  }),
  script: (target, { forMs = DEFAULT_MS, maxFrames, maxThreads }) =>
    nodeScript(target, {
      way: 'crash',
      forMs,
      maxFrames,
      maxThreads,
      localsFrames: LOCALS_FRAMES,
      maxLocals: MAX_LOCALS,
    }),
  parse: readNodeCrash,
}

function readNodeCrash(output: Uint8Array, { process }: Target): Reading<Crash> {
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const said = clientLines(output)
  if (!said.isWatching) return nodeRefusal(said, output)
  const exit = said.crashes.find(({ kind }) => kind === 'exit')
  // After an exception that ends it there are no calls of the program on the stack when it exits.
  const told = said.crashes.filter(({ kind, frames }) => kind !== 'exit' || frames.some((each) => frameOf(each).own))
  return seen({
    captures: told.map((line) => captureOf(line, process.pid)),
    ...(exit ? { end: endOf(exit) } : {}),
    notes: [...said.notes, ...notesOf(said), ...closingNotes(said)],
  })
}

/** As in `node-stacks`, a worker has the number of the worker, below 0. */
function captureOf(line: CrashLine, pid: number): CrashCapture {
  const worker = Number(/^worker (\d{1,9}) /.exec(line.name)?.[1] ?? 0)
  const tid = line.name === '' ? pid : -worker
  const thread = {
    tid,
    name: line.name === '' ? 'JavaScript' : line.name,
    frames: line.frames.map(frameOf),
    ...(line.cut === undefined ? {} : { cut: `${line.cut} frames more` }),
  }
  const stoppedMs = line.stoppedMs === undefined ? {} : { stoppedMs: line.stoppedMs }
  const notes = line.noValues ? ['the variables did not come within the pause, and were left'] : []
  return { why: endOf(line), tid, stacks: { samples: [{ atMs: 0, threads: [thread], ...stoppedMs }], notes } }
}

function endOf({ kind, says, code }: CrashLine): CrashEnd {
  return kind === 'exit' ? { by: 'exit', ...(code === undefined ? {} : { code }) } : { by: 'exception', says }
}

/** As the client counts (`MOST_STOPS`). */
const MOST_STOPS = 5

function notesOf({ watched, crashes }: ClientSaid): readonly string[] {
  const isAlive = crashes.length > 0 && !crashes.some(({ kind }) => kind === 'exit')
  return [
    ...(watched?.lost
      ? [
          'the connection ended without a word: a signal, process.abort() or running out of memory leaves no time for one',
        ]
      : []),
    ...(watched && watched.stops >= MOST_STOPS ? ['it was not stopped for more exceptions than these'] : []),
    ...(watched && isAlive && !watched.lost
      ? [
          'the program goes on after it: something of it handled the exception after all (a later catch of a promise, or "uncaughtException")',
        ]
      : []),
  ]
}
