import { fittingLines } from '../../../inspect/json-line.ts'
import { fields, list, number, optional, text, yesOrNo, type Shape, type ShapeOf } from '../../../../base/shape.ts'

/** What the client on the box prints, each a line of JSON (`main.js` and its parts); `name` is empty for the program itself, else its worker. */
const LOCAL = fields({ name: text, value: text, type: optional(text) })
const FRAME = fields({ function: text, url: text, line: number, locals: optional(list(LOCAL)) })

/** `[place of its caller, function, url, line, hits]` of a tree of calls. */
export type NodeLine = readonly [parent: number, functionName: string, url: string, line: number, hits: number]
const NODE: Shape<NodeLine> = {
  read: (value) =>
    Array.isArray(value) &&
    value.length === 5 &&
    value.every((each, at) => (at === 1 || at === 2 ? typeof each === 'string' : Number.isSafeInteger(each)))
      ? { ok: true, value: value as unknown as NodeLine }
      : { ok: false, where: '', what: 'not a node of a profile' },
}

/** `[function, file, line]` of a caller. */
export type CallLine = readonly [functionName: string, file: string, line: number]
const CALL: Shape<CallLine> = {
  read: (value) =>
    Array.isArray(value) &&
    value.length === 3 &&
    typeof value[0] === 'string' &&
    typeof value[1] === 'string' &&
    Number.isSafeInteger(value[2])
      ? { ok: true, value: value as unknown as CallLine }
      : { ok: false, where: '', what: 'not a caller' },
}

const HIT = fields({
  isolate: text,
  atMs: number,
  values: list(LOCAL),
  frames: list(CALL),
  condition: optional(text),
})
const END = fields({
  ended: text,
  reached: number,
  tookMs: number,
  untold: optional(number),
  failed: optional(number),
  why: optional(text),
  removed: optional(yesOrNo),
})
const NO_PLACE = fields({
  refused: text,
  offered: optional(list(text)),
  script: optional(text),
  lines: optional(list(number)),
  last: optional(number),
  asked: optional(number),
})

const CRASH = fields({
  name: text,
  kind: text,
  says: text,
  code: optional(number),
  frames: list(FRAME),
  cut: optional(number),
  noValues: optional(yesOrNo),
  stoppedMs: optional(number),
})

const LINES = {
  refused: fields({
    refused: text,
    other: optional(number),
    state: optional(text),
    ranTicks: optional(number),
    why: optional(text),
  }),
  inspector: fields({ inspector: fields({ port: number, opened: yesOrNo }) }),
  stack: fields({
    sample: number,
    atMs: number,
    name: text,
    frames: list(FRAME),
    cut: optional(number),
    noValues: optional(yesOrNo),
    stoppedMs: optional(number),
    waits: optional(text),
  }),
  note: fields({ note: text, name: optional(text) }),
  profile: fields({ name: text, profile: fields({ ms: number, samples: number, left: number }) }),
  node: fields({ name: text, node: NODE }),
  place: fields({
    at: fields({ path: text, line: number, mapped: yesOrNo }),
    perSecond: number,
    passUs: number,
  }),
  noPlace: fields({ noPlace: NO_PLACE }),
  armed: fields({ armed: number }),
  hit: fields({ hit: HIT }),
  end: fields({ end: END }),
  watching: fields({ watching: number }),
  crash: fields({ crash: CRASH }),
  watched: fields({ watched: fields({ ms: number, stops: number, lost: yesOrNo }) }),
  closed: fields({ closed: yesOrNo, was: optional(text) }),
} as const

export type StackLine = ShapeOf<(typeof LINES)['stack']>
export type FrameLine = ShapeOf<typeof FRAME>
export type Refused = ShapeOf<(typeof LINES)['refused']>

export type HitLine = ShapeOf<typeof HIT>
export type CrashLine = ShapeOf<typeof CRASH>
export type EndLine = ShapeOf<typeof END>

export interface ClientSaid {
  readonly refused: Refused | undefined
  readonly inspector: { readonly port: number; readonly opened: boolean } | undefined
  readonly stacks: readonly StackLine[]
  readonly profiles: readonly ShapeOf<(typeof LINES)['profile']>[]
  readonly nodes: readonly ShapeOf<(typeof LINES)['node']>[]
  /** Where values are taken; `armed`: it was watched indeed. */
  readonly place: (ShapeOf<(typeof LINES)['place']> & { readonly armed: boolean }) | undefined
  readonly noPlace: ShapeOf<typeof NO_PLACE> | undefined
  readonly hits: readonly HitLine[]
  readonly end: EndLine | undefined
  /** It waited for the end of the program. */
  readonly isWatching: boolean
  readonly crashes: readonly CrashLine[]
  readonly watched: ShapeOf<(typeof LINES)['watched']>['watched'] | undefined
  readonly notes: readonly string[]
  /** Undefined: its end was not seen. */
  readonly closed: boolean | undefined
}

/** Total: a line of another form is left out. */
export function clientLines(output: Uint8Array): ClientSaid {
  const of = fittingLines(Buffer.from(output).toString('utf8'))
  const [place] = of(LINES.place)
  return {
    refused: of(LINES.refused)[0],
    inspector: of(LINES.inspector)[0]?.inspector,
    stacks: of(LINES.stack),
    profiles: of(LINES.profile),
    nodes: of(LINES.node),
    place: place && { ...place, armed: of(LINES.armed).some(({ armed }) => armed > 0) },
    noPlace: of(LINES.noPlace)[0]?.noPlace,
    hits: of(LINES.hit).map(({ hit }) => hit),
    end: of(LINES.end)[0]?.end,
    isWatching: of(LINES.watching).length > 0,
    crashes: of(LINES.crash).map(({ crash }) => crash),
    watched: of(LINES.watched)[0]?.watched,
    notes: of(LINES.note).map(({ note }) => note),
    closed: of(LINES.closed)[0]?.closed,
  }
}
