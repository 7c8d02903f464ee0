import { FAULTS, GONE_LIMIT_MS, runCases, type Bring, type Outcome } from '../test/live/guard-cases.ts'
import { startFleet } from '../test/boxes/fleet.ts'
import type { Benchmark } from './support/benchmark.ts'

const CASES = 200
/** Of the peer, whose cases mostly wait for the whole limit. */
const PEER_CASES = 25
const BOXES = ['box-1', 'box-2', 'box-3', 'box-4']
const SEED = 20_261_124

export const benchmark: Benchmark = {
  title: 'the guard: until nothing is left on the box',
  about:
    'The fault test with its distribution: link cut, link stalled, console killed, guard killed, disk full, at seeded moments, four boxes in parallel; the peer is a ' +
    'plain `ssh BOX COMMAND` under the same faults. Looked at four times a second. Needs root. Arguments: a number of cases (default 200), --seed N.',
  run: async (args) => {
    const count = Number(args.find((arg) => /^\d+$/.test(arg)) ?? CASES)
    const seed = Number(args[args.indexOf('--seed') + 1] ?? SEED) || SEED
    const fleet = await startFleet({ boxes: BOXES })
    try {
      const ours = await runCases(fleet, BOXES, count, seed)
      const peer = await runCases(fleet, BOXES, Math.min(count, PEER_CASES), seed, plainSsh)
      return [
        '| fault | guard: cases | left after 20 s | gone after, s: median / 95 % / longest | plain ssh: cases | left after 20 s |',
        '| --- | --- | --- | --- | --- | --- |',
        ...[...FAULTS, undefined].map((fault) => row(fault, ours, peer)),
        '',
        `Seed ${seed}. Nothing left in ${ours.length} cases means less than ${(300 / ours.length).toFixed(1)} % at 95 % (rule of three).`,
      ].join('\n')
    } finally {
      await fleet.down()
    }
  },
}

const plainSsh: Bring = (fleet, box, command) => ['ssh', '-F', fleet.sshConfig, box, command]

function row(fault: Outcome['fault'] | undefined, ours: readonly Outcome[], peer: readonly Outcome[]): string {
  const of = (all: readonly Outcome[]): readonly Outcome[] =>
    all.filter((each) => fault === undefined || each.fault === fault)
  const own = of(ours)
  const plain = of(peer)
  const times = own.flatMap(({ goneAfterMs }) => goneAfterMs ?? []).toSorted((a, b) => a - b)
  const at = (share: number): string =>
    ((times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? NaN) / 1000).toFixed(1)
  return `| ${fault ?? 'all'} | ${own.length} | ${left(own)} | ${at(0.5)} / ${at(0.95)} / ${at(1)} | ${plain.length} | ${left(plain)} |`
}

function left(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ goneAfterMs }) => goneAfterMs === undefined || goneAfterMs > GONE_LIMIT_MS).length
}
