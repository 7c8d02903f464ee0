import { appendFileSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import path from 'node:path'
import { jdkHome } from '../scripts/jvm-helper.ts'
import { startFleet } from '../test/boxes/fleet.ts'
import { ATTACHING, type Attaching } from '../test/live/attaching.ts'
import { INSPECT_FAULTS, isAsFound, runInspectCases, type InspectOutcome } from '../test/live/inspect-cases.ts'
import { compileCartService, compileGo, compileSick } from '../test/sick/compile.ts'
import type { Benchmark } from './support/benchmark.ts'

const CASES = 200
const BOXES = 8
const SEED = 20_261_126

/** One line of a file of outcomes: of one case, with what it ran under. */
interface Kept extends InspectOutcome {
  readonly seed: number
  /** Load average when its part was over. */
  readonly load: number
}

export const benchmark: Benchmark = {
  title: 'the guard of what attaches: until the process is as it was found',
  about:
    'The fault test in full: every inspector at a process, over and over or for seconds; link cut, link stalled, console killed, guard killed, ' +
    'target exits, execs, forks, disk full, at seeded moments, boxes in parallel. One target in six was stopped before (none of Node and Java). Needs root. Arguments: a number of cases for each ' +
    `(default ${CASES}), --seed N, --boxes N (default ${BOXES}), --only NAME, or its first words (${ATTACHING.map(({ id }) => id).join(', ')}), ` +
    '--keep FILE to add the outcomes to that file, a line each, so that it can be run in parts; --of FILE for the table of such a file, without running.',
  run: async (args) => {
    const option = (name: string): string | undefined =>
      args.includes(name) ? args[args.indexOf(name) + 1] : undefined
    const of = option('--of')
    if (of !== undefined) return tableOf(keptIn(of))
    const only = option('--only')
    compileSick('order-service')
    const hasGo = compileGo('orders') !== undefined
    const ways = ATTACHING.filter(({ id }) => only === undefined || id === only || id.startsWith(`${only}-`))
      // What this machine has not is left out of the table.
      .filter(({ jdk }) => jdk === undefined || jdkHome(jdk) !== undefined)
      .filter(({ program }) => program !== 'go-orders' || hasGo)
    const compiler = jdkHome(17) ?? jdkHome(25)
    if (compiler !== undefined) compileCartService(compiler)
    const count = args.find((arg, at) => /^\d+$/.test(arg) && !args[at - 1]?.startsWith('--'))
    const outcomes = await runAll(ways, {
      count: Number(count ?? CASES),
      seed: Number(option('--seed') ?? SEED),
      boxes: Number(option('--boxes') ?? BOXES),
      keep: option('--keep'),
    })
    return tableOf(outcomes)
  },
}

async function runAll(
  ways: readonly Attaching[],
  { count, seed, boxes, keep }: Readonly<{ count: number; seed: number; boxes: number; keep: string | undefined }>,
): Promise<readonly Kept[]> {
  const hook = path.join(import.meta.dirname, '../test/boxes/with-jvm.sh')
  const names = Array.from({ length: boxes }, (_, at) => `box-${at + 1}`)
  const outcomes: Kept[] = []
  for (const sharedPids of [false, true]) {
    const own = ways.filter((way) => (way.sharedPids ?? false) === sharedPids)
    if (own.length === 0) continue
    const fleet = await startFleet({ boxes: names, hook, sharedPids })
    try {
      for (const way of own) {
        const done = await runInspectCases(fleet, names, [way], count, seed)
        const load = Math.round(loadavg()[0] ?? 0)
        const kept = done.map((each): Kept => ({ seed, load, ...each }))
        outcomes.push(...kept)
        if (keep !== undefined) appendFileSync(keep, kept.map((each) => `${JSON.stringify(each)}\n`).join(''))
        for (const each of kept.filter((one) => !isAsFound(one))) process.stdout.write(`${JSON.stringify(each)}\n`)
      }
    } finally {
      await fleet.down()
    }
  }
  return outcomes
}

function keptIn(file: string): readonly Kept[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Kept)
}

/** Of one way each fault has a row, of several each way. */
function tableOf(outcomes: readonly Kept[]): string {
  const ways = ATTACHING.map(({ id }) => id).filter((id) => outcomes.some(({ tool }) => tool === id))
  const faults = ways.length === 1 ? [...INSPECT_FAULTS, undefined] : [undefined]
  const loads = outcomes.map(({ load }) => load)
  const seeds = [...new Set(outcomes.map(({ seed }) => seed))].toSorted((a, b) => a - b)
  return [
    '| way | fault | cases | not as found after 20 s | that means at 95 % less than | as found after, s: median / 95 % / longest |',
    '| --- | --- | --- | --- | --- | --- |',
    ...ways.flatMap((id) => faults.map((fault) => row(id, fault, outcomes))),
    '',
    `Seeds ${seeds.join(', ')}. Load average at the end of each part: ${Math.min(...loads)} to ${Math.max(...loads)}. What each failure was: docs/safety.md.`,
  ].join('\n')
}

function row(tool: string, fault: InspectOutcome['fault'] | undefined, all: readonly InspectOutcome[]): string {
  const own = all.filter((each) => each.tool === tool && (fault === undefined || each.fault === fault))
  const times = own
    .filter((each) => isAsFound(each))
    .flatMap(({ settledAfterMs }) => settledAfterMs ?? [])
    .toSorted((a, b) => a - b)
  const at = (share: number): string =>
    ((times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? NaN) / 1000).toFixed(1)
  const failed = own.length - times.length
  return `| ${tool} | ${fault ?? 'all'} | ${own.length} | ${failed} | ${bound(failed, own.length)} | ${at(0.5)} / ${at(0.95)} / ${at(1)} |`
}

/** The exact upper bound of Clopper and Pearson, one-sided, at 95 %: for none of n the rule of three, 3 / n. */
function bound(failed: number, count: number): string {
  let [low, high] = [failed / count, 1]
  while (high - low > 1e-6) {
    const middle = (low + high) / 2
    if (atMost(failed, count, middle) > 0.05) low = middle
    else high = middle
  }
  return `${(high * 100).toFixed(1)} %`
}

/** The probability of so many failures or fewer among so many cases. */
function atMost(failed: number, count: number, share: number): number {
  let [term, sum] = [(1 - share) ** count, 0]
  for (let at = 0; at <= failed; at++) {
    sum += term
    term *= ((count - at) / (at + 1)) * (share / (1 - share))
  }
  return sum
}
