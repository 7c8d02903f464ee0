import path from 'node:path'
import type { Notifiable } from './notifiable.ts'

/** Somebody who is told of an incident, and of which entries. */
export type Receiver =
  | { readonly kind: 'webhook' | 'slack'; readonly address: string; readonly on: readonly Notifiable[] }
  | { readonly kind: 'command'; readonly argv: readonly string[]; readonly on: readonly Notifiable[] }

type Environment = Readonly<Record<string, string | undefined>>

/** An http or https address, or the name of an environment variable that holds one (`$SLACK_WEBHOOK`), so that it need not stand in a file. */
export function isAddress(text: string): boolean {
  return VARIABLE.test(text) || urlOf(text) !== undefined
}

/** Where to post; undefined when the variable is not set, or holds no such address. */
export function addressOf({ address }: { readonly address: string }, environment: Environment): URL | undefined {
  const [, variable] = VARIABLE.exec(address) ?? []
  return urlOf(variable === undefined ? address : (environment[variable] ?? ''))
}

/**
 * Whom, in words that hold no secret: `slack hooks.slack.com`, since the path is the key to it; `command page`. Of several that would be called the same
 * the second is `slack hooks.slack.com (2)`.
 */
export function receiverName(receiver: Receiver, all: readonly Receiver[], environment: Environment): string {
  const name = plainName(receiver, environment)
  const before = all.slice(0, all.indexOf(receiver)).filter((each) => plainName(each, environment) === name).length
  return before === 0 ? name : `${name} (${before + 1})`
}

function plainName(receiver: Receiver, environment: Environment): string {
  if (receiver.kind === 'command') return `command ${path.basename(receiver.argv[0] ?? '')}`
  return `${receiver.kind} ${addressOf(receiver, environment)?.host ?? receiver.address}`
}

const VARIABLE = /^\$([A-Za-z_]\w*)$/

function urlOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url : undefined
}
