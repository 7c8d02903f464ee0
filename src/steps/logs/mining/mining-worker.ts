import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { layoutOf } from '../../../evidence/logs/layout/layout.ts'
import { createMiner } from '../../../evidence/logs/mining/miner.ts'
import type { FromMiningWorker, MiningOrder, ToMiningWorker } from './mining-worker-thread.ts'

// The program of a thread that mines blocks of a log (mining-worker-thread.ts).

if (parentPort) mineFor(parentPort, workerData as MiningOrder)

function mineFor(port: MessagePort, { sample, time, options }: MiningOrder): void {
  const miner = createMiner(layoutOf(sample, time), options)
  const answer = (message: FromMiningWorker): void => port.postMessage(message, [])
  port.on('message', (message: ToMiningWorker) => {
    if (message === 'finish') return answer(miner.finish())
    miner.feed(message.bytes)
    if (message.ends) miner.cut()
    answer(message.bytes.buffer)
  })
}
