import type { Price } from '../boxes/price.ts'

/** What it means: one conclusion about one box, with what it rests on and what to do next. */
export interface Finding {
  /** Id of the check that says it: `fd-exhaustion`. */
  readonly check: string
  readonly state: 'critical' | 'warning'
  readonly resource: Resource
  /** 0 to 100; findings are sorted by it, most burning first (`rank.ts` has the rules). */
  readonly score: number
  /** One line that names who and how much: `orders-api holds 1019 of its 1024 file descriptors`. */
  readonly title: string
  /** What follows from it, and the figures that show it. */
  readonly why: string
  readonly subject: Subject
  readonly measured: readonly Measured[]
  readonly next: readonly NextStep[]
  /** When it began, if that is known: milliseconds since the epoch, console clock. */
  readonly sinceMs?: number
  /** Check id of the finding that causes this one, set by the ranking. */
  readonly symptomOf?: string
}

export type State = 'critical' | 'warning' | 'ok' | 'unknown'

export type Resource =
  | 'cpu'
  | 'memory'
  | 'disk'
  | 'filesystem'
  | 'network'
  | 'process'
  | 'kernel'
  | 'service'
  | 'time'
  | 'tls'
  | 'dns'
  | 'log'

export interface Subject {
  readonly kind:
    | 'box'
    | 'process'
    | 'thread'
    | 'filesystem'
    | 'device'
    | 'interface'
    | 'socket'
    | 'unit'
    | 'container'
    | 'file'
    | 'url'
    | 'pattern'
  readonly name: string
  readonly pid?: number
  readonly tid?: number
  readonly unit?: string
  readonly container?: string
  /** Command line, redacted, at most 300 characters. */
  readonly commandLine?: string
  /** The other end: `10.0.0.7:5432`. */
  readonly peer?: string
}

export interface Measured {
  readonly what: string
  readonly value: number
  readonly limit?: number
  /** `bytes`, `%`, `count`, `count/s`, `bytes/s`, `s`, `ms`. */
  readonly unit: string
  /** Where it can be checked by hand: `/proc/812/fd`. */
  readonly source: string
}

export interface NextStep {
  readonly command: string
  readonly why: string
  readonly price: Price
  /** It costs more than the policy of the box allows (halligan.yaml). */
  readonly beyondPolicy?: true
}
