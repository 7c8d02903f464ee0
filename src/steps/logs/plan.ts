/** Which spans of the logs are read, and against which moment they are compared. Milliseconds since the epoch by the clock of this console. */
export interface LogPlan {
  readonly onset: Onset | undefined
  /** Read one after another, so that what came after the onset is there before a limit is reached. */
  readonly spans: readonly LogSpan[]
}

export interface LogSpan {
  /** Missing: from the beginning. */
  readonly fromMs?: number
  /** Missing: to the end. */
  readonly toMs?: number
}

export interface Onset {
  readonly atMs: number
  /** `asked`: named by the engineer; `incident`: when it began, as its opening says; `proposed`: found in the counts. */
  readonly from: 'asked' | 'incident' | 'proposed'
  /** Of a proposed one: 0 to 1. */
  readonly confidence?: number
  readonly why?: string
}

export interface PlanRequest {
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
  readonly onset?: Onset | undefined
  /** All of it, where nothing else was asked for: a file that was named here, standard input. */
  readonly whole: boolean
  readonly nowMs: number
}

/** What nobody asked for is one hour: long enough that a pattern of every few minutes is known. Milliseconds. */
const USUAL_MS = 3_600_000
/** More of before than this says nothing new, and costs. Milliseconds. */
const BEFORE_AT_MOST_MS = 24 * 3_600_000

/** The spans to read. An onset that lies outside of what was asked for is none. */
export function logPlan({ fromMs, toMs, onset, whole, nowMs }: PlanRequest): LogPlan {
  const end = toMs ?? nowMs
  const isWithin = onset && onset.atMs < end && (fromMs === undefined || onset.atMs > fromMs)
  if (!onset || !isWithin) return { onset: undefined, spans: [usual({ fromMs, toMs, whole, end })] }
  const before = Math.min(BEFORE_AT_MOST_MS, Math.max(USUAL_MS, end - onset.atMs))
  const earliest = fromMs ?? (whole ? undefined : onset.atMs - before)
  return {
    onset,
    spans: [
      { fromMs: onset.atMs, ...(toMs === undefined ? {} : { toMs }) },
      { ...(earliest === undefined ? {} : { fromMs: earliest }), toMs: onset.atMs },
    ],
  }
}

/**
 * The same spans with an end for those that would go on to the end of the log: logs are read one after another, and one that is read some seconds later must
 * not seem to go on for longer. What is read from its beginning, a file that was named here, is read to its end.
 */
export function comparedSpans({ spans }: LogPlan, nowMs: number): readonly LogSpan[] {
  return spans.map((span) => (span.fromMs === undefined || span.toMs !== undefined ? span : { ...span, toMs: nowMs }))
}

/** All of them in one: standard input can be read only once. */
export function spanOfAll({ spans }: LogPlan): LogSpan {
  const froms = spans.map(({ fromMs }) => fromMs ?? -Infinity)
  const tos = spans.map(({ toMs }) => toMs ?? Infinity)
  const [from, to] = [Math.min(...froms), Math.max(...tos)]
  return { ...(from === -Infinity ? {} : { fromMs: from }), ...(to === Infinity ? {} : { toMs: to }) }
}

function usual({
  fromMs,
  toMs,
  whole,
  end,
}: Pick<PlanRequest, 'fromMs' | 'toMs' | 'whole'> & { readonly end: number }): LogSpan {
  const from = fromMs ?? (whole ? undefined : end - USUAL_MS)
  return { ...(from === undefined ? {} : { fromMs: from }), ...(toMs === undefined ? {} : { toMs }) }
}
