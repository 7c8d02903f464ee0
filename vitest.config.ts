import { defineConfig } from 'vitest/config'

/** Live tests that look at what a box does: load from beside would be seen, so one file at a time has the processors for itself. */
const LOOKING = [
  'checks',
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

/** Pure tests share all processors; of the live ones those that mostly wait are run two at a time. */
export default defineConfig({
  test: {
    reporters: [process.env['CI'] ? 'dot' : 'default', './test/report.ts'],
    projects: [
      {
        test: {
          name: 'pure',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/live/**', '**/node_modules/**'],
          testTimeout: 30_000,
          // Screens show the time of whoever reads; the goldens were read here.
          env: { TZ: 'UTC' },
        },
      },
      {
        test: {
          ...LIVE,
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          exclude: LOOKING,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...LIVE, name: 'looking', include: LOOKING, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
})
