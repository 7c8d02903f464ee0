import { statsIn } from './stat-line.ts'
import { textOf } from './sections.ts'

/** What came of seeking a process. */
export interface Found {
  /** How many processes fit; 1 when it was found. */
  readonly count: number
  /** Those that fit, when they are several; the first 40. */
  readonly candidates: readonly Candidate[]
  /** The number was a thread's: the process that it belongs to is what was found. */
  readonly thread?: number
  /** Something listens on that port, and its process was not ours to see. */
  readonly heldUnseen?: true
  /** No process has that name, but a unit. */
  readonly asUnit?: true
}

export interface Candidate {
  readonly pid: number
  readonly name: string
  readonly state: string
  readonly ppid: number
  readonly threads: number
  readonly startTicks: number
  /** With blanks between its words; at most 300 bytes. */
  readonly commandLine: string
}

/** Reads the sections `find`, `candidates` and `command:PID`. */
export function readFound(sections: ReadonlyMap<string, Uint8Array>): Found {
  const text = textOf(sections, 'find') ?? ''
  const thread = /^tid (\d+)$/m.exec(text)?.[1]
  const stats = [...statsIn(textOf(sections, 'candidates') ?? '').values()]
  const candidates = stats.map(({ pid, name, state, ppid, threads, startTicks }) => {
    const commandLine = wordsOf(textOf(sections, `command:${pid}`) ?? '').join(' ')
    return { pid, name, state, ppid, threads, startTicks, commandLine }
  })
  return {
    count: sections.has('stat') ? 1 : Number(/^found (\d+)$/m.exec(text)?.[1] ?? 0),
    candidates: candidates.toSorted((a, b) => a.startTicks - b.startTicks || a.pid - b.pid),
    ...(thread === undefined ? {} : { thread: Number(thread) }),
    ...(/^port-held \d+$/m.test(text) ? { heldUnseen: true } : {}),
    ...(/^as unit$/m.test(text) ? { asUnit: true } : {}),
  }
}

/** What stands between NULs; a process that has written over its arguments (setproctitle) may have no last one. */
export function wordsOf(text: string): readonly string[] {
  const trimmed = text.replace(/\0+$/, '')
  return trimmed === '' ? [] : trimmed.split('\0')
}
