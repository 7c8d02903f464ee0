import path from 'node:path'
import { sha256Hex } from '../base/sha256.ts'
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
 * Whom, in words that hold no secret: `slack hooks.slack.com`, since the path is the key to it; `command page`. Where others would be called the same, what
 * tells them apart stands behind it, wherever in the list they are: the variable that holds the address, `slack hooks.slack.com ($OPS)`, else a mark.
 */
export function receiverName(receiver: Receiver, all: readonly Receiver[], environment: Environment): string {
  const name = plainName(receiver, environment)
  const isAlone = all.every((each) => plainName(each, environment) !== name || targetOf(each) === targetOf(receiver))
  return isAlone ? name : markedName(receiver, environment)
}

/** Whether the record means this one: it may have been the only one of its name by then, or no longer be. */
export function isCalled(
  receiver: Receiver,
  where: string,
  all: readonly Receiver[],
  environment: Environment,
): boolean {
  return where === receiverName(receiver, all, environment) || where === markedName(receiver, environment)
}

/** Of the hash of an address or a command line: enough to tell a few apart, and too little to guess one by. Hex digits. */
const MARK_DIGITS = 4

function markedName(receiver: Receiver, environment: Environment): string {
  const target = targetOf(receiver)
  const mark = VARIABLE.test(target) ? target : sha256Hex(target).slice(0, MARK_DIGITS)
  return `${plainName(receiver, environment)} (${mark})`
}

/** Where it goes, as halligan.yaml says it: a secret, unless it is a variable. */
function targetOf(receiver: Receiver): string {
  return receiver.kind === 'command' ? JSON.stringify(receiver.argv) : receiver.address
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
