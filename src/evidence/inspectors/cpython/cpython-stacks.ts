import { shellQuoted } from '../../../base/shell-quoted.ts'
import type { Inspector, InspectOptions, Target } from '../../inspect/inspector.ts'
import { proveTarget } from '../../inspect/prove-target.ts'
import type { Stacks } from '../../inspect/stacks.ts'
import { CPYTHON_READER } from './cpython-reader/reader.ts'
import { parseCpythonStacks } from './cpython-answer.ts'

/** The reader ends by itself after this time of reading, whatever the memory says. Milliseconds. */
const MOST_READING_MS = 2_000

/**
 * What do the threads of this Python process run, and with which values? Read from its memory by `pread` of /proc/PID/mem, with the box's own
 * python3: nothing is attached, nothing stops, nothing runs in the target, nothing is written on the box. The values are those of a program that
 * runs meanwhile: each stack is read until it is the same before and after, at most three times, and told as torn otherwise.
 *
 *   {"python":"3.11.2","found":"dynamic symbols","version":"3.11"}
 *   {"thread":812,"sample":0,"ident":"0x7f5157fff6c0","interpreter":0,"name":"worker-1","daemon":true,"gil":false,"torn":false,
 *    "frames":[{"function":"Cart.price","file":"/srv/shop/cart.py","line":118,
 *               "locals":[{"name":"total","type":"int","value":"-3"}]}, ...]}      <- innermost first
 *   {"sample":0,"at":0}
 *   {"end":true,"ms":6.1,"reads":263}
 *
 * Live-tested with 3.8 to 3.14. Where each version keeps its structures: cpython-reader/layouts.py, from its own headers; 3.13 and 3.14 say so themselves
 * (_Py_DebugOffsets). A build that is not as expected is `blind`, never guessed. Waiting tasks of asyncio are told with their coroutines.
 * Cost: some 50 ms of CPU on the box, most of it for starting Python. Source: the headers of CPython, PEP 393, PEP 626.
 */
export const cpythonStacks: Inspector<Stacks> = {
  id: 'cpython-stacks',
  title: 'Python stacks and variables from its memory',
  does: 'stacks',
  runtimes: ['cpython'],
  tools: [{ name: 'python3', packages: { debian: 'python3', fedora: 'python3', alpine: 'python3' } }],
  able: ableToRead,
  price: () => ({ price: 'free', why: 'its memory is read from outside: nothing is attached, nothing stops' }),
  script: cpythonScript,
  parse: parseCpythonStacks,
}

/** Reading the memory of a process asks for the rights of a debugger (ptrace(2), PTRACE_MODE_ATTACH), though nothing is attached. */
function ableToRead({ process, box }: Target): ReturnType<typeof cpythonStacks.able> {
  if (process.state === 'Z') return { able: false, why: 'it has ended (a zombie)', hint: '' }
  if (box.uid === 0) return { able: true }
  const hint = 'run with --sudo'
  if (process.effectiveUid !== box.uid || process.uid !== box.uid) {
    return {
      able: false,
      why: `it runs as user ${process.effectiveUid}, whose memory user ${box.uid} may not read`,
      hint,
    }
  }
  if ((box.ptraceScope ?? 0) > 0) {
    return {
      able: false,
      why: `kernel.yama.ptrace_scope is ${box.ptraceScope}: only root reads the memory of other processes`,
      hint,
    }
  }
  return { able: true }
}

function cpythonScript({ process }: Target, options: InspectOptions): string {
  return readerScript(process, [
    `seconds=${Math.min(options.timeoutMs, MOST_READING_MS) / 1_000}`,
    `samples=${options.samples}`,
    `between=${options.betweenMs}`,
    `threads=${options.maxThreads}`,
    `frames=${options.maxFrames}`,
  ])
}

/** What a process that is made for it could let the reader use: KiB of addresses, seconds of processor time, and a share of the time that it goes on for. By itself it takes half of that at most. */
const LIMITS = { memoryKib: 1024 * 1024, processorSeconds: 30, processorShare: 0.2 } as const

/**
 * Proves its target, then reads it.
 *
 * @param more what is asked in words, and for how long it goes on
 */
export function readerScript(
  process: Target['process'],
  words: readonly string[],
  more: { readonly asked?: object; readonly forMs?: number } = {},
): string {
  const seconds = LIMITS.processorSeconds + Math.ceil(((more.forMs ?? 0) / 1_000) * LIMITS.processorShare)
  // Where a limit is refused, the box has a lower one.
  return `${proveTarget(process)}
( { ulimit -v ${LIMITS.memoryKib}; ulimit -t ${seconds}; } 2>/dev/null
${readerCommand(process.pid, words, more.asked)}
)
halligan_proved
`
}

/**
 * The program goes to python3 in the environment: arguments can be seen by all on the box, and a here-document is a file in some shells. `-B`
 * keeps it from writing compiled modules. What is asked of it in words goes there too.
 */
export function readerCommand(pid: number, words: readonly string[], asked?: object): string {
  const variable = asked === undefined ? '' : `HALLIGAN_ASKED=${shellQuoted(JSON.stringify(asked))} `
  return `${variable}HALLIGAN_READER=${shellQuoted(CPYTHON_READER)} python3 -I -S -B -c 'import posix
exec(posix.environ[b"HALLIGAN_READER"].decode())' ${pid} ${words.join(' ')}`
}
