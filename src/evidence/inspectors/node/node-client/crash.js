// The moment in which a program ends: what it throws and nothing catches, and where it calls `process.exit`.
import { cut, isolatesOf } from './isolates.js'
import { isAsked, later, options, tell, WAYS } from './request.js'
import { readStop } from './stacks.js'

/** Each exception that V8 believes nobody catches stops its isolate for a moment; a program that goes on all the same is not stopped more often. */
const MOST_STOPS = 5
/** A program that is about to end may wait for longer than one that goes on. Milliseconds. */
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

/** While Node waits for us the calls that led to the exit are still on the stack. The program's own way of writing stacks is set aside. */
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
