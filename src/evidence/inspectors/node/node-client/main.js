// Runs on the box, by the Node there, and speaks to the inspector of the process on the box itself: a link that is cut then never leaves it stopped.
import { connected, fetched } from './protocol.js'
import { later, options, tell, WAYS } from './request.js'
import { listeningPorts, mainThread, portsBefore, signalled, startTicksOf } from './target.js'

/** Node opens its inspector within some 20 ms of the signal, a busy one within some 200; on a box with ten times the work that it can do, within some seconds. Milliseconds. */
const OPENS_WITHIN_MS = 5000

function refuse(why, more) {
  tell(Object.assign({ refused: why }, more))
}

async function main() {
  const { pid, startTicks } = options
  if (startTicksOf(pid) !== startTicks) return refuse('reused')
  const found = options.way === 'close' ? await leftOpen(pid) : await inspectorOf(pid)
  if (found === undefined) return
  const { where, opened } = found
  tell({ inspector: { port: where.port, opened } })
  const session = await connected(where, found.path, 1000)
  const undoing = []
  let ending
  const end = () => (ending = ending || undone(undoing).then(() => letGo(session, where, opened)))
  process.on('SIGTERM', () => void end().then(() => process.exit(0)))
  process.on('SIGHUP', () => void end().then(() => process.exit(0)))
  await leaveWhenItEnds(session, undoing)
  const own = await session.ask('Runtime.evaluate', { expression: 'process.pid', returnByValue: true }, 1000)
  if (own === undefined) refuse('no-answer')
  else if (own.result.value !== options.ownPid) refuse('other-process', { other: own.result.value })
  else {
    try {
      await WAYS[options.way](session, undoing)
    } catch (error) {
      refuse('failed', { why: String((error && error.message) || error) })
    }
  }
  await end()
}

/** The inspector that is open already, or the one that the signal opens; undefined when it was told why there is none. */
async function inspectorOf(pid) {
  const before = listeningPorts(pid)
  for (const where of before.values()) {
    const path = where.host && where.port === options.knownPort ? await pathAt(where) : undefined
    if (path) return { where, path, opened: false }
  }
  try {
    if (!signalled(pid)) return refuse('no-handler')
  } catch {
    return refuse('ended')
  }
  const until = Date.now() + OPENS_WITHIN_MS
  while (Date.now() < until) {
    for (const [inode, where] of listeningPorts(pid)) {
      const path = before.has(inode) || !where.host ? undefined : await pathAt(where)
      if (path) return { where, path, opened: true }
    }
    await later(10)
  }
  const { state, ticks } = mainThread(pid)
  await later(100)
  return refuse('not-opened', { state, ranTicks: mainThread(pid).ticks - ticks })
}

/** For the guard: an inspector that was not there before, or the one that was, in which something may have been left. */
async function leftOpen(pid) {
  const before = portsBefore(pid, process.env.HALLIGAN_THINGS)
  for (const where of listeningPorts(pid).values()) {
    const isOld = before.has(where.cell)
    const path = (isOld && where.port !== options.knownPort) || !where.host ? undefined : await pathAt(where)
    if (path) return { where, path, opened: !isOld }
  }
}

/** Where the inspector's socket is; undefined when what listens there is something else. */
async function pathAt(where) {
  try {
    const [first] = JSON.parse(await fetched(where, '/json/list', 1000))
    const path = /^ws:\/\/[^/]+(\/.+)$/.exec(first.webSocketDebuggerUrl)
    return path === null ? undefined : path[1]
  } catch {
    return undefined
  }
}

/** How long what was still to be taken may take when the program ends. Milliseconds. */
const LAST_WORDS_MS = 300

/** Node holds a program that ends for as long as a debugger is connected, unless the debugger asks to be told; then it is told here, and goes. */
async function leaveWhenItEnds(session, undoing) {
  session.on('NodeRuntime.waitingForDisconnect', () => {
    undoing.isEnding = true
    const lastWords = undoing.lastWords || (() => Promise.resolve(refuse('ended')))
    void Promise.race([lastWords(), later(LAST_WORDS_MS)]).then(() => session.close())
  })
  await session.ask('NodeRuntime.enable', {}, 500)
  await session.ask('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true }, 500)
}

/** Whatever was set in the program is taken out, however it ends. */
async function undone(undoing) {
  undoing.isOver = true
  await Promise.race([Promise.all(undoing.map((undo) => undo())), later(1500)])
}

/** What was opened is closed, and that is seen. `_debugEnd` ends the session that asks for it, so no answer comes; a loop that never ends does not hinder it. */
async function letGo(session, where, opened) {
  if (!opened) {
    session.close()
    return tell({ closed: false, was: 'open before' })
  }
  void session.ask('Runtime.evaluate', { expression: 'process._debugEnd()' }, 500)
  for (let tries = 0; tries < 100; tries += 1) {
    await later(20)
    if (!isOpen(where)) {
      session.close()
      return tell({ closed: true })
    }
  }
  session.close()
  tell({ closed: false })
}

function isOpen(where) {
  try {
    return Array.from(listeningPorts(options.pid).values()).some(({ port }) => port === where.port)
  } catch {
    return false
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    refuse('failed', { why: String((error && error.message) || error) })
    process.exit(0)
  },
)
