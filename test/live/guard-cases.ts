import { spawn, type ChildProcess } from 'node:child_process'
import path from 'node:path'
import type { Fleet } from '../boxes/fleet.ts'
import { after, fillDisks, stallLink } from './faults.ts'

export const FAULTS = ['link-cut', 'link-stalled', 'console-killed', 'guard-killed', 'disk-full'] as const
export type Fault = (typeof FAULTS)[number]

/** What is being guarded: each ends only if somebody ends it. MARK makes its processes findable. */
const COMMANDS = [
  'exec sleep MARK',
  'while :; do echo tick; sleep 0.1; done & exec sleep MARK',
  "trap '' TERM HUP INT; sleep MARK; sleep MARK",
  'sleep MARK & sleep MARK & wait',
  'setsid sleep MARK & exec sleep MARK',
] as const

export interface Outcome {
  readonly fault: Fault
  readonly delayMs: number
  /** Until nothing was left on the box; undefined when something was left after the limit. */
  readonly goneAfterMs: number | undefined
  readonly left: string
}

/** Hard limit of the promise that nothing is left on a box. Milliseconds. */
export const GONE_LIMIT_MS = 20_000
/** The moment of the fault, from the start of the console: before the login, during it, and well into the run. Milliseconds. */
const LATEST_FAULT_MS = 2_500

/** How a command is brought to a box; argv of a process that stands for the console. */
export type Bring = (fleet: Fleet, box: string, command: string) => readonly [string, ...string[]]

/** Runs so many seeded cases, one at a time on each box, all boxes in parallel. */
export async function runCases(
  fleet: Fleet,
  boxes: readonly string[],
  count: number,
  seed: number,
  bring: Bring = underGuard,
): Promise<readonly Outcome[]> {
  const random = generator(seed)
  const cases = Array.from({ length: count }, (_, at) => ({
    fault: FAULTS[at % FAULTS.length] ?? 'link-cut',
    command: COMMANDS[Math.floor(random() * COMMANDS.length)] ?? COMMANDS[0],
    delayMs: Math.round(random() * LATEST_FAULT_MS),
    mark: String(7_000_000 + at),
  }))
  const outcomes: Outcome[] = []
  await Promise.all(
    boxes.map(async (box) => {
      for (let each = cases.shift(); each; each = cases.shift()) outcomes.push(await runCase(fleet, box, each, bring))
    }),
  )
  return outcomes
}

interface Case {
  readonly fault: Fault
  readonly command: string
  readonly delayMs: number
  readonly mark: string
}

const underGuard: Bring = (_fleet, box, command) => [
  process.execPath,
  path.join(import.meta.dirname, 'guard-console.ts'),
  box,
  command,
]

async function runCase(
  fleet: Fleet,
  box: string,
  { fault, command, delayMs, mark }: Case,
  bring: Bring,
): Promise<Outcome> {
  const env = { ...process.env, HALLIGAN_SSH_CONFIG: fleet.sshConfig }
  const [program, ...args] = bring(fleet, box, command.replaceAll('MARK', mark))
  const console = spawn(program, args, { env, stdio: 'ignore' })
  await after(delayMs)
  const repair = await strike(fleet, box, fault, console)
  const struck = performance.now()
  let left = await leftOn(fleet, box, mark)
  // A fault before the login is through stops it from beginning, or it begins and is ended: quiet for a while is what counts.
  let quietSince = left === '' ? performance.now() : undefined
  while (
    performance.now() - struck < GONE_LIMIT_MS &&
    (quietSince === undefined || performance.now() - quietSince < QUIET_MS)
  ) {
    await after(250)
    left = await leftOn(fleet, box, mark)
    quietSince = left === '' ? (quietSince ?? performance.now()) : undefined
  }
  console.kill('SIGKILL')
  await repair()
  return { fault, delayMs, goneAfterMs: quietSince === undefined ? undefined : Math.max(0, quietSince - struck), left }
}

const QUIET_MS = 1_500

/** Brings the fault about; gives what undoes it. */
async function strike(fleet: Fleet, box: string, fault: Fault, console: ChildProcess): Promise<() => Promise<void>> {
  switch (fault) {
    case 'link-cut':
      await fleet.link(box, 'down')
      return () => fleet.link(box, 'up')
    case 'link-stalled':
      return stallLink(console)
    case 'console-killed':
      console.kill('SIGKILL')
      return () => Promise.resolve()
    case 'guard-killed': {
      await fleet.run(
        box,
        'for s in /dev/shm/.halligan-guard.*; do [ ! -r $s/owner ] || { read -r pid born <$s/owner; kill -KILL $pid; }; done',
      )
      // The console has to go as well if the guard had not begun yet: what is not there cannot be killed.
      setTimeout(() => console.kill('SIGKILL'), 1_000)
      return () => Promise.resolve()
    }
    case 'disk-full': {
      const empty = await fillDisks(fleet, box)
      // A command that writes nothing is not harmed by it; it has to end all the same when the console goes.
      setTimeout(() => console.kill('SIGKILL'), 1_000)
      return empty
    }
  }
}

/** What is on the box of a case: processes with its mark, spools. Looked at without the network. */
async function leftOn(fleet: Fleet, box: string, mark: string): Promise<string> {
  const script = `for p in /proc/[0-9]*; do { tr '\\0' ' ' <$p/cmdline; } 2>/dev/null | grep -q '^sleep ${mark}' && echo process $p; done; ls -d /dev/shm/.halligan-guard.* /run/.halligan-guard.* /tmp/.halligan-guard.* 2>/dev/null; :`
  return (await fleet.run(box, script)).trim()
}

/** mulberry32: small, seeded, good enough to spread moments. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
