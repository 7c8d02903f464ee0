import { openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { ReadStream, WriteStream } from 'node:tty'
import { safeText } from '../base/safe-text.ts'
import { inTurns, type Prompt, type Question } from '../boxes/prompt.ts'

/**
 * Asks on the terminal of the process (not on standard input, which may be a pipe); undefined where there is none.
 *
 * @param signal aborting it takes an open question back, and none is asked any more
 */
export function terminalPrompt(signal?: AbortSignal): Prompt | undefined {
  try {
    const input = new ReadStream(openSync('/dev/tty', 'r'))
    const output = new WriteStream(openSync('/dev/tty', 'w'))
    input.unref()
    return inTurns(patient((question) => ask(question, input, output, signal), output, signal))
  } catch {
    return undefined
  }
}

/** ssh asks up to three times: the person is told that the answer before was refused, and asked no more after declining. */
function patient(prompt: Prompt, output: WriteStream, signal: AbortSignal | undefined): Prompt {
  const asked = new Set<string>()
  const declined = new Set<string>()
  return async (question) => {
    const key = `${question.box}\n${question.text}`
    if (signal?.aborted || declined.has(key)) return undefined
    if (asked.has(key)) output.write(`${safeText(question.box)}: that was not accepted; once more\n`)
    asked.add(key)
    const answer = await prompt(question)
    if (answer === undefined) declined.add(key)
    return answer
  }
}

/**
 * End of input means that nobody answers. Ctrl-C means that, and is given on to the process: who presses it wants out, not the next
 * question. What is secret is not shown while it is typed.
 */
function ask(
  { box, text, secret }: Question,
  input: ReadStream,
  output: WriteStream,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const lines = text.trimEnd().split('\n').map(safeText)
  const last = lines.at(-1) ?? ''
  for (const line of lines.slice(0, -1)) output.write(`${line}\n`)
  output.write(`${last.includes(box) ? '' : `${safeText(box)}: `}${last} `)
  return new Promise((resolve) => {
    input.ref()
    const reader = createInterface({ input, terminal: secret, ...(secret ? {} : { output }) })
    let settled = false
    const settle = (answer: string | undefined): void => {
      // Closing the reader says `close` before anything else is done.
      if (settled) return
      settled = true
      signal?.removeEventListener('abort', takeBack)
      reader.close()
      input.unref()
      if (secret || answer === undefined) output.write('\n')
      resolve(answer)
    }
    const takeBack = (): void => settle(undefined)
    signal?.addEventListener('abort', takeBack)
    reader.once('line', settle)
    reader.once('close', takeBack)
    reader.once('SIGINT', () => {
      settle(undefined)
      process.kill(process.pid, 'SIGINT')
    })
  })
}
