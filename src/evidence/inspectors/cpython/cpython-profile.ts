import { jsonLine } from '../../inspect/json-line.ts'
import { fields, fitting, list, number, optional, text, textThat, yesOrNo, type ShapeOf } from '../../../base/shape.ts'
import { socketsIn, type Socket } from '../../inspect/descriptors.ts'
import type { Frame } from '../../inspect/frame.ts'
import type { Inspector, Target } from '../../inspect/inspector.ts'
import type { Profile } from '../../inspect/profile.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import type { Wait } from '../../inspect/wait.ts'
import { LISTENS } from '../../inspect/watch-end.ts'
import { blind, garbled, seen, type Reading } from '../../reading.ts'
import { frameOf } from './cpython-answer.ts'
import { cpythonStacks, readerScript } from './cpython-stacks.ts'

/** 99 times a second would be beside what happens each 10 ms; the reader itself takes fewer where one look takes long. Milliseconds. */
export const EVERY_MS = 11
export const DEFAULT_MS = 10_000

/**
 * Where a Python program spends its processor time, by reading its memory again and again: nothing is attached, nothing stops. Looks that found a thread waiting count as
 * idle; those at which a stack changed while it was read are left out, and said.
 */
export const cpythonProfile: Inspector<Profile> = {
  id: 'cpython-profile',
  title: 'profile of Python, by reading its memory again and again',
  does: 'profile',
  runtimes: cpythonStacks.runtimes,
  tools: cpythonStacks.tools,
  able: cpythonStacks.able,
  price: cpythonStacks.price,
  script: (target, { forMs = DEFAULT_MS, maxThreads, maxFrames }) =>
    cpythonProfileScript(target, { seconds: forMs / 1000, everyMs: EVERY_MS, maxThreads, maxFrames }),
  parse: (output) => {
    const reading = parseCpythonProfile(output)
    return reading.kind === 'seen' ? seen(profileOf(reading.value)) : reading
  },
}

function profileOf({ tookMs, samples, torn, leftOut, stacks }: CpythonProfile): Profile {
  const atWork = stacks.filter(({ onCpu }) => onCpu !== false)
  return {
    of: 'cpu',
    unit: 'samples',
    tookMs,
    ...(samples > 0 ? { intervalUs: Math.round((tookMs * 1000) / samples) } : {}),
    stacks: atWork.map(({ name, frames, count }) => ({
      ...(name === undefined ? {} : { thread: name }),
      frames,
      weight: count,
    })),
    idle: stacks.reduce((sum, { onCpu, count }) => sum + (onCpu === false ? count : 0), 0),
    notes: notCounted({ torn, leftOut }),
  }
}

/** What is in no stack of the profile, in sentences. */
export function notCounted({ torn, leftOut }: Pick<CpythonProfile, 'torn' | 'leftOut'>): readonly string[] {
  return [
    ...(torn > 0 ? [`${torn} stacks changed while they were read, and are not counted`] : []),
    ...(leftOut > 0 ? [`${leftOut} looks at further stacks are left out`] : []),
  ]
}

/** How a Python process spent some seconds: its stacks, looked at again and again by reading its memory (cpython-stacks.ts), counted on the box. */
export interface CpythonProfile {
  /** How long it was looked at. Milliseconds. */
  readonly tookMs: number
  /** How often; less often than asked where one look took more than a twentieth of the time. */
  readonly samples: number
  /** Stacks that changed while they were read, which are not counted. */
  readonly torn: number
  /** Stacks beyond the bound of different ones, which are not told. */
  readonly leftOut: number
  readonly stacks: readonly CpythonStackCount[]
  /** Both ends of sockets that were waited for, by inode. */
  readonly sockets: ReadonlyMap<number, Socket>
}

export interface CpythonStackCount {
  /** Missing where the number of the thread for the system is not known. */
  readonly tid?: number
  readonly name?: string
  /** True: on a CPU, or waiting for one; false: it waited; missing where that could not be seen. */
  readonly onCpu?: boolean
  /** What it waited for, where that was asked for. */
  readonly wait?: Wait
  readonly count: number
  /** Innermost first. */
  readonly frames: readonly Frame[]
}

export interface CpythonProfileOptions {
  readonly seconds: number
  /** What waiting threads wait for is told, too. */
  readonly waits?: true
  readonly everyMs: number
  readonly maxThreads: number
  readonly maxFrames: number
}

export function cpythonProfileScript({ process }: Target, options: CpythonProfileOptions): string {
  const { seconds, waits, everyMs, maxThreads, maxFrames } = options
  const words = [
    ...(waits ? ['waits=1'] : []),
    `profile=${seconds}`,
    `every=${everyMs}`,
    `threads=${maxThreads}`,
    `frames=${maxFrames}`,
    LISTENS,
  ]
  return readerScript(process, words, { forMs: seconds * 1_000 })
}

const AT = fields({ at: number, function: text, file: text, line: optional(number) })
const COUNT = fields({
  count: number,
  cpu: optional(yesOrNo),
  wait: optional(number),
  thread: optional(number),
  name: optional(text),
  stack: list(number),
})
const WAIT = fields({
  waits: number,
  call: optional(number),
  args: list(textThat((value) => /^0x[0-9a-f]{1,16}$/.test(value), 'a number in hex')),
  open: optional(text),
  channel: optional(text),
  gil: yesOrNo,
  state: text,
})
const SOCKET = fields({ socket: text })
const END = fields({ profiled: number, samples: number, torn: number, leftOut: number })
const BLIND = fields({ blind: text, hint: text })
const HEAD = fields({ python: text, found: text })

/** What the reader printed: frames by number, then each stack with its count, then the whole. Without its last line it is garbled: counts would be missing. */
export function parseCpythonProfile(output: Uint8Array): Reading<CpythonProfile> {
  const lost = lostTarget(output)
  const frames = new Map<number, Frame>()
  const waits = new Map<number, Wait>()
  const counts: ShapeOf<typeof COUNT>[] = []
  const rows: string[] = []
  const raw = Buffer.from(output).toString('utf8')
  for (const line of raw.split('\n')) {
    const value = jsonLine(line)
    const at = fitting(AT, value)
    if (at) frames.set(at.at, frameOf(at))
    const count = fitting(COUNT, value)
    if (count) counts.push(count)
    const wait = fitting(WAIT, value)
    if (wait) waits.set(wait.waits, waitOf(wait))
    const row = fitting(SOCKET, value)
    if (row) rows.push(row.socket)
    const why = fitting(BLIND, value)
    if (why) return blind(why.blind, why.hint === '' ? '' : `run with ${why.hint}`)
    const end = fitting(END, value)
    if (!end) {
      if (line !== '' && !at && !count && !wait && !row && !fitting(HEAD, value) && !lost) {
        return garbled('a line that the reader of Python does not print', line)
      }
      continue
    }
    const stacks = counts.flatMap((each) => stackCount(each, frames, waits) ?? [])
    if (stacks.length < counts.length) return garbled('a stack names a frame that was not told', raw)
    const { profiled: tookMs, samples, torn, leftOut } = end
    return seen({ tookMs, samples, torn, leftOut, stacks, sockets: socketsIn(rows.join('\n')) })
  }
  if (lost) return blind(lostWords(lost))
  return garbled('the profile of Python ended before its end', raw)
}

function stackCount(
  { count, cpu, wait: number, thread, name, stack }: ShapeOf<typeof COUNT>,
  frames: ReadonlyMap<number, Frame>,
  waits: ReadonlyMap<number, Wait>,
): CpythonStackCount | undefined {
  const known = stack.flatMap((at) => frames.get(at) ?? [])
  const wait = number === undefined ? undefined : waits.get(number)
  if (known.length < stack.length || (number !== undefined && !wait)) return undefined
  return {
    ...(thread === undefined ? {} : { tid: thread }),
    ...(name === undefined ? {} : { name }),
    ...(cpu === undefined ? {} : { onCpu: cpu }),
    ...(wait ? { wait } : {}),
    count,
    frames: known,
  }
}

function waitOf({ call, args, open, channel, gil, state }: ShapeOf<typeof WAIT>): Wait {
  return {
    state,
    ...(call === undefined ? {} : { call }),
    args: args.map((value) => BigInt(value)),
    ...(open === undefined ? {} : { open }),
    ...(channel === undefined ? {} : { channel }),
    isGil: gil,
  }
}
