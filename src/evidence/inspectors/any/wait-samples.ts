import { readDescriptors, socketsIn, type Descriptor } from '../../inspect/descriptors.ts'
import type { Frame } from '../../inspect/frame.ts'
import type { Inspector, InspectOptions, Target } from '../../inspect/inspector.ts'
import { mappingsIn } from '../../inspect/memory-map.ts'
import type { Profile, WeightedStack } from '../../inspect/profile.ts'
import { lostTarget, lostWords, proveTarget } from '../../inspect/prove-target.ts'
import { openScript } from '../../inspect/state-script.ts'
import { waitFrame, type Wait, type WaitContext } from '../../inspect/wait.ts'
import { WATCH_END } from '../../inspect/watch-end.ts'
import { blind, garbled, seen, type Reading } from '../../reading.ts'

const DEFAULT_MS = 10_000
/** A look takes some milliseconds of CPU on the box, and 20 µs more for each thread: below a twentieth of one CPU. Milliseconds. */
const EVERY_MS = 100
const EVERY_MS_PER_THREAD = 0.5
/** Threads that are looked at; those of a larger pool wait for the same things. */
const MOST_THREADS = 1_000
/** Different waits that are told apart on the box. */
const MOST_WAITS = 5_000

/**
 * What the threads of any process wait for: /proc/PID/task/TID/{stat,wchan,syscall,stack} again and again, counted on the box by awk. Nothing is attached, nothing stops. Which code of
 * the program waits is not in it; of a thread that hangs in the kernel (state D) its stack there is, where root looks.
 *
 *   wait 98 813 S futex_do_wait 202 0x7f3a5c001b30 0x80 -           <- looks, TID, state, wait channel, system call, two arguments, stack
 *   wait 2 814 D folio_wait_bit_common 0 0x5 0x0 folio_wait_bit_common,filemap_read,vfs_read
 *   looks 100 1012 0                                                <- how many, hundredths of a second, waits beyond the bound
 *
 * Source: proc_pid_stat(5), proc_pid_wchan(5), proc_pid_syscall(5), proc_pid_stack(5).
 */
export const waitSamples: Inspector<Profile> = {
  id: 'wait-samples',
  title: 'what threads wait for, by looking at /proc again and again',
  does: 'off-cpu',
  runtimes: 'any',
  tools: [],
  able: ({ process, box }) => {
    if (process.state === 'Z') return { able: false, why: 'it has ended (a zombie)', hint: '' }
    if (box.uid === 0 || box.uid === process.uid) return { able: true }
    return { able: false, why: `it belongs to user ${process.uid}`, hint: 'run with --sudo' }
  },
  price: () => ({ price: 'free', why: 'reads /proc up to ten times a second; nothing is attached' }),
  script,
  parse,
}

function script({ process }: Target, { forMs = DEFAULT_MS, maxThreads }: InspectOptions): string {
  const threads = Math.min(maxThreads, MOST_THREADS)
  const everyMs = Math.max(EVERY_MS, Math.round(Math.min(process.threadCount, threads) * EVERY_MS_PER_THREAD))
  // Of few threads all files are named by the shell; of many a list is made of the first ones.
  const files =
    process.threadCount <= threads
      ? "grep -asH '' [0-9]*/stat [0-9]*/wchan [0-9]*/syscall [0-9]*/stack"
      : `ls | head -n ${threads} | sed -n 'h; s|$|/stat|p; g; s|$|/wchan|p; g; s|$|/syscall|p; g; s|$|/stack|p' | xargs grep -asH ''`
  return `${proveTarget(process)}
put() { printf '%s\\n' "$1"; }
section() { printf '\\nhalligan-%s\\n' "$1"; }
now() { read -r up _ </proc/uptime; up=\${up%.*}\${up#*.}; passed=$((up - began)); }
${WATCH_END}
cd /proc/${process.pid} 2>/dev/null || exit 0
section map; head -c 1048576 maps 2>/dev/null
${openScript}
section waits
began=0; now; began=$up
( cd task && while now; [ $passed -lt ${Math.ceil(forMs / 10)} ] && [ -e ${process.pid}/stat ] && ! halligan_asked; do
  ${files}
  now; put "look $passed"
  sleep ${(everyMs / 1000).toFixed(2)} 2>/dev/null || sleep 1
done ) 2>/dev/null | awk '${COUNT}'
${openScript}
section end
halligan_proved
`
}

/** Reads what grep prints, file by file, up to the line that ends a look; then each thread is one more of what it was seen in. An argument that is an address is none but of a futex. */
const COUNT = `
  /^look [0-9]+$/ {
    looks++; last = $2
    for (id in state) {
      key = id " " state[id] " " (id in channel ? channel[id] : "-") " " (id in call ? call[id] : "- 0x0 0x0") " " (state[id] == "D" && id in stack ? stack[id] : "-")
      if (!(key in count) && ++kinds > ${MOST_WAITS}) { left++; continue }
      count[key]++
    }
    split("", state); split("", channel); split("", call); split("", stack); split("", depth); next
  }
  { id = $0; sub(/[^0-9].*/, "", id); text = substr($0, index($0, ":") + 1) }
  /^[0-9]+\\/stat:/ { if (sub(/^.*\\) /, "", text)) state[id] = substr(text, 1, 1); next }
  /^[0-9]+\\/wchan:/ { if (text ~ /^[A-Za-z_][A-Za-z0-9_.]*$/) channel[id] = text; next }
  /^[0-9]+\\/syscall:/ { if (split(text, word, " ") >= 9) call[id] = word[1] " " word[2] " " (length(word[3]) > 10 ? "0x0" : word[3]); next }
  /^[0-9]+\\/stack:/ { split(text, word, " "); sub(/\\+.*/, "", word[2]); if (word[2] ~ /^[A-Za-z_][A-Za-z0-9_.]*$/ && ++depth[id] <= 20) stack[id] = (id in stack ? stack[id] "," : "") word[2]; next }
  END { for (key in count) print "wait", count[key], key; print "looks", looks + 0, last + 0, left + 0 }
`

const WAIT =
  /^wait (\d{1,9}) (\d{1,10}) ([A-Za-z]) ([A-Za-z_][\w.]*|-) (\d{1,6}|-) (0x[0-9a-f]{1,16}) (0x[0-9a-f]{1,16}) ([\w.,]+|-)$/gm

function parse(output: Uint8Array, target: Target): Reading<Profile> {
  const text = Buffer.from(output).toString('utf8')
  const lost = lostTarget(output)
  const [, looks = '0', last = '0', left = '0'] = /^looks (\d{1,9}) (\d{1,9}) (\d{1,9})$/m.exec(text) ?? []
  const tookMs = Number(last) * 10
  const seenAt = Number(looks)
  if (seenAt === 0) {
    if (lost) return blind(lostWords(lost))
    return /^halligan-end$/m.test(text)
      ? blind('its threads could not be read')
      : garbled('what its threads wait for did not come', text)
  }
  const everyMs = Math.max(tookMs, EVERY_MS) / seenAt
  const waits = [...text.matchAll(WAIT)].map(rowOf)
  const context = contextOf(text, target)
  const working = waits.reduce((sum, { looks: count, wait }) => sum + (wait.state === 'R' ? count : 0), 0)
  return seen({
    of: 'off-cpu',
    unit: 'milliseconds',
    tookMs,
    intervalUs: Math.round(everyMs * 1000),
    stacks: waits
      .filter(({ wait }) => !'RZX'.includes(wait.state))
      .map((each) => stackOf(each, context, everyMs, target)),
    idle: 0,
    notes: [
      'which code of the program waits is not in it: --stacks shows where its threads are',
      `sampled: each look stands for ${Math.round(everyMs)} ms; on a CPU, or ready for one, for ${Math.round(working * everyMs)} ms of all threads`,
      ...(waits.length > 0 && waits.every(({ wait }) => wait.call === undefined)
        ? ['system calls could not be read: what they wait for is told by the function of the kernel']
        : []),
      ...(Number(left) > 0 ? [`${left} looks at further waits are left out`] : []),
      ...(target.process.threadCount > MOST_THREADS ? [`only ${MOST_THREADS} of its threads were looked at`] : []),
      ...(lost ? ['the process ended meanwhile'] : []),
    ],
  })
}

interface Row {
  readonly looks: number
  readonly tid: number
  readonly wait: Wait
  /** In the kernel, innermost first. */
  readonly within: readonly string[]
}

function rowOf([
  ,
  looks,
  tid,
  state = '',
  channel,
  call,
  first = '0x0',
  second = '0x0',
  stack = '-',
]: RegExpMatchArray): Row {
  return {
    looks: Number(looks),
    tid: Number(tid),
    wait: {
      state,
      ...(call === '-' ? {} : { call: Number(call) }),
      args: [BigInt(first), BigInt(second)],
      ...(channel === undefined || channel === '-' ? {} : { channel }),
    },
    within: stack === '-' ? [] : stack.split(','),
  }
}

interface Context extends WaitContext {
  readonly opened: ReadonlyMap<number, Descriptor>
}

function contextOf(text: string, { box }: Target): Context {
  const parts = (name: string): readonly string[] =>
    text
      .split(new RegExp(`^halligan-${name}$`, 'm'))
      .slice(1)
      .map((part) => part.split(/^halligan-/m)[0] ?? '')
  const sockets = socketsIn(parts('sockets').join('\n'))
  const moments = parts('descriptors').map(
    (part) => new Map(readDescriptors(part, undefined)?.listed.map((each) => [each.fd, each])),
  )
  return {
    architecture: box.architecture,
    sockets,
    mappings: mappingsIn(parts('map')[0] ?? ''),
    opened: new Map(
      moments.flatMap((moment) => [...moment].filter(([fd, { target }]) => isOneThing(fd, target, moments))),
    ),
  }
}

/** A number that was given to something else meanwhile says nothing. */
function isOneThing(fd: number, target: string, moments: readonly ReadonlyMap<number, Descriptor>[]): boolean {
  return moments.every((moment) => (moment.get(fd)?.target ?? target) === target)
}

function stackOf(
  { looks, tid, wait, within }: Row,
  context: Context,
  everyMs: number,
  { process }: Target,
): WeightedStack {
  const name = process.threads.find((thread) => thread.tid === tid)?.name ?? process.name
  const [first] = wait.args
  const open = first === undefined || first >= 1n << 31n ? undefined : context.opened.get(Number(first))
  const frames: readonly Frame[] = [
    ...within.map((called) => ({ function: called, module: 'kernel', own: false })),
    waitFrame({ ...wait, ...(open ? { open: open.target } : {}) }, context),
    { function: `thread ${name}`, own: false },
  ]
  return { thread: `${name} (${tid})`, frames, weight: Math.max(1, Math.round(looks * everyMs)) }
}
