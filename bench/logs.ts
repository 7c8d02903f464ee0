import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import type { Benchmark } from './support/benchmark.ts'

const folder = import.meta.dirname
const MEMBERS = readdirSync(folder)
  .filter((file) => file.startsWith('logs-') && file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
/** Their argument is a folder laid out like loghub_2k; they say so where there is none. */
const OF_LOGHUB: ReadonlySet<string> = new Set(['logs-accuracy', 'logs-newness'])

export const benchmark: Benchmark = {
  title: 'logs: the whole family, one after another',
  about: `${MEMBERS.join(', ')}: each prints its table and keeps it. An argument is the folder of LogHub for ${[...OF_LOGHUB].join(' and ')}.`,
  run: async (args) => {
    const rows = MEMBERS.map((name) => {
      const began = performance.now()
      process.stdout.write(`\n## ${name}\n\n`)
      // A process each: what one has in memory must not slow down the next.
      const { status } = spawnSync(
        process.execPath,
        [path.join(folder, 'run.ts'), name, ...(OF_LOGHUB.has(name) ? args : [])],
        { stdio: 'inherit' },
      )
      if (status !== 0) process.exitCode = 1
      const took = ((performance.now() - began) / 1000).toFixed(0)
      return `| ${name} | ${took} | ${status === 0 ? 'yes' : `no (${status ?? 'ended by a signal'})`} |`
    })
    process.stdout.write('\n')
    return ['| benchmark | took, s | has its table |', '| --- | --- | --- |', ...rows].join('\n')
  },
}
