import { blind, seen, type Reading } from '../../reading.ts'
import type { Frame } from '../../inspect/frame.ts'
import type { Inspector, InspectOptions, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import type { Stacks, StackSample, ThreadStack } from '../../inspect/stacks.ts'
import { jcmdCleanUp, jcmdScript } from './jcmd-script.ts'
import { jvmAble, jvmRefusal, JVM_RESIDUE, ownClass } from './jvm-attaching.ts'

/** Measured in JVMs 17 and 25: the safepoint of a thread dump takes 3 to 15 ms with some dozen threads; it grows with their number. Milliseconds. */
const PAUSE_MS = 25
const PAUSE_PER_THREAD_MS = 0.1

/**
 * Java stacks with locks, by `jcmd PID Thread.print -l` of the JDK: HotSpot writes them itself, at one safepoint. Platform threads only: virtual ones are in no such
 * dump. Attaching is started by SIGQUIT, which a JVM that does not catch it (-Xrs) would die of.
 * Source: docs.oracle.com, jcmd and "Thread Dumps"; JEP 444 for virtual threads.
 */
export const jvmStacks: Inspector<Stacks> = {
  id: 'jvm-stacks',
  title: 'Java stacks with locks, by jcmd',
  does: 'stacks',
  runtimes: ['jvm'],
  tools: [],
  attaches: jcmdGuard,
  able: jvmAble,
  price: ({ process }) => ({
    price: 'pause',
    pauseMs: Math.round(PAUSE_MS + process.threadCount * PAUSE_PER_THREAD_MS),
    residue: JVM_RESIDUE,
    why: 'the JVM stands still at a safepoint while it writes its stacks',
  }),
  script: (target, options) => jcmdScript(target, 'Thread.print -l', samplesOf(options)),
  parse: readJvmStacks,
}

export function jcmdGuard({ process }: Target): { tool: 'tracer'; freezeSeconds: number; cleanUp: string } {
  return { tool: 'tracer', freezeSeconds: 3, cleanUp: jcmdCleanUp(process) }
}

function samplesOf({ samples, betweenMs }: InspectOptions): { readonly samples: number; readonly betweenMs: number } {
  return { samples: Math.min(2, samples), betweenMs }
}

function readJvmStacks(output: Uint8Array, target: Target): Reading<Stacks> {
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const text = Buffer.from(output).toString('utf8')
  const dumps = text.split(SAMPLE)
  const samples = samplesIn(text, target)
  const [first] = samples
  if (!first) return jvmRefusal(text)
  return seen({
    samples: samples.slice(0, 2).map((sample) => ({ ...sample, atMs: sample.atMs - first.atMs })),
    notes: aboutVirtual(dumps[2] ?? ''),
    deadlocks: deadlocks(dumps.at(-1) ?? ''),
  })
}

const SAMPLE = /^halligan-sample (\d+)$/m

/** The dumps of jcmdSamples (jcmd-script.ts), each with its time by the clock of the box. */
export function samplesIn(text: string, { process }: Target): readonly StackSample[] {
  const dumps = text.split(SAMPLE)
  const samples: StackSample[] = []
  for (let at = 1; at + 1 < dumps.length; at += 2) {
    const dump = dumps[at + 1] ?? ''
    if (/^Full thread dump /m.test(dump))
      samples.push({ atMs: Number(dumps[at]), threads: threadsOf(dump, process.namespacePids.length > 1) })
  }
  return samples
}

/**
 * `"pool-1" #14 [7712] daemon prio=5 os_prio=0 cpu=0.47ms elapsed=3.89s tid=0x… nid=0x79b9 waiting on condition [0x…]`: the name may have any
 * characters, quotes too; nid is the number of its kernel thread, hexadecimal until JDK 21, decimal since (as its own PID namespace has it).
 */
const HEAD =
  /^"(.*)" (?:#\d+ )?(?:\[\d+\] )?(?:daemon )?(?:prio=-?\d+ )?os_prio=-?\d+ (?:cpu=([\d.]+)ms )?.*\bnid=(0x[\da-f]+|\d+) ?([^[]*)/

function threadsOf(dump: string, isInside: boolean): readonly ThreadStack[] {
  return dump.split(/\n(?=")/).flatMap((block) => {
    const [, name = '', cpu, nid, does = ''] = HEAD.exec(block.split('\n', 1)[0] ?? '') ?? []
    // Below `Found one Java-level deadlock` the same threads stand again, in another form.
    if (nid === undefined) return []
    const frames = framesOf(block)
    const shown = frames.length > 0 ? frames : [{ function: `(${does.trim() || 'no Java frames'})`, own: false }]
    // In a container it is the number there, which is no thread of the box.
    return [
      {
        tid: isInside ? -Number(nid) : Number(nid),
        name,
        frames: shown,
        ...(cpu === undefined ? {} : { cpuMs: Number(cpu) }),
      },
    ]
  })
}

/** `at Orders.reserve(Orders.java:4)`, with the locks that stand below the frame that waits for them or holds them. */
function framesOf(block: string): readonly Frame[] {
  const frames: Frame[] = []
  for (const line of block.split('\n')) {
    const at = /^\tat ([^(]+)\((?:([^@/)]+)@[^/)]*\/)?(.*)\)$/.exec(line)
    const lock = /^\t- (.*)$/.exec(line)
    if (at) frames.push(frameOf(at[1] ?? '', at[2], at[3] ?? ''))
    else if (lock && lock[1] !== 'None' && frames.length > 0) {
      const last = frames.pop()
      if (last) frames.push({ ...last, locals: [...(last.locals ?? []), { name: '', value: lock[1] ?? '' }] })
    }
  }
  return frames.map(lockWords)
}

function frameOf(name: string, module: string | undefined, place: string): Frame {
  const [, file, line] = /^([^:]+):(\d+)$/.exec(place) ?? []
  return {
    function: name,
    ...(file === undefined ? {} : { file, line: Number(line) }),
    ...(module === undefined ? {} : { module }),
    own: module === undefined && ownClass(name),
  }
}

/** Locks are told beside the frame, not as variables of it. */
function lockWords(frame: Frame): Frame {
  if (!frame.locals) return frame
  const { locals, ...rest } = frame
  return { ...rest, locks: locals.map(({ value }) => value.replace(/^(parking to wait for) +/, '$1 ')) }
}

/** One sentence for each: `"reserve-1" waits for a java.lang.Object that "reserve-2" holds; …`. */
function deadlocks(dump: string): readonly string[] {
  return dump
    .split(/^Found (?:one Java-level deadlock|a total of).*$/m)
    .slice(1)
    .flatMap((part) => {
      const cycle = part.split(/^Java stack information/m)[0] ?? ''
      const waits = [
        ...cycle.matchAll(
          /^"(.*)":\n  waiting (?:to lock monitor|for ownable synchronizer) [^\n]*?, a ([^)]+)\),\n  which is held by "(.*)"$/gm,
        ),
      ]
      return waits.length === 0
        ? []
        : [waits.map(([, who, what, holder]) => `"${who}" waits for a ${what} that "${holder}" holds`).join('; ')]
    })
    .slice(0, 20)
}

/** Since JDK 21 a program may have threads that such a dump does not show. */
function aboutVirtual(dump: string): readonly string[] {
  const version = Number(/^Full thread dump .*?\((\d+)/m.exec(dump)?.[1] ?? 0)
  return version >= 21 ? ['virtual threads, if it has any, are not in this dump'] : []
}
