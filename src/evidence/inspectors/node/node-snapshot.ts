import type { Local } from '../../inspect/frame.ts'
import type { Inspector, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import { MASKED } from '../../inspect/secret-names.ts'
import { nearestLines, type Hit, type Snapshot, type SnapshotEnd, untoldCondition } from '../../inspect/snapshot.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { clientLines, type ClientSaid, type EndLine, type HitLine } from './node-client/lines.ts'
import { nodeExpression, nodePrint, RECORDER } from './node-expression.ts'
import { nodeScript } from './node-script.ts'
import { closingNotes, nodeAble, nodeFrame, nodeGuard, nodeRefusal, NODE_RESIDUE } from './node-stacks.ts'

/** Measured: the debugger is switched on in 20 to 60 ms with some hundred scripts, a breakpoint is set in 40 ms since V8 throws away the machine code of its function. Milliseconds. */
const PAUSE_MS = 200
/** A program of some thousand modules has so many. */
const MAX_SCRIPTS = 20_000
/** Of a function; a generated one may have hundreds. */
const MAX_NAMES = 60
const MAX_LOCALS = 30
/** Of a value: levels, items of each, characters of a text within it and of it all. */
const BOUNDS = { maxDepth: 3, maxItems: 10, maxText: 200, maxValue: 800 }

/**
 * Values of variables each time a statement of JavaScript runs, in the program and its workers: a breakpoint of V8 with a condition that writes them down, and is
 * never true, so that nothing ever stops. What is written down runs nothing of the program: no getter, no proxy, no `toString`. How often the function is called is counted
 * before, what a pass costs is measured there; a line that runs too often is refused or given up. Source: chromedevtools.github.io/devtools-protocol, Debugger.
 */
export const nodeSnapshot: Inspector<Snapshot> = {
  id: 'node-snapshot',
  title: 'values at a statement of JavaScript, by a breakpoint of V8 that never stops',
  does: 'snapshot',
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
      'SIGUSR1 makes Node open its inspector on 127.0.0.1 (any user of the box can reach it for that time); calls are counted for 0.2 s, in which JavaScript runs some ' +
      'times slower; then each run of the statement costs some 0.1 ms, and 1 ms where it is a hit (half a second once for an object of a million fields); nothing stops for them',
  }),
  script: (target, { at, forMs = at?.forMs ?? 0, maxFrames, maxThreads }) =>
    nodeScript(target, {
      way: 'snapshot',
      at: { file: at?.file, line: at?.line, function: at?.function },
      ...(at?.when ? { when: nodeExpression(at.when) } : {}),
      prints: at?.print.map(nodePrint) ?? [],
      recorder: RECORDER,
      hits: at?.hits ?? 0,
      forMs,
      maxFrames,
      maxThreads,
      maxLocals: MAX_LOCALS,
      maxNames: MAX_NAMES,
      maxScripts: MAX_SCRIPTS,
      ...BOUNDS,
    }),
  parse: readNodeSnapshot,
}

function readNodeSnapshot(output: Uint8Array, { process }: Target): Reading<Snapshot> {
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const said = clientLines(output)
  if (said.noPlace) return nowhere(said.noPlace)
  const { place } = said
  if (!place) return nodeRefusal(said, output)
  if (said.end?.ended === 'hot' && !place.armed) return tooHot(place)
  const [first] = said.hits
  const inner = first && first.frames[0]?.[0]
  return seen({
    place: { file: place.at.path, line: place.at.line, ...(inner ? { function: inner } : {}) },
    hits: said.hits.map((hit) => hitOf(hit, process.pid)),
    ...(said.end ? { reached: said.end.reached } : {}),
    ended: endOf(said.end),
    tookMs: said.end?.tookMs ?? said.hits.at(-1)?.atMs ?? 0,
    isSampled: false,
    perHitUs: place.passUs,
    notes: [...notesOf(said, place), ...closingNotes(said)],
  })
}

/** Workers are threads, but nothing tells which: as in `node-stacks`, theirs is the number of the worker, below 0. */
function hitOf({ isolate, atMs, values, frames, condition }: HitLine, pid: number): Hit {
  const worker = Number(/^worker (\d{1,9}) /.exec(isolate)?.[1] ?? 0)
  return {
    atMs,
    tid: isolate === '' ? pid : -worker,
    threadName: isolate === '' ? 'JavaScript' : isolate,
    values: values.map(valueOf),
    frames: frames.map(([called, file, line]) => nodeFrame(called, file, line)),
    ...(condition === undefined ? {} : { condition: untoldCondition(condition) }),
  }
}

function valueOf({ name, value, type }: HitLine['values'][number]): Local {
  return { name, value, ...(type ? { type } : {}), ...(value === MASKED ? { masked: true } : {}) }
}

const ENDS: ReadonlySet<string> = new Set<SnapshotEnd>(['hits', 'time', 'hot', 'process', 'stopped'])

/** A client whose end was not seen was ended from outside. */
function endOf(end: EndLine | undefined): SnapshotEnd {
  return end !== undefined && isEnd(end.ended) ? end.ended : 'stopped'
}

function isEnd(text: string): text is SnapshotEnd {
  return ENDS.has(text)
}

type PlaceLine = NonNullable<ClientSaid['place']>

/** From so many runs a second on it is worth a word. */
const OFTEN = 1_000

function notesOf({ end, notes, hits }: ClientSaid, { at, perSecond, passUs }: PlaceLine): readonly string[] {
  return [
    ...notes,
    ...(perSecond >= OFTEN && hits.length > 0
      ? [
          `its function is called ${rateOf(perSecond)} times a second or more: these are passes in a row, and its thread was slower while it was watched (${Math.round(passUs)} µs each)`,
        ]
      : []),
    ...(at.mapped ? ['the script was generated, and names a source map: lines are those of what runs'] : []),
    ...(end?.untold && end.untold > 1
      ? [`at ${end.untold} runs the condition could not be told, one of them is shown: ${end.why}`]
      : []),
    ...(end?.failed ? [`${end.failed} passes could not be written down: ${end.why}`] : []),
    ...(end && end.removed === false
      ? ['that the breakpoint is out could not be seen; it goes with the inspector']
      : []),
  ]
}

/** As counted while V8 counts, which is some times slower: it is at least so often. */
function rateOf(perSecond: number): string {
  return Math.round(perSecond).toLocaleString('en')
}

/** With a condition nobody knows when it would be true. */
function tooHot({ at, perSecond, passUs }: PlaceLine): Reading<never> {
  const share = ((perSecond * passUs) / 10_000).toLocaleString('en', { maximumFractionDigits: 0 })
  return blind(
    `the function of line ${at.line} is called ${rateOf(perSecond)} times a second or more, and each run of a watched line costs ${Math.round(passUs)} µs here: ` +
      `${share} % of a CPU, for as long as the condition is not true. Nothing was set`,
    'without --when the first runs are told and it is over at once; or take a line that runs less',
  )
}

type NoPlace = NonNullable<ClientSaid['noPlace']>

/** What V8 has no place for, with what there is instead. */
function nowhere({ refused, offered = [], script = '', lines = [], last = 0, asked = 0 }: NoPlace): Reading<never> {
  const names = offered.join(', ')
  switch (refused) {
    case 'no-script':
      return blind('V8 has loaded no script of that name', names === '' ? '' : `there are: ${names}`)
    case 'several-scripts':
      return blind('several scripts have that name', `say more of its path: ${names}`)
    case 'no-line': {
      const near = nearestLines(lines, asked)
      const few = asked > last ? ` (it has ${last} lines)` : ''
      return blind(
        `nothing runs at line ${asked} of ${script}${few}`,
        near.length === 0 ? '' : `the nearest: line ${near.join(', ')}`,
      )
    }
    case 'no-function':
      return blind(
        'V8 knows no function of that name: it has not run yet, or is called otherwise',
        names === ''
          ? 'name a line of its file (--at FILE:LINE)'
          : `there are: ${names}; or name a line (--at FILE:LINE)`,
      )
    case 'several-functions':
      return blind('several functions have that name', `name a line: ${names}`)
    default:
      return blind(refused)
  }
}
