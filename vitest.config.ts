import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** It lights processors that are full: whatever runs beside it would be seen. */
const ALONE = ['test/live/checks.test.ts']

/** Live tests that look at what a box does: load from beside would be seen. They wait most of the time, so there may be two. */
const LOOKING = [
  'deep',
  'handover',
  'incident',
  'preserve',
  'probes',
  'record-terminal',
  'sick-tools',
  'terminal',
  'write-up-page',
].map((name) => `test/live/${name}.test.ts`)

const LIVE = {
  // They change the environment of their process (HALLIGAN_SSH_CONFIG), and a thread could not be ended from outside.
  pool: 'forks',
  testTimeout: 60_000,
  // The first fleet on a machine builds the root file system of its boxes.
  hookTimeout: 600_000,
} as const

/** These keep something in their process: what they show last, what they mock, a terminal, the environment. Each file has a process to itself. */
const APART = ['src/boxes/**/*.test.ts', 'src/views/**/*.test.ts', 'src/steps/rehearsal.test.ts', 'test/**/*.test.ts']

const PURE = {
  // vitest would leave one processor free, which on two leaves one.
  maxWorkers: availableParallelism(),
  // What hangs is found by these; on a busy machine a test that starts a dozen programs may take ten times as long as on a quiet one.
  testTimeout: 90_000,
  hookTimeout: 90_000,
  // Screens show the time of whoever reads; the goldens were read here.
  env: { TZ: 'UTC' },
} as const

/** They take longest. A new machine knows no durations, and would start files by their size: one of these last, beside an idle processor. */
const LONG = [
  'live/guard-faults',
  'live/run',
  'live/inspect-crash',
  'live/inspect-cpython',
  'live/boxes',
  'live/logs-fetch',
  'live/shell',
  'boxes/session',
  'redaction/redactor.properties',
  'live/checks',
  'live/sick-tools',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      LONG.some((name) => moduleId.endsWith(`/${name}.test.ts`))
    // oxlint-disable-next-line no-array-sort -- the method of vitest, which sorts a copy
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

/** Pure tests share all processors; of the live ones those that mostly wait are run three at a time. */
export default defineConfig({
  test: {
    reporters: [process.env['CI'] ? 'dot' : 'default', './test/report.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      // Starting a process and loading the same modules again would take longer than most of these files.
      {
        test: {
          ...PURE,
          name: 'pure',
          include: ['src/**/*.test.ts'],
          exclude: APART,
          isolate: false,
        },
      },
      { test: { ...PURE, name: 'apart', include: APART, exclude: ['test/live/**'] } },
      {
        test: {
          ...LIVE,
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          exclude: [...LOOKING, ...ALONE],
          // They wait for boxes most of the time.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...LIVE, name: 'looking', include: LOOKING, maxWorkers: 2, sequence: { groupOrder: 2 } } },
      { test: { ...LIVE, name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 3 } } },
    ],
  },
})
