import { SCREEN_RESET, terminalFilter } from '../base/terminal-filter.ts'
import type { Cast } from '../incidents/cast.ts'

export interface PlayOptions {
  /** 2: twice as fast. */
  readonly speed: number
  /** Longer pauses are cut to this. Milliseconds of the recording. */
  readonly idleLimitMs: number
  readonly write: (text: string) => void
  /** Waits, and gives false when nobody wants to see more; a pause by the person takes as long as it takes. */
  readonly wait: (milliseconds: number) => Promise<boolean>
}

/** Timers take some milliseconds themselves; less is not waited for. Milliseconds. */
const SHORTEST_WAIT_MS = 4

/** Plays the output of a session as it came, made harmless. */
export async function play({ events }: Cast, { speed, idleLimitMs, write, wait }: PlayOptions): Promise<void> {
  const filter = terminalFilter('screen')
  let before = 0
  let owed = 0
  let isAlternate = false
  for (const { atMs, code, data } of events) {
    owed += Math.min(atMs - before, idleLimitMs) / speed
    before = atMs
    if (code !== 'o') continue
    if (owed >= SHORTEST_WAIT_MS) {
      if (!(await wait(owed))) break
      owed = 0
    }
    const shown = filter.push(data)
    for (const [, set] of shown.matchAll(ALTERNATE)) isAlternate = set === 'h'
    write(shown)
  }
  write(`${isAlternate ? '\u001b[?1049l' : ''}${SCREEN_RESET}`)
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const ALTERNATE = /\u001b\[\?(?:47|1047|1049)([hl])/g
