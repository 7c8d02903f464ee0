import { shellQuoted } from '../../../base/shell-quoted.ts'
import type { Inspector, InspectOptions, Target } from '../../inspect/inspector.ts'
import { memorySampleScript, tickSeconds } from '../../inspect/memory-sample-script.ts'
import type { HeapUse, MemoryUse, SiteUse } from '../../inspect/memory-use.ts'
import { lostTarget, lostWords } from '../../inspect/prove-target.ts'
import { blind, seen, type Reading } from '../../reading.ts'
import { clientLines, type ClientSaid } from './node-client/lines.ts'
import { memoryLinesIn, type ClientMemory } from './node-client/memory-lines.ts'
import { nodeScript } from './node-script.ts'
import { nodeAble, nodeFrame, nodeGuard, nodeRefusal, NODE_RESIDUE } from './node-stacks.ts'
import { kindsIn, watchMs } from '../any/proc-memory.ts'

/** One allocation of so many bytes is looked at, on average: a service that allocates 100 MB/s has some 1,500 a second. V8's own default is 32 KiB. Bytes. */
const INTERVAL_BYTES = 64 * 1024
/** V8 collects its whole heap before it tells what is still held, as for `kSamplingForceGC` of v8-profiler.h. Milliseconds, for all and for each MiB that is resident. */
const PAUSE_MS = 100
const PAUSE_PER_MIB = 2

/**
 * What grows in the heap of V8, and which code asked for it? Its spaces before and after, and its sampling heap profiler in between (HeapProfiler domain of the Chrome DevTools
 * Protocol): what was allocated while it was watched and is still held at the end, by function. Of the program and of each worker.
 *
 *   old_space 41.2 MiB, +3.1 MiB
 *   remember  /srv/shop/orders.js:12 allocated 3.0 MiB that are still held
 *
 * Types of objects would take a heap snapshot, for which V8 stands still for seconds and needs as much memory again: it is not taken.
 * Source: chromedevtools.github.io/devtools-protocol, HeapProfiler; nodejs.org/api/v8.html.
 */
export const nodeMemory: Inspector<MemoryUse> = {
  id: 'node-memory',
  title: 'heap of V8 and who allocates, by its sampling heap profiler',
  does: 'memory',
  runtimes: ['node'],
  tools: [],
  attaches: nodeGuard,
  endsWhenAsked: true,
  able: nodeAble,
  price: ({ process }) => ({
    price: 'pause',
    pauseMs: Math.round(PAUSE_MS + (process.residentBytes / 1024 / 1024) * PAUSE_PER_MIB),
    residue: NODE_RESIDUE,
    why: 'SIGUSR1 makes Node open its inspector on 127.0.0.1 (any user of the box can reach it for that time); V8 samples what is allocated, and collects its whole heap once at the end',
  }),
  script: nodeMemoryScript,
  parse: parseNodeMemory,
}

function nodeMemoryScript(target: Target, options: InspectOptions): string {
  const forMs = watchMs(options)
  const request = {
    way: 'memory',
    forMs,
    betweenMs: tickSeconds(forMs) * 1000,
    intervalBytes: INTERVAL_BYTES,
    maxThreads: options.maxThreads,
  } as const
  return `HALLIGAN_SAMPLE=${shellQuoted(memorySampleScript(target.process.pid))}; export HALLIGAN_SAMPLE\n${nodeScript(target, request)}`
}

function parseNodeMemory(output: Uint8Array): Reading<MemoryUse> {
  const lost = lostTarget(output)
  if (lost) return blind(lostWords(lost))
  const said = clientLines(output)
  const memory = memoryLinesIn(output)
  if (said.refused || memory.heaps.length === 0) return nodeRefusal(said, output)
  const base = kindsIn(output)
  const isOne = memory.heaps.length === 1
  return seen({
    ...(base.kind === 'seen' ? base.value : { watchedMs: 0, byKind: [], over: [], notes: [base.why] }),
    heaps: heapsOf(memory, isOne),
    sites: memory.sites.map((site) => siteOf(site, isOne)),
    noTypes: {
      why: 'V8 tells types only in a heap snapshot, for which it stands still for seconds and takes as much memory again',
      hint: '',
    },
    notes: [...(base.kind === 'seen' ? base.value.notes : []), ...said.notes, ...openNotes(said)].slice(0, 50),
  })
}

function heapsOf({ heaps }: ClientMemory, isOne: boolean): readonly HeapUse[] {
  return heaps.flatMap(({ name, before, after }) =>
    after.map(([space, bytes]) => {
      const was = before.find(([each]) => each === space)?.[1]
      return {
        name: isOne ? space : `${space}, ${name === '' ? 'the program' : name}`,
        bytes,
        grewBytes: was === undefined ? 0 : bytes - was,
      }
    }),
  )
}

function siteOf({ name, site }: ClientMemory['sites'][number], isOne: boolean): SiteUse {
  return {
    frame: nodeFrame(site.function, site.url, site.line),
    bytes: site.bytes,
    ...(isOne ? {} : { thread: name === '' ? 'the program' : name }),
  }
}

function openNotes({ inspector, closed }: ClientSaid): readonly string[] {
  if (!inspector?.opened || closed) return []
  return [`its inspector may still be open on 127.0.0.1:${inspector.port}`]
}
