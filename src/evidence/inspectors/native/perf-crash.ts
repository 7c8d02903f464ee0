import { attachable, MAKE_ROOM, NATIVE_STACKS } from '../../inspect/attachable.ts'
import type { CoreSignal } from '../../inspect/core/core-notes.ts'
import { signalName } from '../../inspect/core/signal-meaning.ts'
import type { Crash, CrashCapture, CrashEnd } from '../../inspect/crash.ts'
import type { Able, Inspector, PriceTag, Target } from '../../inspect/inspector.ts'
import { lostTarget, lostWords, proveTarget } from '../../inspect/prove-target.ts'
import type { ThreadStack } from '../../inspect/stacks.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { perfWatch } from './perf-profile.ts'
import { perfSamples, type PerfSample } from './perf-script.ts'

/** Of the stack of each thread, for unwinding by DWARF. Bytes. */
const STACK_BYTES = 16_384
/** Samples come when it dies: one for each thread. They lie in memory (/dev/shm). Mebibytes. */
const MOST_MIB = 64
const MOST_TEXT = 16 * 1024 * 1024
const DEFAULT_MS = 30 * 60_000
/** What does not end a process that has no handler: SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH; signal(7), on x86-64 and aarch64. */
const HARMLESS = [17, 18, 19, 20, 21, 22, 23, 28] as const

/**
 * Stacks of all threads at the moment in which a process dies, by the tracepoints of the kernel: `signal:signal_deliver` of a signal for which there is no handler (which
 * ends it; one that a runtime uses on purpose has a handler), and `syscalls:sys_enter_exit_group`. Nothing is attached and nothing costs anything until then. The first sample is
 * the thread that did it; the others are sent SIGKILL by the kernel, which is delivered too, with their stacks:
 *
 *     29568/29572 74031.310158: signal:signal_deliver: sig=11 errno=0 code=1 sa_handler=0 sa_flags=0
 *     	            1282 price_order (/srv/orders/orders)
 *
 * Also SIGKILL of somebody else, of the OOM killer too. Values of variables are in no sample. Where tracefs is not mounted, perf mounts it: within a mount namespace of its own,
 * so that it goes with it. Sources: include/trace/events/signal.h of Linux; perf-record(1), perf-script(1).
 */
export const perfCrash: Inspector<Crash> = {
  id: 'perf-crash',
  title: 'wait for its end by tracepoints of the kernel, with perf',
  does: 'crash',
  runtimes: NATIVE_STACKS,
  tools: [
    { name: 'perf', packages: { debian: 'linux-perf', fedora: 'perf', alpine: 'perf' } },
    { name: 'unshare', packages: { debian: 'util-linux', fedora: 'util-linux', alpine: 'util-linux' } },
  ],
  attaches: () => ({ tool: 'tracer', freezeSeconds: 3, cleanUp: `rm -f "\${0%/*}"/perf.data*` }),
  endsWhenAsked: true,
  able,
  price,
  script: ({ process }, { forMs = DEFAULT_MS, maxFrames }) => `${proveTarget(process)}
folder=\${0%/*}
[ -O "$folder" ] && [ -w "$folder" ] || { echo '${MARK} no-folder'; exit 0; }
export HOME="$folder" DEBUGINFOD_URLS= PERF_CONFIG=/dev/null LC_ALL=C
${perfWatch(forMs)}
exits='-e syscalls:sys_enter_exit_group'
unshare -m perf record -q $exits -o /dev/null -- true >/dev/null 2>&1 || { exits=; echo '${MARK} no-exits'; }
bound=; perf record -h 2>&1 | grep -q -e --max-size && bound=--max-size=${MOST_MIB}M
unshare -m perf record -q --call-graph dwarf,${STACK_BYTES} -N -B $bound -e signal:signal_deliver --filter '${FILTER}' $exits -p ${process.pid} -o "$folder/perf.data" -- sh -c "$halligan_watch" "$0" 2>&1 | head -n 20 | sed 's/^/${MARK} said /'
[ -s "$folder/perf.data" ] || { echo '${MARK} no-data'; exit 0; }
perf script -i "$folder/perf.data" -F pid,tid,time,event,trace,ip,sym,dso --no-inline --max-stack ${maxFrames} 2>/dev/null | cut -c 1-600 | head -c ${MOST_TEXT}
echo; echo '${MARK} done'
rm -f "$folder"/perf.data*
`,
  parse,
}

const MARK = 'halligan-perf'
const FILTER = ['sa_handler==0', ...HARMLESS.map((number) => `sig!=${number}`)].join(' && ')

function able({ process, box }: Target): Able {
  const may = attachable(process)
  if (!may.able) return may
  if (box.uid !== 0) return { able: false, why: 'only root may use tracepoints of the kernel', hint: 'run with --sudo' }
  return { able: true }
}

function price(): PriceTag {
  return {
    price: 'slow',
    why: `nothing is attached, and nothing slows it down until it dies; then ${STACK_BYTES / 1024} KiB of each stack are copied. Values of variables are not told`,
  }
}

function parse(output: Uint8Array, { process }: Target): Reading<Crash> {
  const text = Buffer.from(output).toString('utf8')
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  if (text.includes(`${MARK} no-folder`)) return blind('there is no folder for its samples on the box', MAKE_ROOM)
  const said = [...text.matchAll(/^halligan-perf said (.{1,300})$/gm)].map(([, line = '']) => line.trim())
  if (!text.includes(`${MARK} done`))
    return blind(
      said.length === 0 ? 'the kernel of the box has no tracepoint for signals' : `perf: ${said.slice(0, 3).join(' ')}`,
    )
  const samples = perfSamples(text, process).filter(({ event }) => event !== undefined)
  const notes = text.includes(`${MARK} no-exits`)
    ? ['The kernel of the box has no tracepoints of system calls: only signals were waited for, not exit().']
    : []
  const captures = captureOf(samples)
  const isCut = captures.some(({ stacks }) =>
    stacks.samples.every(({ threads }) => threads.every(({ frames }) => frames.length <= 1)),
  )
  return seen({
    captures,
    notes: [
      ...notes,
      ...(isCut
        ? [
            'perf could follow no stack beyond its first call: it may not know how to in a program that is linked statically. gdb-crash does.',
          ]
        : []),
    ],
  })
}

const SIGKILL = 9

/** The first sample is of the thread that did it; where it was killed from outside all have the same signal, and none stands out. */
function captureOf(samples: readonly PerfSample[]): readonly CrashCapture[] {
  const told = samples.map((sample) => ({ sample, why: reasonOf(sample.event ?? '') }))
  const first = told.find(({ why }) => why && !(why.by === 'signal' && why.signal.number === SIGKILL)) ?? told[0]
  if (!first?.why) return []
  const isKilled = first.why.by === 'signal' && first.why.signal.number === SIGKILL
  const threads = new Map<number, ThreadStack>()
  for (const { sample } of [first, ...told])
    if (!threads.has(sample.tid))
      threads.set(sample.tid, {
        tid: sample.tid,
        ...(sample.name === undefined ? {} : { name: sample.name }),
        frames: sample.frames.filter(({ module }) => module !== '[kernel.kallsyms]'),
      })
  return [
    {
      why: first.why,
      ...(isKilled ? {} : { tid: first.sample.tid }),
      stacks: { samples: [{ atMs: 0, threads: [...threads.values()] }], notes: [] },
    },
  ]
}

function reasonOf(event: string): CrashEnd | undefined {
  const [, number, code] = /^signal:signal_deliver: sig=(\d{1,2}) errno=-?\d{1,10} code=(-?\d{1,10}) /.exec(event) ?? []
  if (number !== undefined) {
    const signal: CoreSignal = {
      number: Number(number),
      ...(signalName(Number(number)) === 'SIGKILL' ? {} : { code: Number(code) }),
    }
    return { by: 'signal', signal }
  }
  const exit = /^syscalls:sys_enter_exit_group: error_code: 0x([0-9a-f]{1,16})$/.exec(event)?.[1]
  // The kernel keeps eight bits of it.
  return exit === undefined ? undefined : { by: 'exit', code: Number(BigInt(`0x${exit}`) & 0xffn) }
}
