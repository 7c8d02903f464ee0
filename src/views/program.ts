import { Argument, Command, Option } from 'commander'
import { closest } from '../base/closest.ts'
import { addBoxWorkCommands } from './command-line/box-work.ts'
import { addHandoverCommands } from './command-line/handover.ts'
import { addIncidentCommands } from './command-line/incident.ts'
import { addWriteUpCommand } from './command-line/write-up.ts'
import { addRecordCommands } from './command-line/record.ts'
import type { LookFlags } from './commands/look.ts'
import { Problem } from './problem.ts'
import { version } from '../base/version.ts'

/** The command line: what there is, and what each word means. Actions are loaded when they are asked for. */
export function program(finish: (exitCode: number) => void): Command {
  const halligan = new Command('halligan')
    .description('A console for software firefighting: what burns on that box, why, which process, what to do next.')
    .version(version)
    .usage('COMMAND ...')
    .configureOutput({ outputError: (text, write) => write(errorWords(text)) })
    .helpCommand('help [command]', 'what a command does, with examples')
    .showHelpAfterError('Try: halligan --help')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      if (halligan.args.length > 0) throw noCommand(halligan)
      finish(await (await import('./commands/start.ts')).start())
    })
  addLook(halligan, finish)
  addIncidentCommands(halligan, finish)
  addBoxWorkCommands(halligan, finish)
  addHandoverCommands(halligan, finish)
  addWriteUpCommand(halligan, finish)
  addRecordCommands(halligan, finish)
  halligan
    .command('boxes')
    .description('list the boxes that can be named, with their groups')
    .showHelpAfterError('Try: halligan boxes --help')
    .addHelpText('after', BOXES_EXAMPLES)
    .action(async () => finish(await (await import('./commands/boxes.ts')).boxes()))
  halligan
    .command('doctor')
    .description('what this console or a box can and cannot do, and the package that would help')
    .argument('[box]', 'one box, as for look (default: this console)')
    .option('--sudo', 'examine the box as root through sudo')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .showHelpAfterError('Try: halligan doctor --help')
    .addHelpText('after', DOCTOR_EXAMPLES)
    .action(async (name: string | undefined, flags: { readonly sudo?: boolean; readonly color?: boolean }) =>
      finish(await (await import('./commands/doctor.ts')).doctor(name, flags)),
    )
  halligan
    .command('completion')
    .description('print the completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell that will read it').choices(['bash', 'zsh', 'fish']))
    .showHelpAfterError('Try: halligan completion --help')
    .addHelpText('after', COMPLETION_EXAMPLES)
    .action(async (shell: string) =>
      finish(await (await import('./commands/completion.ts')).completion(shell, halligan)),
    )
  halligan
    .command('complete-boxes', { hidden: true })
    .action(async () => finish(await (await import('./commands/completion.ts')).completeBoxes()))
  // What is no command is answered above, with what was probably meant; after the commands, which would inherit it.
  return halligan.allowExcessArguments().allowUnknownOption()
}

function addLook(halligan: Command, finish: (exitCode: number) => void): void {
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
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .optionsGroup('How it looks:')
    .option('--sudo', 'look as root through sudo; asks for the password if sudo does')
    .option(
      '--deep',
      'ask the slower probes too: kinds of memory of the largest processes, restarts that systemd counted',
    )
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
      finish(await (await import('./commands/look.ts')).look(names, flags)),
    )
}

/** What was typed is no command: perhaps one with a typing mistake, perhaps a box. */
function noCommand(halligan: Command): Problem {
  const [word = ''] = halligan.args
  if (word.startsWith('-')) return new Problem(`Unknown option '${word}'.`, 'halligan --help', 2)
  const meant = closest(word, [...halligan.commands.map((command) => command.name()), 'help'])
  const next = meant
    ? `halligan ${meant}`
    : `halligan look ${word} if that is a box; halligan --help shows what there is.`
  return new Problem(`There is no command "${word}".`, next, 2)
}

/** `error: unknown option '--jsn'\n(Did you mean --json?)` in the words of our other messages. */
function errorWords(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n')
  const said = first.replace(/^error: /, '').replace(/\.?$/, '.')
  return `halligan: ${[said, ...rest.map((line) => line.replace(/^\((.*)\)$/, '$1'))].join(' ')}\n`
}

const EXAMPLES = `
Examples:
  halligan look                    what burns on this machine
  halligan look web-1              the same over ssh, with your own configuration and keys
  halligan look @checkout          all boxes of a group of halligan.yaml
  halligan doctor web-1            what web-1 lets us see
  halligan help look               all options of look

Exit codes: 0 it did what was asked, 1 it could not, 2 wrong usage, 3 bad news (--fail-on, audit).`

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

const BOXES_EXAMPLES = `
Examples:
  halligan boxes                   what can be named here
  halligan look @checkout 'db-*'   a group, and a glob over these names

They come from your ssh configuration and from halligan.yaml, searched upwards from where you stand, then in
~/.config/halligan/. For example:
  groups:
    checkout: [web-1, web-2]
    db:
      boxes: [db-1]
      sudo: true                        # look as root
      policy: { highestPrice: pause }   # mark suggested commands that change something`

const DOCTOR_EXAMPLES = `
Examples:
  halligan doctor                  is this console ready: ssh, questions, containers
  halligan doctor web-1            what web-1 lets us see, and the packages that would help
  halligan doctor web-1 --sudo     the same as root

It reads only, and installs nothing.`

const COMPLETION_EXAMPLES = `
Examples:
  source <(halligan completion bash)       now, or as a line of ~/.bashrc
  source <(halligan completion zsh)        in ~/.zshrc, after compinit
  halligan completion fish | source        in ~/.config/fish/config.fish

It completes commands, options, groups and the names of boxes.`
