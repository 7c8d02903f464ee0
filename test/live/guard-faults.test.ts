import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, startFleet, type Fleet } from '../boxes/fleet.ts'
import { availableParallelism, loadavg } from 'node:os'
import path from 'node:path'
import { jdkHome } from '../../scripts/jvm-helper.ts'
import { compileCartService, compileSick } from '../sick/compile.ts'
import { ATTACHING, type Attaching } from './attaching.ts'
import { FAULTS, GONE_LIMIT_MS, runCases } from './guard-cases.ts'
import { diedOfExec, INSPECT_FAULTS, isAsFound, runInspectCases } from './inspect-cases.ts'

const reason = missing('root', 'fleet', 'gcc')
/** A case is mostly waiting: for the fault, for the 10 s after which a session that hears nothing ends itself, for quiet. */
const BOXES = Array.from({ length: 16 }, (_, at) => `box-${at + 1}`)
/** With the processes of this machine. Few: each takes its time to be made, and they are done before the others. */
const SHARED_BOXES = BOXES.slice(0, 4)
const CASES = 200
/** Load average for each CPU above which a guard may look too seldom to keep the 20 s (docs/safety.md): then they must be as found all the same, but may be late. */
const STARVED_LOAD = 16
const JDK = jdkHome(17)
/** What another of them does just so: the same client, reader, program or breakpoint, with more or less in between. */
const IN_FULL_ALONE: ReadonlySet<string> = new Set([
  'node-stacks',
  'node-profile',
  'node-crash',
  'cpython-stacks',
  'cpython-profile',
  'cpython-off-cpu',
  'cpython-crash',
  'cpython-memory',
  'kernel-stacks',
  'proc-memory',
  'wait-samples',
  'perf-profile',
  'perf-crash',
  'gdb-snapshot',
  'gdb-locals',
  'node-memory',
  // Its program needs a compiler that few machines have.
  'go-pprof',
])

describe.skipIf(reason)('whatever happens at whatever moment', () => {
  let fleet: Fleet
  let shared: Fleet
  beforeAll(async () => {
    compileSick('order-service')
    if (JDK !== undefined) compileCartService(JDK)
    const hook = path.join(import.meta.dirname, '../boxes/with-jvm.sh')
    ;[fleet, shared] = await Promise.all([
      startFleet({ boxes: BOXES, hook }),
      startFleet({ boxes: SHARED_BOXES, hook, sharedPids: true }),
    ])
  })
  afterAll(() => Promise.all([fleet.down(), shared.down()]))

  // In full, with 200 cases of each tool: npm run bench -- inspect-faults. Here each has every other fault, and its neighbour the rest: a minute less of both processors.
  it(
    'a process at which a tool is, is as it was found within 20 s, and nothing is left',
    { timeout: 300_000 },
    async () => {
      const ways = ATTACHING.filter(({ id, jdk }) => !IN_FULL_ALONE.has(id) && jdk === undefined)
      await Promise.all([
        areAsFound(
          ways.filter(({ sharedPids }) => !sharedPids),
          2,
        ),
        areAsFound(
          ways.filter(({ sharedPids }) => sharedPids),
          1,
          shared,
          SHARED_BOXES,
        ),
      ])
    },
  )

  it(
    'a JVM of JDK 17 whose statement is watched is as it was found within 20 s, and nothing is left',
    { timeout: 120_000 },
    async (context) => {
      if (JDK === undefined) return context.skip('needs a JDK 17 in /usr/lib/jvm')
      return areAsFound(
        ATTACHING.filter(({ id }) => id === 'jvm-snapshot-17'),
        1,
      )
    },
  )

  /** Each with every `stride`th fault, once. */
  async function areAsFound(ways: readonly Attaching[], stride: 1 | 2, where = fleet, boxes = BOXES): Promise<void> {
    const seed = Number(process.env['HALLIGAN_SEED'] ?? (Date.now() % 1_000_000) + 1)
    const count = (INSPECT_FAULTS.length / stride) * ways.length
    const outcomes = await runInspectCases(where, boxes, ways, count, seed, stride)
    const isStarved = (loadavg()[0] ?? 0) > STARVED_LOAD * availableParallelism()
    const failed = outcomes.filter((each) => !isAsFound(each, isStarved) && !diedOfExec(each))
    process.stdout.write(`inspect faults: seed ${seed}, ${failed.length} of ${outcomes.length} not as found\n`)
    for (const each of failed) process.stdout.write(`not as found: ${JSON.stringify(each)}\n`)
    expect(new Set(outcomes.map(({ fault, tool }) => `${tool} ${fault}`)).size).toBe(count)
    expect(failed).toEqual([])
  }

  it('what ran under a guard is gone within 20 s, and nothing is left', { timeout: 600_000 }, async () => {
    const seed = Number(process.env['HALLIGAN_SEED'] ?? Date.now() % 1_000_000)
    const outcomes = await runCases(fleet, BOXES, CASES, seed)
    const failed = outcomes.filter(({ goneAfterMs }) => goneAfterMs === undefined || goneAfterMs > GONE_LIMIT_MS)
    const bound = ((3 / outcomes.length) * 100).toFixed(1)
    process.stdout.write(
      `guard faults: seed ${seed}, ${failed.length} of ${outcomes.length} left something; 0 means less than ${bound} % at 95 % (rule of three)\n`,
    )
    expect(new Set(outcomes.map(({ fault }) => fault))).toEqual(new Set(FAULTS))
    expect(outcomes.length).toBeGreaterThanOrEqual(200)
    expect(failed).toEqual([])
  })
})
