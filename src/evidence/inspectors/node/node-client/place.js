// From a statement as a person names it to a place in a script that V8 has.
import { cut } from './isolates.js'
import { functionsAt } from './names.js'
import { options } from './request.js'

/** Lines around one that has no statement, among which the nearest that has one is looked for. */
const AROUND = 200
const TOLD_NAMES = 8
/** Of one line, which may be all of a program: places that are looked at, functions that are watched. */
const MAX_LOCATIONS = 50
const MAX_FUNCTIONS = 4

/** The scripts of an isolate, as they are told when the debugger is switched on; later ones too. */
export function collectScripts(isolate) {
  const scripts = (isolate.scripts = [])
  isolate.session.on('Debugger.scriptParsed', (script) => {
    if (script.url && scripts.length < options.maxScripts) scripts.push(script)
  })
}

/** `{ url, pathOf, line, column, functionName, offset, source }`, each of an isolate that has the script; or `{ refused }` with what there is instead. */
export async function placesOf(isolates) {
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
    // One that was loaded again is the one that runs.
    const script = scripts.filter((each) => each.url === url).pop()
    if (script === undefined) continue
    const found = await possible(isolate, script, line - 1, line)
    for (const location of await firstOfEach(isolate, script, found.slice(0, MAX_LOCATIONS)))
      places.push(await placeAt(isolate, script, location))
    if (found.length === 0) near = near || (await nearestIn(isolate, script, line))
  }
  return places.length > 0 ? { places } : Object.assign({ refused: 'no-line', script: pathOf(url), asked: line }, near)
}

/** A line may be in several functions, `items.forEach((item) => add(item))`: the first place in each. */
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

/** Of ranges of a source, each with its first offset and the one after its last. */
export function innermost(ranges, offset) {
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

/** Places where V8 could stop, from one line (from 0) to before another. */
async function possible(isolate, { scriptId, startLine, startColumn }, from, to) {
  const start =
    from > startLine
      ? { scriptId, lineNumber: from, columnNumber: 0 }
      : { scriptId, lineNumber: startLine, columnNumber: startColumn }
  const end = { scriptId, lineNumber: to, columnNumber: 0 }
  const answer = await isolate.session.ask('Debugger.getPossibleBreakpoints', { start, end }, 3000)
  return (answer && answer.locations) || []
}

/** Functions that ran at least once and were not forgotten since: V8 knows where those begin. */
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

/** A script may begin within a line of what it was taken from. */
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

export function pathOf(url) {
  let path = url.replace(/^file:\/\//, '').replace(/\?.*$/, '')
  try {
    path = path === url ? path : decodeURIComponent(path)
  } catch {} // It is shown as it is.
  return cut(path, 1024)
}

function isOwn(url) {
  return !/^node:|\/node_modules\//.test(url) && (url.includes('/') || !url.startsWith('internal'))
}

/** `cart.js`, `src/cart.js`, `/srv/shop/src/cart.js`. */
function fits({ url }, file) {
  if (file === undefined) return true
  const path = pathOf(url)
  return path === file || path.endsWith('/' + file.replace(/^(?:\.?\/)+/, ''))
}

/** The same name in another folder or with another ending, else what is the program's own. */
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
