import { spawn, type ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { seeded } from '../../src/base/seeded.ts'
import type { Fleet } from '../boxes/fleet.ts'
import { BY_HAND, READER_MARK, type Attaching } from './attaching.ts'
import { FAULT_TARGETS, type FaultTarget } from './fault-targets.ts'
import { after, fillDisks, stallLink } from './faults.ts'

export const INSPECT_FAULTS = [
  'link-cut',
  'link-stalled',
  'console-killed',
  'guard-killed',
  'target-exits',
  'target-execs',
  'target-forks',
  'disk-full',
] as const
export type InspectFault = (typeof INSPECT_FAULTS)[number]

export interface InspectOutcome {
  readonly tool: string
  readonly fault: InspectFault
  readonly found: 'running' | 'stopped'
  /** The fault was let loose only once the tool was at the target. */
  readonly attached: boolean
  /** Until the target was as it was found and nothing was left; undefined when that did not come within a minute. Milliseconds. */
  readonly settledAfterMs: number | undefined
  /** What was wrong last; empty when all was well. */
  readonly wrong: string
  /** Of one that was not as found: what its console said, and who of the guard was killed. */
  readonly said?: string
}

/**
 * A process that execs in the very moment in which eu-stack holds one of its threads, while gdb has a breakpoint in or stays attached, or in which the signal that opens the
 * inspector of Node is on its way, may die of the tool, whatever a guard does (docs/safety.md): told apart, and counted. Something that is left is a failure all the same.
 */
export function diedOfExec({ fault, tool, wrong }: InspectOutcome): boolean {
  const mayKill = DIES_OF_EXEC.has(tool) || tool.startsWith('node-')
  return fault === 'target-execs' && mayKill && wrong === 'the target is dead'
}

const DIES_OF_EXEC: ReadonlySet<string> = new Set(['eu-stack', 'gdb-breakpoint', 'gdb-crash', 'gdb-snapshot', BY_HAND])

/** Hard limit of the promise. Milliseconds. */
const SETTLED_LIMIT_MS = 20_000
/** It is looked at for longer: what is late is something else than what is never as it was found. Milliseconds. */
const WATCHED_MS = 60_000

/** Whether it was as it was found within the limit of the promise; on a machine with `isStarved`, at all. */
export function isAsFound({ settledAfterMs }: InspectOutcome, isStarved = false): boolean {
  return settledAfterMs !== undefined && (isStarved || settledAfterMs <= SETTLED_LIMIT_MS)
}
/** The moment of the fault, from the start of the console, or from when the tool is seen at the target. Milliseconds. */
const LATEST_FROM_START_MS = 2_500
const LATEST_WHILE_ATTACHED_MS = 1_500
/** One target in so many was stopped by somebody before. */
const STOPPED_IN = 6
/** It would not answer: the inspectors of these refuse a process that is stopped. */
const REFUSES_STOPPED: ReadonlySet<string | undefined> = new Set(['coupon-service', 'cart-service'])
const QUIET_MS = 1_500
/** A target ends by itself after so long: longer than a case takes on the busiest machine. */
const TARGET_SECONDS = 900
/** Characters. */
const MOST_SAID = 4_000
const COMPILED = path.join(tmpdir(), 'halligan-fault-test-compiled')
/** Who is killed for `guard-killed`: files of the spool with PID and start time; each leaves at least one that can do what is left. */
const GUARDS = ['keeper', 'keeper', 'watcher', 'owner', 'keeper watcher', 'owner watcher'] as const

interface Case {
  readonly way: Attaching
  readonly fault: InspectFault
  readonly stopped: boolean
  readonly attached: boolean
  readonly delayMs: number
  readonly guards: string
}

/**
 * Runs so many seeded cases, one at a time on each box, all boxes in parallel. The boxes need what `with-jvm.sh` brings, and some ways `sharedPids`.
 *
 * @param stride 2: each way has every other fault, the next way those in between; which of them comes first follows from the seed
 */
export async function runInspectCases(
  fleet: Fleet,
  boxes: readonly string[],
  ways: readonly Attaching[],
  count: number,
  seed: number,
  stride: 1 | 2 = 1,
): Promise<readonly InspectOutcome[]> {
  const random = seeded(seed)
  const each = INSPECT_FAULTS.length / stride
  const among = <T>(all: readonly [T, ...(readonly T[])]): T => all[Math.floor(random() * all.length)] ?? all[0]
  const cases = Array.from({ length: count }, (_, at): readonly Case[] => {
    const turn = Math.floor(at / each)
    const way = ways[turn % ways.length]
    const attached = random() < 0.7
    return way
      ? [
          {
            way,
            fault: INSPECT_FAULTS[(at % each) * stride + ((turn + seed) % stride)] ?? 'link-cut',
            stopped: random() < 1 / STOPPED_IN && !REFUSES_STOPPED.has(way.program),
            attached,
            delayMs: Math.round(
              random() * (attached ? (way.latestMs ?? LATEST_WHILE_ATTACHED_MS) : LATEST_FROM_START_MS),
            ),
            guards: among(GUARDS),
          },
        ]
      : []
  }).flat()
  const outcomes: InspectOutcome[] = []
  await Promise.all(
    boxes.map(async (box) => {
      for (let each = cases.shift(); each; each = cases.shift()) outcomes.push(await runCase(fleet, box, each))
    }),
  )
  return outcomes
}

async function runCase(fleet: Fleet, box: string, each: Case): Promise<InspectOutcome> {
  const { way, fault, stopped, attached, delayMs } = each
  const [pid, startTicks] = await startTarget(fleet, box, each)
  // Loading all inspectors anew in each case would be most of what a case costs.
  const env = { ...process.env, HALLIGAN_SSH_CONFIG: fleet.sshConfig, NODE_COMPILE_CACHE: COMPILED }
  const argv = [path.join(import.meta.dirname, 'inspect-console.ts'), box, way.id, pid, startTicks]
  const console = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [console.stdout, console.stderr])
    stream.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString('utf8')}`.slice(-MOST_SAID)))
  if (attached) await untilAttached(fleet, box, way, pid)
  await after(delayMs)
  const repair = await strike(fleet, box, each, console)
  const { settledAfterMs, wrong: still } = await settled(fleet, box, each, pid, startTicks)
  console.kill('SIGKILL')
  await repair()
  const wrong = settledAfterMs === undefined ? still : await atLast(fleet, box, each, pid, startTicks)
  await fleet.run(
    box,
    `! ${isOfBox(pid)} || kill -KILL ${pid} 2>/dev/null; rm -f /data/event; ${targetOf(way).sweep(pid)}; :`,
  )
  return {
    tool: way.id,
    fault,
    found: stopped ? 'stopped' : 'running',
    attached,
    settledAfterMs: wrong === '' ? settledAfterMs : undefined,
    wrong,
    ...(wrong === '' ? {} : { said: `${fault === 'guard-killed' ? `${each.guards} killed; ` : ''}${said}` }),
  }
}

/** PID and start time of a new one. */
async function startTarget(
  fleet: Fleet,
  box: string,
  { way, fault, stopped }: Case,
): Promise<readonly [string, string]> {
  const event = fault.startsWith('target-') ? `${fault.slice('target-'.length, -1)} /data/event` : ''
  // Below a shell: nsenter, which brings it there, would stop together with its own child, and for ever.
  const { start, ready } = targetOf(way)
  fleet.leave(box, `${start(way.jdk ?? 0)} ${TARGET_SECONDS} ${event}; :`)
  const script = `tries=0; until ${ready} || [ $tries -ge 200 ]; do sleep 0.1; tries=$((tries + 1)); done
    ${stopped ? 'kill -STOP $p; sleep 0.1;' : ''} read -r line </proc/$p/stat; set -- \${line##*") "}; echo $p \${20}`
  const [pid = '', startTicks = ''] = (await fleet.run(box, script)).trim().split(' ')
  return [pid, startTicks]
}

/** The keeper has started the tool, or what only reads is there. */
async function untilAttached(
  fleet: Fleet,
  box: string,
  { free, tool, isThere }: Attaching,
  pid: string,
): Promise<void> {
  const usual =
    tool === 'debugger'
      ? `grep -qs '^TracerPid:.[1-9]' /proc/${pid}/task/*/status`
      : 'ls /dev/shm/.halligan-attach.*/tool >/dev/null 2>&1'
  const seen = isThere ?? (free ? `grep -qs ${READER_MARK} /proc/[0-9]*/environ` : usual)
  await fleet.run(box, `tries=0; until ${seen} || [ $tries -ge 150 ]; do sleep 0.1; tries=$((tries + 1)); done`)
}

/** Brings the fault about; gives what undoes it. The console goes a second later where the fault alone would not end the tool. */
async function strike(
  fleet: Fleet,
  box: string,
  { fault, guards }: Case,
  console: ChildProcess,
): Promise<() => Promise<void>> {
  const nothing = (): Promise<void> => Promise.resolve()
  const consoleGoes = (): unknown => setTimeout(() => console.kill('SIGKILL'), 1_000)
  switch (fault) {
    case 'link-cut':
      await fleet.link(box, 'down')
      return () => fleet.link(box, 'up')
    case 'link-stalled':
      return stallLink(console)
    case 'console-killed':
      console.kill('SIGKILL')
      return nothing
    case 'guard-killed':
      await fleet.run(
        box,
        `for s in /dev/shm/.halligan-attach.*; do for who in ${guards}; do pid=; { read -r pid born <$s/$who; } 2>/dev/null; ! ${isOfBox('$pid')} || kill -KILL $pid; done; done; :`,
      )
      consoleGoes()
      return nothing
    case 'target-exits':
    case 'target-execs':
    case 'target-forks':
      await fleet.run(box, ': >/data/event')
      consoleGoes()
      return nothing
    case 'disk-full': {
      const empty = await fillDisks(fleet, box)
      consoleGoes()
      return empty
    }
  }
}

/** Looked at from within the box, without the network, by one shell: each look by a command of its own would be most of what a case costs. */
async function settled(
  fleet: Fleet,
  box: string,
  each: Case,
  pid: string,
  startTicks: string,
): Promise<{ readonly settledAfterMs: number | undefined; readonly wrong: string }> {
  const struck = await secondsSinceBoot()
  const script = `
    now() { read -r up rest </proc/uptime; now=$((\${up%.*}\${up#*.} - ${Math.round(struck * 100)})); }
    wrong_now() {${wrongScript(each, pid, startTicks)}
    }
    quiet=
    while :; do
      wrong=$(wrong_now); now
      if [ -n "$wrong" ]; then quiet=; else quiet=\${quiet:-$now}; [ $((now - quiet)) -lt ${QUIET_MS / 10} ] || break; fi
      [ $now -lt ${WATCHED_MS / 10} ] || break
      sleep 0.25
    done
    printf '%s\\n' "$quiet" "$wrong"`
  const [quiet = '', ...wrong] = (await fleet.run(box, script)).trimEnd().split('\n')
  return { settledAfterMs: quiet === '' ? undefined : Number(quiet) * 10, wrong: wrong.join('; ') }
}

async function secondsSinceBoot(): Promise<number> {
  return Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0])
}

/** Shell text that prints what is not as it should be, a line each. A running target must have been switched since a tenth of a second ago. */
function wrongScript({ way, fault, stopped }: Case, pid: string, startTicks: string): string {
  return `
    look() { state= born=; { read -r line </proc/${pid}/stat; } 2>/dev/null || return; set -- \${line##*") "}; state=$1 born=\${20}; }
    switches() { sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' /proc/${pid}/task/*/status 2>/dev/null | tr '\\n' '+'; }
    look
    if [ "$born" != ${startTicks} ] || [ "$state" = Z ]; then
      ${fault === 'target-exits' ? ':' : "echo 'the target is dead'; tail -n 5 /data/said 2>/dev/null"}
    else
      was=$(switches); sleep 0.1; now=$(switches); look
      ${stopped ? `[ "$state" = T ] || echo "the target is $state, and was stopped"` : `case $state in T|t) echo "the target is $state";; esac; [ "$was" != "$now" ] || echo 'the target does not move'`}
      ${targetOf(way).wrong(pid)}
      sed -n 's/^TracerPid:[^0-9]*\\([1-9].*\\)$/traced by \\1/p' /proc/${pid}/task/*/status 2>/dev/null | head -n 1
    fi
    ls -d /dev/shm/.halligan-* /run/.halligan-* /tmp/.halligan-* 2>/dev/null
    ${way.free ? `grep -ls ${READER_MARK} /proc/[0-9]*/environ | sed 's/^/reader /'` : ':'}
    # A shell leaves out the zeros between the words.
    for p in /proc/[0-9]*; do ${isOfBox('${p#/proc/}')} || continue; said=; { read -r said; } 2>/dev/null <$p/cmdline; case $said in gdb*|eu-stack*|strace*|/usr/local/lib/perf/perf*|python3-I-S*|/usr/lib/jvm/*/bin/jcmd*|/usr/lib/jvm/*FoldRecording*|sleep100000*|sh/*halligan-attach*) echo "process \${p#/proc/}: $(tr '\\0' ' ' <$p/cmdline 2>/dev/null | cut -c 1-60)";; esac; done; :`
}

/**
 * What can be asked once alone. A target that was stopped by somebody would die of what is left in its code only when it goes on: it is let go, and must run.
 */
async function atLast(fleet: Fleet, box: string, each: Case, pid: string, startTicks: string): Promise<string> {
  const { way, fault, stopped } = each
  if (fault === 'target-exits') return ''
  const wrong = (await fleet.run(box, `${targetOf(way).wrongAtLast(pid, way.jdk ?? 0)}\n:`))
    .trim()
    .replaceAll('\n', '; ')
  if (!stopped || wrong !== '') return wrong
  await fleet.run(box, `kill -CONT ${pid}; sleep 0.3`)
  const script = wrongScript({ ...each, stopped: false }, pid, startTicks)
  return (await fleet.run(box, script)).trim().replaceAll('\n', '; ')
}

/** Shell text that tells whether a process is one of the box: with `sharedPids` all of this machine are seen there, and a number may be another's by now. */
function isOfBox(pid: string): string {
  return `[ /proc/${pid}/ns/uts -ef /proc/self/ns/uts ]`
}

function targetOf({ program = 'order-service' }: Attaching): FaultTarget {
  return FAULT_TARGETS[program]
}
