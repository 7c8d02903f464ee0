import { defineConfig } from 'vitest/config'

/** Pure tests share all processors; live ones start machines and load that they measure, so one file at a time has the processors for itself. */
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
          name: 'live',
          include: ['test/live/**/*.test.ts'],
          // They change the environment of their process (HALLIGAN_SSH_CONFIG), and a thread could not be ended from outside.
          pool: 'forks',
          maxWorkers: 1,
          testTimeout: 60_000,
          // The first fleet on a machine builds the root file system of its boxes.
          hookTimeout: 600_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
