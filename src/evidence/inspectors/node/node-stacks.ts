import { garbled, blind, seen, type Reading } from '../../reading.ts'
import type { Frame, Local } from '../../inspect/frame.ts'
import type { Able, Inspector, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import type { Stacks, ThreadStack } from '../../inspect/stacks.ts'
import { clientLines, type ClientSaid, type FrameLine, type StackLine } from './node-client/lines.ts'
import { closeScript, nodeScript } from './node-script.ts'

/** SIGUSR1 is signal 10 on x86 and ARM (signal(7)). */
const SIGUSR1_BIT = 1n << 9n
/** Measured: switching the debugger on takes 20 to 60 ms with some hundred scripts, each stop 1 to 40 ms; `STOP_LIMIT_MS` of the client bounds it. Milliseconds. */
const PAUSE_MS = 200
/** Innermost frames whose variables are read, and variables a frame. */
export const LOCALS_FRAMES = 6
export const MAX_LOCALS = 30

/**
 * JavaScript stacks with variables of a Node process and its workers, by the inspector that is built into it (Chrome DevTools Protocol). The client runs on the box: a link
 * that is cut ends it, V8 then goes on by itself, and the guard closes the port.
 */
export const nodeStacks: Inspector<Stacks> = {
  id: 'node-stacks',
  title: 'JavaScript stacks with variables, by the inspector of Node',
  does: 'stacks',
  runtimes: ['node'],
  tools: [],
  attaches: nodeGuard,
  able: nodeAble,
  price: () => ({
    price: 'pause',
    pauseMs: PAUSE_MS,
    residue: NODE_RESIDUE,
    why: 'SIGUSR1 makes Node open its inspector on 127.0.0.1 (any user of the box can reach it for that time); it is closed again',
  }),
  script: (target, { samples, betweenMs, maxThreads, maxFrames }) =>
    nodeScript(target, {
      way: 'stacks',
      samples,
      betweenMs,
      maxThreads,
      maxFrames,
      localsFrames: LOCALS_FRAMES,
      maxLocals: MAX_LOCALS,
    }),
  parse: readNodeStacks,
}

export const NODE_RESIDUE = 'lines of Node on its standard error ("Debugger listening on …", "Debugger attached.")'

/** A client that was killed may have left the port open. */
export function nodeGuard(target: Target): { tool: 'tracer'; freezeSeconds: number; cleanUp: string } {
  return { tool: 'tracer', freezeSeconds: 3, cleanUp: closeScript(target) }
}

/** What SIGUSR1 would kill is never sent it. */
export function nodeAble({ process, box }: Target): Able {
  if (box.uid !== 0 && box.uid !== process.uid)
    return { able: false, why: `it belongs to user ${process.uid}`, hint: 'run with --sudo' }
  if (process.state === 'T' || process.state === 't')
    return { able: false, why: 'it is stopped, and would not answer', hint: '' }
  if ((process.signals.caught & SIGUSR1_BIT) === 0n)
    return {
      able: false,
      why: 'it does not catch SIGUSR1, which would kill it',
      hint: 'its native stack can be seen (--stacks with eu-stack or gdb)',
    }
  return { able: true }
}

function readNodeStacks(output: Uint8Array, { process }: Target): Reading<Stacks> {
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const said = clientLines(output)
  if (said.stacks.length === 0) return nodeRefusal(said, output)
  const numbers = [...new Set(said.stacks.map(({ sample }) => sample))].toSorted((a, b) => a - b).slice(0, 2)
  const samples = numbers.map((number) => {
    const lines = said.stacks.filter(({ sample }) => sample === number)
    return {
      atMs: lines[0]?.atMs ?? 0,
      threads: lines.map((line) => threadOf(line, process.pid)),
      stoppedMs: Math.max(0, ...lines.map(({ stoppedMs = 0 }) => stoppedMs)),
    }
  })
  return seen({ samples, notes: [...said.notes, ...notesOf(said.stacks), ...closingNotes(said)] })
}

/** Workers are threads, but nothing tells which: theirs is the number of the worker, below 0. */
function threadOf(line: StackLine, pid: number): ThreadStack {
  const worker = Number(/^worker (\d{1,9}) /.exec(line.name)?.[1] ?? 0)
  const cut = line.cut === undefined ? {} : { cut: `${line.cut} frames more` }
  const isOwn = line.name === ''
  return { tid: isOwn ? pid : -worker, name: isOwn ? 'JavaScript' : line.name, frames: framesOf(line), ...cut }
}

function framesOf({ frames, waits }: StackLine): readonly Frame[] {
  if (waits === 'events') return [{ function: '(waits for events)', own: false }]
  if (waits !== undefined) return [{ function: '(in native code; JavaScript does not answer)', own: false }]
  return frames.map(frameOf)
}

export function frameOf({ function: name, url, line, locals }: FrameLine): Frame {
  const shown = locals?.map(localOf) ?? []
  return { ...nodeFrame(name, url, line), ...(shown.length > 0 ? { locals: shown } : {}) }
}

/** A frame as V8 names it: `url` is `file:///srv/app/cart.js`, `node:events`, or empty for what has none. */
export function nodeFrame(name: string, url: string, line: number): Frame {
  const file = url.replace(/^file:\/\//, '')
  return {
    function: name === '' ? '(anonymous)' : name,
    ...(file === '' ? {} : { file, line }),
    own: url !== '' && !url.startsWith('node:') && !url.includes('/node_modules/'),
  }
}

function localOf({ name, type, value }: { name: string; type?: string | undefined; value: string }): Local {
  return { name, value, ...(type === undefined ? {} : { type }) }
}

function notesOf(lines: readonly StackLine[]): readonly string[] {
  const without = lines.filter(({ noValues }) => noValues).length
  return without > 0 ? [`${without} times the variables did not come within the pause, and were left`] : []
}

export function closingNotes({ inspector, closed }: ReturnType<typeof clientLines>): readonly string[] {
  if (!inspector?.opened)
    return inspector ? [`its inspector was open before, on port ${inspector.port}, and is left so`] : []
  if (closed) return []
  return [`its inspector may still be open on 127.0.0.1:${inspector.port}`]
}

const REFUSED: Readonly<Record<string, string>> = {
  reused: 'its PID belongs to another process now',
  ended: 'the program ended meanwhile, or became another one',
  'no-handler': 'it does not catch SIGUSR1, which would have killed it',
  'no-node': 'no Node that could speak to it runs on the box',
  'not-run':
    'its own Node could have been written by another user, so it is not run with your rights, and no other Node is in the PATH',
  'no-answer': 'its inspector opened, and its JavaScript did not answer within 1 s',
}

/** Why the client told nothing. A signal that was sent is not taken back: it waits until the main thread comes back to its events. */
export function nodeRefusal(said: ClientSaid, output: Uint8Array): Reading<never> {
  if (!said.refused) return garbled('the client on the box said nothing', Buffer.from(output).toString('latin1'))
  const { refused, other, ranTicks, why } = said.refused
  if (refused === 'not-opened')
    return blind(
      ranTicks === 0
        ? 'no inspector came within 5 s: its main thread waits in native code, or the program handles SIGUSR1 itself. The inspector may open later, when that thread returns'
        : 'no inspector came within 5 s: the program handles SIGUSR1 itself, or its port is taken',
      'its native stack shows where it is (--stacks with eu-stack or gdb); look again whether port 9229 is open',
    )
  if (refused === 'other-process') return blind(`what answered was process ${other ?? '?'}: another one has its port`)
  if (refused === 'failed') return blind(`the client on the box failed: ${why ?? 'it did not say why'}`)
  return blind(
    REFUSED[refused] ?? refused,
    refused === 'not-run' ? 'inspect as its user, without --sudo, or install nodejs on the box' : '',
  )
}
