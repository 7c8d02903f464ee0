import type { Box } from '../../boxes/box.ts'
import { dapBytes, dapReader, type DapMessage, type DapReader } from '../../evidence/debug/dap/message.ts'
import { dapProxy, failureOf, type DapProxy, type Outside } from '../../evidence/debug/dap/proxy.ts'
import type { Debugger } from '../../evidence/debug/debugger.ts'
import { gdbDap, READY_FOR_DAP } from '../../evidence/debug/gdb-dap.ts'
import { FIRST_WITH_DAP, GDB_VERSION_SCRIPT, gdbVersion } from '../../evidence/debug/gdb-version.ts'
import type { Target } from '../../evidence/inspect/inspector.ts'
import { lostTarget, lostWords, proveTarget } from '../../evidence/inspect/prove-target.ts'
import { debugOn, type DebugEnd, type DebugOptions } from './debug.ts'
import { debuggerFor, type NoDebugger } from './debugger-for.ts'
import type { OpenDebugger } from './session.ts'

export interface DapOptions extends Omit<
  DebugOptions,
  'columns' | 'rows' | 'term' | 'onOpen' | 'onOutput' | 'choose' | 'isProtocol'
> {
  /** A promise that it gives holds back what comes from the box. */
  readonly toEditor: (message: DapMessage) => void | Promise<void>
  /** How it ended, for a person; told to the editor too. */
  readonly words: (end: DebugEnd) => { readonly isClean: boolean; readonly words: string }
}

export interface DapDebugging {
  readonly fromEditor: (message: DapMessage) => void
  /** The editor is gone, or somebody ends this. */
  readonly letGo: () => void
  readonly end: Promise<DebugEnd>
}

/** Of the recording, which is a text of lines. */
const COLUMNS = 200
const ROWS = 50
const ANSWER_MS = 30_000
/** An editor asks at once; nobody does when it was started by hand. Milliseconds. */
const FIRST_REQUEST_MS = 2_000

/** Joins an editor to gdb at one process of a box (`dap/proxy.ts`), under the guard and in the record of `debugOn`. `end` never rejects. */
export function dapOn(box: Box, options: DapOptions): DapDebugging {
  const stop = new AbortController()
  options.signal.addEventListener('abort', () => stop.abort(), { once: true })
  if (options.signal.aborted) stop.abort()
  const early: DapMessage[] = []
  const held = Promise.withResolvers<void>()
  const reader = dapReader()
  let proxy: DapProxy | undefined
  let overTimer: NodeJS.Timeout | undefined
  let flow: void | Promise<void>
  let brokenOff: string | undefined
  let isReady = false

  const toEditor = (message: DapMessage): void => {
    flow = options.toEditor(message)
  }

  function open(session: OpenDebugger, target: Target): void {
    const outside = outsideOf(box, target, session, { toEditor, letGo: () => stop.abort() })
    proxy = dapProxy({ pid: target.process.pid, limitSeconds: options.limits.limitSeconds }, outside)
  }

  function output(chunk: Uint8Array): void | Promise<void> {
    flow = undefined
    const { messages, broken } = reader.push(chunk)
    if (!isReady && reader.noise().includes(READY_FOR_DAP)) {
      isReady = true
      for (const message of early.splice(0)) proxy?.fromEditor(message)
    }
    for (const message of messages) proxy?.fromGdb(message)
    if (broken !== undefined) {
      brokenOff = broken
      stop.abort()
    }
    return flow
  }

  const debugging = debugOn(box, {
    ...options,
    signal: stop.signal,
    columns: COLUMNS,
    rows: ROWS,
    term: undefined,
    isProtocol: true,
    choose: (target) => chooseOn(box, target, stop.signal),
    onOpen: open,
    onOutput: output,
    onTick: (tick) => {
      clearTimeout(overTimer)
      if (tick.state === 'still')
        overTimer = setTimeout(() => proxy?.limitReached(), options.limits.limitSeconds * 1_000).unref()
      proxy?.ticked(tick)
      options.onTick(tick)
    },
  })
  const end = debugging.then(async (ended) => {
    clearTimeout(overTimer)
    const { isClean, words } = options.words(ended)
    const said =
      brokenOff === undefined
        ? withNoise(words, ended, reader)
        : `What gdb said cannot be understood: ${brokenOff}.\n${words}`
    if (proxy && isReady) proxy.over({ isClean, words: said })
    else await refuseFirst(early, held.promise, toEditor, said)
    await flow
    return ended
  })
  return {
    fromEditor: (message) => {
      if (proxy && isReady) proxy.fromEditor(message)
      else early.push(message)
      held.resolve()
    },
    letGo: () => stop.abort(),
    end,
  }
}

/** What gdb said before it spoke the protocol is why it does not. */
function withNoise(words: string, { ended }: DebugEnd, reader: DapReader): string {
  const noise = ended === 'exited' ? reader.noise() : ''
  return noise !== '' ? `${words}\ngdb said: ${noise}` : words
}

function outsideOf(
  box: Box,
  target: Target,
  session: OpenDebugger,
  { toEditor, letGo }: Pick<Outside, 'toEditor' | 'letGo'>,
): Outside {
  return {
    toEditor,
    letGo,
    toGdb: (message) => session.write(dapBytes(message)),
    stopIt: session.stopIt,
    note: session.note,
    prove: async () => {
      const options = { what: 'look for the process', timeoutMs: ANSWER_MS, maxBytes: 4_096 }
      const result = await box.run(proveTarget(target.process), options)
      if (result.failure) return result.failure.message
      const lost = lostTarget(result.stdout)
      return lost && `Nothing was attached: ${lostWords(lost)}.`
    },
  }
}

/** Nothing was attached: whoever asked first is told why. */
async function refuseFirst(
  early: readonly DapMessage[],
  asked: Promise<void>,
  toEditor: (message: DapMessage) => void,
  words: string,
): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, FIRST_REQUEST_MS)
  await Promise.race([asked, late])
  clearTimeout(timer)
  for (const [at, { type, seq, command }] of early.entries()) {
    if (type === 'request')
      toEditor({ seq: at + 1, type: 'response', request_seq: seq, command, ...failureOf(words, true) })
  }
}

async function chooseOn(box: Box, target: Target, signal: AbortSignal): Promise<Debugger | NoDebugger> {
  const tool = debuggerFor(target, gdbDap)
  if ('why' in tool) return tool
  const options = { what: 'which gdb is this', timeoutMs: ANSWER_MS, maxBytes: 4_096, signal }
  const result = await box.run(GDB_VERSION_SCRIPT, options)
  if (result.failure) return { why: result.failure.message, hint: result.failure.tryNext }
  const version = gdbVersion(Buffer.from(result.stdout).toString('utf8')) ?? '0'
  if (Number.parseInt(version, 10) >= FIRST_WITH_DAP) return tool
  return {
    why: `gdb ${version} there does not speak the Debug Adapter Protocol, which came with gdb ${FIRST_WITH_DAP}.`,
    hint: 'halligan debug without --dap opens gdb in a terminal.',
  }
}
