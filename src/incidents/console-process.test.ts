import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { isAlive, thisConsole } from './console-process.ts'

const onLinux = process.platform === 'linux'
const elsewhere = onLinux ? '' : ' (skipped: needs /proc)'

describe('a console', () => {
  const me = thisConsole('laptop')

  it('lives while its process does', async () => {
    expect(isAlive(me)).toBe(true)
    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
    const pid = child.pid ?? 0
    await new Promise((resolve) => child.on('close', resolve))
    expect(isAlive({ host: 'laptop', pid })).toBe(false)
    expect(isAlive({ ...me, pid })).toBe(false)
  })

  it.skipIf(!onLinux)(`is not the process that has its number since${elsewhere}`, () => {
    const [boot, start] = (me.born ?? '').split('.')
    expect([boot, start]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^\d+$/)])
    expect(isAlive({ ...me, born: `${boot}.${Number(start) - 1}` })).toBe(false)
    expect(isAlive({ ...me, born: `${'0'.repeat(32)}.${start}` })).toBe(false)
  })

  it('is told by its number where nothing else is known of it', () => {
    expect(isAlive({ host: 'laptop', pid: process.pid })).toBe(true)
  })
})
