/** One mapping of /proc/PID/maps (proc_pid_maps(5)). */
export interface Mapping {
  readonly start: bigint
  readonly end: bigint
  /** `r-xp`. */
  readonly permissions: string
  readonly offset: bigint
  /** 0 where no file is behind it. */
  readonly inode: number
  /** Path without ` (deleted)`, `[heap]`, `[stack]`, empty for anonymous memory. */
  readonly path: string
  readonly deleted: boolean
}

/** Rows of another form are left out; the last one of a map that was cut as well. */
export function mappingsIn(text: string): readonly Mapping[] {
  return text.split('\n').flatMap((line) => {
    const [, start, end, permissions = '', offset, inode, name = ''] =
      /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) ([r-][w-][x-][ps]) ([0-9a-f]{1,16}) [0-9a-f]+:[0-9a-f]+ (\d+) *(.*)$/.exec(
        line,
      ) ?? []
    if (start === undefined) return []
    // The kernel writes a newline of a path as \012, and nothing else in another form.
    const whole = name.replaceAll(String.raw`\012`, '\n')
    const deleted = whole.endsWith(' (deleted)')
    const path = deleted ? whole.slice(0, -' (deleted)'.length) : whole
    return [
      {
        start: BigInt(`0x${start}`),
        end: BigInt(`0x${end}`),
        permissions,
        offset: BigInt(`0x${offset}`),
        inode: Number(inode),
        path,
        deleted,
      },
    ]
  })
}

const MEMORY_KINDS = ['heap', 'stack', 'anonymous', 'file', 'shared', 'kernel'] as const
export type MemoryKind = (typeof MEMORY_KINDS)[number]

/** `kernel`: what it maps into each process (vdso, vvar, vsyscall); `file`: private mappings of files, libraries among them. */
export function memoryKind({ path, permissions }: Mapping): MemoryKind {
  if (path === '[heap]') return 'heap'
  if (path.startsWith('[stack')) return 'stack'
  if (/^\[v(?:dso|var|syscall)/.test(path)) return 'kernel'
  if (permissions.endsWith('s') || /^\/(?:memfd:|dev\/shm\/|SYSV|dev\/zero)/.test(path)) return 'shared'
  return path.startsWith('/') ? 'file' : 'anonymous'
}

/** Where an address lies: `heap`, `stack`, `libc.so.6`, `anonymous memory`; undefined where nothing is mapped. */
export function placeOf(address: bigint, mappings: readonly Mapping[]): string | undefined {
  const mapping = mappings.find(({ start, end }) => address >= start && address < end)
  if (!mapping) return undefined
  const kind = memoryKind(mapping)
  if (kind === 'file') return mapping.path.slice(mapping.path.lastIndexOf('/') + 1)
  return {
    heap: 'the heap',
    stack: 'a stack',
    anonymous: 'anonymous memory',
    shared: 'shared memory',
    kernel: 'the kernel',
  }[kind]
}

export interface Memory {
  /** Address space by kind; mapped is not used. */
  readonly mapped: readonly { readonly kind: MemoryKind; readonly bytes: number; readonly mappings: number }[]
  /** What is in use, of /proc/PID/status: no lock is taken for it. Bytes; undefined on kernels before 4.5. */
  readonly anonymousBytes?: number
  readonly fileBytes?: number
  readonly sharedBytes?: number
  /** Of smaps_rollup: shared pages in equal parts to who maps them, and what only it has. */
  readonly proportionalBytes?: number
  readonly privateBytes?: number
  /** Why there is no such sum. */
  readonly noSums?: string
}

/** Sums of the map by kind, with what status (field to kB) and smaps_rollup say. */
export function memoryOf(
  mappings: readonly Mapping[],
  status: ReadonlyMap<string, string>,
  sums: string | undefined,
): Memory {
  const mapped = MEMORY_KINDS.flatMap((kind) => {
    const own = mappings.filter((each) => memoryKind(each) === kind)
    const bytes = own.reduce((sum, { start, end }) => sum + Number(end - start), 0)
    return own.length === 0 ? [] : [{ kind, bytes, mappings: own.length }]
  })
  const kib = (text: string | undefined): number | undefined => {
    const value = /^(\d+) kB$/.exec(text ?? '')?.[1]
    return value === undefined ? undefined : Number(value) * 1024
  }
  const sum = (...names: readonly string[]): number | undefined => {
    const all = names.flatMap((name) => kib(new RegExp(`^${name}: +(\\d+ kB)$`, 'm').exec(sums ?? '')?.[1]) ?? [])
    return all.length === 0 ? undefined : all.reduce((total, each) => total + each, 0)
  }
  const known = {
    anonymousBytes: kib(status.get('RssAnon')),
    fileBytes: kib(status.get('RssFile')),
    sharedBytes: kib(status.get('RssShmem')),
    proportionalBytes: sum('Pss'),
    privateBytes: sum('Private_Clean', 'Private_Dirty'),
    noSums: noSums(sums),
  }
  return {
    mapped,
    ...(Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as Omit<Memory, 'mapped'>),
  }
}

function noSums(sums: string | undefined): string | undefined {
  if (sums === undefined) return 'it did not come'
  if (/^Rss: /m.test(sums)) return undefined
  if (sums.startsWith('large')) return 'it has so much that adding it up would hold the lock of its memory map for long'
  return /Permission denied|not permitted/i.test(sums) ? 'Permission denied' : 'the kernel gives none'
}
