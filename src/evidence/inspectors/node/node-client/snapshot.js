// Values at a statement, without stopping: a breakpoint whose condition writes down what is asked, and is never true.
import { recorder } from './inside.js'
import { cut, isolatesOf } from './isolates.js'
import { KEPT_IN } from './kept.js'
import { namesAt } from './names.js'
import { collectScripts, innermost, placesOf } from './place.js'
import { isAsked, later, options, tell, WAYS } from './request.js'
import { startTicksOf } from './target.js'

/** How often the function of the statement is called is counted for so long: V8 slows down by a few times meanwhile. Milliseconds. */
const COUNTED_MS = 200
/** Of one CPU: what passes of the statement may take of its thread. */
const HOT_SHARE = 0.1
/** What writing values down may take of the threads of the program before that share counts: at first V8 has not compiled it yet. Microseconds. */
const FIRST_OWN_US = 200e3
/** Of one hit: what listing the fields of objects may take before no more are listed. Microseconds. */
const LIST_US = 20e3
/** One pass of a breakpoint whose condition is false, where it could not be measured. Microseconds. */
const USUAL_PASS_US = 100
/** Watched for so long before its share counts: a burst is none. Milliseconds. */
const JUDGED_AFTER_MS = 100
/** It is asked soon at first, since a hot statement has all its hits at once, then less often. Milliseconds. */
const FIRST_ASKED_MS = 5
const ASKED_EVERY_MS = 100

async function tellSnapshot(session, undoing) {
  const isolates = await isolatesOf(session)
  for (const isolate of isolates) {
    collectScripts(isolate)
    // None of its breakpoints is ever true; whatever else would stop it is let go at once.
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

/** Of the innermost function around the statement; what runs in a loop within one call shows only while it is watched. */
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

/** A function of ours in that isolate, with such a breakpoint, is called a few times. */
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

/** First what writes down, then the breakpoint that calls it. */
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

/** What is told of a hit, each with the code that reads it there. */
function namesOf({ source, offset }) {
  if (options.prints.length > 0) return options.prints.map(({ name, code }) => ({ name, code, declared: true }))
  const { declared, used } = namesAt(source, offset)
  const known = declared.map((name) => ({ name, code: name, declared: true }))
  const others = used.filter((name) => name !== options.recorder).map((name) => ({ name, code: name, declared: false }))
  return known.concat({ name: 'this', code: 'this', declared: false }, others).slice(0, options.maxNames)
}

/** In the realm of the script; `require` is what the console of Node's inspector has. */
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

/** Takes what was written down since the last time. */
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
  // Two may have asked at once.
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

/** Whether nothing is left in the isolate: it is looked at. */
async function disarm(place) {
  await unset(place)
  const gone = await evaluate(place, 'delete ' + KEPT_IN + ', ' + KEPT_IN + ' === undefined')
  const off = await place.isolate.session.ask('Debugger.disable', {}, 1000)
  return place.isolate.session.ended || (gone === true && off !== undefined)
}

WAYS.snapshot = tellSnapshot
