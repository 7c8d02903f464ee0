import { Argument, type Command } from 'commander'
import type { DoctorFlags } from '../commands/doctor.ts'
import { colorOption, NO_COLOR } from './color.ts'

/** Commands about this console: which boxes it knows, what it can do, how a shell completes its words. */
export function addConsoleCommands(halligan: Command, finish: (exitCode: number) => void): void {
  halligan
    .command('boxes')
    .description('list the boxes that can be named, with their groups')
    .showHelpAfterError('Try: halligan boxes --help')
    .addHelpText('after', BOXES_EXAMPLES)
    .action(async () => finish(await (await import('../commands/boxes.ts')).boxes()))
  halligan
    .command('doctor')
    .description('what this console or a box can and cannot do, and the package that would help')
    .argument('[box]', 'one box, as for look (default: this console)')
    .option('--sudo', 'examine the box as root through sudo')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .option('--incident <id>', 'record it in another incident than the current one')
    .showHelpAfterError('Try: halligan doctor --help')
    .addHelpText('after', DOCTOR_EXAMPLES)
    .action(async (name: string | undefined, flags: DoctorFlags) =>
      finish(await (await import('../commands/doctor.ts')).doctor(name, flags)),
    )
  halligan
    .command('completion')
    .description('print the completion script for a shell')
    .addArgument(new Argument('<shell>', 'the shell that will read it').choices(['bash', 'zsh', 'fish']))
    .showHelpAfterError('Try: halligan completion --help')
    .addHelpText('after', COMPLETION_EXAMPLES)
    .action(async (shell: string) =>
      finish(await (await import('../commands/completion.ts')).completion(shell, halligan)),
    )
  halligan
    .command('complete-boxes', { hidden: true })
    .action(async () => finish(await (await import('../commands/completion.ts')).completeBoxes()))
  halligan
    .command('complete-incidents', { hidden: true })
    .action(async () => finish(await (await import('../commands/completion.ts')).completeIncidents()))
}

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

It reads only, and installs nothing. While an incident is current, what it says of a box is recorded.`

const COMPLETION_EXAMPLES = `
Examples:
  source <(halligan completion bash)       now, or as a line of ~/.bashrc
  source <(halligan completion zsh)        in ~/.zshrc, after compinit
  halligan completion fish | source        in ~/.config/fish/config.fish

It completes commands, options, groups, the names of boxes and the ids of incidents.`
