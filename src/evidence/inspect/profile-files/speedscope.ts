import { version } from '../../../base/version.ts'
import { garbled, seen, type Reading } from '../../reading.ts'
import type { Frame } from '../frame.ts'
import type { Profile, WeightedStack } from '../profile.ts'

/**
 * A profile in speedscope's file format: frames once, then for each thread a sampled profile, whose samples are lists of places in the list of
 * frames, the outermost first. Source: speedscope.app/file-format-schema.json, and src/lib/file-format-spec.ts of github.com/jlfwong/speedscope.
 */
export function speedscopeOf(profile: Profile, name: string): string {
  const frames = new Map<string, { readonly at: number; readonly frame: SpeedscopeFrame }>()
  const placeOf = (frame: Frame): number => {
    const written = writtenFrame(frame)
    const key = JSON.stringify(written)
    const known = frames.get(key) ?? { at: frames.size, frame: written }
    frames.set(key, known)
    return known.at
  }
  const scale = profile.unit === 'samples' && profile.intervalUs !== undefined ? profile.intervalUs : 1
  const unit = profile.unit === 'samples' ? (profile.intervalUs === undefined ? 'none' : 'microseconds') : profile.unit
  const profiles = [...Map.groupBy(profile.stacks, ({ thread }) => thread ?? '')].map(([thread, stacks]) => {
    const weights = stacks.map(({ weight }) => weight * scale)
    return {
      type: 'sampled',
      name: thread === '' ? name : thread,
      unit,
      startValue: 0,
      endValue: weights.reduce((sum, each) => sum + each, 0),
      samples: stacks.map((stack) => stack.frames.toReversed().map(placeOf)),
      weights,
    }
  })
  return `${JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: `halligan@${version}`,
    name,
    activeProfileIndex: 0,
    shared: { frames: [...frames.values()].map(({ frame }) => frame) },
    profiles,
  })}\n`
}

interface SpeedscopeFrame {
  readonly name: string
  readonly file?: string
  readonly line?: number
}

function writtenFrame({ function: name, file, line, module }: Frame): SpeedscopeFrame {
  const place = file ?? module
  return {
    name,
    ...(place === undefined ? {} : { file: place }),
    ...(file === undefined || line === undefined ? {} : { line }),
  }
}

/** Reads the sampled profiles of such a file, all of its threads; of profiles by events (`evented`) there are none in it. */
export function readSpeedscope(text: string): Reading<Pick<Profile, 'stacks' | 'idle'>> {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch {
    return garbled('it is no JSON', text)
  }
  const shared = partOf(partOf(file, 'shared'), 'frames')
  const profiles = partOf(file, 'profiles')
  if (!Array.isArray(shared) || !Array.isArray(profiles))
    return garbled('it has no shared.frames and profiles, as speedscope writes them', text)
  const frames = shared.map(readFrame)
  const stacks = profiles.flatMap((each: unknown) => stacksOf(each, frames))
  return stacks.length > 0 ? seen({ stacks, idle: 0 }) : garbled('there is no sampled profile in it', text)
}

function readFrame(frame: unknown): Frame {
  const [name, file, line] = ['name', 'file', 'line'].map((each) => partOf(frame, each))
  return {
    function: typeof name === 'string' ? name : '??',
    ...(typeof file === 'string' ? { file } : {}),
    ...(typeof line === 'number' && Number.isSafeInteger(line) && line > 0 ? { line } : {}),
  }
}

function stacksOf(profile: unknown, frames: readonly Frame[]): readonly WeightedStack[] {
  const [samples, weights] = [partOf(profile, 'samples'), partOf(profile, 'weights')]
  if (partOf(profile, 'type') !== 'sampled' || !Array.isArray(samples) || !Array.isArray(weights)) return []
  const name = partOf(profile, 'name')
  return samples.flatMap((sample: unknown, at): WeightedStack[] => {
    const weight: unknown = weights[at]
    if (!Array.isArray(sample) || typeof weight !== 'number' || !Number.isFinite(weight) || weight <= 0) return []
    const stack = sample.flatMap((place: unknown) => (typeof place === 'number' ? (frames[place] ?? []) : []))
    return [{ ...(typeof name === 'string' ? { thread: name } : {}), frames: stack.toReversed(), weight }]
  })
}

function partOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}
