import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, it } from 'vitest'
import { findLogs } from '../../src/steps/logs/discover.ts'
import { SHELLS } from '../live/shells.ts'

describe.concurrent.each(SHELLS)('what is named and is no log, by way of $name', ({ missing, open }) => {
  it('is not opened, and each is said what it is', { timeout: 30_000 }, async ({ expect, skip }) => {
    skip(missing !== undefined, missing)
    const folder = mkdtempSync(path.join(tmpdir(), 'halligan-special-'))
    const at = (name: string): string => path.join(folder, name)
    spawnSync('mkfifo', [at('pipe')])
    mkdirSync(at('folder'))
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(at('socket'), resolve)
    })
    const box = open()
    try {
      const kernel = ['/proc/kmsg', '/proc/meminfo', '/sys/kernel/profiling']
      const subjects = [at('pipe'), at('folder'), at('socket'), '/dev/zero', ...kernel]
      const { sources, blind, failure } = await findLogs(box, { subjects })
      expect(failure).toBeUndefined()
      expect(sources).toEqual([])
      const why = Object.fromEntries(blind.map((each) => [each.what, each.why]))
      expect(why[at('pipe')]).toMatch(/^it is a named pipe/)
      expect(why[at('folder')]).toBe('there is no log in it')
      expect(why[at('socket')]).toMatch(/^it is a socket/)
      expect(why['/dev/zero']).toMatch(/^it is a device/)
      expect(why['/proc/meminfo']).toMatch(/^it is no log but a view that the kernel makes/)
      expect(why['/proc/kmsg']).toBe(why['/proc/meminfo'])
      expect(blind).toHaveLength(new Set(subjects.filter((each) => each in why)).size)
    } finally {
      await box.close()
      server.close()
      rmSync(folder, { recursive: true })
    }
  })
})
