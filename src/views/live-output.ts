import { StringDecoder } from 'node:string_decoder'
import { safeText } from '../base/safe-text.ts'
import { terminalFilter } from '../base/terminal-filter.ts'
import type { Stream } from '../steps/run.ts'

/** Where the output of commands on boxes is shown while they run. */
export interface LiveOutput {
  /** Who writes waits for the promise, if there is one: the reader is slow. */
  readonly take: (box: string, from: Stream, chunk: Uint8Array) => void | Promise<void>
  /** Shows what is still held of that box: a last line without an end. */
  readonly ended: (box: string) => Promise<void>
  /** Nothing more is shown: listens to the outputs no longer. */
  readonly close: () => void
}

/** The end of a process's output that is written to. */
export interface Output {
  readonly isTTY?: boolean
  readonly write: (data: string | Uint8Array) => boolean
  readonly on: (event: 'drain' | 'error', listener: () => void) => unknown
  readonly off: (event: 'drain' | 'error', listener: () => void) => unknown
}

/** A line that is longer is shown in pieces. Characters. */
const LINE_LIMIT = 64 * 1024

/**
 * Into a file or pipe the output of one box goes byte for byte, as ssh would give it. On a terminal what does more than show text in colours is
 * left out: escape sequences of a box are hostile. Of several boxes each line says whose it is.
 */
export function liveOutput(boxes: readonly string[], outputs: Readonly<Record<Stream, Output>>): LiveOutput {
  const width = Math.max(...boxes.map((box) => safeText(box).length))
  const shown = new Map<string, (chunk: Uint8Array | undefined) => string | Uint8Array>()
  const shownBy = (box: string, from: Stream): ((chunk: Uint8Array | undefined) => string | Uint8Array) => {
    const key = `${from} ${box}`
    const before = shown.get(key)
    if (before) return before
    const prefix = boxes.length > 1 ? `${safeText(box).padEnd(width)} | ` : undefined
    const made = shower(prefix, outputs[from].isTTY ?? false)
    shown.set(key, made)
    return made
  }
  const readers = { stdout: readerOf(outputs.stdout), stderr: readerOf(outputs.stderr) }
  const write = (from: Stream, data: string | Uint8Array): void | Promise<void> => readers[from].write(data)
  return {
    take: (box, from, chunk) => write(from, shownBy(box, from)(chunk)),
    ended: async (box) => {
      for (const from of ['stdout', 'stderr'] as const)
        if (shown.has(`${from} ${box}`)) await write(from, shownBy(box, from)(undefined))
    },
    close: () => {
      readers.stdout.close()
      readers.stderr.close()
    },
  }
}

/** Whoever reads an output: all that stalls waits for the same word that it takes more. */
function readerOf(output: Output) {
  let isGone = false
  let stalled: PromiseWithResolvers<void> | undefined
  const goOn = (): void => {
    stalled?.resolve()
    stalled = undefined
  }
  const gone = (): void => {
    isGone = true
    goOn()
  }
  output.on('drain', goOn)
  output.on('error', gone)
  return {
    write: (data: string | Uint8Array): void | Promise<void> => {
      // A reader that has gone takes nothing any more: nobody waits for it.
      if (data.length === 0 || isGone || output.write(data)) return
      stalled ??= Promise.withResolvers<void>()
      return stalled.promise
    },
    close: () => {
      output.off('drain', goOn)
      output.off('error', gone)
    },
  }
}

/** Undefined ends it. */
function shower(
  prefix: string | undefined,
  isTerminal: boolean,
): (chunk: Uint8Array | undefined) => string | Uint8Array {
  if (prefix === undefined && !isTerminal) return (chunk) => chunk ?? ''
  // Into a pipe lines of several boxes go as they are but for their prefix; bytes that are no UTF-8 are kept by latin1.
  const encoding = isTerminal ? 'utf8' : 'latin1'
  const decoder = new StringDecoder(encoding)
  const filter = isTerminal ? terminalFilter('lines') : undefined
  const lines = prefix === undefined ? undefined : prefixed(prefix)
  let isWithinLine = false
  return (chunk) => {
    const text = chunk ? decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)) : decoder.end()
    const harmless = filter ? filter.push(text) : text
    const whole = lines ? lines(harmless, chunk === undefined) : harmless
    if (!isTerminal) return Buffer.from(whole, encoding)
    if (whole !== '') isWithinLine = !whole.endsWith('\n')
    // A colour that is left on is none of the next prompt, and a line that is left open none of our next word.
    return chunk ? whole : `${whole}${RESET}${isWithinLine ? '\n' : ''}`
  }
}

const RESET = '\u001b[0m'

function prefixed(prefix: string): (text: string, isLast: boolean) => string {
  let held = ''
  return (text, isLast) => {
    const lines = (held + text).split('\n')
    held = lines.pop() ?? ''
    if (held.length > LINE_LIMIT || (isLast && held !== '')) {
      lines.push(held)
      held = ''
    }
    // A carriage return would go back over the name of the box.
    return lines.map((line) => `${prefix}${line.replace(/\r$/, '').replaceAll('\r', ' ')}\n`).join('')
  }
}
