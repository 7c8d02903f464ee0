import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Live tests wait for real machines; pure ones end in milliseconds.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default'],
  },
})
