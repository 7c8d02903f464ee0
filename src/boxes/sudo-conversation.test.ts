import { ChildProcess } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Failure } from './box.ts'
import type { Transport } from './child.ts'
import type { Prompt } from './prompt.ts'
import { withSudo } from './sudo.ts'

/** Far longer than sudo's silence is borne, as looking up a password takes. Milliseconds. */
const A_PERSON_THINKS_MS = 90_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A login through sudo, of which this test plays the words that come from the box. */
function login(parts: { readonly prompt?: Prompt; readonly asking?: () => boolean }): {
  readonly nonce: string
  readonly child: { readonly stdin: PassThrough; readonly stdout: PassThrough; readonly stderr: PassThrough }
  readonly end: () => Failure | undefined | 'still going on'
} {
  const plain: Transport = {
    box: 'web-1',
    argv: ['sh'],
    explain: () => ({ kind: 'unknown', message: '', tryNext: '' }),
  }
  const transport = withSudo(
    { ...plain, ...(parts.asking ? { asking: parts.asking } : {}) },
    { prompt: parts.prompt, secret: { value: undefined } },
  )
  const nonce = /echo (\w+)\+/.exec(transport.argv.at(-1) ?? '')?.[1] ?? ''
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  let end: Failure | undefined | 'still going on' = 'still going on'
  void transport.login?.(Object.assign(new ChildProcess(), streams)).then((failure) => (end = failure))
  return { nonce, child: streams, end: () => end }
}

describe('the conversation with sudo', () => {
  it('waits for a person who takes long to type the password', async () => {
    const typed = Promise.withResolvers<string>()
    const { nonce, child, end } = login({ prompt: () => typed.promise })
    child.stderr.write(`${nonce}:`)
    await vi.advanceTimersByTimeAsync(A_PERSON_THINKS_MS)
    expect(end()).toBe('still going on')
    typed.resolve('hunter2')
    await vi.advanceTimersByTimeAsync(0)
    child.stdout.write(`${nonce}+\n`)
    await vi.advanceTimersByTimeAsync(0)
    expect(end()).toBeUndefined()
    expect(String(child.stdin.read())).toBe('hunter2\n')
  })

  it('waits while ssh has a question for a person, before sudo', async () => {
    let asking = true
    const { nonce, child, end } = login({ asking: () => asking })
    await vi.advanceTimersByTimeAsync(A_PERSON_THINKS_MS)
    expect(end()).toBe('still going on')
    asking = false
    child.stdout.write(`${nonce}+\n`)
    await vi.advanceTimersByTimeAsync(0)
    expect(end()).toBeUndefined()
  })

  it('takes a question that could not be put for one that nobody answers', async () => {
    const { nonce, child, end } = login({ prompt: () => Promise.reject(new Error('the terminal has gone')) })
    child.stderr.write(`${nonce}:`)
    await vi.advanceTimersByTimeAsync(0)
    expect(end()).toMatchObject({ kind: 'sudo-password-needed' })
  })

  it('gives up when nobody is asked and nothing is heard', async () => {
    const { end } = login({})
    await vi.advanceTimersByTimeAsync(A_PERSON_THINKS_MS)
    expect(end()).toMatchObject({ kind: 'sudo-refused', message: expect.stringContaining('no known question') })
  })
})
