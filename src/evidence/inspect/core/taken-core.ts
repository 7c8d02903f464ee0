/** A core that was taken of a living process, on its box. */
export interface TakenCore {
  readonly file: string
  readonly bytes: number
}

/** Where it is to go. */
export interface CoreOrder {
  /** A folder on the box; missing: where the box has room that is not memory. */
  readonly folder?: string
}

/** What a core would take, as the box says before anything is attached. */
export interface CoreEstimate {
  /** The file that it would go to; its folder is made for it. */
  readonly file: string
  readonly folder: string
  /** What gdb would write: all that coredump_filter lets through, also what is mapped and not used. Bytes. */
  readonly mostBytes: number
  /** What of it is private and resident, or in swap: what has to be read. Bytes. */
  readonly residentBytes: number
  /** In hex, as the process has it (core(5)). */
  readonly filter: string
  /** Where it would go. Bytes. */
  readonly freeBytes: number
  readonly diskBytes: number
  /** For how long the process would stand still. Milliseconds. */
  readonly pauseMs: number
}
