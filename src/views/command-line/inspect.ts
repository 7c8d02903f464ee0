import { Option, type Command } from 'commander'
import { PRICES } from '../../boxes/price.ts'
import type { InspectFlags } from '../commands/inspect.ts'
import { colorOption, NO_COLOR } from './color.ts'

/** The running process, without restarting it. */
export function addInspect(halligan: Command, finish: (exitCode: number) => void): void {
  halligan
    .command('inspect')
    .description('look inside a running process: what its threads do now, what it has open, what it waits for')
    .usage('[options] BOX PID|NAME|UNIT|:PORT, or [BOX] core:FILE')
    .argument(
      '[words...]',
      'a box (as for look), then the process: its PID, its name, its unit, or the port that it listens on',
    )
    .optionsGroup('What is shown:')
    .option(
      '--stacks',
      'stacks of all threads, also where that has a price; they are shown by themselves where they are free',
    )
    .option('--profile [time]', 'where it spends its time: watches it for so long (10s, 500ms, 2min; 10s by itself)')
    .option(
      '--off-cpu',
      'with --profile: where its threads wait, and for what, instead of where they use the processor',
    )
    .option(
      '--compare <file>',
      'with --profile: what changed from an earlier one (.speedscope.json, .collapsed of --output)',
    )
    .option(
      '--output <file>',
      'with --profile: write it to a file too; its ending says how (.speedscope.json, .collapsed, .pb.gz, .svg)',
    )
    .option('--memory', 'what of its memory grows, by kind and by type of object: watches it for some time')
    .option(
      '--at <place>',
      'values of variables and the stack each time a statement runs: FILE:LINE, FUNCTION or FILE:FUNCTION; says what that costs first',
    )
    .option('--when <expression>', "with --at: only where it is true, as in 'total < 0 && user.id != 7'")
    .option('--print <expressions>', 'with --at: these instead of arguments and local variables (total,user.id)')
    .option('--hits <number>', 'with --at: ends after so many (1 to 100; 5 by itself)')
    .option(
      '--on-crash',
      'waits for its end, by a signal or by itself, and shows the stacks of that moment; says what that costs first',
    )
    .option(
      '--for <time>',
      'ends after so long: with --at 1s to 10min, with --memory 1s to 30min (30s by itself); with --on-crash 1s to 24h (30m by itself)',
    )
    .option(
      '--core [folder]',
      'take a core of it, into a folder on the box; says how large, how long it stands still and how much is free first',
    )
    .option(
      '--by <way>',
      'stacks, the profile, the snapshot or the memory, by this way of getting them (eu-stack, gdb-locals, …): those that there are stand below "more"',
    )
    .option('--binary <file>', 'with core:FILE: the program that it is of, where that is not the one that it names')
    .option('--details', 'all threads, files, limits, and the environment (secrets taken out)')
    .option('--json', 'the contract halligan.inspect/1, for scripts')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .optionsGroup('How it looks:')
    .addOption(new Option('--accept <price>', 'the price that you accept, instead of being asked').choices([...PRICES]))
    .option(
      '--toolbox <folder>',
      'lend static programs of this folder (eu-stack, gdb, …) to the box for that time; what the box has itself is used first',
    )
    .option('--sudo', 'read as root through sudo; asks for the password if sudo does')
    .option('--timeout <seconds>', 'take at most so long on the box (1 to 600, default 15)')
    .optionsGroup('What comes of it:')
    .option('--incident <id>', 'record it in another incident than the current one')
    .optionsGroup('Help:')
    .helpOption('-h, --help', 'this help')
    .showHelpAfterError('Try: halligan inspect --help')
    .addHelpText('after', EXAMPLES)
    .action(async (words: readonly string[], flags: InspectFlags) =>
      finish(await (await import('../commands/inspect.ts')).inspect(words, flags)),
    )
}

const EXAMPLES = `
Examples:
  halligan inspect web-1 812                 what this process does now
  halligan inspect web-1 orders-api          the one of that name; several are listed to choose from
  halligan inspect web-1 orders.service      the one of that unit
  halligan inspect web-1 :8080               the one that listens there
  halligan inspect web-1 812 --stacks        with the stacks of its threads; says what that costs first
  halligan inspect web-1 812 --profile 10s   where it spends its time, as a flame graph
  halligan inspect web-1 812 --profile --off-cpu   where its threads wait, and for what
  halligan inspect web-1 812 --profile 10s --output cart.speedscope.json
  halligan inspect web-1 812 --memory        what of its memory grows in 30 s
  halligan inspect web-1 812 --at src/cart.c:118 --when 'total < 0' --print total,order.id
  halligan inspect web-1 812 --on-crash --for 30m   the stacks of the moment in which it dies
  halligan inspect web-1 812 --core          a core of it, in a file on the box
  halligan inspect web-1 core:/var/tmp/core  what a process died of, and where

Without --stacks, --profile, --at and --memory nothing is attached and nothing stands still: it reads /proc, in one round trip. What
takes more is shown with its price, and done when you accept it.`
