import { attachable, NATIVE_STACKS } from '../../inspect/attachable.ts'
import type { Frame } from '../../inspect/frame.ts'
import type { Able, InspectOptions, Inspector, PriceTag, Target } from '../../inspect/inspector.ts'
import { isOfSystem, ownWithSource } from '../../inspect/own-code.ts'
import { lostTarget, lostWords, proveTarget } from '../../inspect/prove-target.ts'
import { namelessFrames } from '../../inspect/nameless-frames.ts'
import type { Stacks, StackSample, ThreadStack } from '../../inspect/stacks.ts'
import { blind, seen, type Reading } from '../../reading.ts'

/**
 * Native stacks of all threads by eu-stack of elfutils, with modules and source lines:
 *
 *     PID 8000 - process
 *     TID 8000:
 *     #0  0x00007f40ad6ed545 clock_nanosleep - /usr/lib/x86_64-linux-gnu/libc.so.6
 *         ../sysdeps/unix/sysv/linux/clock_nanosleep.c:48:7
 *     #10 0x00007f40ad8d44a3 - /usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30      <- no symbol: stripped
 *
 * It attaches to one thread after another, each for as long as its stack takes to unwind, and names the frames when it has let go; threads run on meanwhile, so the
 * stacks are not of the same moment. Debug files beside the binaries are not read (reading them is most of the pause), what is in the binaries is.
 * A process that execs while it is attached is sent SIGTRAP by the kernel (ptrace(2), PTRACE_O_TRACEEXEC, which eu-stack does not set): where it has let go by then, the process dies.
 *
 * What it complains of goes to standard error, with `tid N` in it where it is of one thread. Source: eu-stack(1).
 */
export const euStack: Inspector<Stacks> = {
  id: 'eu-stack',
  title: 'native stacks by eu-stack',
  does: 'stacks',
  runtimes: NATIVE_STACKS,
  tools: [{ name: 'eu-stack', packages: { debian: 'elfutils', fedora: 'elfutils', alpine: 'elfutils' } }],
  attaches: () => ({ tool: 'tracer', freezeSeconds: 2 }),
  able,
  price,
  script,
  parse,
}

/** Measured inside a target of ten threads (bench/README.md): 2 at the median, and nothing longer than this even on a busy machine. Milliseconds. */
const PAUSE_MS = 20
/** The first unwinding in a large binary reads its tables: 100 MB of them take so much longer. Milliseconds. */
const LARGE_PAUSE_MS = 50
const LARGE_RUNTIMES: ReadonlySet<string> = new Set(['node', 'jvm', 'dotnet', 'php'])

function able({ process }: Target): Able {
  if (process.sameFiles === false)
    return {
      able: false,
      why: 'The process sees other files than the box does (a container): eu-stack would read symbols of the wrong libraries.',
      hint: 'gdb finds the right ones.',
    }
  return attachable(process)
}

function price({ runtime }: Target): PriceTag {
  const pauseMs = LARGE_RUNTIMES.has(runtime.kind) ? LARGE_PAUSE_MS : PAUSE_MS
  return {
    price: 'pause',
    pauseMs,
    why: 'attaches to one thread after another by ptrace, each for as long as its stack takes to unwind; it changes nothing in the process, and should it be killed the kernel lets go; a process that becomes another program (exec) in that very moment may die of it',
  }
}

/** A mark that no line of eu-stack begins with. */
const SAMPLE = '@@ sample'

function script({ process }: Target, { samples, betweenMs, maxFrames, maxThreads }: InspectOptions): string {
  const once = `eu-stack -p ${process.pid} -m -s -n ${maxFrames} --debuginfo-path=/nonexistent 2>&1 | awk -v most=${maxThreads} '/^TID [0-9]+:$/ { threads++ } threads <= most { print substr($0, 1, 1500) }'`
  return `${proveTarget(process)}
for sample in ${Array.from({ length: Math.min(2, samples) }, (_, at) => at + 1).join(' ')}; do
  [ $sample = 1 ] || sleep ${betweenMs / 1_000}
  read -r up rest </proc/uptime; echo "${SAMPLE} $up"
  ${once}
done
halligan_proved
`
}

function parse(output: Uint8Array, { process, runtime }: Target): Reading<Stacks> {
  const lost = lostTarget(output)
  const text = Buffer.from(output).toString('utf8')
  const samples = text
    .split(new RegExp(`^(?=${SAMPLE} )`, 'm'))
    .filter((part) => part.startsWith(SAMPLE))
    .slice(0, 2)
    .map((part) => sampleOf(part, process))
  const told = samples.filter(({ threads }) => threads.some(({ frames }) => frames.length > 0))
  const first = told[0]
  if (!first) return lost ? blind(lostWords(lost)) : blind(whyNot(text), hintFor(text))
  return seen({
    samples: told.map((sample) => ({ ...sample, atMs: Math.max(0, Math.round(sample.atMs - first.atMs)) })),
    notes: [...(lost ? ['The process ended meanwhile.'] : []), ...namelessFrames(told, runtime)],
  })
}

function sampleOf(part: string, process: Target['process']): StackSample {
  const atMs = Number(/^@@ sample (\d{1,12}(?:\.\d+)?)$/m.exec(part)?.[1] ?? 0) * 1_000
  const complaints = complaintsOf(part)
  const threads: ThreadStack[] = []
  let frames: Frame[] = []
  for (const line of part.split('\n')) {
    const tid = /^TID (\d{1,10}):$/.exec(line)?.[1]
    if (tid !== undefined) {
      frames = []
      const cut = complaints.get(tid)
      threads.push({ tid: Number(tid), frames, ...(cut === undefined ? {} : { cut }) })
      continue
    }
    const frame = frameOf(line, process)
    if (frame) frames.push(frame)
    else place(frames, line)
  }
  return { atMs, threads: ownWithSource(threads) }
}

/** `#3  0x0000564a21f1036f deep - /tmp/x/evil`: a module is an absolute path or `[vdso…]`, so that `operator-` and its kin are no end of a name. */
function frameOf(line: string, process: Target['process']): Frame | undefined {
  const rest = /^#\d{1,7} +0x[0-9a-f]{1,16}(?: - 1)?(.*)$/.exec(line)?.[1]
  if (rest === undefined) return undefined
  const at = Math.max(rest.lastIndexOf(' - /'), rest.lastIndexOf(' - ['))
  const name = (at < 0 ? rest : rest.slice(0, at)).trim()
  const module = at < 0 ? undefined : rest.slice(at + 3)
  const own =
    module === undefined || process.executable.kind !== 'seen' ? undefined : module === process.executable.value.path
  return {
    function: name === '' ? '??' : withoutVersion(name),
    ...(module === undefined ? {} : { module }),
    ...(own === undefined ? {} : { own }),
  }
}

/** `__libc_start_main@@GLIBC_2.34`: the version of a symbol says nothing of the call. */
function withoutVersion(name: string): string {
  return name.replace(/@@?[A-Z][A-Za-z0-9_.]{0,40}$/, '')
}

/** The line below a frame: file, line, column. */
function place(frames: Frame[], line: string): void {
  const [, file, number] = /^ {4}(\S.{0,1000}):(\d{1,9}):\d{1,9}$/.exec(line) ?? []
  const last = frames.at(-1)
  if (file === undefined || !last || last.file !== undefined) return
  frames[frames.length - 1] = { ...last, file, line: Number(number), ...(isOfSystem(file) ? { own: false } : {}) }
}

/** By thread, in words: `eu-stack: tid 8000: shown max number of frames (12, use -n 0 for unlimited)`. */
function complaintsOf(part: string): ReadonlyMap<string, string> {
  const complaints = new Map<string, string>()
  for (const line of part.split('\n')) {
    const [, tid, said = ''] = /^eu-stack: .{0,80}?tid (\d{1,10})\b[: ]*(.*)$/.exec(line) ?? []
    if (tid === undefined || complaints.has(tid)) continue
    complaints.set(
      tid,
      said.startsWith('shown max number')
        ? 'more frames were not shown'
        : `the stack could not be followed to its end: ${said.slice(0, 200)}`,
    )
  }
  return complaints
}

function whyNot(text: string): string {
  const said = /^eu-stack: (.{1,300})$/m.exec(text)?.[1]
  if (said !== undefined) return `eu-stack: ${said}`
  if (/eu-stack: (?:command )?not found/.test(text)) return 'There is no eu-stack on the box.'
  return 'eu-stack said nothing of any thread.'
}

function hintFor(text: string): string {
  return /not permitted|Permission denied/i.test(text) ? 'inspect as the user of the process, or with --sudo' : ''
}
