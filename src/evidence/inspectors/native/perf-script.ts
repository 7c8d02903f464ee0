import type { Frame } from '../../inspect/frame.ts'
import type { Target } from '../../inspect/inspector.ts'
import type { WeightedStack } from '../../inspect/profile.ts'

export interface PerfStacks {
  /** Identical ones are one, by thread. */
  readonly stacks: readonly WeightedStack[]
  /** Of the first and the last sample, by the clock of perf. Milliseconds. */
  readonly firstMs: number
  readonly lastMs: number
  readonly samples: number
}

/**
 * Stacks out of what `perf script -F pid,tid,time,ip,sym,dso` prints: a head for each sample, its frames from the inside out, an empty line.
 *
 *     24724/24724 65997.043207:
 *     	            1139 price_order (/srv/orders/orders)
 *     	ffffffff810a9e21 do_syscall_64 ([kernel.kallsyms])
 *     	    7f2ba1c9d4f5 [unknown] (/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30)
 *
 * A name may hold anything but a line feed: `operator()(int) const (.isra.0)`; the module is what stands in the last parentheses. Never throws;
 * what is no such line is passed over. Source: perf-script(1).
 */
export function perfStacks(
  text: string,
  process: Pick<Target['process'], 'pid' | 'threads' | 'executable'>,
): PerfStacks {
  const names = new Map(process.threads.map(({ tid, name }) => [tid, name]))
  const merged = new Map<string, { thread: string; frames: readonly Frame[]; weight: number }>()
  const parsed = new Map<string, Frame>()
  const binary = process.executable.kind === 'seen' ? process.executable.value.path : undefined
  let lines: string[] = []
  let tid: number | undefined
  const times: { first?: number; last?: number } = {}
  let samples = 0
  const finish = (): void => {
    if (tid === undefined || lines.length === 0) return
    samples += 1
    const key = `${tid}\n${lines.join('\n')}`
    const known = merged.get(key)
    if (known) known.weight += 1
    else
      merged.set(key, {
        thread: threadName(tid, names),
        frames: lines.map((line) => perfFrame(line, binary, parsed)),
        weight: 1,
      })
  }
  for (const line of text.split('\n')) {
    const [, pid, thread, seconds] = /^ *(\d{1,10})\/(\d{1,10}) +(\d{1,12}\.\d{1,9}): *$/.exec(line) ?? []
    if (seconds !== undefined) {
      finish()
      lines = []
      tid = Number(pid) === process.pid ? Number(thread) : undefined
      if (tid === undefined) continue
      times.last = Number(seconds) * 1_000
      times.first ??= times.last
      continue
    }
    const frame = /^\t? *[0-9a-f]{1,16} (\S.*)$/.exec(line)?.[1]
    if (frame !== undefined) lines.push(frame)
  }
  finish()
  return { stacks: [...merged.values()], firstMs: times.first ?? 0, lastMs: times.last ?? 0, samples }
}

/** One sample of a tracepoint. */
export interface PerfSample {
  readonly tid: number
  readonly name?: string
  /** `signal:signal_deliver: sig=11 …`; missing where the head tells none. */
  readonly event?: string
  /** Innermost first. */
  readonly frames: readonly Frame[]
}

/** Samples one by one, with their event, as `perf script -F pid,tid,time,event,trace,ip,sym,dso` prints them. Never throws. */
export function perfSamples(
  text: string,
  process: Pick<Target['process'], 'pid' | 'threads' | 'executable'>,
): readonly PerfSample[] {
  const names = new Map(process.threads.map(({ tid, name }) => [tid, name]))
  const binary = process.executable.kind === 'seen' ? process.executable.value.path : undefined
  const parsed = new Map<string, Frame>()
  const samples: (PerfSample & { readonly frames: Frame[] })[] = []
  let isOurs = false
  for (const line of text.split('\n')) {
    const [, pid, thread, event = ''] = /^ *(\d{1,10})\/(\d{1,10}) +\d{1,12}\.\d{1,9}: *(.*)$/.exec(line) ?? []
    if (thread !== undefined) {
      isOurs = Number(pid) === process.pid
      const tid = Number(thread)
      const name = names.get(tid)
      if (isOurs)
        samples.push({
          tid,
          ...(name === undefined ? {} : { name }),
          ...(event === '' ? {} : { event: event.trim() }),
          frames: [],
        })
      continue
    }
    const frame = /^\t? *[0-9a-f]{1,16} (\S.*)$/.exec(line)?.[1]
    if (frame !== undefined && isOurs) samples.at(-1)?.frames.push(perfFrame(frame, binary, parsed))
  }
  return samples
}

/** Threads of one name, the workers of a pool, differ by their number. */
export function threadName(tid: number, names: ReadonlyMap<number, string>): string {
  const name = names.get(tid)
  return name === undefined ? `thread ${tid}` : `${name} (${tid})`
}

/** The address is no part of it: two places in one function are one frame. */
export function perfFrame(line: string, binary: string | undefined, parsed: Map<string, Frame>): Frame {
  const known = parsed.get(line)
  if (known) return known
  const [, called = line, module] = /^(.*\S) \(((?:\/|\[)[^()]*(?:\([^()]*\))?|inlined)\)$/.exec(line) ?? []
  const frame = {
    function: called === '[unknown]' ? '??' : called,
    ...(module === undefined || module === 'inlined' ? {} : { module }),
    ...(module === undefined || binary === undefined || module === 'inlined' ? {} : { own: module === binary }),
  }
  parsed.set(line, frame)
  return frame
}
