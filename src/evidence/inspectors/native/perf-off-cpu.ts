import type { Frame } from '../../inspect/frame.ts'
import type { Inspector, Target } from '../../inspect/inspector.ts'
import type { Profile, WeightedStack } from '../../inspect/profile.ts'
import { lostTarget } from '../../inspect/prove-target.ts'
import { waitFrame, waitInCall } from '../../inspect/wait.ts'
import { seen, type Reading } from '../../reading.ts'
import {
  ableToSample,
  DEFAULT_MS,
  MOST_MIB,
  PERF,
  perfGuard,
  perfNotes,
  perfRefusal,
  perfScript,
} from './perf-profile.ts'
import { perfFrame, threadName } from './perf-script.ts'

/** Of the stack of each thread that begins to wait, for unwinding by DWARF. Bytes. */
const STACK_BYTES = 4_096
/** The event belongs to the kernel: from 2 on others than root have no sample of it. */
const MOST_PARANOID = 1

/**
 * Where native code waits, and for how long, by perf: the stack of each thread is copied when it is switched away (software event `context-switches`), and the kernel says when it was
 * switched away and back (`--switch-events`). No tracepoint and no tracefs is needed. Waits are measured, not sampled; a thread that was not switched meanwhile is told by its system call.
 *
 *     8245/8252  76299.336243: PERF_RECORD_SWITCH IN
 *     8245/8252  76299.336251: context-switches:
 *     	ffffffff8220043e do_nanosleep ([kernel.kallsyms])
 *     	            11ad reserve (/srv/orders/orders)
 *
 *     8245/8252  76299.336257: PERF_RECORD_SWITCH OUT                  <- OUT preempt: it wanted to go on
 *
 * Sources: perf-record(1), perf-script(1), perf_event_open(2) (PERF_RECORD_SWITCH).
 */
export const perfOffCpu: Inspector<Profile> = {
  id: 'perf-off-cpu',
  title: 'where native code waits, by perf',
  does: 'off-cpu',
  runtimes: 'any',
  tools: PERF,
  attaches: perfGuard,
  endsWhenAsked: true,
  able: (target) => ableToSample(target, MOST_PARANOID),
  price: () => ({
    price: 'slow',
    why: `copies ${STACK_BYTES / 1024} KiB of its stack each time a thread begins to wait, some 10 µs: a program that waits ten thousand times a second is a tenth slower; at most ${MOST_MIB} MiB of the memory of the box until it ends`,
  }),
  script: ({ process }, { forMs = DEFAULT_MS, maxFrames }) =>
    perfScript(process, forMs, {
      record: `-e context-switches -c 1 --switch-events --call-graph dwarf,${STACK_BYTES}`,
      script: `--show-switch-events -F pid,tid,time,event,ip,sym,dso --no-inline --max-stack ${maxFrames}`,
    }),
  parse,
}

function parse(output: Uint8Array, target: Target): Reading<Profile> {
  const text = Buffer.from(output).toString('utf8')
  const lost = lostTarget(output)
  const { waits, firstMs, lastMs, samples, readyMs, before, seenThreads } = waitsIn(text, target.process)
  if (samples === 0)
    return perfRefusal(text, lost, 'none of its threads was switched meanwhile: all of them wait, or all run')
  const tookMs = Math.round(lastMs - firstMs)
  const silent = silentThreads(target, seenThreads, tookMs)
  return seen({
    of: 'off-cpu',
    unit: 'milliseconds',
    tookMs,
    stacks: [...waits, ...silent],
    idle: 0,
    notes: [
      'measured: each wait from when its thread was switched away until it was switched back',
      ...(readyMs >= 1
        ? [`for ${Math.round(readyMs)} ms of all threads one was switched away that wanted to go on`]
        : []),
      ...(before >= 1 ? [`${Math.round(before)} ms of waits that had begun before are in no stack`] : []),
      ...(silent.length > 0
        ? [`${silent.length} threads were not switched meanwhile: told by the system call in which they were before`]
        : []),
      ...perfNotes(text, lost, samples),
    ],
  })
}

interface Waits {
  readonly waits: readonly WeightedStack[]
  readonly firstMs: number
  readonly lastMs: number
  readonly samples: number
  /** In which a thread was switched away that wanted to go on. Milliseconds. */
  readonly readyMs: number
  /** Waits whose beginning was not seen. Milliseconds. */
  readonly before: number
  readonly seenThreads: ReadonlySet<number>
}

interface Open {
  readonly lines: readonly string[]
  readonly sinceMs: number
  readonly wantsOn: boolean
}

const EVENT =
  /^ *(\d{1,10})\/(\d{1,10}) +(\d{1,12}\.\d{1,9}): +(PERF_RECORD_SWITCH (IN|OUT)( preempt)?|context-switches:) *$/

function waitsIn(text: string, process: Pick<Target['process'], 'pid' | 'threads' | 'executable'>): Waits {
  const merged = new Map<string, { tid: number; lines: readonly string[]; ms: number }>()
  const open = new Map<number, Open>()
  const stacks = new Map<number, string[]>()
  const seenThreads = new Set<number>()
  const sums = { readyMs: 0, before: 0, samples: 0 }
  const times: { first?: number; last?: number } = {}
  let current: string[] | undefined
  const finish = (tid: number, { lines, sinceMs, wantsOn }: Open, untilMs: number): void => {
    const ms = Math.max(0, untilMs - sinceMs)
    if (wantsOn) sums.readyMs += ms
    else if (lines.length > 0) {
      const key = `${tid}\n${lines.join('\n')}`
      const known = merged.get(key)
      if (known) known.ms += ms
      else merged.set(key, { tid, lines, ms })
    }
  }
  for (const line of text.split('\n')) {
    const [, pid, thread, seconds, , way, preempt] = EVENT.exec(line) ?? []
    if (seconds === undefined) {
      const frame = /^\t? *[0-9a-f]{1,16} (\S.*)$/.exec(line)?.[1]
      if (frame !== undefined) current?.push(frame)
      continue
    }
    current = undefined
    if (Number(pid) !== process.pid) continue
    const tid = Number(thread)
    const ms = Number(seconds) * 1_000
    times.first ??= ms
    times.last = ms
    if (way === undefined) {
      sums.samples += 1
      current = []
      stacks.set(tid, current)
    } else if (way === 'OUT') {
      open.set(tid, { lines: stacks.get(tid) ?? [], sinceMs: ms, wantsOn: preempt !== undefined })
      stacks.delete(tid)
    } else {
      const began = open.get(tid)
      if (began) finish(tid, began, ms)
      else if (!seenThreads.has(tid)) sums.before += ms - (times.first ?? ms)
      open.delete(tid)
    }
    seenThreads.add(tid)
  }
  for (const [tid, began] of open) finish(tid, began, times.last ?? 0)
  return {
    ...sums,
    waits: stacksOf([...merged.values()], process),
    firstMs: times.first ?? 0,
    lastMs: times.last ?? 0,
    seenThreads,
  }
}

function stacksOf(
  waits: readonly { readonly tid: number; readonly lines: readonly string[]; readonly ms: number }[],
  process: Pick<Target['process'], 'threads' | 'executable'>,
): readonly WeightedStack[] {
  const names = new Map(process.threads.map(({ tid, name }) => [tid, name]))
  const parsed = new Map<string, Frame>()
  const binary = process.executable.kind === 'seen' ? process.executable.value.path : undefined
  return waits
    .filter(({ ms }) => ms >= 0.5)
    .map(({ tid, lines, ms }) => ({
      thread: threadName(tid, names),
      frames: withoutKernel(lines.map((line) => perfFrame(line, binary, parsed))),
      weight: Math.round(ms),
    }))
}

/** What every wait has in common, and what says nothing of what is waited for. */
const SCHEDULER = /^(?:__)?(?:schedule|io_schedule|do_syscall|entry_|asm_|preempt_schedule|context_switch)/
const SYSTEM_CALL = /^__(?:x64|ia32|arm64|se|do)_sys_(\w+)$/

/** The frames of the kernel as one: the system call, else the function in which it waits. */
function withoutKernel(frames: readonly Frame[]): readonly Frame[] {
  const at = frames.findIndex(({ module }) => module !== undefined && !module.startsWith('['))
  const kernel = at === -1 ? frames : frames.slice(0, at)
  const user = at === -1 ? [] : frames.slice(at)
  const call = kernel.map(({ function: called }) => SYSTEM_CALL.exec(called)?.[1]).find((name) => name !== undefined)
  if (call !== undefined) return [waitInCall(call), ...user]
  const within = kernel.find(({ function: called }) => !SCHEDULER.test(called) && called !== '??')
  if (kernel.length === 0) return user
  const channel = within?.function
  return [
    {
      function: channel === undefined ? 'waits in the kernel' : `waits in the kernel, in ${channel}`,
      module: 'kernel',
      own: false,
    },
    ...user,
  ]
}

function silentThreads({ process, box }: Target, moved: ReadonlySet<number>, tookMs: number): readonly WeightedStack[] {
  return process.threads
    .filter(({ tid, state }) => !moved.has(tid) && !'RZX'.includes(state))
    .map(({ tid, name, state, systemCall: call, waitChannel: channel }) => ({
      thread: `${name} (${tid})`,
      frames: [
        waitFrame(
          {
            state,
            args: call?.args.slice(0, 2) ?? [],
            ...(call ? { call: call.number } : {}),
            ...(channel === undefined ? {} : { channel }),
          },
          { architecture: box.architecture, sockets: new Map() },
        ),
        { function: `thread ${name}`, own: false },
      ],
      weight: Math.max(1, tookMs),
    }))
}
