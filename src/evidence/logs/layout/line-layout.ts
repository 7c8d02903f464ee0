/** How the lines of one log are read as bytes, without making a string of each. Made from its first lines (`layoutOf`). */
export interface LineLayout {
  /** Time of the line `bytes[start, end)` in milliseconds since the epoch by the box's clock; NaN when it bears none. No allocation. */
  readonly timeOf: (bytes: Uint8Array, start: number, end: number) => number
  /** The line goes on with the record before it: a frame of a stack trace, an indented line, a line without a time in a log whose records have one. No allocation. */
  readonly continues: (bytes: Uint8Array, start: number, end: number) => boolean
  /** First byte after the time, from where on a line is told from others. */
  readonly bodyOf: (bytes: Uint8Array, start: number, end: number) => number
  /**
   * Of a line that goes on with a record: from where on it, too, tells that record from others; -1: it does not. Missing: the first line alone does. No
   * allocation.
   */
  readonly tellsFrom?: (bytes: Uint8Array, start: number, end: number) => number
  /**
   * All of these at once, where reading the time once is enough for them. Gives whether the line goes on with the record before it; if it does not, or with
   * `first`, fills in the head. Missing: each is to be asked. No allocation.
   *
   * @param first nothing stands before the line that it could go on with
   */
  readonly readHead?: (bytes: Uint8Array, start: number, end: number, first: boolean, head: LineHead) => boolean
  /**
   * The head of a line whose end is not known yet, where it can be told: the line begins a record, and its time stands where that of the line before does.
   * Gives `body`; -1: `readHead` is to be asked. No allocation.
   *
   * @param last end of the bytes
   */
  readonly readOpenHead?: (bytes: Uint8Array, start: number, last: number, head: LineHead) => number
}

/** What the beginning of a record tells. One object is written over and over. */
export interface LineHead {
  /** As `timeOf`. */
  atMs: number
  /** As `bodyOf`. */
  body: number
}

/** A fraction first: the field then holds any number without a new object for each. */
export function newLineHead(): LineHead {
  return { atMs: 0.5, body: 0 }
}
