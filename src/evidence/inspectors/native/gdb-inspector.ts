import { blind, seen, type Reading } from '../../reading.ts'
import { attachable, NATIVE_STACKS } from '../../inspect/attachable.ts'
import { GDB, gdbAt, gdbFailure } from '../../gdb/gdb.ts'
import { gdbSample } from '../../gdb/gdb-stacks.ts'
import type { Able, InspectOptions, Inspector, PriceTag, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords, proveTarget } from '../../inspect/prove-target.ts'
import { namelessFrames } from '../../inspect/nameless-frames.ts'
import type { Stacks } from '../../inspect/stacks.ts'

export interface GdbStacks {
  readonly id: string
  readonly title: string
  readonly locals: boolean
  readonly price: (target: Target) => PriceTag
}

/** An inspector that lets gdb print stacks. Each sample is an attach of its own: the target runs in between. */
export function gdbStacksInspector({ id, title, locals, price }: GdbStacks): Inspector<Stacks> {
  return {
    id,
    title,
    does: 'stacks',
    runtimes: NATIVE_STACKS,
    tools: [GDB],
    attaches: () => ({ tool: 'debugger', freezeSeconds: FREEZE_SECONDS }),
    able,
    price,
    script: (target, options) => script(target, options, locals),
    parse,
  }
}

/** Beyond it gdb would hold the process for seconds. Threads. */
const MOST_THREADS = 500
/** The longest pause that is announced is one second; a guard looks once a second. Seconds. */
const FREEZE_SECONDS = 2
/** Measured inside a target of ten threads (bench/README.md): 24 at the median, 60 at the longest, with variables; and so much more for each thread. Milliseconds. */
const PAUSE_MS = 60
const PAUSE_A_THREAD_MS = 1.5
/** The symbols of large runtimes (node, a JVM) take so long to be found. Milliseconds. */
const LARGE_PAUSE_MS = 1_000
const LARGE_RUNTIMES: ReadonlySet<string> = new Set(['node', 'jvm', 'dotnet', 'php'])

function able({ process }: Target): Able {
  if (process.threadCount > MOST_THREADS)
    return {
      able: false,
      why: `It has ${process.threadCount} threads; gdb would hold all of them for seconds.`,
      hint: 'eu-stack holds one at a time.',
    }
  return attachable(process)
}

export function gdbPause({ process, runtime }: Target, what: string): PriceTag {
  const pauseMs = LARGE_RUNTIMES.has(runtime.kind) ? LARGE_PAUSE_MS : PAUSE_MS + PAUSE_A_THREAD_MS * process.threadCount
  return {
    price: 'pause',
    pauseMs: Math.min(LARGE_PAUSE_MS, Math.round(pauseMs)),
    why: `${what}; no breakpoint is set, so that the process goes on even if the kernel kills gdb when memory runs out`,
  }
}

const SAMPLE = '@@ sample'
/** A line of a stack with names as C++ has them. Bytes. */
const LINE_BYTES = 400_000

function script(
  { process }: Target,
  { samples, betweenMs, maxFrames, maxThreads }: InspectOptions,
  locals: boolean,
): string {
  const threads = process.threadCount > maxThreads ? `1-${maxThreads}` : 'all'
  const commands = [
    // One frame more tells whether there are more.
    `thread apply ${threads} -c -- interpreter-exec mi3 "-stack-list-frames 0 ${maxFrames}"`,
    ...(locals
      ? [
          String.raw`echo @@ locals\n`,
          `thread apply ${threads} -c -- frame apply ${maxFrames} -q -c interpreter-exec mi3 "-stack-list-variables --all-values"`,
        ]
      : []),
  ]
  return `${proveTarget(process)}
for sample in ${Array.from({ length: Math.min(2, samples) }, (_, at) => at + 1).join(' ')}; do
  [ $sample = 1 ] || sleep ${betweenMs / 1_000}
  read -r up rest </proc/uptime; echo "${SAMPLE} $up ${maxFrames}"
  ${gdbAt(process, commands)} 2>&1 | cut -b 1-${LINE_BYTES}
done
halligan_proved
`
}

function parse(output: Uint8Array, { runtime }: Target): Reading<Stacks> {
  const lost = lostTarget(output)
  const text = Buffer.from(output).toString('utf8')
  const told = text
    .split(new RegExp(`^(?=${SAMPLE} )`, 'm'))
    .flatMap((part) => {
      const [, at, maxFrames] = /^@@ sample (\d{1,12}(?:\.\d{1,3})?) (\d{1,4})$/m.exec(part) ?? []
      return at === undefined ? [] : [gdbSample(part, Number(at) * 1_000, Number(maxFrames))]
    })
    .slice(0, 2)
    .filter(({ threads }) => threads.some(({ frames }) => frames.length > 0))
  const first = told[0]
  if (!first) {
    const { why, hint } = gdbFailure(text)
    return lost ? blind(lostWords(lost)) : blind(why, hint)
  }
  return seen({
    samples: told.map((sample) => ({ ...sample, atMs: Math.max(0, Math.round(sample.atMs - first.atMs)) })),
    // gdb names the file of a frame only where that is a library.
    notes: [...(lost ? ['The process ended meanwhile.'] : []), ...namelessFrames(told, runtime, false)],
  })
}
