import { notesIn, textUpToZero } from './elf.ts'

/** What the notes of a core say: the kernel, or gdb, wrote them when the process was dumped. Texts are as they stand there. */
export interface CoreNotes {
  readonly process: CoreProcess | undefined
  readonly signal: CoreSignal | undefined
  /** The one that was at work when it was dumped comes first: of a crash, the one that crashed. */
  readonly threads: readonly CoreThread[]
  readonly files: readonly CoreMapping[]
  /** Address of the table of segments in memory (AT_PHDR): it lies in the program itself. */
  readonly programHeaders: bigint | undefined
}

export interface CoreProcess {
  readonly pid: number
  readonly ppid: number
  readonly uid: number
  /** At most 15 bytes, of the executable or as the process called itself. */
  readonly name: string
  /** At most 79 bytes of its arguments, with blanks in between. */
  readonly commandLine: string
}

export interface CoreSignal {
  readonly number: number
  /** si_code: above 0 the kernel's own reason; 0 and below somebody sent it. */
  readonly code?: number
  /** What was at fault, for SIGSEGV, SIGBUS, SIGILL, SIGFPE and SIGTRAP. */
  readonly address?: bigint
  /** Who sent it, where it was sent. */
  readonly sender?: { readonly pid: number; readonly uid: number }
}

export interface CoreThread {
  readonly tid: number
  /** The instruction at which it was; missing for a machine whose registers are not known. */
  readonly instruction?: bigint
}

export interface CoreMapping {
  readonly start: bigint
  readonly end: bigint
  /** Where in the file it begins. Bytes. */
  readonly offset: bigint
  readonly path: string
}

/** Of NT_PRSTATUS, NT_PRPSINFO, NT_AUXV, NT_SIGINFO, NT_FILE. Source: include/uapi/linux/elf.h, elfcore.h of Linux. */
const TYPES = { status: 1, process: 3, auxiliary: 6, signal: 0x53494749, files: 0x46494c45 } as const
/** Where struct elf_prstatus has the program counter: 112 bytes before the registers, then `rip` is the 17th, `pc` the 33rd. */
const INSTRUCTION_AT: Readonly<Record<number, number>> = { 62: 112 + 16 * 8, 183: 112 + 32 * 8 }
const AT_PHDR = 3n
/** Beyond what any process has. */
const MOST = { threads: 100_000, files: 65_536, auxiliary: 256 } as const

/** Reads the notes; whatever they hold, what cannot be read is missing. */
export function coreNotes(bytes: Uint8Array, machine: number): CoreNotes {
  const notes = notesIn(bytes).filter(({ owner }) => owner === 'CORE')
  const all = (type: number): readonly DataView[] =>
    notes.flatMap((note) =>
      note.type === type ? [new DataView(note.data.buffer, note.data.byteOffset, note.data.byteLength)] : [],
    )
  const statuses = all(TYPES.status)
    .filter(({ byteLength }) => byteLength >= 112)
    .slice(0, MOST.threads)
  const [process] = all(TYPES.process).filter(({ byteLength }) => byteLength >= 136)
  const [information] = all(TYPES.signal).filter(({ byteLength }) => byteLength >= 24)
  const [files] = all(TYPES.files)
  const [auxiliary] = all(TYPES.auxiliary)
  return {
    process: process && processOf(process),
    signal: signalOf(statuses[0], information),
    threads: statuses.map((view) => threadOf(view, machine)),
    files: files ? mappingsOf(files) : [],
    programHeaders: auxiliary && programHeadersIn(auxiliary),
  }
}

function processOf(view: DataView): CoreProcess {
  const text = (from: number, length: number): string =>
    textUpToZero(new Uint8Array(view.buffer, view.byteOffset + from, length))
  return {
    pid: view.getInt32(24, true),
    ppid: view.getInt32(28, true),
    uid: view.getUint32(16, true),
    name: text(40, 16),
    commandLine: text(56, 80).trimEnd(),
  }
}

function threadOf(view: DataView, machine: number): CoreThread {
  const at = INSTRUCTION_AT[machine]
  const has = at !== undefined && view.byteLength >= at + 8
  return { tid: view.getInt32(32, true), ...(has ? { instruction: view.getBigUint64(at, true) } : {}) }
}

const FAULTS: ReadonlySet<number> = new Set([4, 5, 7, 8, 11])

/** One that gdb took of a living process has no signal: its number is 0, or that of the stop. */
function signalOf(status: DataView | undefined, information: DataView | undefined): CoreSignal | undefined {
  const current = status?.getInt16(12, true) ?? 0
  const number = current > 0 ? current : 0
  if (number === 0) return undefined
  if (!information || information.getInt32(0, true) !== number) return { number }
  const code = information.getInt32(8, true)
  const sent = code <= 0
  return {
    number,
    code,
    ...(sent ? { sender: { pid: information.getInt32(16, true), uid: information.getUint32(20, true) } } : {}),
    ...(!sent && FAULTS.has(number) ? { address: information.getBigUint64(16, true) } : {}),
  }
}

/** `count, page size, count × (start, end, offset in pages)`, then the names, each with a zero byte behind it. */
function mappingsOf(view: DataView): readonly CoreMapping[] {
  if (view.byteLength < 16) return []
  const [told, page] = [view.getBigUint64(0, true), view.getBigUint64(8, true)]
  const room = Math.floor((view.byteLength - 16) / 24)
  const count = told > BigInt(room) ? room : Number(told)
  if (count > MOST.files) return []
  const names = Buffer.from(view.buffer, view.byteOffset + 16 + count * 24, view.byteLength - 16 - count * 24)
    .toString('utf8')
    .split('\0')
  return Array.from({ length: count }, (_, at): CoreMapping => {
    const begin = 16 + at * 24
    return {
      start: view.getBigUint64(begin, true),
      end: view.getBigUint64(begin + 8, true),
      offset: view.getBigUint64(begin + 16, true) * page,
      path: names[at] ?? '',
    }
  }).filter(({ path }) => path !== '')
}

function programHeadersIn(view: DataView): bigint | undefined {
  for (let at = 0; at + 16 <= view.byteLength && at < MOST.auxiliary * 16; at += 16)
    if (view.getBigUint64(at, true) === AT_PHDR) return view.getBigUint64(at + 8, true)
  return undefined
}
