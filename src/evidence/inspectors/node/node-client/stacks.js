// What JavaScript runs in each isolate, with its variables.
import { cut, isolatesOf } from './isolates.js'
import { later, options, tell, WAYS } from './request.js'

/** From the stop to the go-ahead, whatever has come by then. Milliseconds. */
const STOP_LIMIT_MS = 100
/** An isolate that runs JavaScript stops at once; one that waits for events does not. Milliseconds. */
const RUNS_WITHIN_MS = 250
const SCOPES = new Set(['local', 'block', 'catch', 'closure', 'module', 'eval', 'with'])

async function tellStacks(session) {
  const isolates = await isolatesOf(session)
  const began = Date.now()
  for (const isolate of isolates) {
    // What is said of all scripts when the debugger is switched on; a call frame itself has no address in older versions.
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

/** One stop. A stop that was asked for and did not come is taken back: `Debugger.disable` clears it, and the end of the connection too. */
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

/** What stands on the stack while it is stopped; then it goes on, whatever has come by then. */
export async function readStop(session, urls, paused, limitMs) {
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

/** Of the frames that are shown in full; frames of Node itself say little. No getter is run: V8 gives a preview of what is there. */
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
      // A closure over functions of the module would fill the screen.
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

/** That a secret is missing is no secret. */
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
