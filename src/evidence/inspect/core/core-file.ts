import type { CoreMapping, CoreNotes, CoreProcess, CoreSignal } from './core-notes.ts'
import { coreNotes } from './core-notes.ts'
import { buildIdIn, elfOf, LOAD, NOTE, TYPE_CORE, type Segment } from './elf.ts'

/** A core: the memory of a process as it was when it died, or when somebody took it. */
export interface CoreFile {
  readonly path: string
  readonly bytes: number
  /** Milliseconds since the epoch, clock of the box. */
  readonly writtenAtMs: number
  /** `x86_64`, `aarch64`; `machine 243` for one that is not known. */
  readonly architecture: string
  readonly process: CoreProcess | undefined
  /** What it died of; missing where it was taken of a living process. */
  readonly signal: CoreSignal | undefined
  readonly threads: readonly (CoreNotes['threads'][number] & { readonly place?: string })[]
  /** Programs and libraries first, in the order of the core. */
  readonly files: readonly CoreModule[]
  /** The program itself, as the core names it. */
  readonly program: string | undefined
  /** Bytes that its own table tells beyond the end of the file: it was cut. */
  readonly missingBytes: number
}

/** A file that was mapped. */
export interface CoreModule {
  readonly path: string
  readonly start: bigint
  readonly end: bigint
  /** Of the program or library that was mapped, in hex; missing where the core has not its first page, or it has none. */
  readonly buildId?: string
  /** Of the file that has that name now. */
  readonly buildIdNow?: string
  /** Whether the file is the one that was mapped; missing where neither build-id could be read. `gone`: there is none of that name. */
  readonly now?: 'same' | 'other' | 'gone'
}

/** What has to be read of a core before its notes can be: the whole table, then the notes. Bytes from the beginning. */
export interface Range {
  readonly offset: number
  readonly bytes: number
}

/** Threads of 5,000 need some 15 MiB with their registers; what comes after is cut. Bytes. */
const MOST_NOTES = 24 * 1024 * 1024
/** e_phnum has 16 bits. Bytes. */
const MOST_TABLE = 65_536 * 56

/** Where the rest of the table of segments is, if the head that was read has not all of it. */
export function restOfTable(head: Uint8Array): Range | undefined {
  const elf = elfOf(head)
  return elf && elf.tableEnd > head.length ? { offset: 0, bytes: Math.min(elf.tableEnd, MOST_TABLE) } : undefined
}

/** Where its notes are; undefined where it is no core, or has none. */
export function notesRange(head: Uint8Array): Range | undefined {
  const elf = elfOf(head)
  const notes = elf?.type === TYPE_CORE ? elf.segments.find(({ type }) => type === NOTE) : undefined
  return notes && { offset: notes.offset, bytes: Math.min(notes.fileBytes, MOST_NOTES) }
}

const MACHINES: Readonly<Record<number, string>> = { 62: 'x86_64', 183: 'aarch64', 243: 'riscv64', 21: 'ppc64le' }

/**
 * What head and notes of a core say; undefined where the head is none of a core of 64 bits.
 * @param head with the whole table of segments
 */
export function coreFile(
  head: Uint8Array,
  notes: Uint8Array,
  { path, bytes, writtenAtMs }: Pick<CoreFile, 'path' | 'bytes' | 'writtenAtMs'>,
): CoreFile | undefined {
  const elf = elfOf(head)
  if (elf?.type !== TYPE_CORE) return undefined
  const told = coreNotes(notes, elf.machine)
  const end = elf.segments.reduce((last, segment) => Math.max(last, segment.offset + segment.fileBytes), 0)
  return {
    path,
    bytes,
    writtenAtMs,
    architecture: MACHINES[elf.machine] ?? `machine ${elf.machine}`,
    process: told.process,
    signal: told.signal,
    threads: told.threads.map((thread, at) => {
      const { instruction } = thread
      const place = instruction === undefined || at >= PLACED ? undefined : placeIn(told.files, instruction)
      return { ...thread, ...(place === undefined ? {} : { place }) }
    }),
    files: modulesOf(told.files),
    program: programOf(told),
    missingBytes: Math.max(0, end - bytes),
  }
}

/** Each is sought among all mappings, of which a core that means harm may name very many. Threads. */
const PLACED = 500

/** `/usr/lib/libc.so.6+0xcf545`. */
function placeIn(files: readonly CoreMapping[], address: bigint): string | undefined {
  const file = files.find(({ start, end }) => address >= start && address < end)
  return file && `${file.path}+0x${(address - file.start + file.offset).toString(16)}`
}

function programOf({ files, programHeaders }: CoreNotes): string | undefined {
  const file =
    programHeaders === undefined
      ? undefined
      : files.find(({ start, end }) => programHeaders >= start && programHeaders < end)
  return file?.path
}

/** One for each path: mappings of one file follow each other. */
function modulesOf(files: readonly CoreMapping[]): readonly CoreModule[] {
  return [...Map.groupBy(files, ({ path }) => path)].map(([path, own]) => ({
    path,
    start: own.reduce((least, { start }) => (start < least ? start : least), own[0]?.start ?? 0n),
    end: own.reduce((most, { end }) => (end > most ? end : most), 0n),
  }))
}

export const PAGE_BYTES = 4096

/** Where the core has the first page of each of the files, in their order; undefined where it has not. */
export function firstPages(head: Uint8Array, files: readonly CoreModule[]): readonly (Range | undefined)[] {
  const loads = (elfOf(head)?.segments ?? []).filter(({ type, fileBytes }) => type === LOAD && fileBytes >= PAGE_BYTES)
  const byAddress = new Map(loads.map((segment): [bigint, Segment] => [segment.address, segment]))
  return files.map(({ start }) => {
    const segment = byAddress.get(start)
    return segment && { offset: segment.offset, bytes: PAGE_BYTES }
  })
}

/** @param now first page of the file of that name; undefined where there is none, empty where it cannot be read */
export function comparedModule(
  module: CoreModule,
  page: Uint8Array | undefined,
  now: Uint8Array | undefined,
): CoreModule {
  const buildId = page && buildIdIn(page)
  if (now === undefined) return { ...module, ...(buildId === undefined ? {} : { buildId }), now: 'gone' }
  const buildIdNow = buildIdIn(now)
  return {
    ...module,
    ...(buildId === undefined ? {} : { buildId }),
    ...(buildIdNow === undefined ? {} : { buildIdNow }),
    ...(buildId === undefined || now.length === 0 ? {} : { now: buildId === buildIdNow ? 'same' : 'other' }),
  }
}
