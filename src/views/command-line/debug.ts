import { Option, type Command } from 'commander'
import { PRICES } from '../../boxes/price.ts'
import type { DebugFlags } from '../commands/debug.ts'

/** A debugger by hand. */
export function addDebug(halligan: Command, finish: (exitCode: number) => void): void {
  halligan
    .command('debug')
    .description('let a debugger at a running process, by hand, with a clock and a limit of how long it stands still')
    .usage('[options] BOX PID|NAME|UNIT|:PORT')
    .argument('[words...]', 'a box, then the process: its PID, its name, its unit, or the port that it listens on')
    .option(
      '--limit <time>',
      'let go when the process has stood still for so long in one stop (2s to 10min, default 30s)',
    )
    .addOption(new Option('--accept <price>', 'the price that you accept, instead of being asked').choices([...PRICES]))
    .option('--sudo', 'as root through sudo; asks for the password if sudo does')
    .option(
      '--dap',
      'speak the Debug Adapter Protocol on standard input and output, for an editor; needs gdb 14 there, and --accept pause',
    )
    .option('--anyway <why>', 'although another machine answers by that name, or the policy forbids it; recorded')
    .option('--incident <id>', 'record it in another incident than the current one')
    .showHelpAfterError('Try: halligan debug --help')
    .addHelpText('after', EXAMPLES)
    .action(async (words: readonly string[], flags: DebugFlags) =>
      finish(await (await import('../commands/debug.ts')).debug(words, flags)),
    )
}

const EXAMPLES = `
Examples:
  halligan debug web-1 812                   gdb at this process; says what that costs, and asks
  halligan debug web-1 orders-api --limit 5s it may stand still for 5 s at a time
  halligan debug web-1 812 --dap --accept pause
                                             what an editor starts as its debug adapter (docs/debug.md)

The process stands still from the beginning until you say "continue"; the last line of the screen says for how long. When the limit is
reached, or the console or the line ends, gdb is told to let go and the process runs on; what the box found afterwards is shown and recorded.
To look without stopping it: halligan inspect.`
