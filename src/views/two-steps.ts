import { constants } from 'node:os'

/** Exit code of a program that a signal ended, as shells report it: 128 + its number (signal(7)). */
export const ENDED_BY: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 128 + constants.signals.SIGHUP,
  SIGINT: 128 + constants.signals.SIGINT,
  SIGPIPE: 128 + constants.signals.SIGPIPE,
  SIGTERM: 128 + constants.signals.SIGTERM,
}

/** How something on a box is ended from the console. */
export interface Ending {
  /** In good order: the first Ctrl-C, a terminal that was closed, SIGTERM, a reader that has gone. */
  readonly stop: AbortSignal
  /** At once: the second Ctrl-C. */
  readonly kill: AbortSignal
  /** What ended it, if anything did. */
  readonly by: () => NodeJS.Signals | undefined
  readonly finish: () => void
}

/**
 * The first Ctrl-C (or SIGTERM, SIGHUP, a closed pipe) tells the box to stop, so that the end is seen and recorded; the second kills there; the third
 * ends the console as it is. Ctrl-Z is not obeyed: the box would take a console that stands still for one that is gone.
 */
export function endInTwoSteps(what: string): Ending {
  const stop = new AbortController()
  const kill = new AbortController()
  let by: NodeJS.Signals | undefined
  const say = (words: string): void => void (process.stderr.isTTY && process.stderr.write(`\nhalligan: ${words}\n`))
  const end = (signal: NodeJS.Signals): void => {
    by ??= signal
    if (kill.signal.aborted) process.exit(ENDED_BY[signal])
    if (stop.signal.aborted) return kill.abort()
    if (signal === 'SIGINT') say(`stopping the ${what} (Ctrl-C again kills it).`)
    stop.abort()
  }
  const stay = (): void =>
    say(`not suspended: the box would end the ${what} after some seconds without a word from here.`)
  const closed = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE' && !stop.signal.aborted) end('SIGPIPE')
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, end)
  process.on('SIGTSTP', stay)
  process.stdout.on('error', closed)
  process.stderr.on('error', closed)
  return {
    stop: stop.signal,
    kill: kill.signal,
    by: () => by,
    finish: () => {
      for (const signal of signals) process.off(signal, end)
      process.off('SIGTSTP', stay)
    },
  }
}
