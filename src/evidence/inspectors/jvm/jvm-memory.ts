import type { Inspector, InspectOptions, Target } from '../../inspect/inspector.ts'
import { memorySampleScript, watchScript } from '../../inspect/memory-sample-script.ts'
import type { HeapUse, MemoryUse, TypeUse } from '../../inspect/memory-use.ts'
import { proveTarget } from '../../inspect/prove-target.ts'
import { seen, type Reading } from '../../reading.ts'
import { jcmdScript } from './jcmd-script.ts'
import { jvmAble, jvmRefusal, JVM_RESIDUE } from './jvm-attaching.ts'
import { jcmdGuard } from './jvm-stacks.ts'
import { kindsIn, watchMs } from '../any/proc-memory.ts'
import { grownTypes } from '../any/type-counts.ts'

/**
 * By the safepoint log of JVMs 17 with G1 and the parallel collector, on a machine that was very busy: 0.15 s for a heap of 20 MiB, 2.3 to 2.6 s for 1.2 GiB of 8 million small
 * objects, a third of what it takes without `-all`. Milliseconds, for all and for each MiB that is resident.
 */
const PAUSE_MS = 100
const PAUSE_PER_MIB = 2.5

/**
 * Of which classes does a JVM have more and more objects? `jcmd PID GC.class_histogram -all` twice: HotSpot walks its heap at a safepoint, and counts. Without `-all` it would collect
 * first, which takes longer and changes what is looked at; so garbage that is not collected yet is counted too.
 *
 *    num     #instances         #bytes  class name (module)
 *   -------------------------------------------------------
 *      1:         24156        1423616  [B (java.base@17.0.15)
 *      2:         12000         288000  shop.Order              <- more at each look: who holds them?
 *
 * Source: docs.oracle.com, jcmd, GC.class_histogram.
 */
export const jvmMemory: Inspector<MemoryUse> = {
  id: 'jvm-memory',
  title: 'objects of Java by class, by jcmd',
  does: 'memory',
  runtimes: ['jvm'],
  tools: [],
  attaches: jcmdGuard,
  endsWhenAsked: true,
  able: jvmAble,
  price: ({ process }) => ({
    price: 'pause',
    pauseMs: Math.round(PAUSE_MS + (process.residentBytes / 1024 / 1024) * PAUSE_PER_MIB),
    residue: JVM_RESIDUE,
    why: 'the JVM stands still at a safepoint while it counts the objects of its heap, twice; no collection is started for it',
  }),
  script: jvmMemoryScript,
  parse: parseJvmMemory,
}

function jvmMemoryScript(target: Target, options: InspectOptions): string {
  const { process } = target
  // A subshell: where there is no jcmd, its memory is told by kind all the same.
  return `${proveTarget(process)}${memorySampleScript(process.pid)}
halligan_count() { (
${jcmdScript(target, 'GC.class_histogram -all', { samples: 1, betweenMs: 0 })}
) }
halligan_memory; halligan_count
${watchScript(watchMs(options))}
halligan_memory; halligan_count
halligan_proved
`
}

function parseJvmMemory(output: Uint8Array): Reading<MemoryUse> {
  const base = kindsIn(output)
  if (base.kind !== 'seen') return base
  const whole = Buffer.from(output).toString('utf8')
  const histograms = whole
    .split(/^halligan-sample \d+$/m)
    .slice(1)
    .map(histogramIn)
  const [first] = histograms
  const last = histograms.at(-1)
  if (!first || !last || last.types.length === 0) {
    const refused = jvmRefusal(whole)
    return seen({
      ...base.value,
      heaps: [],
      noTypes: { why: refused.kind === 'seen' ? '' : refused.why, hint: refused.kind === 'blind' ? refused.hint : '' },
    })
  }
  const before = histograms.length > 1 && first.types.length > 0 ? first : undefined
  return seen({
    ...base.value,
    heaps: heapOf(before, last),
    types: grownTypes(before?.types, last.types),
    hasGarbage: true,
    notes: [
      ...base.value.notes,
      'counted are all objects, also those that nobody needs and that are not collected yet',
      ...(before ? [] : ['only one count came: what grew by type is not told']),
      ...(before && last.bytes < before.bytes
        ? ['its heap was collected meanwhile: what grew less than that is hidden']
        : []),
    ],
  })
}

interface Histogram {
  readonly types: readonly TypeUse[]
  readonly bytes: number
}

function heapOf(before: Histogram | undefined, { bytes }: Histogram): readonly HeapUse[] {
  return [{ name: 'Java heap, with garbage', bytes, grewBytes: before ? bytes - before.bytes : 0 }]
}

/** Classes of one name, of several class loaders, are one (`grownTypes`). */
function histogramIn(part: string): Histogram {
  const types = part.split('\n').flatMap((line): TypeUse[] => {
    const [, count, bytes, name] = /^ *\d{1,9}: +(\d{1,15}) +(\d{1,15}) +(\S{1,1000})(?: \(\S+\))? *$/.exec(line) ?? []
    return name === undefined ? [] : [{ name: javaName(name), count: Number(count), bytes: Number(bytes) }]
  })
  return { types, bytes: types.reduce((sum, { bytes }) => sum + bytes, 0) }
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  B: 'byte',
  C: 'char',
  D: 'double',
  F: 'float',
  I: 'int',
  J: 'long',
  S: 'short',
  Z: 'boolean',
}

/** `[[I` as `int[][]`, `[Ljava.lang.String;` as `java.lang.String[]` (The Java Virtual Machine Specification, 4.3.2). */
function javaName(name: string): string {
  const [, brackets = '', letter, className] = /^(\[+)(?:([BCDFIJSZ])|L(.+);)$/.exec(name) ?? []
  const inner = letter === undefined ? className : PRIMITIVES[letter]
  return inner === undefined ? name : inner + '[]'.repeat(brackets.length)
}
