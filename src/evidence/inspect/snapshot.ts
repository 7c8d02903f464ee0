import type { Expression } from './expression.ts'
import type { Frame, Local } from './frame.ts'

/** What is asked: the values of variables each time a statement runs, with a limit of hits and of time. */
export interface SnapshotRequest extends StatementPlace {
  /** Only hits at which it is true count. */
  readonly when?: Expression
  /** What is told of each hit; empty: arguments and local variables. */
  readonly print: readonly Expression[]
  /** It ends after so many. From 1 to `MOST_HITS`. */
  readonly hits: number
  /** It ends after so long. Milliseconds. */
  readonly forMs: number
}

/** A statement: a line of a file, or the first one of a function. A function with a file is the one of that file. */
export interface StatementPlace {
  /** As it was typed, or as the runtime has it: `cart.c`, `src/cart.py`, `/srv/shop/cart.js`. */
  readonly file?: string
  /** From 1. */
  readonly line?: number
  /** `price_order`, `Cart.total`, `shop::Cart::total`. */
  readonly function?: string
}

/** What was seen at a statement while it was watched. */
export interface Snapshot {
  /** Where it was watched indeed: what the runtime made of the place that was asked for. */
  readonly place: StatementPlace
  readonly hits: readonly Hit[]
  /** How often the statement ran meanwhile, hits and others; 0: it did not run. Missing where that is not known. */
  readonly reached?: number
  readonly ended: SnapshotEnd
  /** How long it was watched. Milliseconds. */
  readonly tookMs: number
  /** It was looked at now and then: the statement may have run without being seen. */
  readonly isSampled: boolean
  /** What each run of the statement cost its thread (or all threads, where the way stops all), as measured there. Microseconds. */
  readonly perHitUs?: number
  /** What could not be read, in sentences for a person. */
  readonly notes: readonly string[]
}

/**
 * `hits`: there were as many as were asked for; `time`: its time was over; `hot`: it runs so often that watching it would slow the program down, and was given up;
 * `process`: the process ended; `stopped`: it was ended from outside, by the person or by the guard.
 */
export type SnapshotEnd = 'hits' | 'time' | 'hot' | 'process' | 'stopped'

export interface Hit {
  /** Since it was watched. Milliseconds. */
  readonly atMs: number
  readonly tid?: number
  readonly threadName?: string
  /** Of what was to be printed, its text as the name; else arguments and local variables. Secrets are taken out before it is kept or shown. */
  readonly values: readonly Local[]
  /** Innermost first: the first one is the statement. */
  readonly frames: readonly Frame[]
  /** The condition could not be told at this hit (a variable was optimised out): it is told all the same, with the reason. Missing where it was true, or none was asked. */
  readonly condition?: string
}

/** Of a hit, in the same words whichever way it was seen. */
export function untoldCondition(why: string | undefined): string {
  return `whether the condition is true could not be told${why === undefined ? '' : `: ${why}`}`
}

/** Every hit has values and a stack; who needs more needs a profile. */
export const MOST_HITS = 100

/** The lines nearest to one that has no statement, nearest first, then in order; at most so many. */
export function nearestLines(lines: readonly number[], asked: number, most = 3): readonly number[] {
  return [...new Set(lines)]
    .toSorted((a, b) => Math.abs(a - asked) - Math.abs(b - asked) || a - b)
    .slice(0, most)
    .toSorted((a, b) => a - b)
}

/** `cart.c:118`, `price_order`, `cart.c:price_order`. */
export function placeText({ file, line, function: called }: StatementPlace): string {
  if (file === undefined) return called ?? '?'
  return `${file}:${line ?? called ?? '?'}`
}

/** Names may have anything but what could end a quoted word or a line of a debugger. */
const FILE = /^[^\s"'`\\\p{C}][^"'`\\\p{C}]*$/u
const FUNCTION = /^~?[\p{ID_Start}_$][\p{ID_Continue}$.:~]*$/u
/** Characters. */
const LONGEST = 300
/** No file has more. */
const HIGHEST_LINE = 10_000_000

/** `src/cart.py:118`, `Cart.total`, `shop::Cart::total`, `cart.c:price_order`; undefined for what is none. */
export function statementPlace(typed: string): StatementPlace | undefined {
  if (typed.length > LONGEST) return undefined
  const [, file = '', line] = /^(.+):(\d{1,8})$/.exec(typed) ?? []
  if (line !== undefined) {
    const number = Number(line)
    return FILE.test(file) && !file.endsWith(':') && number >= 1 && number <= HIGHEST_LINE
      ? { file, line: number }
      : undefined
  }
  if (isFunction(typed)) return { function: typed }
  const [, before = '', called = ''] = /^([^:]+):([^:].*)$/.exec(typed) ?? []
  return FILE.test(before) && isFunction(called) ? { file: before, function: called } : undefined
}

/** A single `:` parts a file from what is in it. */
function isFunction(typed: string): boolean {
  return FUNCTION.test(typed) && !/(?:^|[^:]):(?!:)|:::/.test(typed)
}
