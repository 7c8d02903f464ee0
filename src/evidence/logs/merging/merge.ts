import type { LineBatch } from './line-batch.ts'

/**
 * The lines of many logs as one stream, by time. Lines of one log keep their order even where its times go backwards; of lines with the same time those of
 * the log with the lower number come first; a line without a time (a stack trace) stays behind the one before it.
 *
 * A view of what is there: `add` batches until each log has come to its `end`. Following: the same with `lateMs`, and `advance` when `dueAtMs` has come.
 */
export interface Merge {
  /**
   * Lines of log `source` have come; what is in order now goes out. A promise when this log has brought more than its share of what may be held: resolved
   * when there is room again. Without `lateMs` all logs must be read at the same time, or the one that is waited for may never come.
   */
  readonly add: (source: number, batch: LineBatch, nowMs: number) => Promise<void> | undefined
  /** This log brings no more; it is not waited for any longer. */
  readonly end: (source: number, nowMs: number) => void
  /** What is due by now goes out. */
  readonly advance: (nowMs: number) => void
  /** When `advance` has something to do again, if nothing comes until then. */
  readonly dueAtMs: () => number | undefined
  /** Nothing goes out until `resume`: whoever takes the lines is slow. */
  readonly pause: () => void
  readonly resume: (nowMs: number) => void
  /** Lines that came too late for their place: later ones of other logs had gone out already. */
  readonly late: () => number
}

export interface MergeOptions {
  /** For each log: clock of its box minus clock of the console, milliseconds. */
  readonly skewsMs: readonly number[]
  /** Takes lines `[from, to)` of a batch of one log, that no line of another log comes between. */
  readonly emit: (source: number, batch: LineBatch, from: number, to: number) => void
  /** How long a line waits for logs that are silent, from when it came. Missing: until each has brought something or ended. */
  readonly lateMs?: number
  /** What may be held of all logs together; beyond it lines go out though a log is waited for. Bytes. */
  readonly holdBytes?: number
}

/** Lines of 50 logs, a megabyte each, and some room. Bytes. */
const HOLD_BYTES = 64 * 1024 * 1024

interface Queue {
  readonly batches: Waiting[]
  /** Next line of the first batch. */
  at: number
  bytes: number
  ended: boolean
  /** Latest time that went out. */
  latestMs: number
  /** Waits until there is room. */
  resolve: (() => void) | undefined
  room: Promise<void> | undefined
}

interface Waiting {
  readonly batch: LineBatch
  readonly cameAtMs: number
}

export function createMerge(options: MergeOptions): Merge {
  const { skewsMs, emit, lateMs = Infinity, holdBytes = HOLD_BYTES } = options
  const queues = skewsMs.map(emptyQueue)
  const shareBytes = holdBytes / Math.max(1, queues.length)
  const tournament = createTournament(queues.length)
  /** Logs that have nothing here and may still bring something. */
  let silent = queues.length
  let heldBytes = 0
  let oldestMs = Infinity
  let latestMs = -Infinity
  let late = 0
  let paused = false
  /** Lines that go out together: of the first batch of `runOf`, from `runFrom` to where its queue is. */
  let runOf = -1
  let runFrom = 0

  const offer = (source: number, queue: Queue): void => {
    const first = queue.batches[0]
    if (!first) {
      tournament.set(source, Infinity)
      return
    }
    const time = (first.batch.times[queue.at] ?? NaN) - (skewsMs[source] ?? 0)
    tournament.set(source, Number.isFinite(time) ? time : -Infinity)
  }
  const finishRun = (): void => {
    const queue = queues[runOf]
    const first = queue?.batches[0]
    if (queue && first && queue.at > runFrom) emit(runOf, first.batch, runFrom, queue.at)
    runOf = -1
  }
  const count = (queue: Queue, time: number): void => {
    if (time === -Infinity) return
    // A log whose own times go backwards is not late.
    if (time < latestMs && time >= queue.latestMs) late++
    if (time > latestMs) latestMs = time
    if (time > queue.latestMs) queue.latestMs = time
  }
  const finishBatch = (queue: Queue, { batch }: Waiting): void => {
    finishRun()
    queue.batches.shift()
    queue.at = 0
    queue.bytes -= bytesOf(batch)
    heldBytes -= bytesOf(batch)
    if (queue.batches.length === 0 && !queue.ended) silent++
    if (queue.bytes <= shareBytes) makeRoom(queue)
    oldestMs = oldestOf(queues)
  }
  const takeOne = (source: number, queue: Queue, first: Waiting): void => {
    if (source !== runOf) {
      finishRun()
      runOf = source
      runFrom = queue.at
    }
    count(queue, tournament.keyOf(source))
    queue.at++
    if (queue.at === first.batch.count) finishBatch(queue, first)
    offer(source, queue)
  }
  const go = (nowMs: number): void => {
    let before = -1
    for (;;) {
      const source = tournament.least()
      const queue = queues[source]
      const first = queue?.batches[0]
      // Whoever takes a line may have paused us.
      if (paused || !queue || !first) break
      const goesOn = source === before && tournament.keyOf(source) === -Infinity
      if (silent > 0 && heldBytes <= holdBytes && nowMs - oldestMs < lateMs && !goesOn) break
      before = source
      takeOne(source, queue, first)
    }
    finishRun()
  }

  return {
    add: (source, batch, nowMs) => {
      const queue = queues[source]
      if (!queue || queue.ended || batch.count === 0) return undefined
      queue.batches.push({ batch, cameAtMs: nowMs })
      queue.bytes += bytesOf(batch)
      heldBytes += bytesOf(batch)
      if (queue.batches.length === 1) {
        silent--
        oldestMs = Math.min(oldestMs, nowMs)
        offer(source, queue)
      }
      go(nowMs)
      return queue.bytes > shareBytes ? roomIn(queue) : undefined
    },
    end: (source, nowMs) => {
      const queue = queues[source]
      if (!queue || queue.ended) return
      queue.ended = true
      if (queue.batches.length === 0) silent--
      go(nowMs)
    },
    advance: go,
    dueAtMs: () => {
      const due = oldestMs + lateMs
      return Number.isFinite(due) ? due : undefined
    },
    pause: () => {
      paused = true
    },
    resume: (nowMs) => {
      paused = false
      go(nowMs)
    },
    late: () => late,
  }
}

function emptyQueue(): Queue {
  return { batches: [], at: 0, bytes: 0, ended: false, latestMs: -Infinity, resolve: undefined, room: undefined }
}

/** Its tables too: short lines and small pieces need more for them than they bear. */
function bytesOf({ bytes, offsets, times }: LineBatch): number {
  return bytes.length + offsets.byteLength + times.byteLength
}

function roomIn(queue: Queue): Promise<void> {
  queue.room ??= new Promise<void>((resolve) => {
    queue.resolve = resolve
  })
  return queue.room
}

function makeRoom(queue: Queue): void {
  queue.resolve?.()
  queue.resolve = undefined
  queue.room = undefined
}

function oldestOf(queues: readonly Queue[]): number {
  let oldest = Infinity
  for (const { batches } of queues) oldest = Math.min(oldest, batches[0]?.cameAtMs ?? Infinity)
  return oldest
}

interface Tournament {
  readonly keyOf: (player: number) => number
  readonly set: (player: number, key: number) => void
  /** The one with the least key; of equal ones the lower number. */
  readonly least: () => number
}

/** A tree of winners over a power of two of leaves (Knuth, The Art of Computer Programming 3, 5.4.1): a new key costs one comparison a level. */
function createTournament(players: number): Tournament {
  let leaves = 1
  while (leaves < players) leaves *= 2
  const keys = new Float64Array(leaves).fill(Infinity)
  const winners = new Int32Array(2 * leaves)
  for (let leaf = 0; leaf < leaves; leaf++) winners[leaves + leaf] = leaf
  // All keys are the same at first: the lower number has won everywhere.
  for (let node = leaves - 1; node > 0; node--) winners[node] = winners[2 * node] ?? 0
  return {
    keyOf: (player) => keys[player] ?? Infinity,
    set: (player, key) => {
      keys[player] = key
      for (let node = (leaves + player) >> 1; node > 0; node >>= 1) {
        const left = winners[2 * node] ?? 0
        const right = winners[2 * node + 1] ?? 0
        winners[node] = (keys[left] ?? 0) <= (keys[right] ?? 0) ? left : right
      }
    },
    least: () => winners[1] ?? 0,
  }
}
