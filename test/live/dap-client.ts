import { spawn } from 'node:child_process'
import path from 'node:path'
import { dapBytes, dapReader, type DapMessage } from '../../src/evidence/debug/dap/message.ts'
import type { Fleet } from '../boxes/fleet.ts'

/** An editor, as far as its debug adapter can tell. */
export interface DapClient {
  /** Sends a request and gives the answer to it. */
  readonly ask: (command: string, args?: object) => Promise<DapMessage>
  /** The next event of that name since the last one that was waited for. */
  readonly event: (name: string) => Promise<Readonly<Record<string, unknown>>>
  /** All that was printed in its console. */
  readonly output: () => string
  readonly errors: () => string
  /** Exit code of the adapter. */
  readonly ended: Promise<number | null>
  readonly close: () => void
  readonly kill: () => void
}

const main = path.resolve(import.meta.dirname, '../../bin/halligan.cjs')
/** Far above what anything takes. Milliseconds. */
const PATIENCE_MS = 60_000

/** Starts `halligan debug` as an editor starts its debug adapter, in the folder in which `home` is: a halligan.yaml there counts. */
export function startDap(fleet: Fleet, home: string, ...args: readonly string[]): DapClient {
  const env = { ...process.env, HALLIGAN_HOME: home, HALLIGAN_BY: 'amy@laptop', HALLIGAN_SSH_CONFIG: fleet.sshConfig }
  const child = spawn(process.execPath, [main, 'debug', ...args], {
    env,
    cwd: path.dirname(home),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const reader = dapReader()
  const unseen: DapMessage[] = []
  const wakers = new Set<() => void>()
  let [output, errors, seq] = ['', '', 0]
  child.stdin.on('error', () => {})
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')))
  child.stdout.on('data', (chunk: Buffer) => {
    for (const message of reader.push(chunk).messages) {
      const { event, body } = message as { readonly event?: unknown; readonly body?: { readonly output?: string } }
      if (event === 'output') output += body?.output ?? ''
      else unseen.push(message)
    }
    for (const wake of wakers) wake()
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  function first(wanted: (message: DapMessage) => boolean, what: string): Promise<DapMessage> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer)
        wakers.delete(look)
        act()
      }
      const look = (): void => {
        const at = unseen.findIndex(wanted)
        const [found] = at < 0 ? [] : unseen.splice(at, 1)
        if (found) settle(() => resolve(found))
      }
      const failed = (why: string): void => settle(() => reject(new Error(`${what}: ${why}\n${output}\n${errors}`)))
      const timer = setTimeout(() => failed('waited for in vain'), PATIENCE_MS)
      wakers.add(look)
      look()
      void ended.then(() => failed('the adapter has ended'))
    })
  }
  return {
    ask: (command, asked = {}) => {
      seq += 1
      const number = seq
      child.stdin.write(dapBytes({ seq, type: 'request', command, arguments: asked }))
      return first(({ type, request_seq: of }) => type === 'response' && of === number, command)
    },
    event: async (name) => {
      const { body } = await first(({ type, event }) => type === 'event' && event === name, name)
      return (body ?? {}) as Readonly<Record<string, unknown>>
    },
    output: () => output,
    errors: () => errors,
    ended,
    close: () => child.stdin.end(),
    kill: () => child.kill('SIGKILL'),
  }
}
