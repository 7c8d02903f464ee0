import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { BoxTime } from '../../../evidence/logs/time/box-time.ts'
import type { Mined } from '../../../evidence/logs/mining/mined.ts'
import type { MinerOptions } from '../../../evidence/logs/mining/miner.ts'
import type { Block } from './record-blocks.ts'

/** What a thread has to know before it can mine. */
export interface MiningOrder {
  readonly sample: Uint8Array
  readonly time: BoxTime
  readonly options: MinerOptions
}

/** To the thread: a block, or the end. From it: the memory of a block that is done, and at the end what was mined. */
export type ToMiningWorker = Block | 'finish'
export type FromMiningWorker = SharedArrayBuffer | Mined

/**
 * A miner in a thread of its own, in this process.
 *
 * @param onSpent gets the memory of each block that is done, for another one
 */
export function startMiningWorker(order: MiningOrder, onSpent: (block: SharedArrayBuffer) => void): MiningWorker {
  const worker = new Worker(file(), { workerData: order })
  const room: (() => void)[] = []
  let waiting = 0
  let failure: Error | undefined
  const end = Promise.withResolvers<Mined>()
  const fail = (error: Error): void => {
    failure = error
    end.reject(error)
    for (const go of room.splice(0)) go()
  }
  // It is awaited in finish(); what fails before is told there.
  end.promise.catch(() => {})
  worker.on('message', (message: FromMiningWorker) => {
    if (message instanceof SharedArrayBuffer) {
      waiting--
      onSpent(message)
      room.shift()?.()
    } else end.resolve(message)
  })
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))))
  worker.on('exit', () => fail(new Error('a thread that mines logs ended before its work was done')))

  return {
    waiting: () => waiting,
    isBusy: () => waiting >= ENOUGH && failure === undefined,
    mine: (block) => {
      if (failure) return Promise.resolve()
      waiting++
      worker.postMessage(block satisfies ToMiningWorker, [])
      if (waiting <= ENOUGH) return Promise.resolve()
      return new Promise((resolve) => {
        room.push(resolve)
      })
    },
    finish: async () => {
      worker.postMessage('finish' satisfies ToMiningWorker, [])
      const mined = await end.promise
      await worker.terminate()
      return mined
    },
    stop: () => void worker.terminate(),
  }
}

export interface MiningWorker {
  /** Blocks that it was given and has not done. */
  readonly waiting: () => number
  /** It has blocks enough to go on with. */
  readonly isBusy: () => boolean
  /** The block's bytes are its own until it has done with them. Resolves when it may get another one. */
  readonly mine: (block: Block) => Promise<void>
  readonly finish: () => Promise<Mined>
  readonly stop: () => void
}

/** Blocks: those that it mines while the thread that gives them mines one itself, and reads the next ones. */
const ENOUGH = 3

/** In the bundle it stands beside this code, built; else it is a source beside this one. */
function file(): string {
  const name = path.extname(import.meta.filename) === '.ts' ? 'mining-worker.ts' : 'mining-worker.cjs'
  return path.join(import.meta.dirname, name)
}
