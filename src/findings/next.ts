import { quoted } from '../base/shell-quoted.ts'
import { parseDestination } from '../boxes/destination.ts'
import type { Price } from '../boxes/price.ts'
import type { NextStep } from './finding.ts'

export { quoted }

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
  return [{ command: reliefCommand(box, false, words), why, price: 'change' }]
}

const RELIEVE = 'halligan relieve '

/** What looks how a relief ended, or takes it back: by root again, where it was done so. */
export function settleRelief(box: string, sudo: boolean, word: 'check' | 'undo', seq: number): string {
  return reliefCommand(box, sudo, [word, String(seq)])
}

export function reliefCommand(box: string, sudo: boolean, words: readonly string[]): string {
  return `${RELIEVE}${sudo ? '--sudo ' : ''}${[box, ...words].map(quoted).join(' ')}`
}

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
