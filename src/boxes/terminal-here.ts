import { shellQuoted } from '../base/shell-quoted.ts'
import type { Ending, Transport } from './child.ts'
import type { Failure } from './box.ts'
import { heard, lostConnection, plain } from './failures.ts'
import type { TerminalTransport } from './terminal.ts'

/**
 * A terminal of this machine, made by script(1) of util-linux, which every Linux distribution has: for `local`, and for container engines, whose
 * `exec -t` wants one.
 *
 * @param around what the command is run by, as a line of sh
 */
export function terminalHere(
  box: string,
  around: (command: string) => string = (command) => command,
  explain: (ending: Ending) => Failure = (ending) => lostConnection(ending, heard(ending.stderr), box),
): TerminalTransport {
  return (command) => {
    // script hands the line to the user's own shell.
    const line = `exec sh -c ${shellQuoted(`${sizeIn(command)}${around(command)}`)}`
    const transport: Transport = {
      box,
      argv: ['script', '--quiet', '--flush', '--return', '--command', line, '/dev/null'],
      explain: (ending) => (ending.spawnError ? noScript(box, ending.spawnError) : explain(ending)),
    }
    return Promise.resolve(transport)
  }
}

/** An engine takes the size of its terminal over from ours at some moment after its start: ours has to have it first. */
function sizeIn(command: string): string {
  return /^stty rows \d+ cols \d+/.exec(command)?.[0].concat('; ') ?? ''
}

function noScript(box: string, error: Error): Failure {
  return {
    kind: 'client-missing',
    message: `A terminal for ${box} could not be made on this machine: ${plain(error.message)}.`,
    tryNext: 'It takes script(1) (Debian: apt install bsdutils, others: util-linux). `halligan run` needs no terminal.',
  }
}
