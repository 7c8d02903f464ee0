// Where the processor's time goes, by V8's own sampler.
import { cut, isolatesOf } from './isolates.js'
import { options, tell, WAYS, watchedFor } from './request.js'

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

/** The tree as it is, node by node, its samples counted: `[parent, function, url, line, hits]`; the first is the root. */
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
