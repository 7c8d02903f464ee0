import { readFrames, type Frame } from './answer.ts'
import { frameNameOf } from './collector.ts'
import { NotThere, Unreadable, type Meta, type Probe, type Sample, type Samples } from './probe.ts'
import { blind, garbled, seen, type Reading } from './reading.ts'
import * as probes from './probes/index.ts'

/** Derived from the registry of probes; nothing lists them a second time. */
export type ProbeId = (typeof probes)[keyof typeof probes]['id']
type ProbeOf<Id extends ProbeId> = Extract<(typeof probes)[keyof typeof probes], { readonly id: Id }>
export type Value<Id extends ProbeId> = ReturnType<ProbeOf<Id>['parse']>
export type Evidence = { readonly [Id in ProbeId]: Reading<Value<Id>> }

export function probesOf(set: 'fast' | 'deep'): readonly Probe<unknown>[] {
  const all: readonly Probe<unknown>[] = Object.values(probes)
  return all.filter((probe) => set === 'deep' || probe.set === 'fast')
}

/**
 * What an answer says, probe by probe. Total: any bytes give evidence, in which what was not seen is blind or garbled.
 *
 * @param asked the probes that the box was asked; the others are blind as "not asked"
 */
export function readEvidence(
  answer: Uint8Array,
  boundary: string,
  asked: readonly Probe<unknown>[],
  meta: Meta,
): Evidence {
  const frames = readFrames(answer, boundary)
  const all: readonly Probe<unknown>[] = Object.values(probes)
  const readings = all.map((probe) => [
    probe.id,
    asked.includes(probe)
      ? readingOf(probe, framesOf(probe, frames), meta)
      : blind('not asked', probe.set === 'deep' ? 'ask with --deep' : ''),
  ])
  // The one cast of this folder: the loop treats all probes alike, the registry knows what each of them gives.
  return Object.fromEntries(readings) as Evidence
}

/** What the answer says of one probe that it was asked for beside those of the registry. Total, as above. */
export function readingIn<T>(frames: readonly Frame[], probe: Probe<T>, meta: Meta): Reading<T> {
  return readingOf(probe, framesOf(probe, frames), meta)
}

/** Some probes find their part in frames that they share. */
function framesOf(probe: Probe<unknown>, frames: readonly Frame[]): readonly Frame[] {
  const name = frameNameOf(probe)
  return frames.filter((frame) => frame.probe === name && probe.moments.includes(frame.moment))
}

function readingOf<T>(probe: Probe<T>, frames: readonly Frame[], meta: Meta): Reading<T> {
  const samples: Partial<Record<string, Sample>> = {}
  let problem: Reading<never> | undefined
  for (const frame of frames) {
    const trouble = frameTrouble(probe, frame)
    if (trouble) problem ??= trouble
    else samples[frame.moment] = { atSeconds: frame.atSeconds, text: withoutLastNewline(frame.text) }
  }
  if (Object.keys(samples).length === 0) return problem ?? blind('the answer was cut off before it', 'try again')
  return readSamples(probe, samples, meta)
}

/** What the parser of a probe makes of its samples. Total: whatever it throws is a reading. */
export function readSamples<T>(probe: Probe<T>, samples: Samples, meta: Meta): Reading<T> {
  try {
    const value = probe.parse(samples, meta)
    if (!isReal(value)) throw new Unreadable('a number is out of range')
    return seen(value)
  } catch (error) {
    if (error instanceof NotThere) return blind(error.message, probe.hint ?? '')
    const raw = Object.values(samples)
      .map((sample) => sample?.text)
      .join('\n')
    return garbled(error instanceof Unreadable ? error.message : `unexpected answer (${String(error)})`, raw)
  }
}

/** No number in it is infinite or none: 400 digits of a hostile box would become that. */
function isReal(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return true
  for (const each of value instanceof Map ? value.values() : Object.values(value)) if (!isReal(each)) return false
  return true
}

function frameTrouble(probe: Probe<unknown>, frame: Frame): Reading<never> | undefined {
  switch (frame.ended.how) {
    case 'timed-out':
      return blind(`did not answer within ${frame.ended.limitSeconds} s`, probe.hint ?? 'something below it hangs')
    case 'cut-off':
      return blind('the answer was cut off in the middle of it', 'try again')
    case 'exited': {
      if (frame.ended.code === 0) return undefined
      const why = frame.text.trim().split('\n').at(-1) || `exit ${frame.ended.code}`
      return blind(why.slice(0, 300), probe.hint ?? '')
    }
  }
}

function withoutLastNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text
}
