import { betweenSequences } from '../../base/between-sequences.ts'
import { safeText, truncate, width } from '../../base/safe-text.ts'

/**
 * A line at the foot of the terminal that the program on the box knows nothing of: its terminal has one row less, and the rows above scroll alone. It is drawn only
 * between two sequences of that program's output, with the cursor put back where it was; a full-screen program (the TUI of gdb) has the screen for
 * itself, the window title then says what the line would say.
 */
export interface StatusLine {
  /** Rows that the program on the box may have of so many. */
  readonly rowsOf: (rows: number) => number
  readonly begin: () => void
  /** What the program printed has just been written to the terminal. */
  readonly shown: (chunk: Uint8Array) => void
  readonly say: (line: string, title: string) => void
  readonly resized: (columns: number, rows: number) => void
  readonly end: () => void
}

/** Below it every row is needed. Rows. */
const LEAST_ROWS = 8

export function statusLine(
  size: { readonly columns: number; readonly rows: number },
  write: (text: string) => void,
): StatusLine {
  const between = betweenSequences()
  let { columns, rows } = size
  let said = { line: '', title: '' }
  let drawn = { line: '', title: '' }
  let isOpen = false
  const hasLine = (): boolean => rows >= LEAST_ROWS

  function draw(): void {
    if (!isOpen || !between.isBetween()) return
    const line = hasLine() && !between.isAlternate() && drawn.line !== said.line ? lineAt(said.line, columns, rows) : ''
    if (line !== '') drawn = { ...drawn, line: said.line }
    const title = drawn.title === said.title ? '' : titleOf(said.title)
    drawn = { ...drawn, title: said.title }
    if (line + title !== '') write(line + title)
  }

  return {
    rowsOf: (all) => (all >= LEAST_ROWS ? all - 1 : all),
    begin: () => {
      isOpen = true
      // One line up from where a new line would be: on the last row everything moves up by one.
      write(TITLE_PUSH + (hasLine() ? '\n\u001b[A' : ''))
      draw()
    },
    shown: (chunk) => {
      between.push(chunk)
      if (between.wasCleared()) drawn = { ...drawn, line: '' }
      draw()
    },
    say: (line, title) => {
      said = { line, title }
      draw()
    },
    resized: (toColumns, toRows) => {
      ;[columns, rows] = [toColumns, toRows]
      drawn = { ...drawn, line: '' }
      draw()
    },
    end: () => {
      if (!isOpen) return
      isOpen = false
      write(`${hasLine() ? `${SAVE}\u001b[r\u001b[${rows};1H\u001b[2K${RESTORE}` : ''}${TITLE_POP}`)
    },
  }
}

/** DECSC and DECRC: the cursor with its colours and its origin mode. */
const [SAVE, RESTORE] = ['\u001b7', '\u001b8']
/** The stack of titles of xterm; others ignore it (ctlseqs, XTWINOPS 22 and 23). */
const TITLE_PUSH = '\u001b[22;0t'
const TITLE_POP = '\u001b[23;0t'

/** Sets the region that scrolls each time, since the program may have set it back. */
function lineAt(text: string, columns: number, rows: number): string {
  const shown = truncate(safeText(text), columns)
  const padded = shown + ' '.repeat(Math.max(0, columns - width(shown)))
  return `${SAVE}\u001b[1;${rows - 1}r\u001b[${rows};1H\u001b[0;7m${padded}\u001b[0m${RESTORE}`
}

function titleOf(text: string): string {
  return `\u001b]0;${safeText(text)}\u0007`
}
