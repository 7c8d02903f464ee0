import { shellQuoted } from '../../../base/shell-quoted.ts'
import { fields, fitting, list, number, optional, text, yesOrNo, type ShapeOf } from '../../../base/shape.ts'
import type { Crash, CrashCapture, CrashEnd } from '../../inspect/crash.ts'
import type { Frame } from '../../inspect/frame.ts'
import type { Inspector, InspectOptions, Target } from '../../inspect/inspector.ts'
import { jsonLine } from '../../inspect/json-line.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import type { ThreadStack } from '../../inspect/stacks.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { agentAble, agentScript, noAgent, WARNED_RESIDUE } from './jvm-agent.ts'
import { JVM_RESIDUE, ownClass } from './jvm-attaching.ts'
import { fatalErrorIn, MOST_BYTES } from './jvm-fatal-error.ts'
import { jvmFolderGuard } from './jvm-folder.ts'
import { plainName } from './jvm-recording.ts'

/** All stacks are taken once when the watch begins (so that nothing has to be loaded later), and when it exits: as for a thread dump. Milliseconds. */
const PAUSE_MS = 50
const PAUSE_PER_THREAD_MS = 0.1
const DEFAULT_MS = 30 * 60_000
/** As EndWatch counts. */
const MOST_TOLD = 20
const MARK = 'halligan-crash'

/**
 * The end of a Java program: what nothing of it catches, who calls `System.exit`, and the fatal-error file of a JVM that crashed itself. An agent is loaded (jvm-helper) that sets the
 * default handler of uncaught exceptions, which passes all on to the one before, and a shutdown hook, and takes both out again. No class is changed for it, neither
 * `Thread.dispatchUncaughtException` nor `Runtime.exit`: HotSpot throws away all compiled code that has a method of a changed class in it, and Thread is in much of it; a watch that may see nothing is
 * not worth that. So `Runtime.halt`, and threads with a handler of their own, are not seen.
 * Sources: java.lang.Thread.setDefaultUncaughtExceptionHandler, java.lang.Runtime.addShutdownHook.
 */
export const jvmCrash: Inspector<Crash> = {
  id: 'jvm-crash',
  title: 'wait for what nothing catches and for its exit, by an agent',
  does: 'crash',
  runtimes: ['jvm'],
  tools: [],
  attaches: jvmFolderGuard,
  endsWhenAsked: true,
  able: agentAble,
  price: ({ process }) => ({
    price: 'pause',
    pauseMs: Math.round(PAUSE_MS + process.threadCount * PAUSE_PER_THREAD_MS),
    residue: `${JVM_RESIDUE}; the class HalliganAgent, which does nothing any more; ${WARNED_RESIDUE}`,
    why: 'the JVM stands still while all its stacks are taken once, and again when it exits; in between nothing is slower, no class is changed, and 1 MiB of its heap is kept for the moment in which that is full. A default handler of uncaught exceptions that the program sets meanwhile is not seen through; Runtime.halt and SIGKILL are not seen',
  }),
  script: crashScript,
  parse: readJvmCrash,
}

function crashScript(target: Target, { forMs = DEFAULT_MS, maxFrames }: InspectOptions): string {
  const { process } = target
  const { pid, uid, namespacePids, sameFiles, argv } = process
  const inside = namespacePids.at(-1) ?? pid
  const named = argv.findLast((word) => word.startsWith('-XX:ErrorFile='))?.slice('-XX:ErrorFile='.length)
  const name = `hs_err_pid${inside}.log`
  const files = [
    ...(named === undefined ? [] : [named.replaceAll('%p', String(inside)).replace(/^(?!\/)/, './')]),
    `./${name}`,
    ...(sameFiles === false ? [] : [`/tmp/${name}`]),
  ]
  return agentScript(target, {
    request: ['end 1', `for ${Math.round(forMs)}`, `frames ${maxFrames}`, ''].join('\n'),
    forMs,
    mark: MARK,
    done: 'ended|refused|exits',
    everySeconds: 0.5,
    before: `: >"$own/beginning"
here=$(readlink /proc/${pid}/cwd); cd /proc/${pid}/cwd 2>/dev/null || here=`,
    // After its hook it ends, if no other hook holds it up.
    after: `tries=0
while grep -qs '"exits":true' "$answer" && halligan_lives && [ $tries -lt 10 ]; do sleep 0.2; tries=$((tries + 1)); done
# As its user: what lies there may be a link to what nobody else may read.
reader=$as; case $as in nsenter*) reader="setpriv --reuid=${uid} --regid=$group --clear-groups";; esac
halligan_lives || for file in ${files.map(shellQuoted).join(' ')}; do
  [ -f "$file" ] && [ ! -h "$file" ] && [ "$file" -nt "$own/beginning" ] || continue
  case $file in ./*) shown=$here/\${file#./};; *) shown=$file;; esac
  printf '\\n${MARK} file %s\\n' "$shown"
  [ -z "$reader$mine" ] || $reader head -c ${MOST_BYTES} "$file" 2>/dev/null | sed '/^Registers:/q'
  printf '\\n${MARK} file-end\\n'
  break
done`,
  })
}

const FRAME = fields({ function: text, file: optional(text), line: optional(number), module: optional(text) })
const THREAD = { thread: text, number: optional(number), left: number, frames: list(FRAME) }
const THROWN = fields({ thrown: text, ...THREAD })
const OTHER = fields(THREAD)
const EXITS = fields({ exits: yesOrNo, others: list(OTHER) })
const WATCHED = fields({ end: yesOrNo })
const ENDED = fields({ ended: yesOrNo, restored: yesOrNo })
const REFUSED = fields({ refused: text })
const REPLACED = fields({ replaced: yesOrNo })

function readJvmCrash(output: Uint8Array, target: Target): Reading<Crash> {
  const raw = Buffer.from(output).toString('utf8')
  const [said = '', file = ''] = raw.split(new RegExp(`^${MARK} file (?=.)`, 'm'))
  const values = said.split('\n').map(jsonLine)
  const all = <T>(shape: Parameters<typeof fitting<T>>[0]): readonly T[] =>
    values.flatMap((value) => fitting(shape, value) ?? [])
  const isInside = target.process.namespacePids.length > 1
  const lost = lostTarget(output)
  const isWatched = all(WATCHED).length > 0
  const fatal = fatalOf(file, isInside)
  const [refused] = all(REFUSED)
  // Refused beside watched: what it had set it has taken out again.
  if ((!isWatched || refused) && !fatal) {
    if (lost) return blind(lostWords(lost))
    return refused ? blind(`the agent could not watch it: ${refused.refused.slice(0, 300)}`) : noAgent(said, MARK)
  }
  const thrown = all(THROWN).map((each) => thrownOf(each, isInside))
  const exit = exitOf(values, all(EXITS)[0], isInside)
  const [ended] = all(ENDED)
  const captures = [...thrown, ...(exit?.captures ?? []), ...(fatal?.captures ?? [])]
  const end = fatal?.end ?? exit?.end
  return seen({
    captures,
    ...(end ? { end } : {}),
    notes: [
      ...(exit?.notes ?? []),
      ...(fatal?.notes ?? []),
      ...(isWatched ? [] : ['it crashed while the agent was on its way into it, before it was watched']),
      ...(thrown.length > 0 && ended
        ? ['the thread of an exception has ended, and the program goes on without it']
        : []),
      ...(thrown.length >= MOST_TOLD ? [`more than these ${MOST_TOLD} exceptions are not told`] : []),
      ...(all(REPLACED).length > 0
        ? [
            'the program has set a default handler of its own meanwhile: what came to that one is not told, unless it passed it on',
          ]
        : []),
      ...(ended && !ended.restored
        ? ['the JVM did not show that its handler and its hooks are as they were before']
        : []),
      ...(!ended && !end && lost ? [NO_WORD] : []),
    ],
  })
}

const NO_WORD =
  'it ended without a word: by SIGKILL, Runtime.halt, or -XX:+ExitOnOutOfMemoryError. A signal has no word from here: --by perf-crash'

/** A thread whose number is not known has one below all others. */
const UNKNOWN = -1_000_000_000

function threadOf(
  { thread, number: told, left, frames }: ShapeOf<typeof OTHER>,
  at: number,
  isInside: boolean,
): ThreadStack {
  const tid = told === undefined ? UNKNOWN - at : isInside ? -told : told
  return {
    tid,
    name: thread,
    frames: frames.map(frameOf),
    ...(left > 0 ? { cut: `${left} frames more` } : {}),
  }
}

function frameOf({ function: called, ...frame }: ShapeOf<typeof FRAME>): Frame {
  const name = plainName(called)
  return { ...frame, function: name, own: frame.module === undefined && ownClass(name) }
}

function captureOf(why: CrashEnd, threads: readonly ThreadStack[]): CrashCapture {
  const tid = threads[0]?.tid ?? 0
  return { why, ...(tid > 0 ? { tid } : {}), stacks: { samples: [{ atMs: 0, threads }], notes: [] } }
}

function thrownOf(line: ShapeOf<typeof THROWN>, isInside: boolean): CrashCapture {
  return captureOf({ by: 'exception', says: line.thrown }, [threadOf(line, 0, isInside)])
}

type Ended = Pick<Crash, 'captures' | 'notes'> & { readonly end?: CrashEnd }

/** Signals at which a JVM exits by itself, with the code that a shell would give (`Terminator` of the JDK). */
const ASKED: Readonly<Record<string, number>> = { 'SIGHUP handler': 1, 'SIGINT handler': 2, 'SIGTERM handler': 15 }
const CODE_OF_SIGNALS = 128

function exitOf(
  values: readonly unknown[],
  exits: ShapeOf<typeof EXITS> | undefined,
  isInside: boolean,
): Ended | undefined {
  if (!exits) return undefined
  const line = values.find((value) => fitting(EXITS, value))
  const by = fitting(OTHER, line)
  const others = exits.others.map((each, at) => threadOf(each, at + 1, isInside))
  if (by?.thread === 'DestroyJavaVM')
    return { captures: [], end: { by: 'exit' }, notes: ['its last thread that is no daemon came to its end'] }
  if (!by)
    return { captures: [], end: { by: 'exit' }, notes: ['who ended it is in no stack: a virtual thread can have'] }
  const threads = [threadOf(by, 0, isInside), ...others]
  const asked = ASKED[by.thread]
  if (asked !== undefined) {
    const why: CrashEnd = { by: 'signal', signal: { number: asked }, isHandled: true }
    return { captures: [captureOf(why, threads)], end: { by: 'exit', code: CODE_OF_SIGNALS + asked }, notes: [] }
  }
  const why: CrashEnd = { by: 'exit' }
  return { captures: [captureOf(why, threads)], end: why, notes: ['its exit code is not seen by this way'] }
}

function fatalOf(text: string, isInside: boolean): Ended | undefined {
  if (text === '') return undefined
  const path = text.split('\n', 1)[0] ?? ''
  const notes = [`the JVM crashed itself; its fatal-error file, which stays: ${path}`]
  const fatal = fatalErrorIn(text)
  if (!fatal) return { captures: [], notes: [...notes, 'that file could not be read'] }
  const { signal, says, tid, name, frames } = fatal
  const why: CrashEnd = { by: 'signal', signal }
  const thread: ThreadStack = {
    tid: tid === undefined ? UNKNOWN : isInside ? -tid : tid,
    ...(name === undefined ? {} : { name }),
    frames,
  }
  return {
    captures: [captureOf(why, [thread])],
    end: why,
    notes: [...notes, ...(says === undefined ? [] : [`in its own words: ${says}`])],
  }
}
