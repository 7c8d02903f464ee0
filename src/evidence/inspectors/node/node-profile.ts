import type { Frame } from '../../inspect/frame.ts'
import type { Inspector } from '../../inspect/inspector.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import type { Profile, WeightedStack } from '../../inspect/profile.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { clientLines, type ClientSaid, type NodeLine } from './node-client/lines.ts'
import { nodeScript } from './node-script.ts'
import { nodeAble, nodeFrame, nodeGuard, nodeRefusal, NODE_RESIDUE } from './node-stacks.ts'

/** 99 Hz: beside all that happens each 10 ms. Microseconds. */
const INTERVAL_US = 10_101
/** A service of some thousand functions has so many places of calls; 5,000 lines are below 1 MB. */
const MAX_NODES = 20_000
/** Some hundred samples of a busy isolate. Milliseconds. */
const DEFAULT_MS = 10_000
/** Switching V8's sampler on makes it look at all code once; the debugger stays off. Milliseconds. */
const PAUSE_MS = 50

/**
 * Where JavaScript spends its time, by V8's own sampler (Profiler domain of the Chrome DevTools Protocol), in the program and its workers. Time in native code counts for the
 * function that called it; `(program)` is what V8 could not tell. Source: chromedevtools.github.io/devtools-protocol, Profiler.
 */
export const nodeProfile: Inspector<Profile> = {
  id: 'node-profile',
  title: 'profile of JavaScript, by V8',
  does: 'profile',
  runtimes: ['node'],
  tools: [],
  attaches: nodeGuard,
  endsWhenAsked: true,
  able: nodeAble,
  price: () => ({
    price: 'pause',
    pauseMs: PAUSE_MS,
    residue: NODE_RESIDUE,
    why: 'SIGUSR1 makes Node open its inspector on 127.0.0.1 (any user of the box can reach it for that time); V8 samples 99 times a second',
  }),
  script: (target, { forMs = DEFAULT_MS, maxThreads }) =>
    nodeScript(target, { way: 'profile', forMs, maxThreads, intervalUs: INTERVAL_US, maxNodes: MAX_NODES }),
  parse: readNodeProfile,
}

function readNodeProfile(output: Uint8Array): Reading<Profile> {
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const said = clientLines(output)
  if (said.profiles.length === 0) return nodeRefusal(said, output)
  const names = [...new Set(said.profiles.map(({ name }) => name))]
  const trees = names.map((name) => ({
    name,
    nodes: said.nodes.filter((node) => node.name === name).map(({ node }) => node),
  }))
  const left = said.profiles.reduce((sum, { profile }) => sum + profile.left, 0)
  const stacks = trees.flatMap(({ name, nodes }) => stacksOf(name, nodes))
  return seen({
    of: 'cpu',
    unit: 'samples',
    tookMs: Math.max(0, ...said.profiles.map(({ profile }) => profile.ms)),
    intervalUs: INTERVAL_US,
    stacks,
    idle: trees.reduce(
      (sum, { nodes }) =>
        sum + nodes.reduce((all, [, functionName, , , hits]) => all + (functionName === '(idle)' ? hits : 0), 0),
      0,
    ),
    notes: [
      ...said.notes,
      ...(left > 0 ? [`${left} places of calls were left out`] : []),
      ...counted(stacks),
      ...closed(said),
    ],
  })
}

/** Functions of Node itself hardly ever compute: so much of all samples in them is somebody else's time. */
const SUSPICIOUS_SHARE = 0.3

/** Seen of Node 24: the code of a loop that is running compiled when the sampler begins is not known to it, and its samples go to the caller. */
function counted(stacks: readonly WeightedStack[]): readonly string[] {
  const all = stacks.reduce((sum, { weight }) => sum + weight, 0)
  const ofNode = stacks.reduce(
    (sum, { frames: [inner], weight }) => sum + (inner?.file?.startsWith('node:') ? weight : 0),
    0,
  )
  if (ofNode < all * SUSPICIOUS_SHARE) return []
  const share = Math.round((100 * ofNode) / all)
  return [
    `${share} % are counted for functions of Node itself: V8 counts a loop that was compiled before the profile began for its caller; --stacks shows where it is`,
  ]
}

function closed({ inspector, closed: done }: ClientSaid): readonly string[] {
  return inspector?.opened && !done ? [`its inspector may still be open on 127.0.0.1:${inspector.port}`] : []
}

/** What stands at the root of V8's tree and is no function. */
const NO_FUNCTIONS: ReadonlySet<string> = new Set(['(root)', '(idle)'])

/** Each node names the one that called it by its place in the list. */
function stacksOf(name: string, nodes: readonly NodeLine[]): readonly WeightedStack[] {
  const thread = name === '' ? {} : { thread: name }
  return nodes.flatMap(([, functionName, , , hits], at) =>
    hits > 0 && !NO_FUNCTIONS.has(functionName) ? [{ ...thread, frames: framesFrom(nodes, at), weight: hits }] : [],
  )
}

/** A parent stands before its children in V8's list; a tree that is none ends here. */
function framesFrom(nodes: readonly NodeLine[], from: number): readonly Frame[] {
  const frames: Frame[] = []
  let at = from
  for (let node = nodes[at]; node && !NO_FUNCTIONS.has(node[1]); node = nodes[at]) {
    frames.push(nodeFrame(node[1], node[2], node[3]))
    if (node[0] >= at) break
    at = node[0]
  }
  return frames
}
