// What V8 has in its heap, what of it grows, and which code asked for what stays, by its sampling heap profiler.
import childProcess from 'node:child_process'
import { cut, isolatesOf } from './isolates.js'
import { isAsked, options, tell, WAYS, watchedFor } from './request.js'

/** Spaces of V8 and what lies beside them, as one text. `require` is what the inspector gives who evaluates. */
const STATISTICS =
  "JSON.stringify([].concat(require('v8').getHeapSpaceStatistics().map((each) => [each.space_name, each.space_used_size]), " +
  "Object.entries(process.memoryUsage()).filter((each) => each[0] === 'external' || each[0] === 'arrayBuffers')))"
/** Sites of an isolate that are told; each line stays below 4 KiB, which a pipe takes in one piece. */
const MOST_SITES = 40
const STOP_MS = 30000

/** Memory by kind is told by sh from the box, before and after, beside what V8 says: with the same clock. */
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

/** Functions of sh that the console sends along (memory-sample-script.ts). */
function sample(name) {
  try {
    process.stdout.write(
      childProcess.execFileSync('sh', ['-c', process.env.HALLIGAN_SAMPLE + '\n' + name], { timeout: 10000 }),
    )
  } catch {} // The process has ended, or the box is starved: one sample is missing.
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

/** Bytes that were allocated while it was watched and are still held, by the function that allocated them, most first. */
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
    // oxlint-disable-next-line unicorn/no-array-sort -- toSorted came with Node 20
    .sort((a, b) => b.bytes - a.bytes)
  for (const site of heaviest.slice(0, MOST_SITES)) tell({ name, site })
}

WAYS.memory = tellMemory
