// The program's own isolate and those of its workers.
import { openSession } from './protocol.js'
import { options, tell } from './request.js'

/** Told as `{ name, session }`; workers are reached through the connection of the program (NodeWorker domain of Node's inspector). */
export async function isolatesOf(session) {
  const isolates = [{ name: '', session }]
  const byId = new Map()
  session.on('NodeWorker.attachedToWorker', ({ sessionId, workerInfo }) => {
    const worker = openSession((message) => void session.ask('NodeWorker.sendMessageToWorker', { sessionId, message }))
    byId.set(sessionId, worker)
    if (isolates.length <= options.maxThreads)
      isolates.push({ name: 'worker ' + workerInfo.workerId + ' ' + pathOf(workerInfo.url), session: worker })
  })
  session.on('NodeWorker.receivedMessageFromWorker', ({ sessionId, message }) => {
    const worker = byId.get(sessionId)
    if (worker) worker.receive(message)
  })
  session.on('NodeWorker.detachedFromWorker', ({ sessionId }) => {
    const worker = byId.get(sessionId)
    if (worker) worker.end()
  })
  if ((await session.ask('NodeWorker.enable', { waitForDebuggerOnStart: false }, 1000)) === undefined)
    tell({ note: 'its workers could not be asked for' })
  return isolates
}

function pathOf(url) {
  return cut(String(url || '').replace(/^file:\/\//, ''), 1024)
}

export function cut(text, length) {
  return text.length > length ? text.slice(0, length) + '…' : text
}
