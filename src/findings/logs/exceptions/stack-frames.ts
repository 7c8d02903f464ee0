import { isOwn } from './own-code.ts'

/** One place of a stack trace. */
export interface StackFrame {
  /** As the trace names it: `/app/orders.py`, `OrderService.java` (Java names no folder; `module` tells it). */
  readonly file?: string
  readonly line?: number
  readonly function?: string
  /** Class, package or crate that the function is of: `com.acme.orders.OrderService`. */
  readonly module?: string
  /** Of the program itself: not of the runtime, the standard library or a package that was installed. */
  readonly own: boolean
}

/** One exception of a chain. */
export interface Thrown {
  /** As the trace names it: `java.lang.IllegalStateException`, `KeyError`, `panic`. */
  readonly type: string
  readonly message: string
  /** Innermost first, whatever the language prints first. */
  readonly frames: readonly StackFrame[]
}

/**
 * The exceptions that a text tells of, the one that was logged first, its root cause last; empty when there is no stack trace in it. Reads what Java
 * (and Kotlin, Scala), Python, Node, Go, Ruby, .NET and Rust print. Total, and linear in the number of lines; of a line 2,000 characters are read.
 *
 *   java.lang.IllegalStateException: no price            panic: runtime error: index out of range [3] with length 3
 *       at com.acme.Prices.of(Prices.java:41)            goroutine 1 [running]:
 *   Caused by: java.io.IOException: timeout              main.first(...)
 *       at com.acme.Feed.read(Feed.java:12)              	/app/main.go:12 +0x1d
 */
export function thrownIn(text: string): readonly Thrown[] {
  const reader: Reader = { chain: [], into: undefined, head: undefined, named: undefined, python: [], joined: false }
  for (const line of text.split('\n')) readLine(reader, line.slice(0, LINE_CHARACTERS).trimEnd())
  closePython(reader, undefined)
  return reader.chain
    .filter(({ frames }) => frames.length > 0)
    .map(({ type, message, frames }) => ({ type, message: message.trim(), frames: belowPanic(frames) }))
}

/** The place that an exception is told by: the innermost own frame, else the innermost. */
export function topFrame({ frames }: Thrown): StackFrame | undefined {
  return frames.find(({ own }) => own) ?? frames[0]
}

/** Longer lines are dumps of data. */
const LINE_CHARACTERS = 2000
/** Of one exception: what a runaway recursion repeats is not kept. */
const FRAMES = 256

interface Open {
  type: string
  message: string
  readonly frames: StackFrame[]
  /** .NET: whose inner exception it is, and whose frames come after its end. */
  readonly parent?: Open
}

interface Reader {
  /** Outermost first. */
  chain: Open[]
  /** The exception that frames go to. */
  into: Open | undefined
  /** What was read like the first line of an exception, and has no frames yet. */
  head: Open | undefined
  /** The line before: Go and Rust name a function on one line and its place on the next. */
  named: string | undefined
  /** Frames of a Python trace whose exception is named after them; outermost first. */
  python: StackFrame[]
  /** A Python trace goes on: what comes next was raised after, and is the outer one. */
  joined: boolean
}

function readLine(reader: Reader, line: string): void {
  const before = reader.named
  reader.named = line
  if (line === '') return
  if (PYTHON_START.test(line)) return closePython(reader, undefined)
  const python = pythonFrame(line)
  if (python) {
    if (reader.python.length < FRAMES) reader.python.push(python)
    return
  }
  if (reader.python.length > 0) {
    // Indented: the line of code below a frame, or carets. The first one that is not names the exception.
    if (/^\s/.test(line)) return
    return closePython(reader, line)
  }
  if (PYTHON_JOIN.test(line)) {
    reader.joined = true
    return
  }
  if (END_OF_INNER.test(line)) {
    reader.into = reader.into?.parent ?? reader.into
    return
  }
  const placed = frameOf(line, before)
  if (placed) return addFrame(reader, placed, line, before)
  readHead(reader, line)
}

function addFrame(reader: Reader, frame: StackFrame, line: string, before: string | undefined): void {
  if (reader.head) {
    reader.chain.push(reader.head)
    reader.into = reader.head
    reader.head = undefined
  }
  if (!reader.into) {
    const head = rubyHead(line) ??
      looseHead(before ?? '') ?? { type: GO_STACK.test(before ?? '') ? 'panic' : 'trace', message: '' }
    reader.into = { ...head, frames: [] }
    reader.chain.push(reader.into)
  }
  if (reader.into.frames.length < FRAMES) reader.into.frames.push(frame)
}

function readHead(reader: Reader, line: string): void {
  // A second goroutine, thread or exception after the frames of the first is not its cause; only what says so is.
  const [outer = '', ...inner] = line.split(/\s--->\s|^--->\s/)
  if (inner.length > 0) return readInner(reader, outer, inner)
  const rust = RUST_PANIC.exec(line)
  if (rust && !reader.into) return openRust(reader, rust)
  // Rust names the place of a panic on its first line, and the message on the next.
  if (reader.into?.type === 'panic' && reader.into.message === '' && !RUST_NOTE.test(line)) {
    reader.into.message = line.trim()
    return
  }
  const caused = CAUSE.exec(line)?.[1]
  const head = headOf(caused ?? line)
  if (!head) return
  if (caused === undefined && reader.into && reader.into.frames.length > 0) return
  reader.head = { ...head, frames: [] }
}

/** .NET: `Outer: message ---> Inner: message`, on one line or with a line break before the arrow. */
function readInner(reader: Reader, outer: string, inner: readonly string[]): void {
  const first = headOf(outer.trim())
  let parent = reader.head ?? reader.into
  if (first) parent = { ...first, frames: [] }
  if (parent && !reader.chain.includes(parent)) reader.chain.push(parent)
  for (const text of inner) {
    const head = headOf(text.replace(/^\(Inner Exception #\d+\)\s*/, '').trim())
    if (!head) continue
    const open: Open = { ...head, frames: [], ...(parent ? { parent } : {}) }
    reader.chain.push(open)
    parent = open
  }
  reader.into = parent
  reader.head = undefined
}

function openRust(reader: Reader, [, quotedMessage, file = '', line]: RegExpExecArray): void {
  reader.into = { type: 'panic', message: quotedMessage ?? '', frames: [owned(placed(file, line))] }
  reader.chain.push(reader.into)
}

/** Python prints the outermost frame first, and the first exception of a chain first. */
function closePython(reader: Reader, last: string | undefined): void {
  const frames = reader.python.toReversed()
  reader.python = []
  if (frames.length === 0) return
  const head = headOf(last ?? '') ?? PYTHON_HEAD.exec(last ?? '')?.groups
  const thrown: Open = { type: head?.['type'] ?? 'exception', message: head?.['message'] ?? '', frames }
  // Without the sentence that joins them, a second trace is another matter: the first one told is kept.
  if (reader.chain.length === 0 || reader.joined) reader.chain.unshift(thrown)
  reader.into = thrown
  reader.joined = false
}

const PYTHON_START = /^\s*(?:[+|] )?.*Traceback \(most recent call last\):$/
const PYTHON_JOIN = /^(?:The above exception was the direct cause of|During handling of the above exception, another)/
const PYTHON_HEAD = /^(?<type>[A-Za-z_][\w.]*)(?:: (?<message>.*))?$/
const END_OF_INNER = /^\s*--- End of inner exception stack trace ---/
const GO_STACK = /^goroutine \d+ \[/
const CAUSE = /^\s*(?:Caused by: |\[cause\]: )(.*)$/
const RUST_PANIC = /^thread '[^']*'(?: \(\d+\))? panicked at (?:'(.*)', )?([^\s:']+):(\d+)(?::\d+)?:?$/
const RUST_NOTE = /^(?:note:|stack backtrace:)/

/** `Type: message` at the beginning of a line, after what some runtimes put before it. */
function headOf(line: string): { readonly type: string; readonly message: string } | undefined {
  const bare = line
    .replace(
      /^\s*(?:Exception in thread "[^"]*" |Unhandled exception\. |Uncaught (?:exception )?|Unhandled Exception: )/,
      '',
    )
    .trim()
  const go = /^(panic|fatal error): (.*)$/.exec(bare) ?? /^http: (panic) serving \S+: (.*)$/.exec(bare)
  if (go) return { type: go[1] ?? 'panic', message: go[2] ?? '' }
  const [, type = '', code, message = ''] = HEAD.exec(bare) ?? RAILS_HEAD.exec(bare) ?? []
  if (!isType(type)) return undefined
  return { type, message: code === undefined || code === ' ' ? message : `${message} (${code})`.trim() }
}

/** .NET: `System.Net.Sockets.SocketException (111): Connection refused`, with the number of the error. */
const HEAD =
  /^((?:[A-Za-z_$][\w$]*(?:\.|::))*[A-Za-z_$][\w$]*)(?: \[(\w+)\]| \((?:0x[0-9A-Fa-f]+|\d{1,10})\))?(?::(?: (.*))?)?$/
/** `ActiveRecord::RecordNotFound (Couldn't find Order with 'id'=7):` */
const RAILS_HEAD = /^((?:[A-Z]\w*::)*[A-Z]\w*)( )?\((.*)\):?$/

/** A name that exceptions bear: qualified, or ending as such names do. A word before a colon is none. */
function isType(name: string): boolean {
  return (
    /(?:Error|Exception|Throwable|Fault|Failure|Interrupt|Timeout|Panic|Exit|Warning|NotFound|Invalid)$/.test(name) ||
    /^[a-z]\w*(?:\.[a-z]\w*)+\.[A-Z][\w$]*$/.test(name)
  )
}

/** The first line of a trace that stands behind other words: `order failed Error: connect ECONNREFUSED`. */
function looseHead(line: string): { readonly type: string; readonly message: string } | undefined {
  const [, type, message = ''] =
    /(?:^|[\s:])((?:[\w$]+(?:\.|::)){0,12}[A-Z][\w$]{0,99}(?:Error|Exception)|Error)\b:? ?(.*)$/.exec(line) ?? []
  return type === undefined ? undefined : { type, message }
}

/** `app/orders.rb:12:in 'total': undefined method (NoMethodError)`: place, message and type on one line. */
function rubyHead(line: string): { readonly type: string; readonly message: string } | undefined {
  const said = RUBY.exec(line)?.[4]
  if (said === undefined) return undefined
  const [, message = said, type = 'RuntimeError'] = /^(.*) \(([\w:]+)\)$/.exec(said) ?? []
  return { type, message }
}

function frameOf(line: string, before: string | undefined): StackFrame | undefined {
  return (
    (/^\s*at\s/.test(line) ? atFrame(line.trim().slice(2).trim(), before) : undefined) ??
    goFrame(line, before) ??
    rubyFrame(line)
  )
}

/** Java, Node, .NET and Rust all begin with `at`. */
function atFrame(place: string, before: string | undefined): StackFrame | undefined {
  const rust = RUST_NAME.exec(before ?? '')
  if (rust) {
    const [, file = '', line] = /^(.*?):(\d+)(?::\d+)?$/.exec(place) ?? [undefined, place]
    return named(placed(file, line), withoutHash(rust[1] ?? ''), '::')
  }
  return dotnetFrame(place) ?? javaFrame(place) ?? nodeFrame(place)
}

const RUST_NAME = /^\s*\d+:\s+(?:0x[0-9a-f]+ - )?(\S.*)$/

function withoutHash(name: string): string {
  return name.replace(/::h[0-9a-f]{16}$/, '')
}

/** `com.acme.Prices.of(Prices.java:41)`, with a module or a class loader before it, and the archive behind it. */
function javaFrame(place: string): StackFrame | undefined {
  const [, name, inside = ''] = /^(?:[\w.@$-]*\/{1,2}){0,2}([\w.$<>/]+)\(([^()]*)\)/.exec(place) ?? []
  if (name === undefined || !/^(?:[\w$-]+\.\w+(?::\d+)?|Native Method|Unknown Source|<generated>)$/.test(inside))
    return undefined
  const [, file, line] = /^([\w$-]+\.\w+)(?::(\d+))?$/.exec(inside) ?? []
  return named(placed(file, line), name, '.')
}

/** `Acme.Orders.Total(String id) in /src/Orders.cs:line 12`. */
function dotnetFrame(place: string): StackFrame | undefined {
  const [, name, inside = '', file, line] = /^([^\s(]+)\(([^()]*)\)(?: in (.*?):line (\d+))?$/.exec(place) ?? []
  if (name === undefined || !name.includes('.')) return undefined
  if (file === undefined && !/^$|^[\w`.[\]&]+ \w+/.test(inside)) return undefined
  return named(placed(file, line), name, '.')
}

/** `async Orders.total (file:///app/orders.js:12:9)`, `/app/orders.js:12:9`. */
function nodeFrame(place: string): StackFrame | undefined {
  const text = place.replace(/^(?:async |new )+/, '')
  const [, name, inside] = /^(.*?) \((.*)\)$/.exec(text) ?? [undefined, undefined, text]
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(inside ?? '') ?? []
  const path = (file ?? (inside === '<anonymous>' || inside === 'native' ? inside : undefined))?.replace(
    /^(?:file|webpack-internal|webpack):\/\/(?:\/\.\/)?/,
    '',
  )
  if (path === undefined) return undefined
  const called = name?.replace(/ \[as [^\]]*\]$/, '')
  const frame = placed(path, line)
  return called === undefined || called === '<anonymous>' ? owned(frame) : named(frame, called, '.')
}

/** `	/app/main.go:12 +0x1d` below `main.(*Shop).first(0xc0000140a8)`. */
function goFrame(line: string, before: string | undefined): StackFrame | undefined {
  const [, file, number] = /^\s+(\S.*?\.(?:go|s|c)):(\d+)(?: \+0x[0-9a-f]+)?$/.exec(line) ?? []
  if (file === undefined || before === undefined || before === '') return undefined
  const name = before
    .trim()
    .replace(/^created by /, '')
    .replace(/ in goroutine \d+$/, '')
    .replace(/\((?:[^()]|\(\))*\)$/, '')
  // The package ends at the first dot after the last slash: github.com/acme/shop.(*Cart).Add
  const slash = name.lastIndexOf('/')
  const dot = name.indexOf('.', slash + 1)
  const frame = placed(file, number)
  return dot < 0
    ? named(frame, name, '.')
    : owned({ ...frame, function: name.slice(dot + 1), module: name.slice(0, dot) })
}

const RUBY = /^(?:\s*(?:\d+: )?from )?\s*([^\s:][^:]*):(\d+):in [`'](.*?)'(?:: (.*))?$/

function rubyFrame(line: string): StackFrame | undefined {
  const [, file, number, name] = RUBY.exec(line) ?? []
  if (file === undefined || name === undefined) return undefined
  const frame = placed(file, number)
  const at = Math.max(name.lastIndexOf('#'), name.lastIndexOf('.'))
  return owned(
    at > 0 && !name.startsWith('block ')
      ? { ...frame, function: name.slice(at + 1), module: name.slice(0, at) }
      : { ...frame, function: name },
  )
}

function pythonFrame(line: string): StackFrame | undefined {
  const [, file, number, name] = /^\s*(?:[+|] +)?File "([^"]*)", line (\d+)(?:, in (.+))?$/.exec(line) ?? []
  return file === undefined
    ? undefined
    : owned({ ...placed(file, number), ...(name === undefined ? {} : { function: name }) })
}

function placed(file: string | undefined, line: string | undefined): Omit<StackFrame, 'own'> {
  return { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line: Number(line) }) }
}

/** With the last part of a qualified name as the function, the rest as the module. */
function named(frame: Omit<StackFrame, 'own'>, name: string, separator: '.' | '::'): StackFrame {
  const at = name.lastIndexOf(separator)
  return owned(
    at > 0
      ? { ...frame, function: name.slice(at + separator.length), module: name.slice(0, at) }
      : { ...frame, function: name },
  )
}

function owned(frame: Omit<StackFrame, 'own'>): StackFrame {
  return { ...frame, own: isOwn(frame) }
}

/** What Go prints above `panic(...)` is who caught it and printed, Rust's first frames are the machinery of the panic. */
function belowPanic(frames: readonly StackFrame[]): readonly StackFrame[] {
  const at = frames.findLastIndex(
    ({ function: name, module, file }) =>
      name === 'panic' && module === undefined && file?.endsWith('panic.go') === true,
  )
  return at >= 0 && at < frames.length - 1 ? frames.slice(at + 1) : frames
}
