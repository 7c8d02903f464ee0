import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readState } from '../../src/evidence/inspect/read-state.ts'
import { sectionsOf } from '../../src/evidence/inspect/sections.ts'
import type { Frame } from '../../src/evidence/inspect/frame.ts'
import type { ApartStack, Stacks } from '../../src/evidence/inspect/stacks.ts'
import type { Profile } from '../../src/evidence/inspect/profile.ts'
import type { ProcessState } from '../../src/evidence/inspect/state.ts'
import type { InspectedThread } from '../../src/evidence/inspect/thread.ts'
import { doingNow } from '../../src/findings/inspect/doing-now.ts'
import { compareProfiles } from '../../src/findings/inspect/compared-profiles.ts'
import { profileTops } from '../../src/findings/inspect/profile.ts'
import { stackGroups } from '../../src/findings/inspect/stacks.ts'
import { threadGroups } from '../../src/findings/inspect/thread-groups.ts'
import { unseenParts } from '../../src/steps/inspect/blind-parts.ts'
import type { Inspection } from '../../src/steps/inspect/inspection.ts'
import { redactedState } from '../../src/steps/inspect/redacted-state.ts'
import { waysInto } from '../../src/steps/inspect/ways.ts'
import { redact } from '../redact.ts'

const answer = readFileSync(path.join(import.meta.dirname, '../fixtures/inspect/deadlock.answer'))

/** The recorded deadlock, with parts of it changed. */
export function recordedState(change: (state: ProcessState) => Partial<ProcessState> = () => ({})): ProcessState {
  const sections = sectionsOf(answer, '0123456789abcdef0123456789abcdef')
  const state = readState(sections, { architecture: 'x86_64', uid: 0 })
  if (!state) throw new Error('the recorded process is there')
  return { ...state, ...change(state) }
}

/** The same process with threads of another kind. */
export function withThreads(
  threads: readonly Partial<InspectedThread>[],
  more: Partial<ProcessState> = {},
): ProcessState {
  return recordedState(({ process }) => ({
    calls: new Map(),
    lockOwners: [],
    windowMs: 300,
    process: {
      ...process,
      state: threads[0]?.state ?? 'S',
      threadCount: threads.length,
      threads: threads.map((thread, at) => ({
        tid: process.pid + at,
        name: 'worker',
        state: 'S',
        totalCpuMs: 0,
        cpuMs: 0,
        frames: [],
        ...thread,
      })),
    },
    ...more,
  }))
}

/** What a step makes of it. */
export function inspectionOf(raw: ProcessState, stacks?: Stacks): Inspection {
  const state = redactedState(raw, redact)
  return {
    box: 'web-1',
    subject: { by: 'name', name: 'deadlock' },
    startedAtMs: Date.UTC(2026, 0, 2, 14, 5),
    tookMs: 620,
    identity: { hostname: 'web-1', machineId: 'ab'.repeat(16), bootId: 'cd' },
    failure: undefined,
    found: { count: 1, candidates: [] },
    state,
    doing: doingNow(state),
    groups: threadGroups(state),
    ways: waysInto(state),
    stacks: stacks && {
      inspector: 'cpython-memory',
      title: 'stacks by reading the memory of CPython',
      groups: stackGroups(stacks),
      notes: stacks.notes,
      apartMs: 200,
      stacks,
    },
    noStacks: undefined,
    paid: [],
    blind: unseenParts(state),
    recorded: { how: 'no-incident' },
  }
}

/** Nine threads that wait at one lock, one that has it and waits for a database, one at work. */
export function someStacks(): Stacks {
  const library = (name: string, file: string, line: number) => ({ function: name, file, line, own: false })
  const price = {
    function: 'price_order',
    file: '/srv/shop/cart.py',
    line: 118,
    own: true,
    locals: [
      { name: 'order', type: 'dict', value: "{'id': 4711, 'lines': [<Line>, <Line>, …]}" },
      { name: 'api_token', type: 'str', value: '‹secret:token:0f5f›', masked: true as const },
    ],
  }
  const outer = ['run', '_bootstrap_inner', '_bootstrap'].map((name, at) =>
    library(name, '/usr/lib/python3.11/threading.py', 975 + at * 50),
  )
  const waits = [library('wait', '/usr/lib/python3.11/threading.py', 320), price, ...outer]
  const query = { function: 'load_prices', file: '/srv/shop/prices.py', line: 33, own: true }
  const asks = [
    library('execute', '/srv/venv/lib/python3.11/site-packages/psycopg/cursor.py', 97),
    query,
    price,
    ...outer,
  ]
  const burns = [{ function: 'recalculate', file: '/srv/shop/report.py', line: 12, own: true }, ...outer]
  const threads = (cpu: number) => [
    ...Array.from({ length: 9 }, (_, at) => ({ tid: 100 + at, name: `worker-${at}`, frames: waits, cpuMs: 3 })),
    { tid: 120, name: 'worker-9', frames: asks, cpuMs: 8 },
    { tid: 121, name: 'report', frames: burns, cpuMs: cpu },
  ]
  return {
    samples: [
      { atMs: 0, threads: threads(1000) },
      {
        atMs: 200,
        threads: threads(1184).map((each) => (each.tid === 121 ? { ...each, says: ['holds the GIL'] } : each)),
        apart: someTasks(),
      },
    ],
    notes: ['1 thread had no Python frame'],
  }
}

/** Three tasks of asyncio that wait at one place, one at another. */
function someTasks(): readonly ApartStack[] {
  const task = (number: number, locals: Frame['locals']): ApartStack => ({
    name: `asyncio task Task-${number}`,
    frames: [
      { function: 'Event.wait', file: '/usr/lib/python3.11/asyncio/locks.py', line: 213, own: false },
      {
        function: 'Feed.next',
        file: '/srv/shop/feed.py',
        line: 40 + Math.min(number, 5),
        own: true,
        ...(locals ? { locals } : {}),
      },
    ],
    says: ['awaits a Future'],
  })
  return [
    task(9, undefined),
    task(3, [{ name: 'topic', type: 'str', value: "'prices'" }]),
    task(9, undefined),
    task(9, undefined),
  ]
}

/** Where the same process spent ten seconds; names as hostile programs have them are among them. */
export function someProfile(): Profile {
  const own = (called: string, line: number): Frame => ({
    function: called,
    file: '/srv/shop/cart.js',
    line,
    own: true,
  })
  const library = (called: string, file: string): Frame => ({ function: called, file, line: 7, own: false })
  const loop = ['dispatch', 'onRequest', 'runMicrotasks', 'processTicksAndRejections'].map((called) =>
    library(called, 'node:internal/process/task_queues'),
  )
  const [checkout, price, discount] = [own('checkout', 3), own('priceOrder', 41), own('discountOf', 118)]
  return {
    of: 'cpu',
    unit: 'samples',
    tookMs: 10_004,
    intervalUs: 10_101,
    idle: 310,
    notes: ['7 places of calls were left out'],
    stacks: [
      { frames: [discount, price, checkout, ...loop], weight: 402 },
      { frames: [price, checkout, ...loop], weight: 61 },
      {
        frames: [library('parse\u001b[2J</title>', '/srv/shop/node_modules/qs/index.js'), checkout, ...loop],
        weight: 88,
      },
      { frames: [library('stringify', '/srv/shop/node_modules/qs/index.js'), own('render', 200), ...loop], weight: 70 },
      { thread: 'worker 1', frames: [own('reindex', 9)], weight: 35 },
      { frames: [{ function: '(garbage collector)', own: false }], weight: 24 },
    ],
  }
}

/** What a step makes of it; compared with an earlier one where that is given. */
export function profiled(inspection: Inspection, before?: Profile): Inspection {
  const profile = someProfile()
  return {
    ...inspection,
    profile: {
      inspector: 'node-profile',
      title: 'profile of JavaScript, by V8',
      startedAtMs: Date.UTC(2026, 0, 2, 14, 5),
      profile,
      tops: profileTops(profile),
      ...(before ? { compared: { with: 'before.speedscope.json', changes: compareProfiles(before, profile) } } : {}),
    },
  }
}
