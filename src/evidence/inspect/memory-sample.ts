import { mappingsIn, memoryKind, type Mapping } from './memory-map.ts'
import { MEMORY_USES, type KindUse, type MemoryUse, type MemoryUseKind, type ResidentAt } from './memory-use.ts'

/** What `halligan_memory` and `halligan_tick` print (memory-sample-script.ts). */
interface Sample {
  readonly atMs: number
  readonly mappings: readonly SampledMapping[]
  /** Addresses within stacks of threads. */
  readonly stacks: readonly bigint[]
  /** Where arenas of malloc begin. */
  readonly arenas: ReadonlySet<bigint>
  /** Mappings that are not told one by one. */
  readonly others: { readonly mappings: number; readonly residentBytes: number; readonly swapBytes: number }
  readonly noMap: 'large' | 'denied' | undefined
}

interface SampledMapping {
  readonly mapping: Mapping
  readonly residentBytes: number
  readonly swapBytes: number
}

/** What /proc said of its memory, first against last. Undefined where it said nothing. Total: lines of another form are left out. */
export function memoryUseIn(text: string): Pick<MemoryUse, 'watchedMs' | 'byKind' | 'over' | 'notes'> | undefined {
  const samples = samplesIn(text)
  const [first] = samples
  const last = samples.at(-1)
  const over = ticksIn(text)
  if (!first || !last) return undefined
  const kindOf = kindsBy(samples)
  const before = usesOf(first, kindOf)
  const after = usesOf(last, kindOf)
  const byKind = MEMORY_USES.flatMap((kind): KindUse[] => {
    const was = before.get(kind)
    const is = after.get(kind) ?? NOTHING
    if (is.mappings === 0 && was === undefined) return []
    const grewBytes = is.residentBytes + is.swapBytes - (was ? was.residentBytes + was.swapBytes : 0)
    return [{ kind, ...is, grewBytes }]
  })
  return {
    watchedMs: Math.max(0, last.atMs - first.atMs),
    byKind: byKind.toSorted((a, b) => b.residentBytes - a.residentBytes),
    over,
    notes: [
      ...(samples.length < 2 ? ['it was looked at once alone: what grew is not known'] : []),
      ...(last.noMap ? [NO_MAP[last.noMap]] : []),
    ],
  }
}

const NO_MAP = {
  large: 'it has more than 8 GiB: its map is not added up by kind, since that would hold the lock of the map for long',
  denied: 'its map may not be read by this user, so its memory is told as a whole (--sudo)',
} as const

const NOTHING = { mappings: 0, residentBytes: 0, swapBytes: 0 } as const

function usesOf(
  { mappings, others }: Sample,
  kindOf: (mapping: Mapping, before: Mapping | undefined) => MemoryUseKind,
): ReadonlyMap<MemoryUseKind, Omit<KindUse, 'kind' | 'grewBytes'>> {
  const sums = new Map<MemoryUseKind, Omit<KindUse, 'kind' | 'grewBytes'>>()
  const add = (kind: MemoryUseKind, more: Omit<KindUse, 'kind' | 'grewBytes'>): void => {
    const sum = sums.get(kind) ?? NOTHING
    sums.set(kind, {
      mappings: sum.mappings + more.mappings,
      residentBytes: sum.residentBytes + more.residentBytes,
      swapBytes: sum.swapBytes + more.swapBytes,
    })
  }
  mappings.forEach(({ mapping, residentBytes, swapBytes }, at) => {
    add(kindOf(mapping, mappings[at - 1]?.mapping), { mappings: 1, residentBytes, swapBytes })
  })
  if (others.mappings > 0) add('others', others)
  return sums
}

/** Below a stack of a thread lie pages that nobody may touch (pthread_attr_setguardsize(3): one page by itself; a JVM has some more of its own). Bytes. */
const WIDEST_GUARD = 128n * 1024n

/** A stack that one sample did not know as one, since its thread was running, is known by the other, or by the guard below it. */
function kindsBy(samples: readonly Sample[]): (mapping: Mapping, before: Mapping | undefined) => MemoryUseKind {
  const stacks = samples.flatMap((sample) => sample.stacks).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const arenas = new Set(samples.flatMap((sample) => [...sample.arenas]))
  return (mapping, before) => {
    const kind = memoryKind(mapping)
    if (kind === 'file') return 'files'
    if (kind === 'stack') return 'stacks'
    if (kind !== 'anonymous') return kind
    if (arenas.has(mapping.start)) return 'arenas'
    if (mapping.permissions.includes('x')) return 'jit'
    if (hasWithin(stacks, mapping) || isAboveGuard(mapping, before)) return 'stacks'
    return 'anonymous'
  }
}

/** Whether one of the addresses, in order, lies in the mapping: of thousands of threads and mappings each is not compared with each. */
function hasWithin(addresses: readonly bigint[], { start, end }: Mapping): boolean {
  let low = 0
  let high = addresses.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((addresses[middle] ?? 0n) < start) low = middle + 1
    else high = middle
  }
  const next = addresses[low]
  return next !== undefined && next < end
}

function isAboveGuard({ start, permissions }: Mapping, before: Mapping | undefined): boolean {
  return (
    permissions === 'rw-p' &&
    before !== undefined &&
    before.permissions === '---p' &&
    before.path === '' &&
    before.end === start &&
    before.end - before.start <= WIDEST_GUARD
  )
}

function samplesIn(text: string): readonly Sample[] {
  return text.split(/^halligan-memory (?=\d{1,15}$)/m).flatMap((part, at) => {
    const end = part.indexOf('\nhalligan-memory-end')
    // One that was cut would look as if memory had been given back.
    return at === 0 || end < 0 ? [] : [sampleOf(part.slice(0, end))]
  })
}

function sampleOf(part: string): Sample {
  const lines = part.split('\n')
  const of = (pattern: RegExp): readonly RegExpExecArray[] =>
    lines.map((line) => pattern.exec(line)).filter((match) => match !== null)
  const [others] = of(/^others (\d{1,12}) (\d{1,15}) (\d{1,15})$/)
  return {
    atMs: Number(lines[0]),
    mappings: of(/^m (\d{1,15}) \d{1,15} (\d{1,15}) (.+)$/).flatMap(([, resident, swap, row = '']) => {
      const [mapping] = mappingsIn(row)
      return mapping ? [{ mapping, residentBytes: kib(resident), swapBytes: kib(swap) }] : []
    }),
    stacks: of(/^sp (0x[0-9a-f]{1,16})$/).map(([, address = '0']) => BigInt(address)),
    arenas: new Set(
      of(/^arena ([0-9a-f]{1,16})  *((?:[0-9a-f]{2} ){7}[0-9a-f]{2})$/).flatMap(([, start = '0', first = '']) =>
        isArena(first) ? [BigInt(`0x${start}`)] : [],
      ),
    ),
    others: { mappings: Number(others?.[1] ?? 0), residentBytes: kib(others?.[2]), swapBytes: kib(others?.[3]) },
    noMap: lines.includes('large') ? 'large' : lines.includes('denied') ? 'denied' : undefined,
  }
}

/** HEAP_MAX_SIZE of glibc on 64 bits: a heap of an arena begins at a multiple of it. Bytes. */
const ARENA_BYTES = 64n * 1024n * 1024n
/** The arena itself lies right behind the heap_info of its first heap: four words, five since glibc 2.35, rounded up. Bytes. */
const ARENA_HEADS: ReadonlySet<bigint> = new Set([0x20n, 0x28n, 0x30n])

/** The first word of each heap points to its arena, in this heap or in the first one of the same arena. What else begins at such an address (the heap of Go) does not. */
function isArena(first: string): boolean {
  const pointer = BigInt(`0x${first.split(' ').toReversed().join('')}`)
  return pointer >= ARENA_BYTES && ARENA_HEADS.has(pointer % ARENA_BYTES)
}

function ticksIn(text: string): readonly ResidentAt[] {
  const ticks = [...text.matchAll(/^halligan-tick (\d{1,15}) (\d{1,15}) (\d{1,15}) (\d{1,15}) (\d{1,15})$/gm)].map(
    ([, ...cells]) => cells,
  )
  const beganMs = Number(ticks[0]?.[0] ?? 0)
  return ticks.map(([at, anonymous, file, shared, swap]) => ({
    atMs: Number(at) - beganMs,
    anonymousBytes: kib(anonymous),
    fileBytes: kib(file),
    sharedBytes: kib(shared),
    swapBytes: kib(swap),
  }))
}

function kib(text: string | undefined): number {
  return Number(text ?? 0) * 1024
}
