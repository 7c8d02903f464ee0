import { width } from './safe-text.ts'

/**
 * What stands on the screen of a terminal after some output: so much of an emulator as it takes to know the line that a person typed, and to write a
 * session down as plain text. It reads what `terminalFilter('screen')` lets through, whole sequences in each piece. Colours are left out.
 */
export interface TerminalScreen {
  write(output: string): void
  resize(columns: number, rows: number): void
  /** The line that the cursor is in, over all the rows that it takes, without trailing blanks. */
  line(): string
  /** Where in that line the cursor is. */
  column(): number
  /** A full-screen program shows something that is no lines. */
  isAlternate(): boolean
  /** All lines that are on the screen, without trailing empty ones. */
  lines(): readonly string[]
}

export interface ScreenEvents {
  /** Before each line feed, unless a full-screen program runs: gives the line that it ends. */
  readonly onLineFeed?: (line: () => string) => void
  /** A line that has left the screen at its top, or with all that stood on it or above the cursor when that was erased. */
  readonly onScrolledOff?: (line: string) => void
}

interface Row {
  /** One for each column; a wide character leaves an empty one behind it. */
  cells: string[]
  /** The line goes on in the next row. */
  goesOn: boolean
}

interface Cursor {
  row: number
  column: number
  /** The last column is written; the next character begins a new row. */
  isFull: boolean
}

/** A size that no terminal has would only take memory. */
const LARGEST = { columns: 1_000, rows: 500 } as const

export function terminalScreen(columns: number, rows: number, on: ScreenEvents = {}): TerminalScreen {
  let size = sizeOf(columns, rows)
  let screen = emptyRows(size.rows)
  let main: { readonly screen: Row[]; readonly cursor: Cursor } | undefined
  let cursor: Cursor = { row: 0, column: 0, isFull: false }
  let saved: Cursor = { ...cursor }
  let region = { top: 0, bottom: size.rows - 1 }
  let wraps = true
  let lastPrinted = ' '
  /** Text of a line whose first rows have left the screen. */
  let above = ''

  function write(output: string): void {
    for (const { 0: piece, groups = {} } of output.matchAll(PIECES)) {
      const { mark = '', numbers = '', final, escape } = groups
      if (final !== undefined) control(mark, numbers, final)
      else if (escape !== undefined) escaped(escape)
      else if (piece.charCodeAt(0) < 0x20) controlCharacter(piece)
      else if (PLAIN.test(piece)) printPlain(piece)
      else for (const character of piece) print(character)
    }
  }

  function print(character: string): void {
    const columnsTaken = character < '\u0300' ? 1 : width(character)
    const row = rowAt(cursor.row)
    if (columnsTaken === 0) {
      const before = cursor.isFull ? cursor.column : cursor.column - 1
      if (before >= 0) row.cells[before] = `${row.cells[before] ?? ' '}${character}`
      return
    }
    if (cursor.isFull && wraps) {
      row.goesOn = true
      cursor.column = 0
      cursor.isFull = false
      down()
    }
    const at = rowAt(cursor.row)
    at.cells[cursor.column] = character
    if (columnsTaken === 2) at.cells[cursor.column + 1] = ''
    lastPrinted = character
    const next = cursor.column + columnsTaken
    cursor.isFull = next >= size.columns
    cursor.column = Math.min(next, size.columns - 1)
  }

  /** The same for characters of one column each, a row at a time. */
  function printPlain(text: string): void {
    for (let at = 0; at < text.length;) {
      if (cursor.isFull) {
        print(text[at] ?? ' ')
        at += 1
        continue
      }
      const { cells } = rowAt(cursor.row)
      const count = Math.min(text.length - at, size.columns - cursor.column)
      for (let step = 0; step < count; step++) cells[cursor.column + step] = text[at + step] ?? ' '
      at += count
      cursor.isFull = cursor.column + count >= size.columns
      cursor.column = Math.min(cursor.column + count, size.columns - 1)
    }
    lastPrinted = text.at(-1) ?? lastPrinted
  }

  function controlCharacter(character: string): void {
    if (character === '\n' || character === '\u000b' || character === '\u000c') {
      if (!main) on.onLineFeed?.(line)
      rowAt(cursor.row).goesOn = false
      down()
    } else if (character === '\r') move(cursor.row, 0)
    else if (character === '\b') move(cursor.row, cursor.column - 1)
    else if (character === '\t') move(cursor.row, (Math.floor(cursor.column / TAB) + 1) * TAB)
  }

  function escaped(sequence: string): void {
    if (sequence === '7') saved = { ...cursor }
    else if (sequence === '8') cursor = { ...saved }
    else if (sequence === 'D') down()
    else if (sequence === 'E') {
      move(cursor.row, 0)
      down()
    } else if (sequence === 'M') up()
  }

  function control(mark: string, numbers: string, final: string): void {
    const [first = 0, second = 0] = numbers.split(/[;:]/).map(Number)
    if (mark === '?') return modes(numbers, final)
    if (mark !== '') return
    const count = Math.min(Math.max(1, first), LARGEST.columns)
    const { row, column } = cursor
    switch (final) {
      case 'A':
        return move(row - count, column)
      case 'B':
      case 'e':
        return move(row + count, column)
      case 'C':
      case 'a':
        return move(row, column + count)
      case 'D':
        return move(row, column - count)
      case 'E':
        return move(row + count, 0)
      case 'F':
        return move(row - count, 0)
      case 'G':
      case '`':
        return move(row, count - 1)
      case 'd':
        return move(count - 1, column)
      case 'H':
      case 'f':
        return move(count - 1, Math.max(1, second) - 1)
      case 'I':
        return move(row, (Math.floor(column / TAB) + count) * TAB)
      case 'Z':
        return move(row, (Math.ceil(column / TAB) - count) * TAB)
      case 'b':
        for (let times = 0; times < count; times++) print(lastPrinted)
        return
      case 's':
        saved = { ...cursor }
        return
      case 'u':
        cursor = { ...saved }
        return
      case 'r':
        region = { top: Math.min(count, size.rows) - 1, bottom: Math.min(second || size.rows, size.rows) - 1 }
        if (region.top >= region.bottom) region = { top: 0, bottom: size.rows - 1 }
        return move(0, 0)
      default:
        return edit(final, first, count)
    }
  }

  function edit(final: string, first: number, count: number): void {
    const { cells } = rowAt(cursor.row)
    const { column } = cursor
    switch (final) {
      case 'J':
        if (first === 1) putOut(cursor.row)
        else if (first === 2 || isAtHome()) putOut(size.rows)
        if (first === 0) eraseRows(cursor.row + 1, size.rows)
        if (first === 1) eraseRows(0, cursor.row)
        if (first >= 2) eraseRows(0, size.rows)
        return first < 2 ? eraseInRow(first) : undefined
      case 'K':
        return eraseInRow(first)
      case 'P':
        return void cells.splice(column, count)
      case '@':
        return void cells.splice(column, 0, ...blanks(count), ...blanks(Math.max(0, column - cells.length)))
      case 'X':
        return blankCells(cells, column, column + count)
      case 'L':
        return inRegion(() => shift(cursor.row, region.bottom, -count))
      case 'M':
        return inRegion(() => shift(cursor.row, region.bottom, count))
      case 'S':
        return scroll(count)
      case 'T':
        return shift(region.top, region.bottom, -count)
    }
  }

  function modes(numbers: string, final: string): void {
    const set = final === 'h'
    if (final === 'J' || final === 'K') return edit(final, Number(numbers) || 0, 1)
    for (const number of numbers.split(';')) {
      if (number === '7') wraps = set
      if (number === '47' || number === '1047' || number === '1049') alternate(set)
    }
  }

  function alternate(set: boolean): void {
    if (set && !main) {
      main = { screen, cursor: { ...cursor } }
      screen = emptyRows(size.rows)
    } else if (!set && main) {
      screen = main.screen
      cursor = main.cursor
      main = undefined
      fit()
    }
    region = { top: 0, bottom: size.rows - 1 }
  }

  function move(row: number, column: number): void {
    cursor.row = Math.max(0, Math.min(row, size.rows - 1))
    cursor.column = Math.max(0, Math.min(column, size.columns - 1))
    cursor.isFull = false
  }

  function down(): void {
    if (cursor.row === region.bottom) scroll(1)
    else move(cursor.row + 1, cursor.column)
  }

  function up(): void {
    if (cursor.row === region.top) shift(region.top, region.bottom, -1)
    else move(cursor.row - 1, cursor.column)
  }

  function scroll(count: number): void {
    const isWhole = region.top === 0 && !main
    for (let times = 0; times < Math.min(count, size.rows); times++) {
      if (isWhole) scrolledOff(rowAt(0))
      shift(region.top, region.bottom, 1)
    }
  }

  function scrolledOff(row: Row): void {
    if (!on.onScrolledOff && !row.goesOn && above === '') return
    above = (above + textOf(row)).slice(-LONGEST_LINE)
    if (row.goesOn) return
    on.onScrolledOff?.(above.trimEnd())
    above = ''
  }

  /** The rows above that one are about to be erased: whoever keeps lines gets them first. */
  function putOut(to: number): void {
    if (main) return
    let end = to
    while (end > 0 && textOf(rowAt(end - 1)) === '') end -= 1
    for (let at = 0; at < end; at++) scrolledOff(rowAt(at))
    if (above !== '') scrolledOff(emptyRow())
  }

  function isAtHome(): boolean {
    return cursor.row === 0 && cursor.column === 0
  }

  /** Positive: rows go up. */
  function shift(top: number, bottom: number, count: number): void {
    if (count === 1 && top === 0 && bottom === size.rows - 1) {
      screen.shift()
      screen.push(emptyRow())
      return
    }
    const height = bottom - top + 1
    const by = Math.min(Math.abs(count), height)
    const rows = screen.splice(top, height)
    const kept = count > 0 ? rows.slice(by) : rows.slice(0, height - by)
    screen.splice(top, 0, ...(count > 0 ? [...kept, ...emptyRows(by)] : [...emptyRows(by), ...kept]))
  }

  function inRegion(act: () => void): void {
    if (cursor.row >= region.top && cursor.row <= region.bottom) act()
  }

  function eraseRows(from: number, to: number): void {
    for (let at = from; at < to; at++) screen[at] = emptyRow()
  }

  function eraseInRow(how: number): void {
    const row = rowAt(cursor.row)
    if (how === 0) row.cells.length = Math.min(row.cells.length, cursor.column)
    if (how === 1) blankCells(row.cells, 0, cursor.column + 1)
    if (how === 2) row.cells = []
    if (how !== 1) row.goesOn = false
  }

  function rowAt(index: number): Row {
    return (screen[index] ??= emptyRow())
  }

  function textOf({ cells, goesOn }: Row): string {
    const text = Array.from({ length: goesOn ? size.columns : cells.length }, (_, at) => cells[at] ?? ' ').join('')
    return goesOn ? text : text.trimEnd()
  }

  function firstRow(): number {
    let first = cursor.row
    while (first > 0 && rowAt(first - 1).goesOn) first -= 1
    return first
  }

  function line(): string {
    let last = cursor.row
    while (last < size.rows - 1 && rowAt(last).goesOn) last += 1
    const first = firstRow()
    const text = screen
      .slice(first, last + 1)
      .map(textOf)
      .join('')
    return ((first === 0 ? above : '') + text).trimEnd()
  }

  function column(): number {
    const first = firstRow()
    const before = screen.slice(first, cursor.row).map(textOf).join('')
    const inRow = Array.from(
      { length: cursor.column + (cursor.isFull ? 1 : 0) },
      (_, at) => rowAt(cursor.row).cells[at] ?? ' ',
    )
    return (first === 0 ? above.length : 0) + before.length + inRow.join('').length
  }

  function fit(): void {
    while (screen.length > size.rows) {
      // As terminals do it: the cursor's row stays, what is above it leaves.
      if (cursor.row >= size.rows) {
        const [first] = screen.splice(0, 1)
        if (first && !main) scrolledOff(first)
        cursor.row -= 1
      } else screen.pop()
    }
    while (screen.length < size.rows) screen.push(emptyRow())
    move(cursor.row, cursor.column)
  }

  return {
    write,
    resize: (toColumns, toRows) => {
      size = sizeOf(toColumns, toRows)
      region = { top: 0, bottom: size.rows - 1 }
      fit()
    },
    line,
    column,
    isAlternate: () => main !== undefined,
    lines: () => {
      const lines: string[] = []
      let text = above
      for (const row of main?.screen ?? screen) {
        text += textOf(row)
        if (row.goesOn) continue
        lines.push(text.trimEnd())
        text = ''
      }
      while (lines.at(-1) === '') lines.pop()
      return lines
    },
  }
}

const TAB = 8
/** A line that fills the screen many times is no command. Characters. */
const LONGEST_LINE = 64 * 1024
const PLAIN = /^[ -~]+$/
const PIECES =
  // eslint-disable-next-line no-control-regex -- control characters are what it reads
  /\u001b\[(?<mark>[?!]?)(?<numbers>[0-9:;]*)(?: |!)?(?<final>[@-~])|\u001b(?<escape>[()][B0]|[78DEMH])|[\u0000-\u001f]|[^\u0000-\u001f]+/g

function sizeOf(columns: number, rows: number) {
  return {
    columns: Math.max(1, Math.min(columns, LARGEST.columns)),
    rows: Math.max(1, Math.min(rows, LARGEST.rows)),
  } as const
}

function emptyRow(): Row {
  return { cells: [], goesOn: false }
}

function emptyRows(count: number): Row[] {
  return Array.from({ length: count }, emptyRow)
}

function blanks(count: number): readonly string[] {
  return Array.from({ length: count }, () => ' ')
}

function blankCells(cells: string[], from: number, to: number): void {
  for (let at = from; at < Math.min(to, cells.length); at++) cells[at] = ' '
}
