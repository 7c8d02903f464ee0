import { parseDestination } from '../boxes/destination.ts'
import type { Price } from '../boxes/price.ts'
import type { NextStep } from './finding.ts'

/**
 * A classic command as the person would type it at the console to run it on that box: as it is for this machine, through
 * ssh or the container engine else. `command` is POSIX sh text; what came from a box goes into it through `quoted`.
 */
export function onBox(box: string, command: string): string {
  const [, engine, container] = /^(docker|podman):(.+)$/.exec(box) ?? []
  if (engine && container) return `${engine} exec ${quoted(container)} sh -c ${quoted(command)}`
  if (box === 'local' || box.startsWith('recorded:')) return command
  const destination = parseDestination(box)
  // A name that ssh would not take (an option, in a recording that means harm) is not put after `ssh`.
  if ('kind' in destination) return command
  const { host, port } = destination
  return `ssh ${port === undefined ? '' : `-p ${port} `}${quoted(host)} ${quoted(command)}`
}

export function next(box: string, command: string, why: string, price: Price = 'free'): NextStep {
  return { command: onBox(box, command), why, price }
}

/**
 * One word for a POSIX shell, whatever it contains: plain words as they are, all else in single quotes (POSIX 2.2.2); in double quotes
 * (2.2.3) where those read better, which is where single quotes are inside and nothing that means something in double ones, `!` for
 * the history of interactive shells among it.
 */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  if (word.includes("'") && !/["$`\\!\n]/.test(word)) return `"${word}"`
  return `'${word.replaceAll("'", String.raw`'\''`)}'`
}
