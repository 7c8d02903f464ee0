import type { Box } from '../../boxes/box.ts'

/** By how much the clock of a box differs from that of this console. Milliseconds. */
export interface ClockSkew {
  /** Box clock minus console clock; 0 where the clocks agree as far as can be told. */
  readonly skewMs: number
  /** How far off that may be: half of the way there and back, and the exactness of the box's clock. Infinity: its clock could not be read. */
  readonly withinMs: number
}

/** What the box said of its clock, between two moments of this console. */
export interface ClockReading {
  readonly boxMs: number
  readonly precisionMs: number
  readonly askedAtMs: number
  readonly answeredAtMs: number
}

/** Below it times stay as they were written, to be found again: clocks this near are in order for anything that a person compares. Milliseconds. */
const SKEW_CORRECTED_MS = 250
/** Nearer than this nobody has to know it. Milliseconds. */
const NEAR_ENOUGH_MS = 100
/** The first one may meet a busy moment; of three one seldom does not. */
const EXCHANGES = 3
const LIMIT_MS = 5_000
const ANSWER_BYTES = 4_096

/**
 * The offset as NTP takes it: the box's clock against the middle of the way there and back, right to half of that way; of several exchanges the shortest
 * counts (D. Mills, RFC 5905, sections 8 and 10). The first reading has a login in it, and all else that was asked: where it leaves room for a difference
 * that matters, the open connection is asked for its clock alone.
 */
export async function clockSkew(box: Box, first: ClockReading, signal?: AbortSignal): Promise<ClockSkew> {
  let best = offsetOf(first)
  for (let nth = 0; nth < EXCHANGES && !agrees(best) && best.withinMs > NEAR_ENOUGH_MS; nth++) {
    const reading = await exchange(box, signal)
    if (!reading) break
    const offset = offsetOf(reading)
    if (offset.withinMs < best.withinMs) best = offset
  }
  const isTold = Math.abs(best.skewMs) >= Math.max(SKEW_CORRECTED_MS, best.withinMs)
  return { skewMs: isTold ? Math.round(best.skewMs) : 0, withinMs: Math.ceil(best.withinMs) }
}

function offsetOf({ boxMs, precisionMs, askedAtMs, answeredAtMs }: ClockReading): ClockSkew {
  return {
    skewMs: boxMs - (askedAtMs + answeredAtMs) / 2,
    withinMs: (answeredAtMs - askedAtMs) / 2 + precisionMs,
  }
}

/** Whatever it is, it is too little to be corrected. */
function agrees({ skewMs, withinMs }: ClockSkew): boolean {
  return Math.abs(skewMs) + withinMs < SKEW_CORRECTED_MS
}

async function exchange(box: Box, signal: AbortSignal | undefined): Promise<ClockReading | undefined> {
  const result = await box.run('date +%s.%N', {
    what: 'read the clock',
    timeoutMs: LIMIT_MS,
    maxBytes: ANSWER_BYTES,
    ...(signal ? { signal } : {}),
  })
  const told = result.ok ? toldTime(Buffer.from(result.stdout).toString('latin1')) : undefined
  return told && { ...told, askedAtMs: result.startedAtMs, answeredAtMs: result.startedAtMs + result.durationMs }
}

/** Of `date +%s.%N`; what knows no %N (busybox) cuts off to whole seconds: half a second is the middle of what the clock may have shown. */
function toldTime(text: string): Pick<ClockReading, 'boxMs' | 'precisionMs'> | undefined {
  const [, seconds, fraction] = /^(\d{9,12})\.(?:(\d{3})\d{6}|%?N)?$/m.exec(text) ?? []
  if (seconds === undefined) return undefined
  return { boxMs: Number(seconds) * 1000 + Number(fraction ?? 500), precisionMs: fraction === undefined ? 500 : 1 }
}
