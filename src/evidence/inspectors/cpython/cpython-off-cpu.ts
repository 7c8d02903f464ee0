import type { Inspector, Target } from '../../inspect/inspector.ts'
import type { Profile } from '../../inspect/profile.ts'
import { waitFrame } from '../../inspect/wait.ts'
import { seen } from '../../reading.ts'
import {
  cpythonProfileScript,
  DEFAULT_MS,
  EVERY_MS,
  notCounted,
  parseCpythonProfile,
  type CpythonProfile,
  type CpythonStackCount,
} from './cpython-profile.ts'
import { cpythonStacks } from './cpython-stacks.ts'

/**
 * Where the threads of a Python program wait, and for what: its stacks by reading its memory again and again (cpython-profile.ts), of each thread that is not on a CPU
 * with its system call from /proc. The GIL is told by where its lock lies. Nothing is attached, nothing stops. Each look at a waiting thread stands for the time to the next one.
 *
 *   {"waits":0,"call":202,"args":["0x0","0x189"],"gil":false,"state":"S"}                       <- a lock, a condition, a queue
 *   {"waits":1,"call":45,"args":["0x5","0x0"],"open":"socket:[48122]","gil":false,"state":"S"}
 *   {"socket":"tcp 48122 0200000A:A2F0 0700000A:1538 01 00000000:00000000"}
 *   {"count":98,"cpu":false,"wait":1,"thread":812,"name":"refresh","stack":[0,1,2]}
 */
export const cpythonOffCpu: Inspector<Profile> = {
  id: 'cpython-off-cpu',
  title: 'where Python waits, by reading its memory again and again',
  does: 'off-cpu',
  runtimes: cpythonStacks.runtimes,
  tools: cpythonStacks.tools,
  able: cpythonStacks.able,
  price: cpythonStacks.price,
  script: (target, { forMs = DEFAULT_MS, maxThreads, maxFrames }) =>
    cpythonProfileScript(target, { seconds: forMs / 1000, waits: true, everyMs: EVERY_MS, maxThreads, maxFrames }),
  parse: (output, target) => {
    const reading = parseCpythonProfile(output)
    return reading.kind === 'seen' ? seen(waitingOf(reading.value, target)) : reading
  },
}

function waitingOf(told: CpythonProfile, { box }: Target): Profile {
  const { tookMs, samples, stacks, sockets } = told
  const everyMs = samples > 0 ? tookMs / samples : 0
  const context = { architecture: box.architecture, sockets }
  const counted = (some: readonly CpythonStackCount[]): number => some.reduce((sum, { count }) => sum + count, 0)
  const working = counted(stacks.filter(({ onCpu }) => onCpu === true))
  const unknown = counted(stacks.filter(({ onCpu }) => onCpu === undefined))
  return {
    of: 'off-cpu',
    unit: 'milliseconds',
    tookMs,
    ...(samples > 0 ? { intervalUs: Math.round(everyMs * 1000) } : {}),
    stacks: stacks.flatMap(({ onCpu, wait, tid, name, frames, count }) =>
      onCpu === false && wait
        ? [
            {
              thread: name === undefined ? `thread ${tid ?? '?'}` : `${name} (${tid ?? '?'})`,
              frames: [waitFrame(wait, context), ...frames],
              weight: Math.max(1, Math.round(count * everyMs)),
            },
          ]
        : [],
    ),
    idle: 0,
    notes: [
      `sampled: each look stands for ${Math.round(everyMs)} ms; on a CPU, or ready for one, for ${Math.round(working * everyMs)} ms of all threads`,
      ...(unknown > 0 ? [`${unknown} looks at threads whose number for the system is not known are left out`] : []),
      ...notCounted(told),
    ],
  }
}
