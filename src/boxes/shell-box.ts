import type { Box, BoxKind, Failure, RunOptions, RunResult, Started } from './box.ts'
import type { Transport } from './child.ts'
import { failed } from './failed.ts'
import { openSession, type Session } from './session.ts'
import { pause, slotQueue } from './slots.ts'
import { openTerminal, type TerminalTransport } from './terminal.ts'

/** sshd allows 10 sessions a connection by default (MaxSessions, sshd_config(5)); one is ours already, one is left free. */
const SIDE_SESSIONS_AT_ONCE = 8
/** sshd drops new connections at random when many come at once (MaxStartups): tries in all, and the wait before the next one. */
const TRIES = 4
const RETRY_BASE_MS = 300

/** A login takes 100 ms and more. Milliseconds. */
const ENTRY_POLL_MS = 10

export interface ShellBoxParts {
  readonly name: string
  readonly kind: BoxKind
  /** How the main session is reached; asked again for each new one. A failure here is the result of the run. */
  readonly main: () => Promise<Transport | Failure>
  readonly side: () => Promise<Transport | Failure>
  /** A side session goes over the connection of the main one, which is opened first (ssh). */
  readonly sideNeedsMain: boolean
  /** How a terminal is reached, once the box has been entered. */
  readonly terminal?: TerminalTransport
  readonly onClose?: () => Promise<void>
  readonly warnings?: () => readonly string[]
}

/**
 * A box that is reached by feeding a shell: local, ssh, docker, podman. The main session is opened by the first `run` and
 * carries all further ones, opened anew when it has ended; each `start` gets a side session.
 */
export function shellBox(parts: ShellBoxParts): Box {
  let main: Session | undefined
  /** Since `connect`, until the first run has it. */
  let connecting: Promise<Session | Failure> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let pending = 0
  let closing: Promise<void> | undefined
  const { terminal } = parts
  const sides = new Set<Session>()
  const slots = slotQueue(SIDE_SESSIONS_AT_ONCE)

  /** Runs on the main session, one after another. */
  function run(script: string, options: RunOptions): Promise<RunResult> {
    pending += 1
    const turn = last.then(() => runWithRetry(script, options)).finally(() => (pending -= 1))
    last = turn
    return turn
  }

  async function runWithRetry(script: string, options: RunOptions): Promise<RunResult> {
    const startedAtMs = Date.now()
    for (let tried = 1; ; tried += 1) {
      const result = await runOnMain(script, options)
      const left = options.timeoutMs - (Date.now() - startedAtMs)
      const wait = RETRY_BASE_MS * 2 ** tried * (0.5 + Math.random())
      const throttled = result.failure?.kind === 'throttled' && result.beganAtMs === undefined
      if (!throttled || tried >= TRIES || wait >= left || closing)
        return { ...result, startedAtMs, durationMs: Date.now() - startedAtMs }
      await pause(wait, options.signal)
    }
  }

  async function runOnMain(script: string, options: RunOptions): Promise<RunResult> {
    const early = refusal(options)
    if (early) return failed(parts.name, options, early)
    // One that has ended before it was used tells why: it is not tried again.
    const opened = connecting ? await connecting : main?.usable() ? main : await openMain()
    connecting = undefined
    return 'kind' in opened ? failed(parts.name, options, opened) : opened.run(script, options)
  }

  async function openMain(): Promise<Session | Failure> {
    await main?.close()
    const transport = await parts.main()
    if ('kind' in transport) return transport
    if (closing) return closedFailure(parts.name)
    main = openSession(transport)
    return main
  }

  function refusal(options: RunOptions): Failure | undefined {
    if (closing) return closedFailure(parts.name)
    if (options.signal?.aborted)
      return {
        kind: 'cancelled',
        message: `"${options.what}" on ${parts.name} was interrupted before it began.`,
        tryNext: 'Run it again.',
      }
    return undefined
  }

  async function runBeside(
    script: string,
    options: RunOptions,
    attach: (session: Session) => void,
  ): Promise<RunResult> {
    const release = await slots.take(options.timeoutMs, options.signal)
    if (!release) return failed(parts.name, options, refusal(options) ?? crowdedFailure(parts.name, options))
    try {
      const outside = parts.sideNeedsMain ? await enter(options) : undefined
      if (outside) return { ...outside, what: options.what }
      const early = refusal(options)
      if (early) return failed(parts.name, options, early)
      const transport = await parts.side()
      if ('kind' in transport) return failed(parts.name, options, transport)
      return await runInNewSession(transport, script, options, attach)
    } finally {
      release()
    }
  }

  /** The main session must have answered once; a run that is on its way in is waited for, but not its end. */
  async function enter(options: RunOptions): Promise<RunResult | undefined> {
    const entered = (): boolean => main !== undefined && main.usable() && main.entered()
    const onItsWay = (): boolean => pending > 0 && !entered() && !options.signal?.aborted
    while (onItsWay()) await pause(ENTRY_POLL_MS, options.signal)
    if (entered() || options.signal?.aborted) return undefined
    const answer = await run(':', { ...options, what: 'log in', onOutput: () => {} })
    return answer.failure ? answer : undefined
  }

  async function runInNewSession(
    transport: Transport,
    script: string,
    options: RunOptions,
    attach: (session: Session) => void,
  ): Promise<RunResult> {
    const session = openSession(transport)
    sides.add(session)
    const answer = session.run(script, options, true)
    attach(session)
    const result = await answer
    // The box's own limit of sessions counts one until it is really gone.
    await session.close()
    sides.delete(session)
    return result
  }

  const box: Box = {
    name: parts.name,
    kind: parts.kind,
    connect: async () => {
      if (!main && pending === 0 && !closing) await (connecting ??= openMain())
    },
    run,
    start: (script, options): Started => {
      const session = Promise.withResolvers<Session>()
      const act = (what: (s: Session) => void): void => void session.promise.then(what)
      return {
        input: (text) => act((s) => s.input(text)),
        endInput: () => act((s) => s.endInput()),
        result: runBeside(script, options, session.resolve),
      }
    },
    close: () =>
      (closing ??= (async () => {
        await Promise.all([...sides].map((session) => session.close()))
        await main?.close()
        await parts.onClose?.()
      })()),
    ...(terminal ? { openTerminal: (options) => openTerminal(box, terminal, options) } : {}),
    ...(parts.warnings ? { warnings: parts.warnings } : {}),
  }
  return box
}

function crowdedFailure(box: string, { what }: RunOptions): Failure {
  return {
    kind: 'timed-out',
    message: `"${what}" on ${box} did not begin: ${SIDE_SESSIONS_AT_ONCE} other commands of this console are still running there.`,
    tryNext: 'Run it again when one of them has ended; sshd allows few sessions over one connection (MaxSessions).',
  }
}

function closedFailure(box: string): Failure {
  return {
    kind: 'cancelled',
    message: `The connection to ${box} was closed by this console.`,
    tryNext: 'Run it again.',
  }
}
