import { withoutSecrets } from '../../inspect/secret-names.ts'
import type { Tick } from '../clock.ts'
import { untoldStops } from '../untold-stops.ts'
import { capabilitiesOf, eventOf, noted, notesOf, outputEvent, withRefused } from './answers.ts'
import { isRecord, type DapMessage } from './message.ts'
import { askedOf, type Arguments, type Passed } from './requests.ts'
import { secretReferences } from './secret-references.ts'
import { isPath, sourceMapOf, withSourcesHere, type SourceMap } from './sources.ts'

/**
 * Stands between an editor and gdb on a box, both of which speak the Debug Adapter Protocol. It passes on what may be asked (`requests.ts`) and what may be answered
 * (`answers.ts`), under numbers of its own, and has a will of its own in four things:
 *
 * - `attach` goes to the process that was inspected, whatever the editor says, and lets it run on at once unless `stopOnEntry` is true;
 * - `pause` is not gdb's, which would send SIGINT to the process; the guard stops it in a way that gdb keeps for itself;
 * - a process that has stood still for too long is continued, and let go where it is stopped again and again and nobody is told;
 * - `disconnect` is done by the guard, and answered when it has looked how the process is.
 *
 * It has no clock and no line: what it wants done it says to `outside`.
 */
export interface DapProxy {
  readonly fromEditor: (message: DapMessage) => void
  readonly fromGdb: (message: DapMessage) => void
  /** The process has stood still for as long as it may in one stop. */
  readonly limitReached: () => void
  /** The process stands still, or runs again. */
  readonly ticked: (tick: Tick) => void
  /** Nothing more comes from the box. Tells the editor how it ended, and answers what is still asked. */
  readonly over: (end: { readonly isClean: boolean; readonly words: string }) => void
}

export interface Outside {
  readonly toEditor: (message: DapMessage) => void
  readonly toGdb: (message: DapMessage) => void
  /** Stops the process. */
  readonly stopIt: () => void
  /** Ends gdb in good order. */
  readonly letGo: () => void
  /** Whether the process still is the one that was inspected; else why not. */
  readonly prove: () => Promise<string | undefined>
  /** For the record: what was asked (`isAsked`) or seen. */
  readonly note: (line: string, isAsked: boolean) => void
}

interface Pending {
  readonly command: string
  /** Number of the editor's request; missing for one of our own, which nobody is told of. */
  readonly editorSeq: number | undefined
  readonly why: 'editor' | 'entry' | 'limit'
  readonly passed?: Passed
  /** What it asks for is not for the record. */
  readonly isSecret?: boolean
  /** The thread that had stopped before it was let run. */
  readonly before?: number | undefined
}

const LETS_RUN: ReadonlySet<string> = new Set(['continue', 'next', 'stepIn', 'stepOut'])

/** An editor asks some ten things at a stop. */
const MOST_PENDING = 200
/** Nobody is there: it would be stopped again and again. */
const MOST_UNATTENDED = 2
/**
 * Of the last --limit seconds at stops that nobody was told of. Ten threads that come a thousand times a second to a condition that does not hold were held for 0.4 to 0.6 of
 * the time (gdb 16.3): that is to be ended, and a line that is reached now and then is not. A share.
 */
const MOST_UNTOLD = 1 / 3
/** What the box says of its clock comes another way than what gdb says, and is up to a look later. Ticks. */
const TICKS_LATER = 1

export interface ProxyOf {
  readonly pid: number
  readonly limitSeconds: number
}

export function dapProxy({ pid, limitSeconds }: ProxyOf, outside: Outside): DapProxy {
  const pending = new Map<number, Pending>()
  const secrets = secretReferences()
  let [editorSeq, gdbSeq] = [0, 0]
  let map: SourceMap = NO_MAP
  let attach: 'not-yet' | 'asked' = 'not-yet'
  let stopsOnEntry = false
  let isEntry = false
  /** Held back until the editor has said where its sources are. */
  let initialized: DapMessage | undefined
  let stopped: number | undefined
  let isPausing = false
  let unattended = 0
  const untold = untoldStops(limitSeconds * 1_000)
  let ticksSinceTold = Infinity
  let isLettingGo = false
  let disconnecting: number | undefined
  let isOver = false

  function tell(message: DapMessage | undefined): void {
    if (!message) return
    editorSeq += 1
    outside.toEditor({ ...message, seq: editorSeq })
  }

  function answer(request: { readonly seq: number; readonly command: string }, rest: DapMessage): void {
    tell({ type: 'response', request_seq: request.seq, command: request.command, ...rest })
  }

  function say(words: string): void {
    tell(outputEvent('important', `halligan: ${words}\n`))
    outside.note(words, false)
  }

  function ask(command: string, args: Arguments, more: Omit<Pending, 'command'>): void {
    gdbSeq += 1
    pending.set(gdbSeq, { command, ...more, before: stopped })
    // That it has stopped again may be told before the answer.
    if (LETS_RUN.has(command)) stopped = undefined
    outside.toGdb({ seq: gdbSeq, type: 'request', command, arguments: args })
  }

  function fromEditor(message: DapMessage): void {
    const { type, seq, command } = message
    // Nothing was asked of the editor.
    if (type !== 'request') return
    if (typeof seq !== 'number' || typeof command !== 'string') return
    const request = { seq, command }
    const given = message['arguments']
    const asked = askedOf(command, given)
    if (asked.how === 'refused') return refuse(request, asked.why)
    if (isOver || disconnecting !== undefined) return refuse(request, 'The process has been let go.')
    if (asked.how === 'own') return own(request, isRecord(given) ? given : {})
    if (pending.size >= MOST_PENDING) return refuse(request, 'Too much was asked at once.')
    if (asked.said !== undefined) {
      outside.note(noted(asked.said), true)
      if (!asked.isByItself) unattended = 0
    }
    const isSecret = secrets.isSecret(command, asked.arguments)
    ask(command, onTheBox(asked.arguments), { editorSeq: seq, why: 'editor', passed: asked, isSecret })
  }

  function refuse(request: { readonly seq: number; readonly command: string }, why: string): void {
    outside.note(noted(`refused: ${request.command}: ${why}`), false)
    answer(request, failureOf(why, request.command === 'attach' || request.command === 'launch'))
  }

  function onTheBox(args: Arguments): Arguments {
    const source = args['source']
    if (!isRecord(source) || !isPath(source['path'])) return args
    return { ...args, source: { ...source, path: map.toBox(source['path']) } }
  }

  function own(request: { readonly seq: number; readonly command: string }, args: Arguments): void {
    if (request.command === 'attach') return attachTo(request, args)
    outside.note(request.command, true)
    unattended = 0
    if (request.command === 'disconnect') {
      disconnecting = request.seq
      return outside.letGo()
    }
    // What was asked is answered in its time, however that is (`cancel`).
    answer(request, { success: true })
    if (request.command !== 'pause' || stopped !== undefined) return
    isPausing = true
    outside.stopIt()
  }

  function attachTo(request: { readonly seq: number; readonly command: string }, args: Arguments): void {
    if (attach !== 'not-yet') return refuse(request, 'gdb is at the process already.')
    const given = sourceMapOf(args['sourceMap'])
    if (!given) return refuse(request, '"sourceMap" is not { "FOLDER ON THE BOX": "FOLDER HERE" }.')
    map = given
    attach = 'asked'
    stopsOnEntry = args['stopOnEntry'] === true
    outside.note(`attach ${pid}`, true)
    void outside.prove().then((lost) => {
      if (isOver) return
      if (lost !== undefined) {
        refuse(request, lost)
        return outside.letGo()
      }
      isEntry = true
      const said = { pid, program: `/proc/${pid}/exe` }
      ask('attach', said, { editorSeq: request.seq, why: 'editor' })
      tell(initialized)
      initialized = undefined
    })
  }

  function fromGdb(message: DapMessage): void {
    if (message['type'] === 'response') return answered(message)
    if (message['type'] === 'event') return happened(message)
    // What gdb asks for (a terminal, another session) is no business of the editor.
    if (message['type'] === 'request') {
      const { seq, command } = message
      gdbSeq += 1
      outside.toGdb({ seq: gdbSeq, type: 'response', request_seq: seq, command, ...failureOf('not here') })
    }
  }

  function answered(message: DapMessage): void {
    const number = message['request_seq']
    const request = typeof number === 'number' ? pending.get(number) : undefined
    if (!request || typeof number !== 'number') return
    pending.delete(number)
    const { command, why, passed, before, isSecret = false } = request
    const success = message['success'] === true
    if (!success && LETS_RUN.has(command)) stopped ??= before
    if (why !== 'editor') return success ? undefined : stuck(message['message'])
    const body = success ? bodyOf(command, passed, message['body']) : undefined
    secrets.learn(body, isSecret)
    for (const line of notesOf(command, passed?.said, body, isSecret)) outside.note(line, false)
    answer(
      { seq: request.editorSeq ?? 0, command },
      success ? { success, ...(body === undefined ? {} : { body }) } : failureOf(saidBy(message['message'])),
    )
  }

  function bodyOf(command: string, passed: Passed | undefined, said: unknown): unknown {
    if (command === 'initialize') return capabilitiesOf(said)
    const body = said === undefined ? undefined : withSourcesHere(said, map)
    return passed?.refusedAt ? withRefused(body, passed.refusedAt) : body
  }

  function stuck(message: unknown): void {
    say(`the process could not be continued (${saidBy(message)}), so gdb is told to let go.`)
    outside.letGo()
  }

  function happened({ event, body }: DapMessage): void {
    if (event === 'initialized' && attach === 'not-yet') {
      initialized = { type: 'event', event }
      return
    }
    // All of its threads end for gdb when it lets go.
    if (disconnecting !== undefined) return
    if (event === 'stopped') return stops(isRecord(body) ? body : {})
    if (event === 'continued') stopped = undefined
    const told = eventOf(event, body, map)
    const output = event === 'output' && isRecord(told?.['body']) ? told['body']['output'] : undefined
    if (typeof output === 'string') for (const line of linesOf(withoutSecrets(output))) outside.note(noted(line), false)
    tell(told)
    if (event === 'exited') {
      outside.note('the process has ended', false)
      outside.letGo()
    }
  }

  function stops(body: DapMessage): void {
    const threadId = typeof body['threadId'] === 'number' ? body['threadId'] : 1
    stopped = threadId
    ticksSinceTold = 0
    secrets.forget()
    if (isEntry && !stopsOnEntry) {
      isEntry = false
      return ask('continue', { threadId }, { editorSeq: undefined, why: 'entry' })
    }
    isEntry = false
    const reason = isPausing && body['reason'] === 'signal' ? 'pause' : body['reason']
    isPausing = false
    outside.note(noted(`stopped: ${saidBy(reason)}`), false)
    tell(eventOf('stopped', { ...body, reason }, map))
  }

  return {
    fromEditor,
    fromGdb,
    limitReached: () => {
      if (isOver || disconnecting !== undefined) return
      const stood = `the process has stood still for ${limitSeconds} s`
      unattended += 1
      if (stopped === undefined || unattended > MOST_UNATTENDED) {
        const why = stopped === undefined ? 'gdb has not told why' : 'nobody has asked for anything since the last time'
        say(`${stood}, and ${why}: gdb is told to let go.`)
        return outside.letGo()
      }
      say(`${stood}, so it is continued; --limit gives you longer.`)
      const threadId = stopped
      ask('continue', { threadId }, { editorSeq: undefined, why: 'limit' })
      // gdb says nothing of what was asked for, and the editor did not ask.
      tell({ type: 'event', event: 'continued', body: { threadId, allThreadsContinued: true } })
    },
    ticked: (tick) => {
      const share = untold(tick, stopped !== undefined || ticksSinceTold <= TICKS_LATER)
      ticksSinceTold = stopped === undefined ? ticksSinceTold + 1 : 0
      if (share <= MOST_UNTOLD || isLettingGo || isOver || disconnecting !== undefined) return
      isLettingGo = true
      say(
        `the process has stood still for more than a third of the last ${limitSeconds} s, at stops that gdb tells nobody of (a condition that does not hold, hits that are passed over, a message, a long step): gdb is told to let go. --limit gives you longer; a breakpoint at a line that is reached less often costs less.`,
      )
      outside.letGo()
    },
    over: ({ isClean, words }) => {
      if (isOver) return
      isOver = true
      for (const line of linesOf(words)) tell(outputEvent(isClean ? 'console' : 'important', `${line}\n`))
      for (const { command, editorSeq: seq } of pending.values())
        if (seq !== undefined) answer({ seq, command }, failureOf(firstOf(words)))
      pending.clear()
      if (disconnecting === undefined) tell({ type: 'event', event: 'terminated' })
      else
        answer({ seq: disconnecting, command: 'disconnect' }, isClean ? { success: true } : failureOf(firstOf(words)))
    },
  }
}

const NO_MAP: SourceMap = { toBox: (path) => path, toHere: () => undefined }

/** As the protocol has it: `message` for programs, `error` for people, who are shown it. */
export function failureOf(why: string, showUser = false): DapMessage {
  const format = why.replaceAll(/[{}]/g, '')
  return { success: false, message: why, body: { error: { id: 1, format, showUser } } }
}

function saidBy(message: unknown): string {
  return typeof message === 'string' ? message : 'gdb does not say why'
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

function firstOf(words: string): string {
  return linesOf(words)[0] ?? 'The process has been let go.'
}
