import type { Command } from 'commander'
import type { OpenFlags } from '../commands/open.ts'
import type { ShowFlags } from '../commands/show.ts'
import type { TimelineFlags } from '../commands/timeline.ts'
import type { IncidentFlags } from '../the-incident.ts'
import { colorOption, NO_COLOR } from './color.ts'

const INCIDENT = ['--incident <id>', 'another incident than the current one'] as const

type Finish = (exitCode: number) => void

export function addOpen(halligan: Command, finish: Finish): void {
  halligan
    .command('open')
    .description('open an incident: from then on, what you do is recorded in it')
    .argument('<title>', 'what is broken, as customers would say it')
    .option(
      '--box <names>',
      'boxes that it is about, with commas or again',
      (value: string, names: readonly string[] | undefined) => [...(names ?? []), value],
    )
    .option('--service <name>', 'service of halligan.yaml that it is about')
    .option('--since <time>', 'when it began: 14:05, -30m, "2026-11-25 14:05"')
    .showHelpAfterError('Try: halligan open --help')
    .addHelpText('after', OPEN_EXAMPLES)
    .action(async (title: string, flags: OpenFlags) =>
      finish(await (await import('../commands/open.ts')).open(title, flags)),
    )
}

export function addNote(halligan: Command, finish: Finish): void {
  halligan
    .command('note')
    .description('write a note into the incident')
    .argument('[words...]', 'what to note; none, or -, reads standard input')
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan note --help')
    .action(async (words: readonly string[], flags: IncidentFlags) =>
      finish(await (await import('../commands/note.ts')).note(words, flags)),
    )
}

export function addTimeline(halligan: Command, finish: Finish): void {
  halligan
    .command('timeline')
    .description('what was done in the incident, in order')
    .option('-f, --follow', 'go on with what is written from now on, until Ctrl-C')
    .option('--last <count>', 'only the last ones')
    .option('--json', 'one entry a line, as the record has it')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan timeline --help')
    .addHelpText('after', TIMELINE_HELP)
    .action(async (flags: TimelineFlags) => finish(await (await import('../commands/timeline.ts')).timeline(flags)))
}

export function addShow(halligan: Command, finish: Finish): void {
  halligan
    .command('show')
    .description('one entry in full: what it says, and the evidence that it rests on')
    .argument('[number]', 'of the entry, as `halligan timeline` numbers it')
    .option('--json', 'the entry as the record has it, on one line')
    .option('--raw [what...]', 'the bytes of a piece of its evidence: its number, or words of its name')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan show --help')
    .addHelpText('after', SHOW_HELP)
    .action(async (number: string | undefined, flags: ShowFlags) =>
      finish(await (await import('../commands/show.ts')).show(number, flags)),
    )
}

export function addList(halligan: Command, finish: Finish): void {
  halligan
    .command('list')
    .description('the incidents of this record')
    .option('--json', 'for scripts')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .showHelpAfterError('Try: halligan list --help')
    .action(async (flags: { readonly json?: boolean }) =>
      finish(await (await import('../commands/list.ts')).list(flags)),
    )
}

export function addSwitch(halligan: Command, finish: Finish): void {
  halligan
    .command('switch')
    .description('make another incident the current one')
    .argument('<id>', 'the incident, or the letters at the end of its id')
    .showHelpAfterError('Try: halligan switch --help')
    .action(async (id: string) => finish(await (await import('../commands/switch.ts')).switchTo(id)))
}

const TIMELINE_HELP = `
One line an entry; halligan show 12 has all that entry 12 says, and its evidence.`

const SHOW_HELP = `
Examples:
  halligan show 12                          of a look: the whole screen, as look --details had it
  halligan show 9 --raw stdout | less       all that is kept of what a command printed
  halligan show 14 --raw memory map of 812  a piece of what preserve kept
  halligan show 12 --raw answer > web-1.look && halligan look recorded:web-1.look

A look is concluded again from the answer of the box that was kept. --raw gives a file or a pipe the bytes as they are;
on a terminal it leaves out what does more than show text in colours.`

const OPEN_EXAMPLES = `
Examples:
  halligan open "checkout returns 500s"
  halligan open "checkout returns 500s" --box web-1,web-2 --service checkout --since 14:05

It becomes the current incident of this user, like HEAD in git; --incident or HALLIGAN_INCIDENT name another one for a
command. The record lives in $HALLIGAN_HOME, else in ~/.local/share/halligan.`
