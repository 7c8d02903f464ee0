import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAskpass, type Askpass } from './askpass.ts'
import type { Question } from './prompt.ts'

const asked: Question[] = []
let folder = ''
let askpass: Askpass

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'askpass-'))
  askpass = await openAskpass('web-1', folder, (question) => {
    asked.push(question)
    return Promise.resolve('answer')
  })
})
afterAll(() => {
  askpass.close()
  rmSync(folder, { recursive: true })
})

/** What our end answers to these bytes. */
function send(bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(path.join(folder, 'ask'))
    socket.setEncoding('utf8').on('data', (piece: string) => (answer += piece))
    socket.on('error', () => {}).on('close', () => resolve(answer))
    socket.end(bytes)
  })
}

const ask = (text: string, hint = ''): Promise<string> => send(Buffer.from(JSON.stringify({ text, hint })))

describe('a question of ssh', () => {
  it.each([
    ["amy@web-1's password: ", '', 'password', true],
    ["Enter passphrase for key '/home/amy/.ssh/id_ed25519': ", '', 'passphrase', true],
    ['Are you sure you want to continue connecting (yes/no/[fingerprint])? ', '', 'host-key', false],
    ['Confirm user presence for key ED25519-SK', 'none', 'confirm', false],
    ['Verification code: ', '', 'other', true],
    ['', '', 'other', true],
  ])('%j is put to the person', async (text, hint, kind, secret) => {
    expect(await ask(text, hint)).toBe('=answer')
    expect(asked.at(-1)).toMatchObject({ box: 'web-1', kind, secret, text })
  })

  it('steers no terminal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (text) => {
        expect(await ask(text)).toBe('=answer')
        expect(asked.at(-1)?.text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u)
      }),
      { numRuns: 50 },
    )
  })
})

describe('what is no question', () => {
  it('is put to nobody and gets no answer, whatever its bytes, and the next question does', async () => {
    const nearly = fc.constantFrom(
      '{}',
      '[]',
      'null',
      '1',
      '{"text":1,"hint":""}',
      '{"text":"a"}',
      '{"text":{"toString":1},"hint":""}',
    )
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      nearly.map((text) => Buffer.from(text)),
    )
    await fc.assert(
      fc.asyncProperty(bytes, async (some) => {
        const before = asked.length
        expect(await send(some)).toBe('')
        expect(asked.length).toBe(before)
      }),
      { numRuns: 80 },
    )
    expect(await ask('Password: ')).toBe('=answer')
  })

  it('is given up when it does not end', async () => {
    const before = asked.length
    expect(await send(Buffer.from(`{"text":"${'x'.repeat(200_000)}","hint":""}`))).toBe('')
    expect(asked.length).toBe(before)
    expect(askpass.asking()).toBe(false)
  })
})
