import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { guarded } from './guard.ts'
import { localBox } from './local.ts'

// What a guard does among the files of other users of a box (test/live/guard*.test.ts has the rest).

describe('a guard that sweeps what dead guards have left', () => {
  it.runIf(process.getuid?.() === 0)('neither waits for nor removes what another user calls so (as root)', async () => {
    const trap = `/tmp/.halligan-guard.t${process.pid}`
    mkdirSync(trap)
    execFileSync('mkfifo', [`${trap}/owner`])
    chownSync(trap, 12_345, 12_345)
    const box = localBox()
    try {
      const result = await guarded(box, { what: 'test', command: 'echo done', maxSeconds: 5 }).result
      expect(result).toMatchObject({ ended: 'exited', commandExit: 0 })
      expect(existsSync(`${trap}/owner`)).toBe(true)
    } finally {
      await box.close()
      rmSync(trap, { recursive: true })
    }
  })
})
