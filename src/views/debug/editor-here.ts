import { dapBytes, type DapMessage, type DapReader } from '../../evidence/debug/dap/message.ts'

/** The editor that has started this process: its messages come on standard input, and go to standard output. */
export interface EditorHere {
  /** Gives a promise while more than the pipe holds was said. */
  readonly say: (message: DapMessage) => void | Promise<void>
  /** From now on; what came before is kept for it. */
  readonly listen: (take: (message: DapMessage) => void) => void
  /** When all that was said has been taken. */
  readonly leave: () => Promise<void>
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** An editor that reads nothing any more. Milliseconds. */
const LAST_WORDS_MS = 2_000

/** @param gone the editor has ended, or somebody ends this process */
export function editorHere(reader: DapReader, gone: () => void): EditorHere {
  const { stdin, stdout } = process
  let isGone = false
  const end = (): void => {
    isGone = true
    gone()
  }
  for (const signal of SIGNALS) process.on(signal, end)
  stdout.on('error', end)
  return {
    say: (message) => {
      if (isGone && stdout.destroyed) return undefined
      return stdout.write(dapBytes(message))
        ? undefined
        : new Promise((resolve) => {
            stdout.once('drain', resolve)
            stdout.once('close', resolve)
          })
    },
    listen: (take) => {
      stdin.on('data', (chunk: Buffer) => {
        const { messages, broken } = reader.push(chunk)
        for (const message of messages) take(message)
        if (broken === undefined || isGone) return
        process.stderr.write(`halligan: what came on standard input cannot be understood: ${broken}.\n`)
        end()
      })
      stdin.on('end', end)
      stdin.on('error', end)
    },
    leave: () =>
      new Promise((resolve) => {
        stdin.destroy()
        setTimeout(resolve, LAST_WORDS_MS).unref()
        if (stdout.destroyed || stdout.writableLength === 0) resolve()
        else stdout.once('drain', resolve)
      }),
  }
}
