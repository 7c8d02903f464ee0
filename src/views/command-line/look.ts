import { Option, type Command } from 'commander'
import type { LookFlags } from '../commands/look.ts'
import { colorOption, NO_COLOR } from './color.ts'

/** What burns on boxes. */
export function addLook(halligan: Command, finish: (exitCode: number) => void): void {
  halligan
    .command('look')
    .description('ask a box everything in one round trip and say what burns')
    .argument(
      '[box...]',
      'local, a name or user@host[:port] for ssh, @group, glob, docker:NAME, podman:NAME, recorded:FILE (default: local)',
    )
    .optionsGroup('What is shown:')
    .option('--details', 'every finding with why and next steps, all figures, and what was ruled out with its figure')
    .option('--json', 'the contract halligan.look/1, for scripts')
    .option('--markdown', 'for a ticket or a chat')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .optionsGroup('How it looks:')
    .option('--sudo', 'look as root through sudo; asks for the password if sudo does')
    .option('--deep', 'ask the slower probes too: kinds of memory of the largest processes')
    .option('--window <seconds>', 'time between the two samples (0.2 to 60, default 1)')
    .option('--connect-timeout <seconds>', 'give up on a box that does not answer (1 to 600, default 8)')
    .optionsGroup('What comes of it:')
    .option(
      '--save <file>',
      'keep the answer, redacted, to look at it again as recorded:FILE (compressed if it ends in .zst)',
    )
    .addOption(
      new Option('--fail-on <state>', 'exit 3 if any box is at least this bad').choices([
        'critical',
        'warning',
        'unknown',
      ]),
    )
    .option('--incident <id>', 'record it in another incident than the current one')
    .option('--print-script', 'print the shell script that would run on the box, and do nothing')
    .optionsGroup('Help:')
    .helpOption('-h, --help', 'this help')
    .showHelpAfterError('Try: halligan look --help')
    .addHelpText('after', LOOK_EXAMPLES)
    .action(async (names: readonly string[], flags: LookFlags) =>
      finish(await (await import('../commands/look.ts')).look(names, flags)),
    )
}

const LOOK_EXAMPLES = `
Examples:
  halligan look                              this machine, as you
  halligan look web-1 --sudo                 a box, with everything that only root may see
  halligan look 'web-*' @db                  several at once: first a line for each, the worst on top
  halligan look web-1 --json | jq '.boxes[0].findings'
  halligan look web-1 --fail-on critical     for scripts: exit 3 when it burns
  halligan look web-1 --save web-1.look.zst  keep it; look again with recorded:web-1.look.zst
  halligan look --print-script               read what would run on the box

How to read it: the first finding is what burns most; what follows from it stands below it. Each suggested
command has a price: free (only reads), slow, pause, change (of what it is done to). One that costs more than
policy.highestPrice of the box's groups in halligan.yaml is marked as beyond the policy.

It reads only: nothing is written, changed, stopped or attached to. Ctrl-C prints what is known so far.`
