import type { PatternSample } from '../pattern.ts'
import { thrownIn, topFrame, type StackFrame, type Thrown } from './stack-frames.ts'
import type { JudgedPattern } from '../verdict.ts'

/** Exceptions of one type that were thrown at one place of the program, whatever was logged with them. */
export interface ExceptionGroup {
  readonly type: string
  /** Of its last sample. */
  readonly message: string
  /** The innermost frame of the program itself, else of all. */
  readonly frame?: StackFrame
  /** The last cause of the chain, where there is one. */
  readonly root?: { readonly type: string; readonly message: string; readonly frame?: StackFrame }
  readonly verdict: JudgedPattern['verdict']
  /** Records before and after the onset, as far as samples tell: those of its patterns, shared out as their samples are. */
  readonly before: number
  readonly after: number
  readonly firstAtMs: number
  readonly lastAtMs: number
  readonly boxes: readonly string[]
  /** That it stands in, the highest ranked first. */
  readonly patterns: readonly JudgedPattern[]
  /** By time. */
  readonly samples: readonly PatternSample[]
  /** Of the patterns, the highest. */
  readonly score: number
}

/**
 * Exceptions by type and by place, worst first. From the samples of the patterns: a record whose stack trace was not kept is counted with those that were.
 *
 * @param onsetMs between the samples from before and those from after; missing: all counts of a pattern are shared out alike
 */
export function exceptionsOf(patterns: readonly JudgedPattern[], onsetMs?: number): readonly ExceptionGroup[] {
  const groups = new Map<string, Gathered>()
  for (const pattern of patterns) {
    const thrown = pattern.samples.flatMap((sample): readonly Seen[] => {
      const chain = chainOf(sample)
      return chain ? [{ sample, chain }] : []
    })
    for (const [key, seen] of byPlace(thrown)) {
      const group = groups.get(key) ?? { parts: [] }
      groups.set(key, group)
      group.parts.push({ pattern, seen, ...shareOf(pattern, seen, thrown, onsetMs) })
    }
  }
  return [...groups.values()].map(groupOf).toSorted(worstFirst)
}

interface Seen {
  readonly sample: PatternSample
  readonly chain: readonly [Thrown, ...Thrown[]]
}

interface Gathered {
  readonly parts: {
    readonly pattern: JudgedPattern
    readonly seen: readonly Seen[]
    readonly before: number
    readonly after: number
  }[]
}

/** The trace that the format took out of the record, with its message before it; else whatever of the record looks like one. */
function chainOf({ event, text }: PatternSample): Seen['chain'] | undefined {
  if (event.trace === undefined && !text.includes('\n')) return undefined
  for (const candidate of event.trace === undefined
    ? [text]
    : [event.trace, `${event.message}\n${event.trace}`, text]) {
    const [first, ...causes] = thrownIn(candidate)
    if (first && first.type !== UNNAMED) return [first, ...causes]
  }
  return undefined
}

/** A trace whose first line was not found. */
const UNNAMED = 'trace'

function byPlace(thrown: readonly Seen[]): ReadonlyMap<string, readonly Seen[]> {
  const places = new Map<string, Seen[]>()
  for (const seen of thrown) {
    const key = keyOf(seen.chain)
    const same = places.get(key) ?? []
    places.set(key, same)
    same.push(seen)
  }
  return places
}

/** Two places where the same type is thrown are two faults. What was wrapped is told by its cause too. */
function keyOf(chain: Seen['chain']): string {
  const root = chain.at(-1) ?? chain[0]
  return [chain[0], root].map((thrown) => [thrown.type, placeOf(topFrame(thrown))].join('\0')).join('\0')
}

/** Without the line, which differs between two versions of the program; where there is no function it is the line that tells. */
function placeOf(frame: StackFrame | undefined): string {
  if (!frame) return ''
  const { file, module, function: name, line } = frame
  return [file, module, name ?? line].join('\0')
}

/** Counts of a pattern on either side, shared out by its samples with a trace on that side. */
function shareOf(
  pattern: JudgedPattern,
  seen: readonly Seen[],
  all: readonly Seen[],
  onsetMs: number | undefined,
): { readonly before: number; readonly after: number } {
  const share = (late: boolean): number => {
    const onSide = (list: readonly Seen[]): number =>
      onsetMs === undefined ? list.length : list.filter(({ sample: { atMs } }) => late === atMs >= onsetMs).length
    const of = onSide(all)
    return of > 0 ? onSide(seen) / of : seen.length / all.length
  }
  return {
    before: Math.round(pattern.before.count * share(false)),
    after: Math.round(pattern.after.count * share(true)),
  }
}

function groupOf({ parts }: Gathered): ExceptionGroup {
  const ranked = parts.toSorted(
    (a, b) => b.pattern.score - a.pattern.score || compare(a.pattern.template, b.pattern.template),
  )
  const samples = ranked
    .flatMap(({ seen }) => seen)
    .toSorted((a, b) => order(a.sample.atMs, b.sample.atMs) || compare(a.sample.text, b.sample.text))
  const last = samples.at(-1)?.chain ?? [{ type: UNNAMED, message: '', frames: [] }]
  const [outer] = last
  const root = last.length > 1 ? last.at(-1) : undefined
  const frame = topFrame(outer)
  const before = sum(parts.map((part) => part.before))
  const after = sum(parts.map((part) => part.after))
  return {
    type: outer.type,
    message: outer.message,
    ...(frame ? { frame } : {}),
    ...(root ? { root: { type: root.type, message: root.message, ...framed(root) } } : {}),
    verdict: verdictOf(
      parts.map(({ pattern }) => pattern.verdict),
      before,
    ),
    before,
    after,
    firstAtMs: Math.min(...times(parts.map(({ pattern }) => pattern.firstAtMs))),
    lastAtMs: Math.max(...times(parts.map(({ pattern }) => pattern.lastAtMs))),
    boxes: [...new Set(samples.map(({ sample }) => sample.box))].toSorted(compare),
    patterns: ranked.map(({ pattern }) => pattern),
    samples: samples.map(({ sample }) => sample),
    score: Math.max(...parts.map(({ pattern }) => pattern.score)),
  }
}

function framed(thrown: Thrown): { readonly frame?: StackFrame } {
  const frame = topFrame(thrown)
  return frame ? { frame } : {}
}

/** New only when none of it was there before; else that of its highest ranked pattern that changed. */
function verdictOf(verdicts: readonly JudgedPattern['verdict'][], before: number): JudgedPattern['verdict'] {
  const wanted = verdicts.filter((verdict) => before === 0 || verdict !== 'new')
  const [most = before === 0 ? 'new' : 'steady'] = WORST.filter((verdict) => wanted.includes(verdict))
  return most
}

const WORST: readonly JudgedPattern['verdict'][] = ['new', 'spiking', 'steady', 'silent']

function times(list: readonly number[]): readonly number[] {
  const known = list.filter((each) => !Number.isNaN(each))
  return known.length > 0 ? known : [NaN]
}

function sum(list: readonly number[]): number {
  return list.reduce((all, each) => all + each, 0)
}

function worstFirst(a: ExceptionGroup, b: ExceptionGroup): number {
  return (
    b.score - a.score || b.after - a.after || compare(a.type, b.type) || compare(placeOf(a.frame), placeOf(b.frame))
  )
}

/** Undated last. */
function order(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  return a - b
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
