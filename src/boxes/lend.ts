import { randomHex } from '../base/random.ts'
import type { Box, Failure } from './box.ts'
import { lendScript } from './lend-script.ts'

/** A program that is lent to a box. */
export interface LentTool {
  /** As it is called: letters, digits, `-`, `_`, `+`, `.`. */
  readonly name: string
  readonly bytes: Uint8Array
}

/** What became of what was lent. */
export interface GivenBack {
  /** `gone`: the box has said that its folder is not there any more; `left`: that it still is; `not-seen`: the line was lost first, and it removes the folder by itself. */
  readonly folder: 'gone' | 'left' | 'not-seen'
}

export interface Lending {
  /** The same box, with the tools behind all others in its PATH. Closing it is for who opened it. */
  readonly box: Box
  /** Safe to call twice. */
  readonly giveBack: () => Promise<GivenBack>
}

/** A slow line takes its time for some megabytes. Milliseconds. */
const UPLOAD_MS = 120_000
const NO_LIMIT_MS = 2 ** 31 - 1
const HEARTBEAT_MS = 3_000

/**
 * Lays tools into a private folder of the box, for as long as this console is there. The folder goes when they are given back, when the line is cut or falls silent, and when the shell that keeps it is
 * killed. Gives a failure instead of rejecting.
 */
export async function lendTools(
  box: Box,
  tools: readonly LentTool[],
  signal?: AbortSignal,
): Promise<Lending | Failure> {
  const nonce = randomHex(16)
  const told = Promise.withResolvers<string>()
  let said = ''
  const keeper = box.start(lendScript(nonce, tools), {
    what: 'lend tools',
    timeoutMs: NO_LIMIT_MS,
    maxBytes: 64 * 1024,
    guarded: true,
    ...(signal ? { signal } : {}),
    onOutput: (chunk) => {
      said = (said + Buffer.from(chunk).toString('latin1')).slice(-4_096)
      const line = new RegExp(`^${nonce} (ready|refused) (.*)$`, 'm').exec(said)
      if (line) told.resolve(line[0].slice(nonce.length + 1))
    },
  })
  const beat = setInterval(() => keeper.input('h\n'), HEARTBEAT_MS)
  const limit = setTimeout(() => told.resolve('refused slow'), UPLOAD_MS)
  const answer = await Promise.race([told.promise, keeper.result])
  clearTimeout(limit)
  let back: Promise<GivenBack> | undefined
  const giveBack = (): Promise<GivenBack> =>
    (back ??= (async () => {
      clearInterval(beat)
      keeper.endInput()
      const { stdout } = await keeper.result
      const end = new RegExp(`^${nonce} folder (gone|left)$`, 'm').exec(Buffer.from(stdout).toString('latin1'))?.[1]
      return { folder: end === 'gone' || end === 'left' ? end : 'not-seen' }
    })())
  const [, folder] = typeof answer === 'string' ? (/^ready (\/[\w./-]+)$/.exec(answer) ?? []) : []
  if (folder !== undefined) return { box: withTools(box, folder), giveBack }
  await giveBack()
  if (typeof answer !== 'string') return answer.failure ?? refusal(box.name, 'ended')
  return refusal(box.name, /^refused ([\w-]+)/.exec(answer)?.[1] ?? '')
}

const WHY: Readonly<Record<string, string>> = {
  'no-room':
    'There is no folder on the box that takes them and lets programs run: /dev/shm, /run, /tmp and /var/tmp are full, or mounted noexec.',
  'no-base64': 'The box has no base64 (coreutils, busybox), with which they come.',
  damaged: 'They did not arrive whole.',
  slow: 'They had not arrived after two minutes.',
}

function refusal(box: string, why: string): Failure {
  return {
    kind: 'unknown',
    message: `No tool could be lent to ${box}. ${WHY[why] ?? 'The shell that was to keep them ended.'}`,
    tryNext: 'Without --toolbox it does what the tools of the box can do.',
  }
}

/** Behind all others: what the box has itself is used first. */
function withTools(box: Box, folder: string): Box {
  const prefix = `PATH=$PATH:${folder}; export PATH\n`
  return {
    ...box,
    run: (script, options) => box.run(prefix + script, options),
    start: (script, options) => box.start(prefix + script, options),
  }
}
