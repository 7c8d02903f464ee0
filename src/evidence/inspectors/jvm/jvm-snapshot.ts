import { fittingLines } from '../../inspect/json-line.ts'
import { fields, list, number, optional, text, yesOrNo, type ShapeOf } from '../../../base/shape.ts'
import { expressionText, type Expression } from '../../inspect/expression.ts'
import type { Inspector, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import { SECRET_NAMES } from '../../inspect/secret-names.ts'
import {
  nearestLines,
  type Hit,
  type Snapshot,
  type SnapshotEnd,
  type SnapshotRequest,
  untoldCondition,
} from '../../inspect/snapshot.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { agentAble, agentScript, hex, noAgent, WARNED_RESIDUE } from './jvm-agent.ts'
import { JVM_RESIDUE, ownClass } from './jvm-attaching.ts'
import { jvmFolderGuard } from './jvm-folder.ts'

/** A class is changed at a safepoint, at which all classes that are loaded are looked at: 16 ms were measured in a small JVM 17. Twice; a large program takes longer. Milliseconds. */
const PAUSE_MS = 200
/**
 * Values of variables each time a statement runs, by an agent that is loaded into the JVM (jvm-helper): it has the classes of the statement call a hook there, which reads arguments, local variables
 * and fields on the thread that runs, and gives the classes back as they were after the last hit, when the time is over, or as soon as the folder of the guard goes.
 * Live-tested with 17 (by the copy of ASM in the JDK, as in 11 to 23) and 25 (java.lang.classfile, as in 24).
 * Sources: package java.lang.instrument; JVMS 4.7.13 for names of variables; JEP 451 for the warning; JEP 484.
 */
export const jvmSnapshot: Inspector<Snapshot> = {
  id: 'jvm-snapshot',
  title: 'values at a statement of Java, by an agent',
  does: 'snapshot',
  runtimes: ['jvm'],
  tools: [],
  attaches: jvmFolderGuard,
  endsWhenAsked: true,
  able: agentAble,
  price: () => ({
    price: 'pause',
    pauseMs: PAUSE_MS,
    residue: `${JVM_RESIDUE}; the classes HalliganAgent and java.lang.HalliganHook, which do nothing any more; ${WARNED_RESIDUE}`,
    why: 'the JVM stands still while the class is changed and while it is changed back, and compiles it anew; the values are read by the thread that runs, which takes below a millisecond each time',
  }),
  script: snapshotScript,
  parse: readJvmSnapshot,
}

function snapshotScript(target: Target, { at, maxFrames }: Parameters<Inspector<Snapshot>['script']>[1]): string {
  const request = at && requestLines(at, maxFrames)
  if (!request) return `echo 'halligan-snapshot no-class'`
  return agentScript(target, {
    request,
    forMs: at?.forMs ?? 0,
    mark: 'halligan-snapshot',
    done: 'ended|refused|absent|lines',
    everySeconds: 0.2,
  })
}

/** As halligan.Request reads them; undefined where a function was named without its class. */
function requestLines(request: SnapshotRequest, maxFrames: number): string | undefined {
  const { file, line, when, print, hits, forMs } = request
  const called = request.function?.replaceAll(/::|\$/g, '.')
  const [, owner, method] = /^(?:(.+)\.)?([^.]+)$/.exec(called ?? '') ?? []
  if (file === undefined && owner === undefined) return undefined
  const isConstructor = owner !== undefined && owner.replace(/^.*\./, '') === method
  return [
    ...(file === undefined ? [] : [`file ${hex(file)}`]),
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(owner === undefined ? [] : [`owner ${hex(owner)}`]),
    ...(method === undefined ? [] : [`method ${hex(isConstructor ? '<init>' : method)}`]),
    `hits ${hits}`,
    `for ${Math.round(forMs)}`,
    `frames ${maxFrames}`,
    `secret ${hex(SECRET_NAMES)}`,
    ...(when ? [`when ${treeWords(when)}`] : []),
    ...print.map((each) => `print ${hex(expressionText(each))} ${treeWords(each)}`),
    '',
  ].join('\n')
}

/** As halligan.Tree reads it: what is done stands before what it is done to. */
function treeWords(expression: Expression): string {
  switch (expression.kind) {
    case 'name':
      return `n${hex(expression.name)}`
    case 'member':
      return `m${hex(expression.name)} ${treeWords(expression.of)}`
    case 'index':
      return `i ${treeWords(expression.of)} ${treeWords(expression.at)}`
    case 'number':
      return `d${hex(expression.text)}`
    case 'text':
      return `t${hex(expression.text)}`
    case 'constant':
      return `c${expression.constant}`
    case 'not':
      return `x ${treeWords(expression.of)}`
    case 'compare':
      return `o${expression.operator} ${treeWords(expression.left)} ${treeWords(expression.right)}`
    case 'and':
      return `a ${treeWords(expression.left)} ${treeWords(expression.right)}`
    case 'or':
      return `r ${treeWords(expression.left)} ${treeWords(expression.right)}`
  }
}

const LOCAL = fields({ name: text, type: optional(text), value: text, masked: optional(yesOrNo) })
const FRAME = fields({ function: text, file: optional(text), line: optional(number), module: optional(text) })
const HIT = fields({
  hit: number,
  thread: text,
  condition: optional(text),
  values: list(LOCAL),
  frames: list(FRAME),
})
const WATCHED = fields({
  watched: list(number),
  function: text,
  file: optional(text),
  hasNoNames: yesOrNo,
  isConstructor: yesOrNo,
})
const END = fields({ ended: text, reached: number, nanos: number, tookMs: number, restored: yesOrNo })
const LINES = fields({ asked: number, lines: list(number) })
const REFUSED = fields({ refused: text })

function readJvmSnapshot(output: Uint8Array): Reading<Snapshot> {
  const raw = Buffer.from(output).toString('utf8')
  const all = fittingLines(raw)
  const [watched] = all(WATCHED)
  const hits = all(HIT).map(hitOf)
  const lost = lostTarget(output)
  const [refused] = all(REFUSED)
  // Refused beside watched: what it had changed it has taken back.
  if (watched && !refused) return caught(watched, hits, all(END)[0], lost)
  if (lost) return blind(lostWords(lost))
  if (refused) return blind(`the agent could not watch it: ${refused.refused.slice(0, 300)}`)
  const [lines] = all(LINES)
  if (lines) return noStatement(lines)
  return noAnswer(raw)
}

function noStatement({ asked, lines }: ShapeOf<typeof LINES>): Reading<Snapshot> {
  if (asked === 0) return blind('that class has no such method with code', 'name it as the source has it: Cart.total')
  if (lines.length === 0)
    return blind(
      `there is no statement at line ${asked}, and none near it, in the classes of that file that are loaded`,
    )
  const near = nearestLines(lines, asked)
  return blind(`there is no statement at line ${asked}`, `the nearest ones: ${near.join(', ')}`)
}

function noAnswer(raw: string): Reading<Snapshot> {
  if (/^halligan-snapshot no-class$/m.test(raw)) return blind('a method is named with its class', '--at Cart.total')
  if (/^\{"absent":true\}$/m.test(raw))
    return blind(
      'no class of the program that is loaded is of that file, or has that name',
      'a class is loaded when it is first used; classes of the JDK are not watched',
    )
  return noAgent(raw, 'halligan-snapshot')
}

const ENDS: Readonly<Record<string, SnapshotEnd>> = { hits: 'hits', time: 'time', hot: 'hot', stopped: 'stopped' }

function caught(
  { watched, function: called, file, hasNoNames, isConstructor }: ShapeOf<typeof WATCHED>,
  hits: readonly Hit[],
  end: ShapeOf<typeof END> | undefined,
  lost: 'gone' | 'reused' | undefined,
): Reading<Snapshot> {
  const [line] = watched
  const isWithoutLines = hits.some(({ frames }) => frames.some(({ own, line }) => own && line === undefined))
  return seen({
    place: { function: called, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) },
    hits,
    ...(end ? { reached: end.reached } : {}),
    ended: end ? (ENDS[end.ended] ?? 'stopped') : lost ? 'process' : 'stopped',
    tookMs: end?.tookMs ?? Math.max(0, ...hits.map(({ atMs }) => atMs)),
    isSampled: false,
    ...(end && end.nanos > 0 ? { perHitUs: end.nanos / 1000 } : {}),
    notes: [
      ...(end && !end.restored ? ['the JVM did not show that its classes are as they were before'] : []),
      ...(end?.restored ? ['the class files are as they were before, byte by byte'] : []),
      ...(hasNoNames
        ? ['it was compiled without the names of variables (javac -g): its arguments are told by number']
        : []),
      ...(isConstructor ? ['in a constructor `this` is not read'] : []),
      ...(isWithoutLines
        ? ['a call that was begun before its class was changed is told without its line, and is not watched']
        : []),
    ],
  })
}

function hitOf({ hit, thread, condition, values, frames }: ShapeOf<typeof HIT>): Hit {
  return {
    atMs: Math.max(0, hit),
    threadName: thread,
    values: values.map(({ masked, ...local }) => ({ ...local, ...(masked ? { masked: true as const } : {}) })),
    frames: frames.map((frame) => ({ ...frame, own: frame.module === undefined && ownClass(frame.function) })),
    ...(condition === undefined ? {} : { condition: untoldCondition(condition) }),
  }
}
