/** How the lines of one log are read as bytes, without making a string of each. Made from its first lines (`layoutOf`). */
export interface LineLayout {
  /** Time of the line `bytes[start, end)` in milliseconds since the epoch by the box's clock; NaN when it bears none. No allocation. */
  readonly timeOf: (bytes: Uint8Array, start: number, end: number) => number
  /** The line goes on with the record before it: a frame of a stack trace, an indented line, a line without a time in a log whose records have one. No allocation. */
  readonly continues: (bytes: Uint8Array, start: number, end: number) => boolean
  /** First byte after the time, from where on a line is told from others. */
  readonly bodyOf: (bytes: Uint8Array, start: number, end: number) => number
}
