/** Written by `npm run node-client` from the JavaScript beside it; do not edit. */
const COMMON = String.raw`const fs = require('fs')
const crypto = require('crypto')
const http = require('http')
const childProcess = require('child_process')
const options = JSON.parse(process.env.HALLIGAN_INSPECT)
function tell(what) {
 process.stdout.write(JSON.stringify(what) + '\n')
}
function later(ms) {
 return new Promise((resolve) => setTimeout(resolve, ms))
}
const END_LOOKED_EVERY_MS = 200
function isAsked() {
 return process.env.HALLIGAN_ASK_STOP !== undefined && fs.existsSync(process.env.HALLIGAN_ASK_STOP)
}
async function watchedFor(ms) {
 const until = Date.now() + ms
 while (Date.now() < until && !isAsked()) await later(Math.min(END_LOOKED_EVERY_MS, until - Date.now()))
}
const WAYS = {}
function startTicksOf(pid) {
 const stat = fs.readFileSync('/proc/' + pid + '/stat', 'latin1')
 return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
}
function catchesSigusr1(pid) {
 const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(fs.readFileSync('/proc/' + pid + '/status', 'latin1'))
 return mask !== null && (parseInt(mask[1].slice(-8), 16) & 0x200) !== 0
}
function signalled(pid) {
 const [other = pid] = fs
  .readdirSync('/proc/' + pid + '/task')
  .map(Number)
  .filter((tid) => tid !== pid)
 if (!catchesSigusr1(pid)) return false
 process.kill(other, 'SIGUSR1')
 return true
}
function listeningPorts(pid) {
 const sockets = new Set()
 for (const fd of fs.readdirSync('/proc/' + pid + '/fd')) {
  try {
   const socket = /^socket:\[(\d+)\]$/.exec(fs.readlinkSync('/proc/' + pid + '/fd/' + fd))
   if (socket) sockets.add(socket[1])
  } catch {}
 }
 const ports = new Map()
 for (const file of ['tcp', 'tcp6']) {
  let table = ''
  try {
   table = fs.readFileSync('/proc/' + pid + '/net/' + file, 'latin1')
  } catch {}
  for (const row of table.split('\n').slice(1)) {
   const cells = row.trim().split(/\s+/)
   if (cells[3] === '0A' && sockets.has(cells[9])) ports.set(cells[9], portOf(cells[1]))
  }
 }
 return ports
}
function portOf(cell) {
 const [address, port] = cell.split(':')
 const host = address === '0100007F' ? '127.0.0.1' : address === '00000000000000000000000001000000' ? '::1' : undefined
 return { host, port: parseInt(port, 16), cell }
}
function mainThread(pid) {
 const stat = fs.readFileSync('/proc/' + pid + '/task/' + pid + '/stat', 'latin1')
 const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
 return { state: fields[0], ticks: Number(fields[11]) + Number(fields[12]) }
}
function portsBefore(pid, file) {
 const lines = fs.readFileSync(file, 'latin1').split('\n')
 return new Set(
  lines
   .map((line) => line.split(' '))
   .filter((words) => words[0] === 'port' && words[1] === String(pid))
   .map((words) => words[2]),
 )
}
function fetched(where, path, limitMs) {
 return new Promise((resolve, reject) => {
  const request = http.get(
   { host: where.host, port: where.port, path, timeout: limitMs, agent: false },
   (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (piece) => {
     text += piece
     if (text.length > 65536) request.destroy()
    })
    response.on('end', () => resolve(text))
   },
  )
  request.on('timeout', () => request.destroy(new Error('it did not answer')))
  request.on('error', reject)
 })
}
function connected(where, path, limitMs) {
 return new Promise((resolve, reject) => {
  const request = http.request({
   host: where.host,
   port: where.port,
   path,
   agent: false,
   headers: {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': crypto.randomBytes(16).toString('base64'),
   },
  })
  const timer = setTimeout(() => request.destroy(new Error('it did not answer')), limitMs)
  request.on('upgrade', (response, socket, head) => {
   clearTimeout(timer)
   resolve(sessionOver(socket, head))
  })
  request.on('response', (response) => request.destroy(new Error('it refused with ' + response.statusCode)))
  request.on('error', (error) => {
   clearTimeout(timer)
   reject(error)
  })
  request.end()
 })
}
function sessionOver(socket, head) {
 socket.setNoDelay(true)
 let waiting = head
 let pieces = []
 const session = openSession((text) => socket.write(frameOf(text)))
 socket.on('data', (chunk) => {
  waiting = Buffer.concat([waiting, chunk])
  for (;;) {
   const frame = firstFrame(waiting)
   if (frame === undefined) return
   waiting = waiting.slice(frame.end)
   if (frame.opcode === 8) return socket.destroy()
   if (frame.opcode > 2) continue
   pieces.push(frame.body)
   if (!frame.last) continue
   const message = Buffer.concat(pieces).toString('utf8')
   pieces = []
   session.receive(message)
  }
 })
 socket.on('error', () => {})
 socket.on('close', () => session.end())
 session.close = () => socket.destroy()
 return session
}
function firstFrame(bytes) {
 if (bytes.length < 2) return undefined
 let size = bytes[1] & 127
 let at = 2
 if (size === 126) {
  if (bytes.length < 4) return undefined
  size = bytes.readUInt16BE(2)
  at = 4
 } else if (size === 127) {
  if (bytes.length < 10) return undefined
  size = bytes.readUInt32BE(2) * 4294967296 + bytes.readUInt32BE(6)
  at = 10
 }
 if (bytes.length < at + size) return undefined
 return { opcode: bytes[0] & 15, last: (bytes[0] & 128) !== 0, body: bytes.slice(at, at + size), end: at + size }
}
function frameOf(text) {
 const body = Buffer.from(text)
 const head =
  body.length < 126
   ? Buffer.from([0x81, 0x80 | body.length])
   : body.length < 65536
    ? Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 255])
    : Buffer.concat([Buffer.from([0x81, 0xff, 0, 0, 0, 0]), sizeOf(body.length)])
 return Buffer.concat([head, Buffer.alloc(4), body])
}
function sizeOf(length) {
 const bytes = Buffer.alloc(4)
 bytes.writeUInt32BE(length, 0)
 return bytes
}
function openSession(post) {
 let last = 0
 const answers = new Map()
 const listeners = new Map()
 const session = {
  ended: false,
  ask: (method, params, limitMs) =>
   new Promise((resolve) => {
    if (session.ended) return resolve(undefined)
    const id = (last += 1)
    const timer = setTimeout(() => settle(undefined), limitMs || 2000)
    const settle = (result) => {
     clearTimeout(timer)
     answers.delete(id)
     resolve(result)
    }
    answers.set(id, settle)
    post(JSON.stringify({ id, method, params: params || {} }))
   }),
  on: (method, listener) => listeners.set(method, listener),
  receive: (text) => {
   let message
   try {
    message = JSON.parse(text)
   } catch {
    return
   }
   const settle = answers.get(message.id)
   if (settle) settle(message.error ? undefined : message.result)
   const listener = listeners.get(message.method)
   if (listener) listener(message.params)
  },
  end: () => {
   session.ended = true
   for (const settle of Array.from(answers.values())) settle(undefined)
  },
  close: () => {},
 }
 return session
}
async function isolatesOf(session) {
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
function cut(text, length) {
 return text.length > length ? text.slice(0, length) + '…' : text
}
const KEPT_IN = 'globalThis[Symbol.for("halligan.snapshot")]'
async function tidy(session) {
 const isolates = await isolatesOf(session)
 for (const { session: each } of isolates) {
  const contexts = []
  each.on('Runtime.executionContextCreated', ({ context }) => contexts.push(context.id))
  await each.ask('Runtime.enable', {}, 500)
  for (const contextId of contexts.slice(0, 50))
   await each.ask('Runtime.evaluate', { expression: 'delete ' + KEPT_IN, contextId, silent: true }, 500)
 }
}
WAYS.close = tidy
`
const MAIN = String.raw`const OPENS_WITHIN_MS = 5000
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
async function leftOpen(pid) {
 const before = portsBefore(pid, process.env.HALLIGAN_THINGS)
 for (const where of listeningPorts(pid).values()) {
  const isOld = before.has(where.cell)
  const path = (isOld && where.port !== options.knownPort) || !where.host ? undefined : await pathAt(where)
  if (path) return { where, path, opened: !isOld }
 }
}
async function pathAt(where) {
 try {
  const [first] = JSON.parse(await fetched(where, '/json/list', 1000))
  const path = /^ws:\/\/[^/]+(\/.+)$/.exec(first.webSocketDebuggerUrl)
  return path === null ? undefined : path[1]
 } catch {
  return undefined
 }
}
const LAST_WORDS_MS = 300
async function leaveWhenItEnds(session, undoing) {
 session.on('NodeRuntime.waitingForDisconnect', () => {
  undoing.isEnding = true
  const lastWords = undoing.lastWords || (() => Promise.resolve(refuse('ended')))
  void Promise.race([lastWords(), later(LAST_WORDS_MS)]).then(() => session.close())
 })
 await session.ask('NodeRuntime.enable', {}, 500)
 await session.ask('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true }, 500)
}
async function undone(undoing) {
 undoing.isOver = true
 await Promise.race([Promise.all(undoing.map((undo) => undo())), later(1500)])
}
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
`
function program(own: string): string {
  return `(() => {\n'use strict'\n${COMMON}${own}${MAIN}})()`
}
export const NODE_CLIENT = program(String.raw`const STOP_LIMIT_MS = 100
const RUNS_WITHIN_MS = 250
const SCOPES = new Set(['local', 'block', 'catch', 'closure', 'module', 'eval', 'with'])
async function tellStacks(session) {
 const isolates = await isolatesOf(session)
 const began = Date.now()
 for (const isolate of isolates) {
  const urls = (isolate.urls = new Map())
  isolate.session.on('Debugger.scriptParsed', ({ scriptId, url }) => urls.set(scriptId, url))
  await isolate.session.ask('Debugger.enable', {}, 3000)
 }
 for (let sample = 0; sample < options.samples; sample += 1) {
  if (sample > 0) await later(options.betweenMs)
  const atMs = Date.now() - began
  for (const isolate of isolates) tell(Object.assign({ sample, atMs, name: isolate.name }, await stackOf(isolate)))
 }
 for (const { session: each } of isolates) await each.ask('Debugger.disable', {}, 1000)
}
async function stackOf({ session, urls }) {
 let stopped
 const stop = new Promise((resolve) => {
  stopped = resolve
 })
 session.on('Debugger.paused', stopped)
 await session.ask('Debugger.pause', {}, 1000)
 const paused = await Promise.race([stop, later(RUNS_WITHIN_MS)])
 if (paused === undefined) return await withoutStop(session)
 return await readStop(session, urls, paused, STOP_LIMIT_MS)
}
async function readStop(session, urls, paused, limitMs) {
 const since = process.hrtime()
 const frames = paused.callFrames
  .slice(0, options.maxFrames)
  .map((frame) => Object.assign(frame, { url: frame.url || urls.get(frame.location.scriptId) || '' }))
 const cutFrames = paused.callFrames.length - frames.length
 const values = await Promise.race([
  Promise.all(frames.map((frame, at) => localsOf(session, frame, at, limitMs))),
  later(limitMs),
 ])
 await session.ask('Debugger.resume', {}, 1000)
 const [seconds, nanoseconds] = process.hrtime(since)
 return {
  frames: frames.map((frame, at) => ({
   function: frame.functionName,
   url: cut(frame.url, 1024),
   line: frame.location.lineNumber + 1,
   locals: (values && values[at]) || undefined,
  })),
  cut: cutFrames > 0 ? cutFrames : undefined,
  noValues: values === undefined,
  stoppedMs: seconds * 1000 + nanoseconds / 1e6,
 }
}
async function withoutStop(session) {
 await session.ask('Debugger.disable', {}, 1000)
 const alive = await session.ask('Runtime.evaluate', { expression: '1', returnByValue: true }, 300)
 await session.ask('Debugger.enable', {}, 3000)
 return { frames: [], waits: alive ? 'events' : 'outside' }
}
async function localsOf(session, frame, at, limitMs) {
 if (at >= options.localsFrames || /^node:|^$/.test(frame.url)) return undefined
 const scopes = frame.scopeChain.filter(({ type, object }) => SCOPES.has(type) && object.objectId).slice(0, 4)
 const told = []
 for (const scope of scopes) {
  const answer = await session.ask(
   'Runtime.getProperties',
   { objectId: scope.object.objectId, ownProperties: true, generatePreview: true },
   limitMs,
  )
  for (const { name, value } of (answer && answer.result) || []) {
   if (told.length >= options.maxLocals) return told
   if (scope.type !== 'local' && value && value.type === 'function') continue
   told.push({
    name: cut(name, 200),
    scope: scope.type,
    type: value && (value.subtype || value.type),
    value: isSecret(name) && hasValue(value) ? options.masked : valueText(value),
   })
  }
 }
 return told
}
function isSecret(name) {
 return new RegExp(options.secret, 'i').test(name)
}
function hasValue(value) {
 return value !== undefined && value.type !== 'undefined' && value.subtype !== 'null'
}
function valueText(value) {
 if (value === undefined) return '(a getter, not run)'
 if (value.type === 'string') return JSON.stringify(cut(value.value, 200))
 if (value.type === 'function') return cut((value.description || '').split('\n')[0], 80)
 if (value.preview === undefined)
  return cut(String(value.unserializableValue || value.description || value.value), 200)
 const { description, overflow, properties, entries, subtype } = value.preview
 const item = (each) =>
  each.type === 'string' && subtype !== 'date' ? JSON.stringify(each.value) : each.value || each.description
 const unlessSecret = (name, text) => (name !== undefined && isSecret(name) ? options.masked : text)
 const parts = entries
  ? entries.map(({ key, value: each }) => {
    const text = item(previewed(each))
    return key ? item(previewed(key)) + ' => ' + unlessSecret(key.description, text) : text
   })
  : properties.map((each) =>
    subtype === 'array' ? item(each) : each.name + ': ' + unlessSecret(each.name, item(each)),
   )
 if (parts.length === 0 && subtype) return cut(description, 200)
 const [open, close] = subtype === 'array' ? ['[', ']'] : ['{', '}']
 const head = description === 'Object' ? '' : description + ' '
 return cut(head + open + parts.join(', ') + (overflow ? ', …' : '') + close, 400)
}
function previewed(each) {
 return { type: each.type, value: each.description }
}
WAYS.stacks = tellStacks
async function tellProfile(session) {
 const isolates = await isolatesOf(session)
 for (const { session: each } of isolates) {
  await each.ask('Profiler.enable', {})
  await each.ask('Profiler.setSamplingInterval', { interval: options.intervalUs })
  await each.ask('Profiler.start', {})
 }
 await watchedFor(options.forMs)
 for (const { name, session: each } of isolates) {
  const answer = await each.ask('Profiler.stop', {}, 5000)
  await each.ask('Profiler.disable', {})
  if (answer) tellTree(name, answer.profile)
  else tell({ name, note: 'the profile of an isolate did not come' })
 }
}
function tellTree(name, { nodes, samples, startTime, endTime }) {
 const hits = new Map()
 for (const id of samples || []) hits.set(id, (hits.get(id) || 0) + 1)
 const parents = new Map()
 nodes.forEach((node, at) => (node.children || []).forEach((child) => parents.set(child, at)))
 const kept = nodes.slice(0, options.maxNodes)
 tell({
  name,
  profile: { ms: (endTime - startTime) / 1000, samples: (samples || []).length, left: nodes.length - kept.length },
 })
 for (const node of kept) {
  const { functionName, url, lineNumber } = node.callFrame
  const parent = parents.get(node.id)
  tell({
   name,
   node: [
    parent === undefined ? -1 : parent,
    cut(functionName, 200),
    cut(url, 1024),
    lineNumber + 1,
    hits.get(node.id) || 0,
   ],
  })
 }
}
WAYS.profile = tellProfile
const MOST_STOPS = 5
const STOP_AT_MOST_MS = 1000
const LOOKED_EVERY_MS = 100
async function tellCrash(session, undoing) {
 const isolates = await isolatesOf(session)
 const state = { stops: 0 }
 undoing.push(() => Promise.all(isolates.map(ignoreExceptions)))
 undoing.lastWords = () => tellExit(session)
 for (const isolate of isolates) {
  const urls = new Map()
  isolate.session.on('Debugger.scriptParsed', ({ scriptId, url }) => urls.set(scriptId, url))
  isolate.session.on('Debugger.paused', (paused) => void stopped(isolate, isolates, urls, paused, state))
  await isolate.session.ask('Debugger.enable', {}, 3000)
  await isolate.session.ask('Debugger.setPauseOnExceptions', { state: 'uncaught' }, 1000)
 }
 const began = Date.now()
 tell({ watching: isolates.length })
 while (!session.ended && !undoing.isOver && !isAsked() && Date.now() - began < options.forMs)
  await later(LOOKED_EVERY_MS)
 await Promise.all(isolates.map(ignoreExceptions))
 tell({
  watched: {
   ms: Date.now() - began,
   stops: state.stops,
   lost: session.ended && !undoing.isEnding && !undoing.isOver,
  },
 })
}
async function stopped({ name, session }, isolates, urls, paused, state) {
 state.stops += 1
 if (state.stops > MOST_STOPS) return void session.ask('Debugger.resume', {}, 1000)
 const { description, className, value } = paused.data || {}
 const says = cut(String(description || value || className || paused.reason).split('\n    at ')[0], 400)
 const read = await readStop(session, urls, paused, STOP_AT_MOST_MS)
 tell({ crash: Object.assign({ name, kind: 'exception', says }, read) })
 if (state.stops >= MOST_STOPS) await Promise.all(isolates.map(ignoreExceptions))
}
function ignoreExceptions({ session }) {
 return session.ask('Debugger.setPauseOnExceptions', { state: 'none' }, 500)
}
async function tellExit(session) {
 const answer = await session.ask('Runtime.evaluate', { expression: EXIT, returnByValue: true, silent: true }, 200)
 const [code, frames] =
  answer && answer.result && typeof answer.result.value === 'string' ? JSON.parse(answer.result.value) : []
 const told = (frames || []).map(([name, url, line]) => ({ function: cut(name, 200), url: cut(url, 1024), line }))
 tell({ crash: { name: '', kind: 'exit', says: '', code: typeof code === 'number' ? code : undefined, frames: told } })
}
const EXIT =
 '(' +
 function () {
  const names = ['prepareStackTrace', 'stackTraceLimit']
  const before = names.map((name) => Object.getOwnPropertyDescriptor(Error, name))
  const holder = {}
  try {
   const sites = (error, all) =>
    all.map((site) => [
     String(site.getFunctionName() || ''),
     String(site.getScriptNameOrSourceURL() || ''),
     site.getLineNumber() || 0,
    ])
   Object.defineProperty(Error, names[0], { value: sites, configurable: true, writable: true })
   Object.defineProperty(Error, names[1], { value: 50, configurable: true, writable: true })
   Error.captureStackTrace(holder)
   return JSON.stringify([process.exitCode, holder.stack.filter(([, url]) => url !== '')])
  } finally {
   names.forEach((name, at) => (before[at] ? Object.defineProperty(Error, name, before[at]) : delete Error[name]))
  }
 }.toString() +
 ')()'
WAYS.crash = tellCrash
`)
export const NODE_MEMORY_CLIENT = program(String.raw`const STATISTICS =
 "JSON.stringify([].concat(require('v8').getHeapSpaceStatistics().map((each) => [each.space_name, each.space_used_size]), " +
 "Object.entries(process.memoryUsage()).filter((each) => each[0] === 'external' || each[0] === 'arrayBuffers')))"
const MOST_SITES = 40
const STOP_MS = 30000
async function tellMemory(session) {
 const isolates = await isolatesOf(session)
 const started = []
 for (const isolate of isolates) {
  isolate.before = await statisticsOf(isolate.session)
  const intervals = { samplingInterval: options.intervalBytes }
  const answer = await isolate.session.ask('HeapProfiler.startSampling', intervals, 5000)
  if (answer) started.push(isolate)
  else tell({ note: 'the allocations of ' + (isolate.name || 'the program') + ' are not seen: it did not answer' })
 }
 sample('halligan_memory')
 const until = Date.now() + options.forMs
 while (Date.now() < until && !isAsked()) {
  await watchedFor(Math.min(options.betweenMs, until - Date.now()))
  sample('halligan_tick')
 }
 sample('halligan_memory')
 for (const { name, session: each, before } of started) {
  const after = await statisticsOf(each)
  const answer = await each.ask('HeapProfiler.stopSampling', {}, STOP_MS)
  await each.ask('HeapProfiler.disable', {})
  tell({ heaps: { name, before, after } })
  if (answer) tellSites(name, answer.profile.head)
  else tell({ note: 'what ' + (name || 'the program') + ' allocated did not come' })
 }
}
function sample(name) {
 try {
  process.stdout.write(
   childProcess.execFileSync('sh', ['-c', process.env.HALLIGAN_SAMPLE + '\n' + name], { timeout: 10000 }),
  )
 } catch {}
}
async function statisticsOf(session) {
 const answer = await session.ask('Runtime.evaluate', {
  expression: STATISTICS,
  includeCommandLineAPI: true,
  returnByValue: true,
  silent: true,
 })
 try {
  return JSON.parse(answer.result.value)
 } catch {
  return []
 }
}
function tellSites(name, head) {
 const sites = new Map()
 const open = [head]
 while (open.length > 0) {
  const { callFrame, selfSize, children } = open.pop()
  open.push.apply(open, children)
  if (selfSize === 0) continue
  const key = callFrame.functionName + '\n' + callFrame.url + '\n' + callFrame.lineNumber
  const site = sites.get(key) || {
   function: cut(callFrame.functionName, 200),
   url: cut(callFrame.url, 300),
   line: callFrame.lineNumber + 1,
   bytes: 0,
  }
  site.bytes += selfSize
  sites.set(key, site)
 }
 const heaviest = Array.from(sites.values())
  .sort((a, b) => b.bytes - a.bytes)
 for (const site of heaviest.slice(0, MOST_SITES)) tell({ name, site })
}
WAYS.memory = tellMemory
`)
export const NODE_SNAPSHOT_CLIENT = program(String.raw`const KEYWORDS = new Set(
 (
  'break case catch class const continue debugger default delete do else export extends finally for function if import in instanceof ' +
  'let new null of return super switch this throw true false try typeof undefined var void while with yield await'
 ).split(' '),
)
const DECLARES = new Set(['let', 'const', 'var'])
const NOT_A_FUNCTION = new Set(['if', 'for', 'while', 'switch', 'with', 'catch'])
const IS_NAME = /^[A-Za-z_$\u0080-\uffff]/
function namesAt(source, offset) {
 const line = lineAround(source, offset)
 const tokens = tokensOf(source, line.end)
 const open = openAt(tokens, offset)
 const names = new Set()
 for (let level = open.length - 1; level >= 0; level -= 1) {
  const { names: here, arrows, arrowAt, isFunction } = open[level]
  const inner = Array.from(names)
  names.clear()
  for (const name of (arrowAt === undefined ? here : arrows).concat(inner)) names.add(name)
  if (isFunction || arrowAt !== undefined) break
 }
 const used = tokens.filter(({ text, at }, index) => at >= line.start && isVariable(tokens, index) && !names.has(text))
 return { declared: Array.from(names), used: Array.from(new Set(used.map(({ text }) => text))) }
}
function functionsAt(source, offsets) {
 const tokens = tokensOf(source, lineAround(source, offsets[offsets.length - 1]).end)
 return offsets.map((offset) => {
  for (const { isFunction, arrowAt, at } of openAt(tokens, offset)
   .slice()
   .reverse()) {
   if (arrowAt !== undefined) return tokens[arrowAt].at
   if (isFunction) return at < 0 ? -1 : tokens[at].at
  }
 })
}
function lineAround(source, offset) {
 const end = source.indexOf('\n', offset)
 return { start: source.lastIndexOf('\n', offset - 1) + 1, end: end < 0 ? source.length : end }
}
function isVariable(tokens, index) {
 const { text } = tokens[index]
 const before = index > 0 ? tokens[index - 1].text : ''
 const after = index + 1 < tokens.length ? tokens[index + 1].text : ''
 const isMember = before === '.' && !(index > 2 && tokens[index - 2].text === '.' && tokens[index - 3].text === '.')
 return IS_NAME.test(text) && !KEYWORDS.has(text) && !isMember && (after !== ':' || before === '?')
}
function openAt(tokens, offset) {
 const open = [{ at: -1, names: [], isFunction: true, arrows: [], arrowAt: undefined }]
 const pairs = new Map()
 for (let index = 0; index < tokens.length && tokens[index].at < offset; index += 1) {
  const { text } = tokens[index]
  const top = open[open.length - 1]
  if (text === '{' || text === '(' || text === '[') {
   const parameters = text === '{' ? parametersBefore(tokens, index, pairs) : undefined
   const isFunction = parameters !== undefined
   open.push({ at: index, names: parameters || [], isFunction, arrows: [], arrowAt: undefined })
  } else if (text === '}' || text === ')' || text === ']') {
   if (open.length === 1) continue
   pairs.set(index, top.at)
   open.pop()
   if (text === ')') keepBound(open[open.length - 1], top, tokens, index)
  } else if (text === '=>' && tokens[index + 1] && tokens[index + 1].text !== '{') {
   top.arrows = top.arrows.concat(arrowParameters(tokens, index, pairs))
   top.arrowAt = index
  } else if (text === ',' || text === ';') {
   top.arrows = []
   top.arrowAt = undefined
  } else if (DECLARES.has(text)) {
   top.names = top.names.concat(declared(tokens, index + 1))
  }
 }
 return open
}
function keepBound(outer, { at, names }, tokens, end) {
 const before = at > 0 ? tokens[at - 1].text : ''
 if (before === 'for' || before === 'await') outer.names = outer.names.concat(names)
 if (before === 'catch') outer.names = outer.names.concat(bound(tokens, at + 1, end))
}
function parametersBefore(tokens, index, pairs) {
 const before = index > 0 ? tokens[index - 1].text : ''
 if (before === '=>') return arrowParameters(tokens, index - 1, pairs)
 if (before !== ')') return undefined
 const from = pairs.get(index - 1)
 const name = from > 0 ? tokens[from - 1].text : ''
 if (from === undefined || NOT_A_FUNCTION.has(name) || (name === 'await' && from > 1)) return undefined
 return bound(tokens, from + 1, index - 1)
}
function arrowParameters(tokens, arrow, pairs) {
 const last = arrow > 0 ? tokens[arrow - 1] : undefined
 if (last === undefined) return []
 if (last.text !== ')') return IS_NAME.test(last.text) ? [last.text] : []
 const from = pairs.get(arrow - 1)
 return from === undefined ? [] : bound(tokens, from + 1, arrow - 1)
}
function bound(tokens, from, to) {
 const names = []
 let depth = 0
 let skipped
 for (let index = from; index < to; index += 1) {
  const { text } = tokens[index]
  if (text === ')' || text === '}' || text === ']') {
   if (skipped === depth) skipped = undefined
   depth -= 1
  }
  if (text === ',' && skipped === depth) skipped = undefined
  if (skipped === undefined && text === '=') skipped = depth
  if (skipped === undefined && isVariable(tokens, index)) names.push(text)
  if (text === '(' || text === '{' || text === '[') depth += 1
 }
 return names
}
function declared(tokens, from) {
 const names = []
 for (let index = from; index < tokens.length; index += 1) {
  const { text } = tokens[index]
  if (text === '{' || text === '[') {
   const end = closing(tokens, index)
   names.push(...bound(tokens, index + 1, end))
   index = end
  } else if (isVariable(tokens, index)) names.push(text)
  else break
  index = nextDeclarator(tokens, index + 1)
  if (index < 0) break
 }
 return names
}
function nextDeclarator(tokens, from) {
 let index = from
 if (index < tokens.length && tokens[index].text === ',') return index
 if (index >= tokens.length || tokens[index].text !== '=') return -1
 for (; index < tokens.length; index += 1) {
  const { text } = tokens[index]
  if (text === ',') return index
  if (text === ';' || text === ')' || text === '}' || text === ']' || DECLARES.has(text)) return -1
  if (text === '(' || text === '{' || text === '[') index = closing(tokens, index)
 }
 return -1
}
function closing(tokens, from) {
 let depth = 0
 for (let index = from; index < tokens.length; index += 1) {
  const { text } = tokens[index]
  if (text === '(' || text === '{' || text === '[') depth += 1
  else if (text === ')' || text === '}' || text === ']') depth -= 1
  if (depth === 0) return index
 }
 return tokens.length
}
function tokensOf(source, end) {
 const tokens = []
 const templates = []
 const word = /[\w$\u0080-\uffff]+/y
 for (let at = 0; at < end;) {
  const sign = source[at]
  if (sign === ' ' || sign === '\n' || sign === '\t' || sign === '\r') {
   at += 1
   continue
  }
  word.lastIndex = at
  const found = word.exec(source)
  if (found) {
   tokens.push({ text: found[0], at })
   at += found[0].length
   continue
  }
  const next = source[at + 1]
  if (sign === '/' && next === '/') at = placeOf(source, '\n', at)
  else if (sign === '/' && next === '*') at = placeOf(source, '*/', at + 2) + 2
  else if (sign === '"' || sign === "'") {
   tokens.push({ text: '"', at })
   at = endOfText(source, at + 1, sign)
  } else if (sign === '/' && beginsExpression(tokens)) {
   tokens.push({ text: '"', at })
   at = endOfText(source, at + 1, '/')
  } else if (sign === '\x60' || (sign === '}' && templates[templates.length - 1] === depthOf(tokens))) {
   if (sign === '}') templates.pop()
   if (sign === '}') tokens.push({ text: ')', at })
   at = endOfTemplate(source, at + 1)
   tokens.push({ text: '"', at: at - 1 })
   if (source[at - 1] === '{') {
    tokens.push({ text: '(', at: at - 1 })
    tokens.braces = tokens.braces || 0
    templates.push(depthOf(tokens))
   }
  } else {
   const text = sign === '=' && next === '>' ? '=>' : sign
   if (sign === '{') tokens.braces = depthOf(tokens) + 1
   if (sign === '}') tokens.braces = depthOf(tokens) - 1
   const isLong = text !== '=>' && next === '=' && '=!<>+-*/%&|^?'.includes(sign)
   tokens.push({ text: isLong ? '"' : text, at })
   at += isLong ? (source[at + 2] === '=' ? 3 : 2) : text.length
  }
 }
 return tokens
}
function depthOf(tokens) {
 return tokens.braces || 0
}
function placeOf(source, text, from) {
 const at = source.indexOf(text, from)
 return at < 0 ? source.length : at
}
function beginsExpression(tokens) {
 if (tokens.length === 0) return true
 const { text } = tokens[tokens.length - 1]
 if (IS_NAME.test(text)) return KEYWORDS.has(text) && text !== 'this' && text !== 'super'
 return !/^[\w)\]}"]/.test(text)
}
function endOfText(source, from, sign) {
 let inClass = false
 for (let at = from; at < source.length; at += 1) {
  if (source[at] === '\\') at += 1
  else if (source[at] === '\n') return at
  else if (sign === '/' && source[at] === '[') inClass = true
  else if (sign === '/' && source[at] === ']') inClass = false
  else if (source[at] === sign && !inClass) return at + 1
 }
 return source.length
}
function endOfTemplate(source, from) {
 for (let at = from; at < source.length; at += 1) {
  if (source[at] === '\\') at += 1
  else if (source[at] === '\x60') return at + 1
  else if (source[at] === '$' && source[at + 1] === '{') return at + 2
 }
 return source.length
}
function recorder(request, isProxy) {
 const { getOwnPropertyDescriptor, defineProperty, getPrototypeOf, keys } = Object
 const { apply } = Reflect
 const textOf = JSON.stringify
 const clock = process.hrtime
 const began = clock()
 const secret = new RegExp(request.secret, 'i')
 const mapSize = getOwnPropertyDescriptor(Map.prototype, 'size').get
 const setSize = getOwnPropertyDescriptor(Set.prototype, 'size').get
 const entriesOfMap = Map.prototype.entries
 const valuesOfSet = Set.prototype.values
 const nextOfMap = getPrototypeOf(new Map().entries()).next
 const nextOfSet = getPrototypeOf(new Set().values()).next
 const isoDate = Date.prototype.toISOString
 const isList = Array.isArray
 const large = new WeakMap()
 const getLarge = WeakMap.prototype.get
 const setLarge = WeakMap.prototype.set
 const LARGE = 10000
 let listedUs = 0
 const kept = { hits: [], reached: 0, untold: 0, failed: 0, why: '', ownUs: 0, isHeavy: false }
 function sinceUs() {
  const [seconds, nanoseconds] = clock(began)
  return seconds * 1e6 + nanoseconds / 1e3
 }
 function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
 }
 function get(object, key) {
  if (object === undefined || object === null) throw new Error('it is ' + object)
  if (typeof object === 'string' && (key === 'length' || typeof key === 'number')) return object[key]
  if (!isObject(object)) throw new Error('it has no fields')
  for (let from = object, depth = 0; from !== null && depth < 20; depth += 1) {
   if (isProxy(from)) throw new Error('a proxy, not asked')
   const found = getOwnPropertyDescriptor(from, key)
   if (found !== undefined) {
    if (!('value' in found)) throw new Error('a getter, not run')
    return found.value
   }
   from = getPrototypeOf(from)
  }
  return undefined
 }
 function at(object, key) {
  if (isObject(key)) throw new Error('the index is an object')
  if (
   typeof key !== 'symbol' &&
   isObject(object) &&
   !isProxy(object) &&
   object instanceof Map &&
   getPrototypeOf(object) === Map.prototype
  )
   return apply(Map.prototype.get, object, [key])
  return get(object, key)
 }
 function plain(value) {
  if (isObject(value) || typeof value === 'symbol') throw new Error('an object is not compared')
  return value
 }
 const same = (a, b) =>
  isObject(a) || isObject(b) || typeof a === 'symbol' || typeof b === 'symbol' ? a === b : a == b
 const less = (a, b) => plain(a) < plain(b)
 const atMost = (a, b) => plain(a) <= plain(b)
 const none = () => {
  throw new Error('no variable is called so')
 }
 function cut(text, length) {
  return text.length > length ? text.slice(0, length) + '…' : text
 }
 function className(object) {
  try {
   const name = get(get(object, 'constructor'), 'name')
   return typeof name === 'string' ? cut(name, 80) : ''
  } catch {
   return ''
  }
 }
 function print(value, depth) {
  switch (typeof value) {
   case 'string':
    return textOf(cut(value, request.maxText))
   case 'bigint':
    return cut(String(value), 80) + 'n'
   case 'symbol':
    return 'a symbol'
   case 'function':
    return printFunction(value)
   case 'object':
    return value === null ? 'null' : printObject(value, depth)
   case 'number':
   case 'boolean':
   case 'undefined':
    return value === 0 && 1 / value < 0 ? '-0' : String(value)
  }
 }
 function printFunction(value) {
  if (isProxy(value)) return '(a proxy, not asked)'
  const name = getOwnPropertyDescriptor(value, 'name')
  return 'function ' + (name && typeof name.value === 'string' ? cut(name.value, 80) : '')
 }
 function printObject(value, depth) {
  if (isProxy(value)) return '(a proxy, not asked)'
  const name = className(value)
  if (value instanceof Error) return printError(value, name)
  const special = printSpecial(value, name, depth)
  if (special !== undefined) return special
  if (isList(value))
   return printItems('[', ']', value.length, depth, (index) => print(field(value, index), depth + 1))
  if (ArrayBuffer.isView(value)) return name + ' of ' + value.byteLength + ' bytes'
  const head = name === 'Object' || name === '' ? '' : name + ' '
  const fields = fieldsOf(value)
  if (fields === undefined) return head + '{fields not listed}'
  const { count, first, since } = fields
  return head + printItems('{', '}', count, depth, (index) => printField(value, first[index], depth), since)
 }
 function fieldsOf(object) {
  const known = apply(getLarge, large, [object])
  if (known !== undefined) return known
  if (listedUs > request.listUs) return undefined
  const fromUs = sinceUs()
  const all = keys(object)
  listedUs += sinceUs() - fromUs
  const first = all.slice(0, request.maxItems)
  if (all.length > LARGE)
   apply(setLarge, large, [object, { count: all.length, first, since: ' when it was listed first' }])
  return { count: all.length, first, since: '' }
 }
 function printItems(open, close, count, depth, item, since) {
  if (count === 0) return open + close
  if (depth >= request.maxDepth) return open + count + (open === '[' ? ' items' : ' fields') + close
  const parts = []
  for (let index = 0; index < count && index < request.maxItems; index += 1) parts.push(item(index))
  if (count > parts.length) parts.push('… ' + (count - parts.length) + ' more' + (since || ''))
  return open + parts.join(', ') + close
 }
 function printField(object, key, depth) {
  const label = cut(key, 80) + ': '
  if (apply(RegExp.prototype.test, secret, [key])) return label + request.masked
  const found = getOwnPropertyDescriptor(object, key)
  if (found === undefined) return label + '?'
  return label + ('value' in found ? print(found.value, depth + 1) : '(a getter, not run)')
 }
 function field(object, key) {
  const found = getOwnPropertyDescriptor(object, key)
  return found === undefined ? undefined : found.value
 }
 function printError(value, name) {
  const message = getOwnPropertyDescriptor(value, 'message')
  return (
   (name || 'Error') +
   ': ' +
   (message && typeof message.value === 'string' ? cut(message.value, request.maxText) : '')
  )
 }
 function printSpecial(value, name, depth) {
  if (name === 'Date' || value instanceof Date)
   try {
    return apply(isoDate, value, [])
   } catch {
    return 'an invalid Date'
   }
  const tag = value instanceof Map ? mapSize : value instanceof Set ? setSize : undefined
  if (tag === undefined) return undefined
  try {
   const isMap = tag === mapSize
   const size = apply(tag, value, [])
   const items = []
   const all = apply(isMap ? entriesOfMap : valuesOfSet, value, [])
   while (items.length < request.maxItems) {
    const step = apply(isMap ? nextOfMap : nextOfSet, all, [])
    if (step.done) break
    items.push(step.value)
   }
   const item = (index) => {
    if (index >= items.length) return ''
    if (!isMap) return print(items[index], depth + 1)
    const [key, entry] = items[index]
    const isSecret = typeof key === 'string' && apply(RegExp.prototype.test, secret, [key])
    return print(key, depth + 1) + ' => ' + (isSecret ? request.masked : print(entry, depth + 1))
   }
   return name + '(' + size + ') ' + printItems('{', '}', size, depth, item)
  } catch {
   return undefined
  }
 }
 function typeOf(value) {
  if (value === null) return 'null'
  if (typeof value !== 'object' || isProxy(value)) return typeof value
  return className(value) || 'object'
 }
 function frames(below) {
  const before = [
   getOwnPropertyDescriptor(Error, 'prepareStackTrace'),
   getOwnPropertyDescriptor(Error, 'stackTraceLimit'),
  ]
  if (before.some((each) => each !== undefined && (!('value' in each) || !each.writable || !each.configurable)))
   return []
  const holder = {}
  try {
   set('stackTraceLimit', request.maxFrames + 2)
   set('prepareStackTrace', (error, sites) => sites.map(siteOf))
   Error.captureStackTrace(holder, below)
   const found = holder.stack
   return isList(found) ? found.filter((each) => each !== undefined).slice(0, request.maxFrames) : []
  } finally {
   putBack('prepareStackTrace', before[0])
   putBack('stackTraceLimit', before[1])
  }
 }
 function set(name, value) {
  defineProperty(Error, name, { value, writable: true, enumerable: true, configurable: true })
 }
 function putBack(name, before) {
  if (before === undefined) delete Error[name]
  else defineProperty(Error, name, before)
 }
 function siteOf(site) {
  const file = site.getScriptNameOrSourceURL()
  if (site.isEval() && !file) return undefined
  return [cut(String(site.getFunctionName() || ''), 200), cut(String(file || ''), 1024), site.getLineNumber() || 0]
 }
 function valueOf(read, index) {
  const { name, declared } = request.names[index]
  if (!declared && getOwnPropertyDescriptor(globalThis, name) !== undefined) return []
  try {
   const value = read()
   if (name === 'this' && (value === undefined || value === globalThis)) return []
   if (!declared && typeof value === 'function') return []
   const text = apply(RegExp.prototype.test, secret, [name])
    ? request.masked
    : cut(print(value, 0), request.maxValue)
   return [{ name, value: text, type: typeOf(value) }]
  } catch (error) {
   return request.asked ? [{ name, value: '(' + failure(error) + ')', type: '' }] : []
  }
 }
 function failure(error) {
  if (error instanceof ReferenceError) return 'not there yet, or V8 did not keep it'
  return error instanceof Error ? cut(String(field(error, 'message')), 200) : 'it cannot be read'
 }
 function pass(condition, reads) {
  kept.reached += 1
  if (kept.hits.length >= request.hits) return false
  const fromUs = sinceUs()
  if (fromUs > request.forMs * 1000) return false
  if (kept.ownUs > request.firstUs + request.mostShare * fromUs) {
   kept.isHeavy = true
   return false
  }
  const untold = untoldAt(condition)
  if (untold === undefined) return false
  if (untold !== '') {
   kept.untold += 1
   kept.why = untold
   if (kept.untold > 1) return false
  }
  try {
   const values = []
   listedUs = 0
   for (let index = 0; index < reads.length && values.length < request.maxLocals; index += 1)
    values.push.apply(values, valueOf(reads[index], index))
   kept.hits.push({ atMs: fromUs / 1000, values, frames: frames(pass), condition: untold || undefined })
   kept.ownUs += sinceUs() - fromUs
  } catch (error) {
   kept.failed += 1
   kept.why = failure(error)
  }
  return false
 }
 function untoldAt(condition) {
  try {
   return condition === undefined || condition() ? '' : undefined
  } catch (error) {
   return failure(error)
  }
 }
 function take(from) {
  const hits = kept.hits.slice(from)
  return textOf({
   reached: kept.reached,
   untold: kept.untold,
   failed: kept.failed,
   why: kept.why,
   ownUs: kept.ownUs,
   isHeavy: kept.isHeavy,
   hits,
  })
 }
 return { pass, take, get, at, same, less, atMost, none }
}
const AROUND = 200
const TOLD_NAMES = 8
const MAX_LOCATIONS = 50
const MAX_FUNCTIONS = 4
function collectScripts(isolate) {
 const scripts = (isolate.scripts = [])
 isolate.session.on('Debugger.scriptParsed', (script) => {
  if (script.url && scripts.length < options.maxScripts) scripts.push(script)
 })
}
async function placesOf(isolates) {
 const { file, line, function: name } = options.at
 const fitting = isolates.map((isolate) => ({ isolate, scripts: isolate.scripts.filter((each) => fits(each, file)) }))
 const urls = Array.from(new Set(fitting.reduce((all, { scripts }) => all.concat(scripts.map(({ url }) => url)), [])))
 if (urls.length === 0) return { refused: 'no-script', offered: similarScripts(isolates, file) }
 if (line === undefined) return await placesOfFunction(fitting, name)
 const own = urls.filter(isOwn)
 const [url, another] = own.length > 0 ? own : urls
 if (another !== undefined) return { refused: 'several-scripts', offered: urls.slice(0, TOLD_NAMES).map(pathOf) }
 return await placesOfLine(fitting, url, line)
}
async function placesOfLine(fitting, url, line) {
 const places = []
 let near
 for (const { isolate, scripts } of fitting) {
  const script = scripts.filter((each) => each.url === url).pop()
  if (script === undefined) continue
  const found = await possible(isolate, script, line - 1, line)
  for (const location of await firstOfEach(isolate, script, found.slice(0, MAX_LOCATIONS)))
   places.push(await placeAt(isolate, script, location))
  if (found.length === 0) near = near || (await nearestIn(isolate, script, line))
 }
 return places.length > 0 ? { places } : Object.assign({ refused: 'no-line', script: pathOf(url), asked: line }, near)
}
async function firstOfEach(isolate, script, locations) {
 if (locations.length < 2) return locations
 const source = await sourceOf(isolate, script)
 const offsets = locations.map(({ lineNumber, columnNumber = 0 }) =>
  offsetAt(source, script, lineNumber, columnNumber),
 )
 const first = new Map()
 functionsAt(source, offsets).forEach((at, index) => {
  if (!first.has(at)) first.set(at, locations[index])
 })
 return Array.from(first.values()).slice(0, MAX_FUNCTIONS)
}
function innermost(ranges, offset) {
 const around = ranges.filter(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset)
 return around.reduce(
  (best, each) => (best === undefined || each.startOffset > best.startOffset ? each : best),
  undefined,
 )
}
async function nearestIn(isolate, script, line) {
 const found = await possible(isolate, script, Math.max(0, line - AROUND), line + AROUND)
 const last = script.endLine + 1
 const more = found.length > 0 ? found : await possible(isolate, script, Math.max(0, last - AROUND), last)
 return { lines: Array.from(new Set(more.map(({ lineNumber }) => lineNumber + 1))), last }
}
async function possible(isolate, { scriptId, startLine, startColumn }, from, to) {
 const start =
  from > startLine
   ? { scriptId, lineNumber: from, columnNumber: 0 }
   : { scriptId, lineNumber: startLine, columnNumber: startColumn }
 const end = { scriptId, lineNumber: to, columnNumber: 0 }
 const answer = await isolate.session.ask('Debugger.getPossibleBreakpoints', { start, end }, 3000)
 return (answer && answer.locations) || []
}
async function placesOfFunction(fitting, name) {
 const last = name.split(/[.:]+/).pop()
 const found = []
 const names = new Set()
 for (const { isolate, scripts } of fitting) {
  const byId = new Map(scripts.filter(({ url }) => isOwn(url)).map((script) => [script.scriptId, script]))
  for (const { scriptId, functions } of await functionsOf(isolate))
   for (const each of byId.has(scriptId) ? functions : []) {
    const called = each.functionName.replace(/^(?:get|set) /, '')
    if (called === last) found.push({ isolate, script: byId.get(scriptId), range: each.ranges[0] })
    else if (called && names.size < 1000) names.add(called)
   }
 }
 if (found.length === 0) return { refused: 'no-function', offered: similarNames(Array.from(names), last) }
 const places = []
 for (const { isolate, script, range } of found) {
  const source = await sourceOf(isolate, script)
  const start = locationAt(source, script, range.startOffset)
  const answer = await isolate.session.ask(
   'Debugger.getPossibleBreakpoints',
   { start, restrictToFunction: true },
   3000,
  )
  const [location] = (answer && answer.locations) || []
  if (location) places.push(await placeAt(isolate, script, location))
 }
 const different = Array.from(new Set(places.map(({ path, line, column }) => path + ':' + line + ':' + column)))
 if (different.length === 0) return { refused: 'no-function', offered: [] }
 if (different.length > 1)
  return {
   refused: 'several-functions',
   offered: Array.from(new Set(places.map(({ path, line }) => path + ':' + line))).slice(0, TOLD_NAMES),
  }
 return { places }
}
async function functionsOf(isolate) {
 await isolate.session.ask('Profiler.enable', {}, 1000)
 const answer = await isolate.session.ask('Profiler.getBestEffortCoverage', {}, 3000)
 await isolate.session.ask('Profiler.disable', {}, 1000)
 return (answer && answer.result) || []
}
async function placeAt(isolate, script, { lineNumber, columnNumber = 0 }) {
 const source = await sourceOf(isolate, script)
 return {
  isolate,
  script,
  path: pathOf(script.url),
  line: lineNumber + 1,
  column: columnNumber,
  source,
  offset: offsetAt(source, script, lineNumber, columnNumber),
 }
}
async function sourceOf(isolate, script) {
 if (script.source === undefined) {
  const answer = await isolate.session.ask('Debugger.getScriptSource', { scriptId: script.scriptId }, 3000)
  script.source = (answer && answer.scriptSource) || ''
 }
 return script.source
}
function offsetAt(source, { startLine, startColumn }, line, column) {
 let at = 0
 for (let passed = startLine; passed < line; passed += 1) {
  const next = source.indexOf('\n', at)
  if (next < 0) return source.length
  at = next + 1
 }
 return at + (line === startLine ? column - startColumn : column)
}
function locationAt(source, { scriptId, startLine, startColumn }, offset) {
 const before = source.slice(0, offset).split('\n')
 const column = before[before.length - 1].length
 return {
  scriptId,
  lineNumber: startLine + before.length - 1,
  columnNumber: before.length === 1 ? startColumn + column : column,
 }
}
function pathOf(url) {
 let path = url.replace(/^file:\/\//, '').replace(/\?.*$/, '')
 try {
  path = path === url ? path : decodeURIComponent(path)
 } catch {}
 return cut(path, 1024)
}
function isOwn(url) {
 return !/^node:|\/node_modules\//.test(url) && (url.includes('/') || !url.startsWith('internal'))
}
function fits({ url }, file) {
 if (file === undefined) return true
 const path = pathOf(url)
 return path === file || path.endsWith('/' + file.replace(/^(?:\.?\/)+/, ''))
}
function similarScripts(isolates, file) {
 const paths = Array.from(
  new Set(
   isolates.reduce(
    (all, { scripts }) => all.concat(scripts.filter(({ url }) => isOwn(url)).map(({ url }) => pathOf(url))),
    [],
   ),
  ),
 )
 const stem = (path) =>
  path
   .split('/')
   .pop()
   .replace(/\.\w+$/, '')
 const same = file === undefined ? [] : paths.filter((path) => stem(path) === stem(file))
 return (same.length > 0 ? same : paths).slice(0, TOLD_NAMES)
}
function similarNames(names, asked) {
 const low = asked.toLowerCase()
 const near = names.filter(
  (name) => name.toLowerCase().includes(low) || (name.length > 2 && low.includes(name.toLowerCase())),
 )
 return (near.length > 0 ? near : names).slice(0, TOLD_NAMES).map((name) => cut(name, 200))
}
const COUNTED_MS = 200
const HOT_SHARE = 0.1
const FIRST_OWN_US = 200e3
const LIST_US = 20e3
const USUAL_PASS_US = 100
const JUDGED_AFTER_MS = 100
const FIRST_ASKED_MS = 5
const ASKED_EVERY_MS = 100
async function tellSnapshot(session, undoing) {
 const isolates = await isolatesOf(session)
 for (const isolate of isolates) {
  collectScripts(isolate)
  isolate.session.on('Debugger.paused', () => void isolate.session.ask('Debugger.resume', {}, 1000))
  await isolate.session.ask('Debugger.enable', {}, 3000)
 }
 const found = await placesOf(isolates)
 if (found.refused !== undefined) return tell({ noPlace: found })
 const { places } = found
 const [first] = places
 const perSecond = await callsPerSecond(places)
 const passUs = await priceOfPass(first.isolate)
 const isHot = perSecond * passUs > HOT_SHARE * 1e6
 tell({
  at: { path: first.path, line: first.line, column: first.column, mapped: Boolean(first.script.sourceMapURL) },
  perSecond,
  passUs,
 })
 if (isHot && options.when !== undefined) return tell({ end: { ended: 'hot', reached: 0, tookMs: 0 } })
 undoing.push(() => Promise.all(places.map(disarm)))
 const began = Date.now()
 for (const [number, place] of places.entries()) {
  place.number = number
  place.isArmed = await arm(place)
  if (!place.isArmed) tell({ note: 'it could not be watched in ' + (place.isolate.name || 'the program') })
 }
 await watch(
  places.filter(({ isArmed }) => isArmed),
  began,
  passUs,
  undoing,
 )
}
async function callsPerSecond(places) {
 const isolates = Array.from(new Set(places.map(({ isolate }) => isolate)))
 const counting = isolates.map(async (isolate) => {
  const { session } = isolate
  await session.ask('Profiler.enable', {}, 1000)
  await session.ask('Profiler.startPreciseCoverage', { callCount: true, detailed: false }, 1000)
  const began = Date.now()
  await later(COUNTED_MS)
  const answer = await session.ask('Profiler.takePreciseCoverage', {}, 3000)
  const tookMs = Date.now() - began
  await session.ask('Profiler.stopPreciseCoverage', {}, 1000)
  await session.ask('Profiler.disable', {}, 1000)
  const counted = (answer && answer.result) || []
  const here = places.filter((place) => place.isolate === isolate)
  return Math.max.apply(
   null,
   here.map(({ script, offset }) => {
    const own = counted.filter(({ scriptId }) => scriptId === script.scriptId)
    const ranges = own.reduce((all, { functions }) => all.concat(functions.map((each) => each.ranges[0])), [])
    const inner = innermost(ranges, offset)
    return inner === undefined ? 0 : (inner.count * 1000) / tookMs
   }),
  )
 })
 return Math.max.apply(null, await Promise.all(counting))
}
async function priceOfPass({ session }) {
 const name = 'halligan-price.js'
 const made = await session.ask(
  'Runtime.evaluate',
  { expression: '(function () {\nreturn 1\n})\n//# sourceURL=' + name },
  1000,
 )
 if (!made || !made.result || !made.result.objectId) return USUAL_PASS_US
 const { objectId } = made.result
 const set = await session.ask('Debugger.setBreakpointByUrl', { url: name, lineNumber: 1, condition: 'false' }, 1000)
 const timing =
  'function () { const clock = process.hrtime, began = clock(); for (let n = 0; n < 20; n += 1) this(); const [s, ns] = clock(began); return (s * 1e9 + ns) / 20e3 }'
 const answer = await session.ask(
  'Runtime.callFunctionOn',
  { objectId, functionDeclaration: timing, returnByValue: true },
  1000,
 )
 if (set) await session.ask('Debugger.removeBreakpoint', { breakpointId: set.breakpointId }, 1000)
 await session.ask('Runtime.releaseObject', { objectId }, 1000)
 const us = answer && answer.result && answer.result.value
 return typeof us === 'number' && us > 0 && us < 1e6 ? us : USUAL_PASS_US
}
async function arm(place) {
 const { isolate, script, line, column } = place
 const names = namesOf(place)
 const { hits, forMs, maxFrames, maxLocals, maxText, maxItems, maxDepth, maxValue, secret, masked } = options
 const asked = options.prints.length > 0
 const request = {
  names,
  asked,
  hits,
  forMs,
  maxFrames,
  maxLocals,
  maxText,
  maxItems,
  maxDepth,
  maxValue,
  secret,
  masked,
  firstUs: FIRST_OWN_US,
  listUs: LIST_US,
  mostShare: HOT_SHARE,
 }
 const made = await evaluate(
  place,
  '(' +
   KEPT_IN +
   ' = ' +
   KEPT_IN +
   ' || {})[' +
   place.number +
   '] = (' +
   recorder.toString() +
   ')(' +
   JSON.stringify(request) +
   ', require("util").types.isProxy), true',
 )
 if (made !== true) return false
 const reads = names.map(({ code }) => '() => ' + code).join(', ')
 const condition = options.when === undefined ? 'undefined' : '() => ' + options.when
 const answer = await isolate.session.ask(
  'Debugger.setBreakpointByUrl',
  {
   url: script.url,
   lineNumber: line - 1,
   columnNumber: column,
   condition:
    '(() => { const ' +
    options.recorder +
    ' = (' +
    KEPT_IN +
    ' || {})[' +
    place.number +
    ']; return ' +
    options.recorder +
    ' !== undefined && ' +
    options.recorder +
    '.pass(' +
    condition +
    ', [' +
    reads +
    ']) })()',
  },
  3000,
 )
 place.breakpointId = answer && answer.breakpointId
 return place.breakpointId !== undefined
}
function namesOf({ source, offset }) {
 if (options.prints.length > 0) return options.prints.map(({ name, code }) => ({ name, code, declared: true }))
 const { declared, used } = namesAt(source, offset)
 const known = declared.map((name) => ({ name, code: name, declared: true }))
 const others = used.filter((name) => name !== options.recorder).map((name) => ({ name, code: name, declared: false }))
 return known.concat({ name: 'this', code: 'this', declared: false }, others).slice(0, options.maxNames)
}
async function evaluate({ isolate, script }, expression) {
 const answer = await isolate.session.ask(
  'Runtime.evaluate',
  {
   expression,
   contextId: script.executionContextId,
   includeCommandLineAPI: true,
   returnByValue: true,
   silent: true,
  },
  2000,
 )
 return answer && !answer.exceptionDetails ? answer.result.value : undefined
}
async function watch(places, began, passUs, undoing) {
 tell({ armed: places.length })
 undoing.lastWords = () => Promise.all(places.map((place) => take(place, state)))
 let ended = places.length === 0 ? 'process' : undefined
 let wait = FIRST_ASKED_MS
 const state = { told: 0, reached: new Map(), untold: 0, failed: 0, why: '', ownUs: 0, isHeavy: false }
 while (ended === undefined) {
  await later(Math.min(wait, Math.max(1, began + options.forMs - Date.now())))
  wait = Math.min(ASKED_EVERY_MS, wait * 2)
  await Promise.all(places.map((place) => take(place, state)))
  ended = endOf(places, state, Date.now() - began, passUs, undoing)
 }
 const tookMs = Date.now() - began
 await Promise.all(places.map(unset))
 await Promise.all(places.map((place) => take(place, state)))
 const removed = await Promise.all(places.map(disarm))
 if (state.isHeavy)
  tell({
   note: 'its values are large: writing them down took ' + Math.round(state.ownUs / 1000) + ' ms of the program',
  })
 tell({
  end: {
   ended,
   tookMs,
   reached: Array.from(state.reached.values()).reduce((sum, each) => sum + each, 0),
   untold: state.untold,
   failed: state.failed,
   why: cut(state.why, 200),
   hitUs: state.told > 0 ? state.ownUs / state.told : 0,
   removed: removed.every(Boolean),
  },
 })
}
function endOf(places, { told, reached, isHeavy }, tookMs, passUs, undoing) {
 if (told >= options.hits) return 'hits'
 if (isHeavy) return 'hot'
 if (tookMs >= options.forMs) return 'time'
 if (undoing.isEnding) return 'process'
 if (undoing.isOver || isAsked()) return 'stopped'
 if (places.every(({ isolate }) => isolate.session.ended)) return isThere() ? 'stopped' : 'process'
 const most = Math.max.apply(null, [0].concat(Array.from(reached.values())))
 if (tookMs >= JUDGED_AFTER_MS && most * passUs > HOT_SHARE * tookMs * 1000) return 'hot'
}
function isThere() {
 try {
  return startTicksOf(options.pid) === options.startTicks
 } catch {
  return false
 }
}
async function take(place, state) {
 const from = place.told || 0
 const text = await evaluate(place, KEPT_IN + '[' + place.number + '].take(' + from + ')')
 if (typeof text !== 'string') return
 const kept = JSON.parse(text)
 const before = place.kept || { untold: 0, failed: 0, ownUs: 0 }
 place.kept = kept
 state.reached.set(place, kept.reached)
 state.untold += kept.untold - before.untold
 state.failed += kept.failed - before.failed
 state.ownUs += kept.ownUs - before.ownUs
 state.why = kept.why || state.why
 state.isHeavy = state.isHeavy || kept.isHeavy
 const fresh = kept.hits.slice((place.told || 0) - from)
 place.told = from + kept.hits.length
 for (const hit of fresh) {
  if (state.told >= options.hits) return
  state.told += 1
  tell({ hit: Object.assign({ isolate: place.isolate.name }, hit) })
 }
}
async function unset(place) {
 const { breakpointId } = place
 place.breakpointId = undefined
 if (breakpointId !== undefined) await place.isolate.session.ask('Debugger.removeBreakpoint', { breakpointId }, 1000)
}
async function disarm(place) {
 await unset(place)
 const gone = await evaluate(place, 'delete ' + KEPT_IN + ', ' + KEPT_IN + ' === undefined')
 const off = await place.isolate.session.ask('Debugger.disable', {}, 1000)
 return place.isolate.session.ended || (gone === true && off !== undefined)
}
WAYS.snapshot = tellSnapshot
`)
