import type { Box, RunResult } from '../../../boxes/box.ts'
import { markedReader, type Piece } from '../../../evidence/logs/fetch/frames.ts'

export interface Conversation {
  tell(orders: string): void
  /** What it says next; undefined: it has ended. One caller at a time. */
  next(): Promise<Piece | undefined>
  /** Which file is talked of, as its place among those of the source. */
  about: number
  /** What is told now may take long before anything is said: a filter that finds nothing. */
  patient: boolean
  /** It was ended since nothing was said for too long. */
  hasStalled(): boolean
  readonly result: Promise<RunResult>
}

export interface ConversationOptions {
  readonly what: string
  readonly boundary: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Longer than this no answer takes, unless `patient`; left out: there is no limit. */
  readonly stallMs?: number
}

/** What waits to be taken on the console; beyond it the box is held back. Bytes. */
const WAITING_BYTES = 1024 * 1024

/** A script of a side session that is told what to do while it runs, and answers in marks with bytes between them. */
export function converse(box: Box, script: string, options: ConversationOptions): Conversation {
  const reader = markedReader(options.boundary)
  const waiting: Piece[] = []
  let bytes = 0
  let ended = false
  let wake: () => void = () => {}
  let release: (() => void) | undefined
  let stalled = false
  const stall = new AbortController()

  const started = box.start(script, {
    what: options.what,
    timeoutMs: options.timeoutMs,
    maxBytes: Number.POSITIVE_INFINITY,
    streamed: true,
    signal: AbortSignal.any([options.signal, stall.signal]),
    onOutput: (chunk) => {
      for (const piece of reader.push(chunk)) {
        waiting.push(piece)
        bytes += sizeOf(piece)
      }
      wake()
      if (bytes <= WAITING_BYTES || release) return undefined
      const { promise, resolve } = Promise.withResolvers<void>()
      release = resolve
      return promise
    },
  })
  const result = started.result.then((value) => {
    ended = true
    wake()
    return value
  })

  async function next(): Promise<Piece | undefined> {
    while (waiting.length === 0) {
      if (ended || stalled) return undefined
      await somethingNew()
    }
    const piece = waiting.shift()
    if (piece) bytes -= sizeOf(piece)
    if (bytes <= WAITING_BYTES / 2) {
      release?.()
      release = undefined
    }
    return piece
  }

  async function somethingNew(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      wake = resolve
      if (options.stallMs === undefined || self.patient) return
      timer = setTimeout(() => {
        stalled = true
        stall.abort()
        resolve()
      }, options.stallMs)
    })
    clearTimeout(timer)
  }

  const self: Conversation = {
    tell: (orders) => started.input(orders),
    next,
    about: -1,
    patient: false,
    hasStalled: () => stalled,
    result,
  }
  return self
}

function sizeOf(piece: Piece): number {
  return piece.kind === 'bytes' ? piece.bytes.length : 0
}
