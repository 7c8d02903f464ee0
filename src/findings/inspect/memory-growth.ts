import { bytes, duration, grouped } from '../../base/format.ts'
import type { MemoryUse, TypeUse } from '../../evidence/inspect/memory-use.ts'
import type { Headline } from './doing-now.ts'

/** Less than that is what allocators keep in hand. Bytes, and share of what is resident at the end. */
const NOISE = { bytes: 256 * 1024, share: 0.005 } as const
/** What grows in so many of its steps, and never gives back more than a tenth of it, grows all the time. Share. */
const STEADY = { up: 0.5, back: 0.1 } as const
/** A type that grew by less is no leak worth a sentence. Objects, bytes. */
const TYPE = { count: 100, bytes: 16 * 1024 } as const
/** Types that are told in a sentence; the table has the others. */
const TYPES_TOLD = 3
const HOUR_MS = 3_600_000

/**
 * What of its memory grew while it was watched, in sentences. A process that fills a cache grows as well: it is a warning, and how fast says whether it matters.
 * Pure.
 */
export function memoryHeadlines(use: MemoryUse): readonly Headline[] {
  return [...wholeWords(use), ...typeWords(use), ...siteWords(use)]
}

/** Whether it grows all the time; undefined where it was not looked at often enough to say. */
export function growsSteadily({ over }: Pick<MemoryUse, 'over'>): boolean | undefined {
  if (over.length < 4) return undefined
  const sizes = over.map(({ anonymousBytes, sharedBytes, swapBytes }) => anonymousBytes + sharedBytes + swapBytes)
  const steps = sizes.slice(1).map((size, at) => size - (sizes[at] ?? size))
  const up = steps.filter((step) => step > 0)
  const back = -sum(steps.filter((step) => step < 0))
  return up.length >= steps.length * STEADY.up && back <= sum(up) * STEADY.back
}

/** Those that grow first, by what they grew; then the biggest. */
export function rankedTypes(types: readonly TypeUse[]): readonly TypeUse[] {
  const grew = ({ grewBytes = 0, grewCount = 0 }: TypeUse): number =>
    grewCount >= TYPE.count || grewBytes >= TYPE.bytes ? Math.max(0, grewBytes) : 0
  return types.toSorted(
    (a, b) => grew(b) - grew(a) || b.bytes - a.bytes || b.count - a.count || (a.name < b.name ? -1 : 1),
  )
}

function wholeWords(use: MemoryUse): readonly Headline[] {
  const { byKind, watchedMs } = use
  const grew = sum(byKind.filter(({ kind }) => kind !== 'files').map(({ grewBytes }) => grewBytes))
  const whole = sum(byKind.map(({ residentBytes, swapBytes }) => residentBytes + swapBytes))
  if (grew < Math.max(NOISE.bytes, whole * NOISE.share) || growsSteadily(use) === false) return []
  const [most] = byKind.toSorted((a, b) => b.grewBytes - a.grewBytes)
  const part = most && most.grewBytes < grew * 0.9 ? `, ${bytes(most.grewBytes)} of it` : ''
  const where = most ? `${part} in ${KIND_PLACES[most.kind]}` : ''
  const pace = watchedMs > 0 ? `; at that pace ${bytes((grew * HOUR_MS) / watchedMs)} an hour` : ''
  return [
    { state: 'warning', says: `Its memory grew by ${bytes(grew)} in ${duration(watchedMs / 1000)}${where}${pace}.` },
  ]
}

const KIND_PLACES: Readonly<Record<MemoryUse['byKind'][number]['kind'], string>> = {
  heap: 'the heap',
  arenas: 'arenas of malloc',
  stacks: 'stacks of threads',
  jit: 'compiled code',
  anonymous: 'anonymous memory',
  files: 'mapped files',
  shared: 'shared memory',
  kernel: 'mappings of the kernel',
  others: 'one of very many mappings',
}

function typeWords({ types = [], watchedMs, hasGarbage }: MemoryUse): readonly Headline[] {
  const grown = rankedTypes(types).filter(
    ({ grewCount = 0, grewBytes = 0 }) => grewCount >= TYPE.count && grewBytes >= TYPE.bytes,
  )
  return grown.slice(0, TYPES_TOLD).map(({ name, grewCount = 0, grewBytes = 0 }) => ({
    state: 'warning',
    says: `${name} grew by ${grouped(grewCount)} objects, ${bytes(grewBytes)} in ${duration(watchedMs / 1000)}${hasGarbage ? ', garbage that is not collected yet among them' : ''}.`,
  }))
}

/** Where V8 tells no types, it tells who allocates what stays. */
function siteWords({ sites = [], watchedMs }: MemoryUse): readonly Headline[] {
  const [most] = sites.filter(({ frame }) => frame.own).toSorted((a, b) => b.bytes - a.bytes)
  if (!most || most.bytes < NOISE.bytes) return []
  const { frame, bytes: held } = most
  const place = frame.file === undefined ? '' : ` (${frame.file}${frame.line === undefined ? '' : `:${frame.line}`})`
  return [
    {
      state: 'warning',
      says: `${frame.function}${place} allocated ${bytes(held)} in ${duration(watchedMs / 1000)} that are still held.`,
    },
  ]
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
