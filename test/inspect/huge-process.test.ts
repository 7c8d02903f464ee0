import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { coreEstimate, coreEstimateScript } from '../../src/evidence/inspect/core/core-estimate.ts'
import { memoryUseIn } from '../../src/evidence/inspect/memory-sample.ts'
import { memorySampleScript } from '../../src/evidence/inspect/memory-sample-script.ts'

// A process of 64 GB, as its files in /proc tell of it (proc_pid_status(5), proc_pid_maps(5)): what is asked of the kernel, and what is not.

const KIB = 64 * 1024 * 1024
const PID = 812
const folder = mkdtempSync(path.join(tmpdir(), 'halligan-huge-'))

beforeAll(() => {
  const put = (name: string, text: string): void => writeFileSync(path.join(folder, name), text)
  const fields = Array.from({ length: 50 }, (_, index) => (index === 19 ? '34' : '0'))
  put('stat', `${PID} (orders) S ${fields.slice(1).join(' ')}\n`)
  put(
    'status',
    `Name:\torders\nVmRSS:\t${KIB} kB\nRssAnon:\t${KIB} kB\nRssFile:\t20 kB\nRssShmem:\t0 kB\nVmSwap:\t0 kB\n`,
  )
  put('coredump_filter', '00000033\n')
  const heap = '7f0000000000-7f1000000000 rw-p 00000000 00:00 0 \n'
  const library = '7f2000000000-7f2000100000 r-xp 00000000 08:01 5 /usr/lib/libc.so.6\n'
  put('maps', heap + library)
  // The walk through it would hold the lock of the map of such a process for seconds: whoever reads it is told another size.
  put('smaps', `${heap}Rss: 12 kB\nSize: 12 kB\nAnonymous: 12 kB\nPrivate_Dirty: 12 kB\n`)
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (script: string): Buffer =>
  execFileSync('sh', { input: script.replaceAll(`/proc/${PID}`, folder), stdio: ['pipe', 'pipe', 'inherit'] })

describe('a process of 64 GB', () => {
  it('is not added up page by page, and what it has in all is told all the same', () => {
    const said = run(`${memorySampleScript(PID)}\nhalligan_memory\nhalligan_tick\nhalligan_memory\n`).toString('utf8')
    expect(said).toMatch(new RegExp(`^halligan-tick \\d+ ${KIB} 20 0 0$`, 'm'))
    expect(said).not.toMatch(/^(?:m|sp|arena) /m)
    expect(memoryUseIn(said)).toMatchObject({
      byKind: [],
      notes: [expect.stringContaining('it has more than 8 GiB')],
    })
  })

  it('has the size of its core told from its map alone', () => {
    const said = run(coreEstimateScript({ pid: PID, startTicks: 34 }, { folder: tmpdir() }))
    expect(coreEstimate(said, { pid: PID, name: 'orders' }, 'ab12')).toMatchObject({
      kind: 'seen',
      value: { mostBytes: KIB * 1024 + 4096, residentBytes: KIB * 1024, pauseMs: 150 + 3 * 65_536 },
    })
  })
})
