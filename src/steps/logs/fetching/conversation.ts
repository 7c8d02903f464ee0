import type { Box, RunResult } from '../../../boxes/box.ts'
import { markedReader, type Piece } from '../../../evidence/logs/fetch/frames.ts'

export interface Conversation {
  tell(orders: string): void
  /** What it says next; undefined: it has ended. One caller at a time. */
  next(): Promise<Piece | undefined>
  readonly result: Promise<RunResult>
}

export interface ConversationOptions {
  readonly what: string
  readonly boundary: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
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

  const started = box.start(script, {
    what: options.what,
    timeoutMs: options.timeoutMs,
    maxBytes: Number.POSITIVE_INFINITY,
    streamed: true,
    signal: options.signal,
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
      if (ended) return undefined
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    const piece = waiting.shift()
    if (piece) bytes -= sizeOf(piece)
    if (bytes <= WAITING_BYTES / 2) {
      release?.()
      release = undefined
    }
    return piece
  }

  return { tell: (orders) => started.input(orders), next, result }
}

function sizeOf(piece: Piece): number {
  return piece.kind === 'bytes' ? piece.bytes.length : 0
}
