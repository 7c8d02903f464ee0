import { setTimeout as pause } from 'node:timers/promises'
import path from 'node:path'
import { post, type Attempt } from './post.ts'
import { addressOf, type Receiver } from './receiver.ts'
import { tellProgram } from './tell-program.ts'

/** What a receiver is told, in the form that each kind takes. */
export interface Message {
  /** For a webhook and for a command. */
  readonly json: string
  /** One line or a few, for `{text}`. */
  readonly text: string
}

export interface DeliveryLimits {
  /** All tries and pauses together. Milliseconds. */
  readonly totalMs: number
  /** One try of a webhook. Milliseconds. */
  readonly tryMs: number
  /** Between the first try and the second; doubled each time. Milliseconds. */
  readonly pauseMs: number
}

export interface Delivery {
  readonly ok: boolean
  readonly why: string | undefined
  readonly tries: number
}

export interface DeliveryParts {
  /** halligan.yaml: a command's relative names begin in its folder. */
  readonly file: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly limits: DeliveryLimits
  /** Aborting it ends all tries. */
  readonly signal: AbortSignal
}

/** Tells one receiver, again and again with growing pauses while that may help and there is time. Never rejects. */
export async function deliver(receiver: Receiver, message: Message, parts: DeliveryParts): Promise<Delivery> {
  const { limits } = parts
  const signal = AbortSignal.any([parts.signal, AbortSignal.timeout(limits.totalMs)])
  let pauseMs = limits.pauseMs
  for (let tries = 1; ; tries += 1) {
    const attempt = await attemptAt(receiver, message, { ...parts, signal })
    if (attempt.ok) return { ok: true, why: undefined, tries }
    const why = parts.signal.aborted ? 'it was not waited for' : attempt.why
    const given = { ok: false, why, tries }
    const waitMs = Math.max(pauseMs, attempt.afterMs ?? 0)
    if (!attempt.again || waitMs >= limits.totalMs || !(await waits(waitMs, signal))) return given
    pauseMs *= 2
  }
}

function attemptAt(receiver: Receiver, { json, text }: Message, parts: DeliveryParts): Promise<Attempt> {
  const { environment, limits, signal, file } = parts
  if (receiver.kind === 'command')
    return tellProgram(receiver.argv, json, file === undefined ? '/' : path.dirname(file), signal)
  const address = addressOf(receiver, environment)
  if (!address)
    return Promise.resolve({
      ok: false,
      why: `${receiver.address} is not set to an http or https address`,
      again: false,
    })
  const body = receiver.kind === 'slack' ? JSON.stringify({ text }) : json
  return post(address, body, AbortSignal.any([signal, AbortSignal.timeout(limits.tryMs)]), environment)
}

async function waits(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(milliseconds, undefined, { signal })
    return true
  } catch {
    return false
  }
}
