import { execFileSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import type { Box, Failure, RunOptions } from './box.ts'
import type { Transport } from './child.ts'
import { shellBox } from './shell-box.ts'

const opened: Box[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((box) => box.close()))
})

describe('a box that is connected to before it is asked anything', () => {
  it('answers over that connection', async () => {
    const { box, logins } = boxOf('exec sh')
    await Promise.all([box.connect?.(), box.connect?.()])
    expect(logins()).toBe(1)
    const answers = [await box.run('echo one', options), await box.run('echo two', options)]
    expect(answers.map(({ stdout }) => Buffer.from(stdout).toString())).toEqual(['one\n', 'two\n'])
    await box.connect?.()
    expect(logins()).toBe(1)
  })

  it('says why it could not be entered, and is not tried again for that', async () => {
    const { box, logins } = boxOf('echo no way in >&2; exit 255')
    await box.connect?.()
    await new Promise((resolve) => setTimeout(resolve, 300))
    const { failure, beganAtMs } = await box.run('true', options)
    expect(failure).toMatchObject({ kind: 'unknown', message: 'no way in\n' })
    expect(beganAtMs).toBeUndefined()
    expect(logins()).toBe(1)
    // Somebody who asks again means it.
    await box.run('true', options)
    expect(logins()).toBe(2)
  })

  it('has the failure of what kept it from being tried', async () => {
    const box = kept(shellBox({ ...parts, main: () => Promise.resolve(refused('no folder')) }))
    await box.connect?.()
    expect((await box.run('true', options)).failure).toEqual(refused('no folder'))
  })

  it('leaves no process when it is closed without having been asked', async () => {
    const mark = `connected-${process.pid}`
    const { box, logins } = boxOf(`exec sh -s ${mark}`)
    await box.connect?.()
    await until(() => logins() === 1 && processes().includes(mark))
    await box.close()
    expect(processes()).not.toContain(mark)
    expect((await box.run('true', options)).failure).toMatchObject({ kind: 'cancelled' })
    await box.connect?.()
    expect(logins()).toBe(1)
  })

  it('begins nothing when it is closed while its way in is still being looked up', async () => {
    const way = Promise.withResolvers<Transport | Failure>()
    const box = kept(shellBox({ ...parts, main: () => way.promise }))
    const connected = box.connect?.()
    await box.close()
    way.resolve(transportOf('touch /nonexistent/never; exec sh'))
    await connected
    expect((await box.run('true', options)).failure).toMatchObject({ kind: 'cancelled' })
  })
})

const options: RunOptions = { what: 'test', timeoutMs: 10_000, maxBytes: 1024 }
const side = (): Promise<Failure> => Promise.resolve(refused('no side session here'))
const parts = { name: 'box', kind: 'local' as const, side, sideNeedsMain: false }

/** A box whose way in is that script, and how often it was gone. */
function boxOf(script: string): { readonly box: Box; readonly logins: () => number } {
  let logins = 0
  const main = (): Promise<Transport> => {
    logins += 1
    return Promise.resolve(transportOf(script))
  }
  return { box: kept(shellBox({ ...parts, main })), logins: () => logins }
}

function kept(box: Box): Box {
  opened.push(box)
  return box
}

function transportOf(script: string): Transport {
  return { box: 'box', argv: ['sh', '-c', script], explain: ({ stderr }) => refused(stderr) }
}

function refused(message: string): Failure {
  return { kind: 'unknown', message, tryNext: '' }
}

function processes(): string {
  return execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
}

async function until(holds: () => boolean): Promise<void> {
  for (let tried = 0; tried < 500 && !holds(); tried += 1) await new Promise((resolve) => setTimeout(resolve, 10))
  expect(holds()).toBe(true)
}
