/** Signatures of 64 bits to numbers of rows: open addressing with linear probing, never more than half full. Rows can be taken out in bulk only. */
export function createRowTable(): RowTable {
  let places = new Int32Array(1_024 * PLACE)
  let highs = new Int32Array(0)
  let lows = new Int32Array(0)
  let size = 0

  const put = (row: number): void => {
    const last = places.length - PLACE
    const high = highs[row] as number
    let at = (high << PLACE_BITS) & last
    while (places[at] !== 0) at = (at + PLACE) & last
    places[at] = row + 1
    places[at + 1] = high
    places[at + 2] = lows[row] as number
  }

  return {
    find: (high, low) => {
      const last = places.length - PLACE
      for (let at = (high << PLACE_BITS) & last; ; at = (at + PLACE) & last) {
        const row = (places[at] as number) - 1
        if (row < 0 || (places[at + 1] === high && places[at + 2] === low)) return row
      }
    },
    add: (row, high, low, live) => {
      highs[row] = high
      lows[row] = low
      size++
      if (2 * PLACE * size <= places.length) return put(row)
      places = new Int32Array(2 * places.length)
      for (const each of live()) put(each)
    },
    rebuild: (live) => {
      places.fill(0)
      size = 0
      for (const row of live) {
        put(row)
        size++
      }
    },
    resize: (rows) => {
      highs = grown(highs, rows)
      lows = grown(lows, rows)
    },
    signatureOf: (row) => hex(highs[row] as number) + hex(lows[row] as number),
  }
}

/** Numbers of one place: the row and from one on, its signature, and one that is free. All of them lie in one line of the processor's cache. */
const PLACE = 4
const PLACE_BITS = 2

export interface RowTable {
  /** The row with this signature, -1 where there is none. */
  readonly find: (high: number, low: number) => number
  /** @param live all rows that are in use, this one included */
  readonly add: (row: number, high: number, low: number, live: () => Iterable<number>) => void
  /** Leaves just these rows in the table. */
  readonly rebuild: (live: Iterable<number>) => void
  readonly resize: (rows: number) => void
  /** Sixteen hexadecimal digits. */
  readonly signatureOf: (row: number) => string
}

function grown(from: Int32Array, rows: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(rows)
  to.set(from)
  return to
}

function hex(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0')
}
