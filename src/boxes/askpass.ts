import { writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { shellQuoted } from '../base/shell-quoted.ts'
import { plainText } from './failures.ts'
import type { Prompt, Question } from './prompt.ts'

export interface Askpass {
  /** Environment of ssh. SSH_ASKPASS_REQUIRE needs OpenSSH 8.4; before, ssh cannot ask without a terminal and says so. */
  readonly env: Readonly<Record<string, string>>
  /** A question is before the person now. */
  asking(): boolean
  /** A person was asked about a host key, so that what was accepted was not accepted unseen. */
  askedHostKey(): boolean
  close(): void
}

/** A question from ssh is some hundred bytes; more is not from ssh. Bytes. */
const QUESTION_LIMIT = 64 * 1024

/**
 * Brings ssh's questions (password, passphrase, second factor, host key) to the console: ssh starts a tiny program of
 * ours, which hands the question over a socket in a private folder and prints the answer. Nothing secret is in an argument,
 * the environment or a file.
 */
export async function openAskpass(box: string, folder: string, prompt: Prompt): Promise<Askpass> {
  const socketPath = join(folder, 'ask')
  const program = join(folder, 'askpass')
  let open = 0
  let askedHostKey = false
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    void readQuestion(socket).then(async (asked) => {
      // Not from our program: nobody is asked.
      if (!asked) return socket.end()
      open += 1
      const put = question(box, asked)
      askedHostKey ||= put.kind === 'host-key'
      const answer = await prompt(put).catch(() => undefined)
      open -= 1
      socket.end(answer === undefined ? '' : `=${answer}`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  server.unref()
  writeFileSync(join(folder, 'askpass.mjs'), PROGRAM, { mode: 0o600 })
  writeFileSync(
    program,
    `#!/bin/sh\nexec ${[process.execPath, join(folder, 'askpass.mjs'), socketPath].map(shellQuoted).join(' ')} "$1"\n`,
    { mode: 0o700 },
  )
  return {
    // Some OpenSSH versions ask only when DISPLAY is set, even though it is never used.
    env: { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: process.env['DISPLAY'] || ':0' },
    asking: () => open > 0,
    askedHostKey: () => askedHostKey,
    close: () => server.close(),
  }
}

const PROGRAM = `import { connect } from 'node:net'
const [, , path, text] = process.argv
const socket = connect(path)
let answer = ''
socket.on('error', () => process.exit(1))
socket.setEncoding('utf8')
socket.on('data', (piece) => (answer += piece))
socket.on('end', () => {
  if (!answer.startsWith('=')) process.exit(1)
  process.stdout.write(answer.slice(1) + '\\n', () => process.exit(0))
})
socket.end(JSON.stringify({ text, hint: process.env.SSH_ASKPASS_PROMPT ?? '' }))
`

async function readQuestion(socket: Socket): Promise<{ text: string; hint: string } | undefined> {
  let raw = ''
  socket.setEncoding('utf8')
  await new Promise<void>((resolve) => {
    socket.on('data', (piece: string) => {
      raw += piece
      if (raw.length > QUESTION_LIMIT) socket.destroy()
    })
    socket.on('end', resolve)
    socket.on('close', () => resolve())
  })
  try {
    const value: unknown = JSON.parse(raw)
    if (typeof value !== 'object' || !value || !('text' in value) || !('hint' in value)) return undefined
    const { text, hint } = value
    return typeof text === 'string' && typeof hint === 'string' ? { text, hint } : undefined
  } catch {
    return undefined
  }
}

/** The text of a question may come from the box itself (keyboard-interactive), so it is taken for data only. */
function question(box: string, { text, hint }: { readonly text: string; readonly hint: string }): Question {
  const kind = questionKind(text, hint)
  return { box, kind, text: plainText(text), secret: kind !== 'host-key' && kind !== 'confirm' }
}

function questionKind(text: string, hint: string): Question['kind'] {
  // Since 8.5 ssh puts the user and host before what the box itself asks: whatever that says, it may be a password that is typed.
  if (/^\([^\n)]*@[^\n)]*\) /.test(text)) return /passphrase/i.test(text) ? 'passphrase' : 'password'
  if (/\(yes\/no|Please type 'yes'/.test(text)) return 'host-key'
  if (hint === 'confirm' || hint === 'none') return 'confirm'
  if (/passphrase/i.test(text)) return 'passphrase'
  if (/password/i.test(text)) return 'password'
  return 'other'
}
