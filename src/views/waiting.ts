import { truncate } from '../base/safe-text.ts'
import type { Prompt } from '../boxes/prompt.ts'
import type { LookStage } from '../steps/look.ts'
import { shown, type Style } from './style.ts'

/** Says on the terminal what is being waited for, and takes it away again. */
export interface Waiting {
  readonly stage: (box: string, stage: Stage) => void
  readonly done: (box: string) => void
  /** The same prompt, the line being away while a person is asked. */
  readonly around: (prompt: Prompt | undefined) => Prompt | undefined
  /** Writes whole lines where the line stands, which comes again below them; without a line it writes all the same. */
  readonly say: (text: string, output?: Output) => void
  /** Takes the line away for good. */
  readonly stop: () => void
}

interface Output {
  readonly write: (text: string) => unknown
}

/** `watching`: the box was reached, and what is asked for takes its time; the last three are of a relief. */
export type Stage = LookStage | 'watching' | 'preserving' | 'acting' | 'checking'

/** A healthy box has answered by then (window of 1 s); only who waits longer is told for what. Milliseconds. */
const SILENT_MS = 1_500
/** Seconds are counted; faster would only flicker. Milliseconds. */
const TICK_MS = 500

/**
 * One line that is rewritten in place; undefined output (no terminal, or one that cannot erase): nothing is written.
 *
 * @param interrupt what Ctrl-C gives, in words
 * @param output standard error, so that what is piped from standard output stays clean
 */
export function waitingFor(
  boxes: readonly string[],
  style: Style,
  interrupt: string,
  output: (Output & { readonly columns?: number }) | undefined,
): Waiting {
  const stages = new Map<string, Stage>(boxes.map((box) => [box, 'reaching']))
  const startedAtMs = Date.now()
  let asking = 0
  let drawn = false
  const erase = (): void => {
    if (drawn) output?.write('\r\u001b[K')
    drawn = false
  }
  const tick = (): void => {
    const waitedMs = Date.now() - startedAtMs
    if (asking > 0 || waitedMs < SILENT_MS || stages.size === 0) return
    // The terminal may have become narrower since: a line that it breaks could not be taken away whole.
    const now = { ...style, columns: output?.columns ?? style.columns }
    const words = waitingWords(boxes.length, stages, { seconds: Math.floor(waitedMs / 1000), interrupt }, now)
    output?.write(`\r${words}\u001b[K`)
    drawn = true
  }
  const timer = output ? setInterval(tick, TICK_MS) : undefined
  timer?.unref()
  // A second Ctrl-C ends at once.
  process.once('exit', erase)
  return {
    stage: (box, stage) => stages.set(box, stage),
    done: (box) => stages.delete(box),
    around: (prompt) =>
      prompt &&
      (async (question) => {
        asking += 1
        erase()
        try {
          return await prompt(question)
        } finally {
          asking -= 1
        }
      }),
    say: (text, to = process.stderr) => {
      erase()
      to.write(text)
    },
    stop: () => {
      clearInterval(timer)
      process.off('exit', erase)
      erase()
    },
  }
}

/** Room for what the terminal itself writes behind it, `^C^C`, and a last column that makes no terminal go to the next line. Columns. */
const KEPT_FREE = 5

const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  reaching: 'reaching it',
  answering: 'it is measuring',
  outside: 'not entered, looking from outside',
  watching: 'looking into the process',
  preserving: 'keeping what would be gone',
  acting: 'doing it',
  checking: 'seeing whether it worked',
}

/** One line that fits: `waiting for web-1: reaching it, 3 s (Ctrl-C shows what is known)`. */
export function waitingWords(
  all: number,
  stages: ReadonlyMap<string, Stage>,
  { seconds, interrupt }: { readonly seconds: number; readonly interrupt: string },
  style: Style,
): string {
  const names = [...stages.keys()].map((name) => shown(style, name))
  const [stage] = stages.values()
  const said =
    all === 1 && stage
      ? `waiting for ${names.join('')}: ${STAGE_WORDS[stage]}, ${seconds} s (Ctrl-C ${interrupt})`
      : `${all - names.length} of ${all} boxes have answered, ${seconds} s (Ctrl-C ${interrupt}); waiting for ${names.join(', ')}`
  return truncate(said, style.columns - KEPT_FREE, style.unicode ? '…' : '...')
}
