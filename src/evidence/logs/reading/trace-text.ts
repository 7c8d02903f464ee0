/** A record's lines, told apart: what was said, and the stack trace below it. */
export interface SplitRecord {
  /** Without the trace; of a record that is nothing but a trace, the exception with its message. */
  readonly message: string
  /** As written, the line that names the exception included. */
  readonly trace?: string
}

/**
 * Parts the stack trace of Java, Python, Node, Go, Ruby, .NET, Rust or PHP from the message above it. `message` is the record without time, level and the like: its
 * first line may be the message or the exception already.
 */
export function splitTrace(text: string): SplitRecord {
  if (!text.includes('\n')) return { message: text }
  const lines = text.split('\n')
  const first = lines.findIndex((line) => isTraceLine(line))
  if (first === -1) return { message: trimmedEnd(text) }
  if (first === 0 && HEADING.test(lines[0] ?? '')) return { message: messageOf(lines), trace: trimmedEnd(text) }
  // What names the exception stands right above the first frame, and may be the message itself.
  let from = HEADING.test(lines[first] ?? '') ? first : Math.max(0, first - 1)
  // .NET names the inner exceptions below the outer one, all of them above the frames.
  while (from > 0 && INNER.test(lines[from] ?? '')) from -= 1
  const above = lines.slice(0, from).join('\n').trim()
  const trace = trimmedEnd(lines.slice(from).join('\n'))
  if (above !== '') return { message: above, trace }
  return { message: from < first || first === 0 ? messageOf(lines) : (lines[from] ?? ''), trace }
}

/** `ValueError: no such order` of a trace in any of these languages; undefined when it names none. */
export function exceptionIn(trace: string): string | undefined {
  const lines = trace.split('\n', MOST_LINES)
  if (lines[0]?.startsWith('Traceback (most recent')) return lines.findLast((line) => PYTHON_EXCEPTION.test(line))
  return lines.find((line) => EXCEPTION.test(line.slice(0, LONGEST)))
}

/** A line that only stack traces have: a frame, a cause, the heading of one. */
function isTraceLine(line: string): boolean {
  return TRACE.test(line.slice(0, LONGEST))
}

/** Characters by which a line is told; a frame says at its beginning that it is one. */
const LONGEST = 512
const MOST_LINES = 2000

/** Each begins at the beginning of a line and has no repetition within a repetition. */
const TRACE = new RegExp(
  [
    // Java, Node, .NET
    String.raw`^\s{1,16}at \S`,
    String.raw`^at [\w$.<>/]{1,200}\(`,
    String.raw`^\s{0,16}(?:Caused by|Suppressed|Wrapped by): `,
    String.raw`^\s{1,16}\.\.\. \d+ (?:more|common frames)`,
    String.raw`^\s{0,16}--- (?:End of|End inner)`,
    // Python
    String.raw`^Traceback \(most recent call last\):`,
    String.raw`^\s{1,16}File ".{1,300}", line \d`,
    // Go
    String.raw`^goroutine \d+ \[`,
    String.raw`^panic: `,
    // Ruby
    String.raw`^\s{1,16}from \S.{0,300}:\d`,
    String.raw`^\s{0,16}\S{1,300}\.rb:\d+:in `,
    // Rust
    String.raw`^thread '.{0,200}' (?:\(\d+\) )?panicked at`,
    String.raw`^stack backtrace:`,
    // PHP
    String.raw`^(?:PHP )?Stack trace:`,
    String.raw`^#\d+ .{1,300}\(\d+\): `,
  ].join('|'),
)

/** Lines of a trace that name the exception or stand above it. */
const HEADING =
  /^(?:Traceback \(most recent call last\):|panic: |goroutine \d+ \[|thread '|stack backtrace:|Caused by: |(?:PHP )?Stack trace:)/

const INNER = /^ ?---> /

const EXCEPTION =
  /^(?:Exception in thread |Unhandled exception|panic: |thread '|(?:PHP )?Fatal error: |Uncaught )|^[\w$.:]{0,200}(?:Exception|Error|Throwable|Failure|Fault)\b|^[a-z][\w$]{0,60}(?:\.[\w$]{1,60}){1,12}(?::|$)/
/** The last line of a traceback: `ValueError: text`, `app.errors.NoStock: text`, `KeyboardInterrupt`. */
const PYTHON_EXCEPTION = /^[A-Za-z_][\w.]{0,200}(?:: |:?$)/

function messageOf(lines: readonly string[]): string {
  if (lines[0]?.startsWith('Traceback (most recent')) {
    return lines.findLast((line) => PYTHON_EXCEPTION.test(line)) ?? lines[0]
  }
  const [first = '', second = ''] = lines
  // thread 'main' panicked at src/main.rs:4:5: the message is on the next line since Rust 1.73
  return first.startsWith("thread '") && first.endsWith(':') && second !== '' ? `${first} ${second}` : first
}

function trimmedEnd(text: string): string {
  return text.endsWith('\n') || text.endsWith('\r') || text.endsWith(' ') ? text.trimEnd() : text
}
