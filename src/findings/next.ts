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

/** A look into the process itself, from /proc alone: `free`. None for a recording, in which there is no process. */
export function nextInspect(box: string, pid: number, why: string): readonly NextStep[] {
  if (box.startsWith('recorded:')) return []
  if (box !== 'local' && !/^(?:docker|podman):./.test(box) && 'kind' in parseDestination(box)) return []
  return [{ command: `${INSPECT}${quoted(box)} ${pid}`, why, price: 'free' }]
}

const INSPECT = 'halligan inspect '

/**
 * A relief on that box, by its words: `restart`, `orders.service`. It proves the machine, is written down before it is done, and is looked at afterwards: where one fits it is
 * suggested in the place of a command by hand, which a recording gets, since nothing can be done to that.
 */
export function nextRelieve(box: string, words: readonly string[], why: string, byHand?: string): readonly NextStep[] {
  if (box.startsWith('recorded:')) return byHand === undefined ? [] : [next(box, byHand, why, 'change')]
  if (box !== 'local' && !/^(?:docker|podman):./.test(box) && 'kind' in parseDestination(box)) return []
  // What a box calls so would be taken for an option.
  if (words.some((word) => word.startsWith('-'))) return []
  return [{ command: `${RELIEVE}${[box, ...words].map(quoted).join(' ')}`, why, price: 'change' }]
}

const RELIEVE = 'halligan relieve '

export function isRelief(command: string): boolean {
  return command.startsWith(RELIEVE)
}

/** The same step by root, for a box that was looked at through sudo: what only root was shown, only root can follow. */
export function throughSudo(step: NextStep): NextStep {
  const { command } = step
  if (command.startsWith(INSPECT)) return { ...step, command: `${INSPECT}--sudo ${command.slice(INSPECT.length)}` }
  if (isRelief(command)) return { ...step, command: `${RELIEVE}--sudo ${command.slice(RELIEVE.length)}` }
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
