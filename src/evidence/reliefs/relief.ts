import type { Price } from '../../boxes/price.ts'

/**
 * One way of easing a fire without a change of code. Pure: scripts are POSIX sh text, and whatever a box answers is read by a parser that takes any bytes.
 *
 * `target` has been checked by `targetOf`, and `before` is what the plan saw; both are kept in the record, from which a relief is checked and taken back
 * later. So each of its scripts is made by its code alone, with every value quoted, and never out of text that the record has.
 */
export interface Relief {
  /** As it is typed: `restart`. */
  readonly id: string
  readonly title: string
  /** What stands behind it: `UNIT`. */
  readonly usage: string
  /** A target of that form. */
  readonly example: readonly string[]
  readonly price: Price
  /** It knows a harder way (--kill), which comes as the word `kill` behind its words. */
  readonly takesKill?: true
  /** What ran is gone afterwards: its state is kept first. */
  readonly endsProcess: boolean
  /** The words behind its name, checked and completed; or what is wrong with them. */
  readonly targetOf: (words: readonly string[]) => readonly string[] | Refusal
  /** The same as it is typed; undefined where it is typed as it is kept, without what is empty. */
  readonly wordsOf?: (target: readonly string[]) => readonly string[]
  /** What it does to that target, in a few words: `restart orders.service`. */
  readonly does: (target: readonly string[]) => string
  /** Reads only. */
  readonly planScript: (target: readonly string[]) => string
  /** Names of what its answer says that is only shown, and compared with nothing: redacted before the plan is made, which may cut it. */
  readonly shown?: readonly string[]
  readonly plan: (answer: Answer, target: readonly string[]) => Plan
  /** Whether what the record says was there before has the form that its plan gives it; from it paths and comparisons are made. */
  readonly isBefore: (before: Before, target: readonly string[]) => boolean
  readonly act: Act
  /** How it is taken back; undefined where nothing takes it back. */
  readonly undo?: Act & {
    /** `start backup.timer`. */
    readonly does: (target: readonly string[], before: Before) => string
    /** Read right before it is taken back, where that changes with what was done: it stands for what was there before. */
    readonly nowScript?: (target: readonly string[]) => string
    readonly now?: (answer: Answer) => Before
  }
  /** What it could be done to on this box; undefined where only a person can say. What it asks that may not answer it says as `tried yes`, and `asked yes` behind the answer, or an `error`. */
  readonly survey?: string
  readonly offers?: (answer: Answer) => readonly Offer[]
}

/** The part that changes something, and what shows afterwards whether it did. */
export interface Act {
  /**
   * Changes it, once it has proved that it still is what the plan saw: else it ends with exit 3 and has changed nothing. It runs by itself to its end
   * (`finishing-script.ts`); what it prints is said when its exit code is not 0.
   */
  readonly script: (target: readonly string[], before: Before) => string
  /** Reads only; it may wait until something is seen to have come. */
  readonly check: (target: readonly string[], before: Before) => string
  readonly judge: (answer: Answer, target: readonly string[], before: Before) => Verdict
}

/** Exit code of an act that found something else than the plan had seen. */
export const MOVED = 3

/** What was there when it was planned, by name. */
export type Before = Readonly<Record<string, string>>

/** Whether all has its form and nothing else is there; what is missing is taken for empty. */
export function hasForm(before: Before, form: Readonly<Record<string, RegExp>>): boolean {
  return (
    Object.keys(before).every((name) => Object.hasOwn(form, name)) &&
    Object.entries(form).every(([name, pattern]) => pattern.test(before[name] ?? ''))
  )
}

export type Plan =
  | {
      readonly possible: true
      /** What is there now, what will be done, what it costs, what stays: a line each. */
      readonly lines: readonly string[]
      readonly before: Before
      /** Whose state is kept first; undefined: that of the box. */
      readonly pid?: number | undefined
    }
  | ({ readonly possible: false } & Refusal)

export interface Refusal {
  readonly why: string
  /** One command: `halligan …` with BOX in the place of the box, the words of a relief (`restart orders.service`), or `AS_ROOT`. */
  readonly tryNext: string
}

/** The same by root. */
export const AS_ROOT = '--sudo'

export interface Verdict {
  readonly worked: boolean
  /** The box did not show it, or it still goes on: nobody may say that it did not work. `worked` is false then. */
  readonly unseen?: true
  /** What shows it, the most telling first. */
  readonly says: readonly string[]
}

/** Something that could be done on a box, and what speaks for it. */
export interface Offer {
  readonly target: readonly string[]
  readonly why: string
}

/** What a script said: `name value` a line, each name as often as it was said. */
export type Answer = ReadonlyMap<string, readonly string[]>

export function answerIn(text: string): Answer {
  const answer = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^([\w.-]+)[ =](.*)$/.exec(line) ?? []
    if (name === undefined || value === undefined) continue
    const values = answer.get(name)
    if (values) values.push(value)
    else answer.set(name, [value])
  }
  return answer
}

/** The first value of that name; empty when there is none. */
export function valueOf(answer: Answer, name: string): string {
  return answer.get(name)?.[0] ?? ''
}

export function unseen(...says: readonly string[]): Verdict {
  return { worked: false, unseen: true, says }
}

/** A whole number as a box prints it; undefined for anything else, and beyond what is exact. */
export function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

export function refused(why: string, tryNext: string): { readonly possible: false } & Refusal {
  return { possible: false, why, tryNext }
}
