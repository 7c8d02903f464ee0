import { Command } from 'commander'
import type { LookFlags } from './commands/look.ts'
import { version } from './version.ts'

/** The command line: what there is, and what each word means. Actions are loaded when they are asked for. */
export function program(finish: (exitCode: number) => void): Command {
  const halligan = new Command('halligan')
    .description('A console for software firefighting: what burns on that box, why, which process, what to do next.')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(halligan --help shows what there is)')
    .addHelpText('after', EXAMPLES)
    .action(async () => finish(await (await import('./commands/start.ts')).start()))
  halligan
    .command('look')
    .description('ask a box everything in one round trip and say what burns')
    .argument(
      '[box...]',
      'local, a name or user@host[:port] for ssh, @group, glob, docker:NAME, podman:NAME, recorded:FILE (default: local)',
    )
    .option('--details', 'all figures, and what was ruled out with its figure')
    .option('--json', 'the contract halligan.look/1, for scripts')
    .option('--markdown', 'for a ticket or a chat')
    .option('--fail-on <state>', 'exit 3 if any box is at least this bad: critical, warning, unknown')
    .option('--sudo', 'look as root through sudo; asks for the password if sudo does')
    .option(
      '--deep',
      'ask the slower probes too: kinds of memory of the largest processes, restarts that systemd counted',
    )
    .option('--window <seconds>', 'time between the two samples (0.2 to 60, default 1)')
    .option(
      '--save <file>',
      'keep the answer, redacted, to look at it again as recorded:FILE (compressed if it ends in .zst)',
    )
    .option('--connect-timeout <seconds>', 'give up on a box that does not answer')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .option('--print-script', 'print the shell script that would run on the box, and do nothing')
    .addHelpText('after', LOOK_EXAMPLES)
    .action(async (names: readonly string[], flags: LookFlags) =>
      finish(await (await import('./commands/look.ts')).look(names, flags)),
    )
  halligan
    .command('boxes')
    .description('list the boxes that can be named, with their groups')
    .action(async () => finish(await (await import('./commands/boxes.ts')).boxes()))
  halligan
    .command('doctor')
    .description('what this console or a box can and cannot do, and the package that would help')
    .argument('[box]')
    .option('--sudo', 'examine the box as root through sudo')
    .option('--no-color', 'no colours')
    .action(async (name: string | undefined, flags: { readonly sudo?: boolean; readonly color?: boolean }) =>
      finish(await (await import('./commands/doctor.ts')).doctor(name, flags)),
    )
  halligan
    .command('completion')
    .description('print the completion script for a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', '\nFor example, in ~/.bashrc:\n  source <(halligan completion bash)')
    .action(async (shell: string) => finish(await (await import('./commands/completion.ts')).completion(shell)))
  halligan
    .command('complete-boxes', { hidden: true })
    .action(async () => finish(await (await import('./commands/completion.ts')).completeBoxes()))
  return halligan
}

const EXAMPLES = `
Examples:
  halligan look                    what burns on this machine
  halligan look web-1              the same over ssh, with your own configuration and keys
  halligan look @checkout          all boxes of a group of halligan.yaml
  halligan doctor web-1            what web-1 lets us see

Exit codes: 0 it did what was asked, 1 it could not, 2 wrong usage, 3 bad news (--fail-on).`

const LOOK_EXAMPLES = `
Examples:
  halligan look                              this machine, as you
  halligan look web-1 --sudo                 a box, with everything that only root may see
  halligan look 'web-*' db-1                 several at once
  halligan look web-1 --json | jq .boxes[0].findings
  halligan look web-1 --fail-on critical     for scripts: exit 3 when it burns
  halligan look web-1 --save web-1.look.zst  keep it; look again with recorded:web-1.look.zst
  halligan look --print-script               read what would run on the box

It reads only: nothing is written, changed, stopped or attached to. Ctrl-C prints what is known so far.`
