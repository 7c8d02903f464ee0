import { availableParallelism } from 'node:os'
import { setImmediate as turn } from 'node:timers/promises'
import type { BoxTime } from '../../../evidence/logs/time/box-time.ts'
import { layoutOf } from '../../../evidence/logs/layout/layout.ts'
import { mergeMined } from '../../../evidence/logs/mining/merge-mined.ts'
import type { Mined } from '../../../evidence/logs/mining/mined.ts'
import { createMiner, type MinerOptions } from '../../../evidence/logs/mining/miner.ts'
import { startMiningWorker, type MiningWorker } from './mining-worker-thread.ts'
import { type Block, createRecordBlocks } from './record-blocks.ts'

/**
 * Mines a log that comes as a stream: what is little in place; of much (`MUCH`) what comes after by worker threads, too, each with blocks of whole records.
 * This thread mines what comes while the others have enough to do: reading alone leaves it idle most of the time. The rows and their counts are the same as
 * those of one miner as long as there are fewer than it tells apart.
 *
 * @param sample lines of the log that its layout is told from: functions cannot be handed to a thread
 */
export function mineStream(sample: Uint8Array, time: BoxTime, options: MiningOptions = {}): Mining {
  const {
    workers: count = availableParallelism(),
    pool = threadPool(count),
    muchBytes = MUCH,
    blockBytes = BLOCK,
  } = options
  const layout = layoutOf(sample, time)
  const here = createMiner(layout, options)
  let bytesSeen = 0
  let threads: readonly MiningWorker[] | undefined
  let open: ((block: Block) => Promise<void>) | undefined
  let waits: Promise<void> | undefined

  const spare: SharedArrayBuffer[] = []
  const room = (): SharedArrayBuffer => spare.pop() ?? new SharedArrayBuffer(blockBytes)
  const mineHere = (block: Block): Promise<void> => {
    here.feed(block.bytes)
    if (block.ends) here.cut()
    spare.push(block.bytes.buffer)
    // What threads say comes between.
    return threads === undefined ? Promise.resolve() : turn()
  }
  /** The thread that has the least to do; this one where all have enough, as they have until they have started, which takes as long as mining some megabytes. */
  const miner = (): ((block: Block) => Promise<void>) => {
    const [idlest] = threads?.toSorted((a, b) => a.waiting() - b.waiting()) ?? []
    return idlest === undefined || idlest.isBusy() ? mineHere : idlest.mine
  }
  const onBlock = (block: Block): void => {
    bytesSeen += block.bytes.length
    if (threads === undefined && count > 1 && bytesSeen > muchBytes) {
      const taken = pool.take(count - 1)
      if (taken > 0)
        threads = Array.from({ length: taken }, () =>
          startMiningWorker({ sample, time, options: minerOptions(options) }, (spent) => spare.push(spent)),
        )
    }
    // A record that is longer than a block stays with one miner.
    const mine = open ?? miner()
    open = block.ends ? undefined : mine
    const done = mine(block)
    if (threads !== undefined) waits = done
  }
  const blocks = createRecordBlocks(layout, blockBytes, onBlock, room)

  return {
    feed: (bytes) => {
      waits = undefined
      blocks.feed(bytes)
      return waits
    },
    finish: async () => {
      blocks.finish()
      const ending = (threads ?? []).map((thread) => thread.finish())
      const own = here.finish()
      const parts = await Promise.all(ending)
      pool.give(parts.length)
      return threads === undefined ? own : mergeMined([own, ...parts])
    },
    stop: () => {
      for (const thread of threads ?? []) thread.stop()
    },
  }
}

/** Threads that may run at once, whatever number of logs is read together: each has its own tables. */
export interface ThreadPool {
  /** So many of those that are wanted as are free. */
  readonly take: (wanted: number) => number
  readonly give: (taken: number) => void
}

export function threadPool(most: number = availableParallelism()): ThreadPool {
  let free = most
  return {
    take: (wanted) => {
      const taken = Math.min(wanted, free)
      free -= taken
      return taken
    },
    give: (taken) => {
      free += taken
    },
  }
}

export interface Mining {
  /** A promise: wait for it before more is fed, since the threads have enough to do. The bytes are copied. */
  readonly feed: (bytes: Uint8Array) => void | Promise<void>
  /** Rejects when a thread has failed, which is a bug. */
  readonly finish: () => Promise<Mined>
  /** Ends the threads where `finish` is not going to be called. */
  readonly stop: () => void
}

export interface MiningOptions extends MinerOptions {
  /** Threads, this one included; one: everything is mined in place. Missing: one for each processor. */
  readonly workers?: number
  /** Threads that several logs share: without it each log has as many as there are processors. */
  readonly pool?: ThreadPool
  /** From here on threads take over. */
  readonly muchBytes?: number
  readonly blockBytes?: number
}

/** Bytes. Below it the start of the threads (some 50 ms each) and the merging cost what they save. */
const MUCH = 64 * 2 ** 20
/** Bytes. Handing it over takes a hundredth of mining it; larger ones leave one thread alone with the last of them. */
const BLOCK = 2 ** 20

function minerOptions({ originMs, fromMs, toMs, rows }: MiningOptions): MinerOptions {
  return {
    ...(originMs !== undefined && { originMs }),
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs }),
    ...(rows !== undefined && { rows }),
  }
}
