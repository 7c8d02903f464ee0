/** How large a program lets its heap or cache become, as its command line tells. */
export interface MemoryBound {
  readonly bytes: number
  /** `-Xmx4g`; `the default of a JVM`. */
  readonly from: string
}

/**
 * The bound of a JVM (-Xmx, -XX:MaxRAMPercentage, else a quarter of the memory of the box or container), of memcached (-m, else 64 MiB), of
 * Node.js and of Redis where they were started with one. Undefined where none is seen: in a file of settings, in the environment, behind the end of a
 * command line that was cut, or there is none. Sources: java(1), memcached(1), node(1), redis.conf(5).
 */
export function memoryBound(command: string | undefined, roomBytes: number): MemoryBound | undefined {
  const [first = '', ...words] = (command ?? '').split(' ').filter((word) => word !== '')
  const program = KINDS.find(({ name }) => name.test(first.slice(first.lastIndexOf('/') + 1)))
  if (!program) return undefined
  // Of an option that is given twice the last one holds.
  for (let at = words.length - 1; at >= 0; at -= 1) {
    const bound = program.told(words[at] ?? '', words[at + 1] ?? '', roomBytes)
    if (bound && bound.bytes > 0) return bound
  }
  const elsewhere = words.some((word) => word.startsWith('@')) || Buffer.byteLength(command ?? '') >= MAY_BE_CUT
  return elsewhere ? undefined : program.usual?.(roomBytes)
}

/** Shorter command lines are whole (process-command keeps 300 characters). Bytes. */
const MAY_BE_CUT = 290

const KIB = 1024
const MIB = KIB ** 2
const UNITS: Readonly<Record<string, number>> = { '': 1, k: KIB, m: MIB, g: KIB ** 3, t: KIB ** 4 }

interface Kind {
  readonly name: RegExp
  /** What an option, with the word behind it, says. */
  readonly told: (word: string, next: string, roomBytes: number) => MemoryBound | undefined
  /** Without such an option. */
  readonly usual?: (roomBytes: number) => MemoryBound
}

const KINDS: readonly Kind[] = [
  {
    name: /^java$/,
    told: (word, _next, roomBytes) => {
      const [, size, unit = ''] = /^-(?:Xmx|XX:MaxHeapSize=)(\d{1,15})([kmgt]?)$/i.exec(word) ?? []
      const [, percent] = /^-XX:MaxRAMPercentage=(\d{1,3}(?:\.\d{1,6})?)$/.exec(word) ?? []
      if (size !== undefined) return { bytes: Number(size) * (UNITS[unit.toLowerCase()] ?? 1), from: word }
      return percent === undefined ? undefined : { bytes: (roomBytes * Number(percent)) / 100, from: word }
    },
    usual: (roomBytes) => ({ bytes: roomBytes / 4, from: 'the default of a JVM' }),
  },
  {
    name: /^memcached$/,
    told: (word, next) => {
      const [, behind] = /^(?:-m|--memory-limit=)(\d{1,9})$/.exec(word) ?? []
      const size = behind ?? (/^(?:-m|--memory-limit)$/.test(word) ? /^\d{1,9}$/.exec(next)?.[0] : undefined)
      return size === undefined ? undefined : { bytes: Number(size) * MIB, from: behind ? word : `${word} ${size}` }
    },
    usual: () => ({ bytes: 64 * MIB, from: 'the default of memcached' }),
  },
  {
    name: /^node(?:js)?$/,
    told: (word) => {
      const [, size] = /^--max[-_]old[-_]space[-_]size=(\d{1,9})$/.exec(word) ?? []
      return size === undefined ? undefined : { bytes: Number(size) * MIB, from: word }
    },
  },
  {
    name: /^redis-server$/,
    told: (word, next) => {
      const [, size, unit = ''] = (word === '--maxmemory' && /^(\d{1,15})([kmg]?)b?$/i.exec(next)) || []
      return size === undefined
        ? undefined
        : { bytes: Number(size) * (UNITS[unit.toLowerCase()] ?? 1), from: `${word} ${next}` }
    },
  },
]
