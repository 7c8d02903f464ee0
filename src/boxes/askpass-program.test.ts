import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openAskpass } from './askpass.ts'
import type { Question } from './prompt.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'ask-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('askpass', () => {
  it.each([
    ["amy@web-1's password: ", { kind: 'password', secret: true }],
    ["Enter passphrase for key '/home/amy/.ssh/id': ", { kind: 'passphrase', secret: true }],
    [
      "The authenticity of host 'web-1' can't be established.\nAre you sure (yes/no/[fingerprint])? ",
      { kind: 'host-key', secret: false },
    ],
    // What a box asks by keyboard-interactive cannot make the console show what is typed.
    ['(amy@web-1) Password (yes/no): ', { kind: 'password', secret: true }],
    ['(amy@web-1) \u001b[2J\u202eCode: ', { kind: 'password', secret: true, text: '(amy@web-1)  Code: ' }],
    ['One-time code: ', { kind: 'other', secret: true }],
  ] as const)('hands on %j and prints the answer, for ssh alone', async (text, expected) => {
    const asked: Question[] = []
    const place = path.join(folder, `it's ${String(Math.random()).slice(2, 8)}`)
    mkdirSync(place)
    const askpass = await openAskpass('web-1', place, (question) => {
      asked.push(question)
      return Promise.resolve("hunter2 $(id) '")
    })
    try {
      expect(await run(askpass.env['SSH_ASKPASS'] ?? '', text)).toBe("hunter2 $(id) '\n")
      expect(asked).toMatchObject([expected])
    } finally {
      askpass.close()
    }
  })

  it('that nobody answers fails, so that ssh asks no further', async () => {
    const askpass = await openAskpass('web-1', folder, () => Promise.resolve(undefined))
    await expect(run(askpass.env['SSH_ASKPASS'] ?? '', 'Password: ')).rejects.toThrow(/Command failed/)
    askpass.close()
    await expect(run(askpass.env['SSH_ASKPASS'] ?? '', 'Password: ')).rejects.toThrow(/Command failed/)
  })
})

function run(program: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, [text], (error, stdout) => (error ? reject(error) : resolve(stdout)))
  })
}
