import { openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { ReadStream, WriteStream } from 'node:tty'
import { safeText } from '../base/safe-text.ts'
import { inTurns, type Prompt, type Question } from '../boxes/prompt.ts'

/** Asks on the terminal of the process (not on standard input, which may be a pipe); undefined where there is none. */
export function terminalPrompt(): Prompt | undefined {
  try {
    const input = new ReadStream(openSync('/dev/tty', 'r'))
    const output = new WriteStream(openSync('/dev/tty', 'w'))
    input.unref()
    return inTurns((question) => ask(question, input, output))
  } catch {
    return undefined
  }
}

/** Ctrl-C and end of input mean that nobody answers. What is secret is not shown while it is typed. */
function ask({ box, text, secret }: Question, input: ReadStream, output: WriteStream): Promise<string | undefined> {
  for (const line of text.trimEnd().split('\n').slice(0, -1)) output.write(`${safeText(line)}\n`)
  const last = safeText(text.trimEnd().split('\n').at(-1) ?? '')
  return new Promise((resolve) => {
    input.ref()
    output.write(`${safeText(box)}: ${last} `)
    const lines = createInterface({ input, terminal: secret, ...(secret ? {} : { output }) })
    const done = (answer: string | undefined): void => {
      lines.close()
      input.unref()
      if (secret || answer === undefined) output.write('\n')
      resolve(answer)
    }
    lines.once('line', done)
    lines.once('SIGINT', () => done(undefined))
    lines.once('close', () => done(undefined))
  })
}
