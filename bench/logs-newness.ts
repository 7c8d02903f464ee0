import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Severity } from '../src/evidence/logs/format.ts'
import { templatesOf } from '../src/findings/logs/patterns/cluster.ts'
import { judgePatterns } from '../src/findings/logs/judgement/judge.ts'
import { proposeOnset } from '../src/findings/logs/judgement/onset.ts'
import type { Pattern, Patterns } from '../src/findings/logs/pattern.ts'
import type { JudgedPattern } from '../src/findings/logs/verdict.ts'
import type { Benchmark } from './support/benchmark.ts'
import { csvRecords } from './support/csv.ts'

/** Of each system; each draws other halves and other event types. */
const SEEDS = 5
/** Event types tried for each system, kind and seed. */
const EVENTS = 25
/** Words, forms and weights of the ranking were chosen on these; only the last choice, of one weight among a few, looked at all eight systems that were at hand. */
const FITTED = new Set(['Android', 'HDFS', 'Linux', 'Proxifier'])
/** On either side of the onset. */
const BUCKETS = 64
const WIDTH_MS = 64_000

export const benchmark: Benchmark = {
  title: 'logs: what is new since the onset',
  about:
    'From a folder of systems with the true event of each line (NAME/*_structured.csv with Content and EventId, as LogHub has them): half of the lines are before the onset, half after it, and one ' +
    'event type is taken out of the half before, or thinned to a third there. Patterns are our own, not the true ones. How often a pattern of that event is the first, among 3, among 5, ' +
    'beside the ranking by plain signed G² and a bonus for what is new. Then: onsets that are proposed in shuffled logs, where there is none, and where event types begin.',
  run: (args) => {
    const [folder] = args
    if (folder === undefined) throw new Error('name the folder: npm run bench -- logs-newness DIR')
    const systems = systemsIn(folder)
    const tallies: Tallies = new Map()
    for (const system of systems)
      for (let seed = 1; seed <= SEEDS; seed++) for (const kind of KINDS) tryKind(system, kind, seed, tallies)
    return Promise.resolve([rankingTable(systems, tallies), '', onsetTable(systems)].join('\n'))
  },
}

interface Line {
  readonly event: string
  readonly severity: Severity | undefined
}

interface System {
  readonly name: string
  readonly lines: readonly Line[]
  readonly templates: readonly string[]
}

interface Kind {
  readonly title: string
  /** Lines of the event type after the onset, at least, and fewer than. */
  readonly least: number
  readonly below: number
  /** Share of its lines before the onset that stay. */
  readonly kept: number
  /** Only event types that the program calls errors, and a single line of it. */
  readonly singleError?: true
  /** The program's own levels are held back: words must do. */
  readonly levelless?: true
  /** The halves are the first and the second one of the log, with all that changes in it by itself. */
  readonly inOrder?: true
}

const KINDS: readonly Kind[] = [
  { title: 'new, 10 lines or more', least: 10, below: 300, kept: 0 },
  { title: 'new, 3 to 14 lines', least: 3, below: 15, kept: 0 },
  { title: 'new, 3 lines or more', least: 3, below: 300, kept: 0 },
  { title: 'new, 1 to 4 lines', least: 1, below: 5, kept: 0 },
  { title: 'new, a single ERROR line', least: 1, below: Infinity, kept: 0, singleError: true },
  { title: 'the same, levels held back', least: 1, below: Infinity, kept: 0, singleError: true, levelless: true },
  { title: '3 times as many, 10 lines or more', least: 10, below: 300, kept: 1 / 3 },
  { title: '3 times as many, 3 to 14 lines', least: 3, below: 15, kept: 1 / 3 },
  { title: 'halves in order: new, 3 to 14 lines', least: 3, below: 15, kept: 0, inOrder: true },
  {
    title: 'halves in order: a single ERROR line',
    least: 1,
    below: Infinity,
    kept: 0,
    singleError: true,
    inOrder: true,
  },
]

interface Tally {
  trials: number
  first: number
  three: number
  five: number
}

/** By kind, ranking and group of systems. */
type Tallies = Map<string, Tally>

function tryKind(system: System, kind: Kind, seed: number, tallies: Tallies): void {
  const random = generator(seed * 1009 + system.name.length)
  const order = kind.inOrder ? system.lines.map((_, at) => at) : shuffled(system.lines.length, random)
  const half = Math.floor(order.length / 2)
  const before = order.slice(0, half)
  const after = order.slice(half)
  for (const event of eventsOf(system, kind, after, random)) {
    const isEvent = (at: number): boolean => system.lines[at]?.event === event
    const one = kind.singleError ? after.find(isEvent) : undefined
    const early = before.filter((at) => !isEvent(at) || random() < kind.kept)
    const late = after.filter((at) => one === undefined || at === one || !isEvent(at))
    const judged = judgePatterns(patternsOf(system, early, late, kind.levelless === true), 0)
    const wanted = new Set(late.filter(isEvent).map((at) => system.templates[at]))
    for (const [ranking, ranked] of [
      ['ours', judged],
      ['plain', byPlainG2(judged)],
    ] as const) {
      const rank = ranked.findIndex(({ template }) => wanted.has(template)) + 1
      for (const group of [system.name, groupOf(system), 'all']) count(tallies, keyOf(kind, ranking, group), rank)
    }
  }
}

function groupOf({ name }: System): string {
  return FITTED.has(name) ? 'seen while fitting' : 'held out'
}

function keyOf(kind: Kind, ranking: string, group: string): string {
  return [kind.title, ranking, group].join('\n')
}

function count(tallies: Tallies, key: string, rank: number): void {
  const tally = tallies.get(key) ?? { trials: 0, first: 0, three: 0, five: 0 }
  tallies.set(key, tally)
  tally.trials++
  if (rank === 1) tally.first++
  if (rank >= 1 && rank <= 3) tally.three++
  if (rank >= 1 && rank <= 5) tally.five++
}

/** The peer: log-likelihood alone, and two more for what is new. */
function byPlainG2(judged: readonly JudgedPattern[]): readonly JudgedPattern[] {
  const all = [sum(judged.map(({ before }) => before.count)), sum(judged.map(({ after }) => after.count))] as const
  const g2 = ({ before: { count: a }, after: { count: b } }: JudgedPattern): number => {
    const [early, late] = all.map((each) => ((a + b) * each) / (all[0] + all[1])) as [number, number]
    const value = 2 * ((a > 0 ? a * Math.log(a / early) : 0) + (b > 0 ? b * Math.log(b / late) : 0))
    return (b >= late ? value : -value) + (a === 0 ? 2 : 0)
  }
  return judged.toSorted((one, other) => g2(other) - g2(one) || (one.template < other.template ? -1 : 1))
}

function sum(list: readonly number[]): number {
  return list.reduce((all, each) => all + each, 0)
}

function eventsOf({ lines }: System, kind: Kind, after: readonly number[], random: () => number): readonly string[] {
  const counts = new Map<string, number>()
  const errors = new Set<string>()
  for (const at of after) {
    const { event = '', severity } = lines[at] ?? {}
    counts.set(event, (counts.get(event) ?? 0) + 1)
    if (severity === 'error' || severity === 'fatal') errors.add(event)
  }
  const fitting = [...counts].filter(
    ([event, lines]) => lines >= kind.least && lines < kind.below && (!kind.singleError || errors.has(event)),
  )
  return shuffled(fitting.length, random)
    .slice(0, EVENTS)
    .map((at) => fitting[at]?.[0] ?? '')
}

/** Lines by number, spread evenly over either side of the onset, which is 0. */
function patternsOf(
  { lines, templates }: System,
  before: readonly number[],
  after: readonly number[],
  levelless: boolean,
): Patterns {
  const found = new Map<string, { severity: Severity | undefined; counts: Uint32Array; times: number[] }>()
  const put = (at: number, atMs: number): void => {
    const name = templates[at] ?? ''
    const severity = levelless ? undefined : lines[at]?.severity
    const each = found.get(name) ?? { severity, counts: new Uint32Array(2 * BUCKETS), times: [] }
    found.set(name, each)
    const bucket = Math.floor(atMs / WIDTH_MS) + BUCKETS
    each.counts[bucket] = (each.counts[bucket] ?? 0) + 1
    each.times.push(atMs)
  }
  const span = BUCKETS * WIDTH_MS
  for (const [place, at] of before.entries()) put(at, Math.floor((place / before.length) * span) - span)
  for (const [place, at] of after.entries()) put(at, Math.floor((place / after.length) * span))
  const patterns = [...found].map(([template, { severity, counts, times }]): Pattern => ({
    template,
    severity,
    count: times.length,
    counts,
    firstAtMs: times.reduce((a, b) => Math.min(a, b)),
    lastAtMs: times.reduce((a, b) => Math.max(a, b)),
    sources: [{ box: 'web-1', source: 'app', count: times.length }],
    samples: [],
  }))
  return { timeline: { originMs: 0, widthMs: WIDTH_MS, first: -BUCKETS, buckets: 2 * BUCKETS }, patterns }
}

function rankingTable(systems: readonly System[], tallies: Tallies): string {
  const groups = ['all', 'held out', 'seen while fitting']
  const figures = (kind: Kind, ranking: string, group: string): string => {
    const { trials, first, three, five } = tallies.get(keyOf(kind, ranking, group)) ?? {
      trials: 0,
      first: 0,
      three: 0,
      five: 0,
    }
    return trials === 0 ? '–' : [first, three, five].map((hits) => (hits / trials).toFixed(2)).join(' ')
  }
  const five = (kind: Kind, { name }: System): string => {
    const tally = tallies.get(keyOf(kind, 'ours', name))
    return tally ? (tally.five / tally.trials).toFixed(2) : '–'
  }
  const mean = (kind: Kind): string => {
    const shares = systems.flatMap(({ name }) => {
      const tally = tallies.get(keyOf(kind, 'ours', name))
      return tally ? [tally.five / tally.trials] : []
    })
    return shares.length === 0 ? '–' : (sum(shares) / shares.length).toFixed(2)
  }
  return [
    `| among the first 1, 3, 5 | trials | ${groups.join(' | ')} | plain G², all | plain G², held out | among 5, mean of systems | ${systems.map(({ name }) => name).join(' | ')} |`,
    `| --- | --- |${' --- |'.repeat(groups.length + 3 + systems.length)}`,
    ...KINDS.map((kind) =>
      [
        `| ${kind.title}`,
        tallies.get(keyOf(kind, 'ours', 'all'))?.trials ?? 0,
        ...groups.map((group) => figures(kind, 'ours', group)),
        figures(kind, 'plain', 'all'),
        figures(kind, 'plain', 'held out'),
        mean(kind),
        ...systems.map((system) => five(kind, system)),
      ].join(' | '),
    ).map((row) => `${row} |`),
    '',
    `${SEEDS} seeds. Seen while fitting: ${[...FITTED].join(', ')}; held out: all other systems of the folder. By system: among the first 5.`,
  ].join('\n')
}

/** Event types of so many lines and more are made to begin. */
const BEGINNING_LINES = 10
const NEAR = 2

function onsetTable(systems: readonly System[]): string {
  const rows = [
    { title: 'no event type begins (each proposal is a false alarm)', events: 0, errors: false },
    { title: 'an event type of errors begins', events: 1, errors: true },
    { title: 'an event type of any kind begins', events: 1, errors: false },
    { title: 'three event types begin together', events: 3, errors: false },
  ]
  return [
    `| in a shuffled log | trials | an onset is proposed | within ${NEAR} buckets of ${2 * BUCKETS} |`,
    '| --- | --- | --- | --- |',
    ...rows.map(({ title, events, errors }) => {
      const tries = systems.flatMap((system) =>
        Array.from({ length: 2 * SEEDS }, (_, seed) => tryOnset(system, events, errors, seed + 1)).flat(),
      )
      const near = tries.filter((missedBy) => missedBy !== undefined && missedBy <= NEAR).length
      const proposed = tries.filter((missedBy) => missedBy !== undefined).length
      const share = (part: number): string => (tries.length === 0 ? '–' : (part / tries.length).toFixed(2))
      return `| ${title} | ${tries.length} | ${share(proposed)} | ${events === 0 ? '–' : share(near)} |`
    }),
  ].join('\n')
}

/** By how many buckets each proposal missed the moment, which is at three quarters of the time; undefined: none was proposed. */
function tryOnset(system: System, events: number, errors: boolean, seed: number): readonly (number | undefined)[] {
  const random = generator(seed * 2017 + system.name.length)
  const order = shuffled(system.lines.length, random)
  const kind: Kind = { title: '', least: BEGINNING_LINES, below: 300, kept: 0 }
  const fitting = eventsOf(system, kind, order, random).filter(
    (event) =>
      !errors ||
      system.lines.some((line) => line.event === event && (line.severity === 'error' || line.severity === 'fatal')),
  )
  if (fitting.length < events) return []
  const chosen = new Set(fitting.slice(0, events))
  const from = Math.floor(order.length * 0.75)
  // What is chosen goes behind the moment, and is mixed with what is there.
  const begins = order.filter((at) => chosen.has(system.lines[at]?.event ?? ''))
  const others = order.filter((at) => !chosen.has(system.lines[at]?.event ?? ''))
  const early = others.slice(0, from)
  const late = [...others.slice(from), ...begins]
  const mixed = shuffled(late.length, random).map((at) => late[at] ?? 0)
  const all = [...early, ...mixed]
  const half = Math.floor(all.length / 2)
  const patterns = patternsOf(system, all.slice(0, half), all.slice(half), false)
  const onset = proposeOnset(patterns)
  const trueMs = (2 * early.length - all.length) * ((BUCKETS * WIDTH_MS) / all.length)
  return [onset && Math.abs(onset.atMs - trueMs) / WIDTH_MS]
}

function systemsIn(folder: string): readonly System[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
    .flatMap((name): readonly System[] => {
      const inside = path.join(folder, name)
      const file = existsSync(inside) ? readdirSync(inside).find((each) => each.endsWith('_structured.csv')) : undefined
      if (file === undefined) return []
      const records = csvRecords(readFileSync(path.join(inside, file), 'utf8'))
      return [
        {
          name,
          lines: records.map((record) => ({
            event: record['EventId'] ?? '',
            severity: LEVELS[(record['Level'] ?? '').toLowerCase()],
          })),
          templates: templatesOf(records.map((record) => record['Content'] ?? '')),
        },
      ]
    })
}

const LEVELS: Readonly<Record<string, Severity>> = {
  fatal: 'fatal',
  f: 'fatal',
  failure: 'fatal',
  severe: 'error',
  error: 'error',
  e: 'error',
  warning: 'warning',
  warn: 'warning',
  w: 'warning',
  notice: 'notice',
  info: 'info',
  i: 'info',
  debug: 'debug',
  d: 'debug',
  v: 'debug',
  trace: 'debug',
}

/** Numbers in [0, 1) that are the same each run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function shuffled(length: number, random: () => number): readonly number[] {
  const order = Array.from({ length }, (_, at) => at)
  for (let at = length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const kept = order[at] ?? 0
    order[at] = order[other] ?? 0
    order[other] = kept
  }
  return order
}
