import type { Box, BoxKind, RunOptions, Started } from './box.ts'
import { openSession, type Session, type Transport } from './session.ts'

/** sshd allows 10 sessions a connection by default (MaxSessions, sshd_config(5)); one is ours already, one is left free. */
const SIDE_SESSIONS_AT_ONCE = 8

/**
 * A box that is reached by feeding a shell: local, ssh, docker, podman. The main session is opened by the first `run` and
 * carries all further ones; each `start` gets a side session.
 */
export function shellBox(how: {
  readonly name: string
  readonly kind: BoxKind
  readonly main: () => Transport
  /** Called once the main session is up (a side session of ssh needs its master). */
  readonly side: () => Transport
  readonly onClose?: () => Promise<void>
}): Box {
  let main: Session | undefined
  const sides = new Set<Session>()
  const waiting: (() => void)[] = []
  let closing = false

  async function startBeside(script: string, options: RunOptions, side: { session?: Session; early: ((s: Session) => void)[] }) {
    if (sides.size >= SIDE_SESSIONS_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
    const session = openSession(how.side())
    sides.add(session)
    side.session = session
    for (const act of side.early) act(session)
    const result = await session.run(script, options, true)
    await session.close()
    sides.delete(session)
    waiting.shift()?.()
    return result
  }

  return {
    name: how.name,
    kind: how.kind,
    run: (script, options) => {
      main ??= openSession(how.main())
      return main.run(script, options)
    },
    start: (script, options): Started => {
      const side: { session?: Session; early: ((s: Session) => void)[] } = { early: [] }
      const act = (what: (s: Session) => void): void => {
        if (side.session) what(side.session)
        else side.early.push(what)
      }
      return {
        input: (text) => act((session) => session.input(text)),
        endInput: () => act((session) => session.endInput()),
        result: startBeside(script, options, side),
      }
    },
    close: async () => {
      if (closing) return
      closing = true
      await Promise.all([...sides].map((session) => session.close()))
      await main?.close()
      await how.onClose?.()
    },
  }
}
