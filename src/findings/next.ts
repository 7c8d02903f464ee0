import { parseDestination } from '../boxes/destination.ts'
import type { Price } from '../boxes/price.ts'
import type { NextStep } from './finding.ts'

/**
 * A classic command as the person would type it at the console to run it on that box: as it is for this machine, else through `halligan run`, which
 * writes it into the incident. `command` is POSIX sh text; what came from a box goes into it through `quoted`.
 */
function onBox(box: string, command: string, price: Price): string {
  if (box === 'local' || box.startsWith('recorded:')) return command
  // A name that ssh would not take (an option, in a recording that means harm) is not put on a command line.
  if (!/^(?:docker|podman):./.test(box) && 'kind' in parseDestination(box)) return command
  return `${RUN}${quoted(box)} --price ${price}${SEPARATOR}${quoted(command)}`
}

const RUN = 'halligan run '
/** Between the box and the command. */
const SEPARATOR = ' -- '

export function next(box: string, command: string, why: string, price: Price = 'free'): NextStep {
  return { command: onBox(box, command, price), why, price }
}

/** The same step by root, for a box that was looked at through sudo: what only root was shown, only root can follow. */
export function throughSudo(step: NextStep): NextStep {
  const { command } = step
  const asRoot = command.startsWith(RUN) ? `${RUN}--sudo ${command.slice(RUN.length)}` : `sudo sh -c ${quoted(command)}`
  return { ...step, command: asRoot }
}

/** Whether a suggested command is this line for the shell of its box. Both may have been brought into another form first, each in the same way. */
export function runsLine(suggested: string, line: string): boolean {
  return suggested === line || suggested.endsWith(`${SEPARATOR}${line}`)
}

/** Whether a suggested command names this price itself. */
export function saysPrice(suggested: string, price: Price): boolean {
  const [start = ''] = suggested.split(SEPARATOR)
  return start.startsWith(RUN) && start.endsWith(` --price ${price}`)
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
