import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { alone } from './home-lock.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'lock-'))
})
afterEach(() => rmSync(home, { recursive: true }))

describe('a lock of the home', () => {
  it('is held by one at a time, over an await too, and leaves an empty file', async () => {
    let inside = 0
    const most: number[] = []
    const work = async (): Promise<void> => {
      most.push((inside += 1))
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
      inside -= 1
    }
    await Promise.all(Array.from({ length: 8 }, () => alone(home, 'x.lock', work)))
    expect(most).toEqual(Array.from({ length: 8 }, () => 1))
    expect(readdirSync(home)).toEqual(['x.lock'])
    expect(statSync(path.join(home, 'x.lock')).size).toBe(0)
  })

  it('is let go of when what it was for fails, and keeps nobody from another', async () => {
    await expect(alone(home, 'x.lock', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await alone(home, 'x.lock', () => alone(home, 'y.lock', () => 'done', 0), 0)).toBe('done')
  })

  it('is not waited for longer than said', async () => {
    await alone(home, 'x.lock', async () => {
      await expect(alone(home, 'x.lock', () => 'never', 0)).rejects.toMatchObject({ errcode: 5 })
    })
  })

  it('goes with the process that held it, however that ended', async () => {
    const script = `import { alone } from '${import.meta.dirname}/home-lock.ts'
      await alone('${home}', 'x.lock', () => { process.stdout.write('has it'); return new Promise((done) => setTimeout(done, 60_000)) })`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script])
    await once(child.stdout, 'data')
    await expect(alone(home, 'x.lock', () => 'never', 0)).rejects.toMatchObject({ errcode: 5 })
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(await alone(home, 'x.lock', () => 'done', 0)).toBe('done')
  })

  it('can be taken by whoever may write to the home', async () => {
    chmodSync(home, 0o770)
    const before = process.umask(0o077)
    await alone(home, 'x.lock', () => undefined)
    process.umask(before)
    expect(statSync(path.join(home, 'x.lock')).mode & 0o777).toBe(0o660)
  })
})
