import type { Command } from 'commander'
import type { CloseFlags } from '../commands/close.ts'
import type { HandoverFlags } from '../commands/handover.ts'
import type { JudgeFlags } from '../commands/hypothesis.ts'
import type { NotifyFlags } from '../commands/notify.ts'
import type { StatusFlags } from '../commands/status.ts'
import type { IncidentFlags } from '../the-incident.ts'
import { colorOption, NO_COLOR } from './color.ts'

type Finish = (exitCode: number) => void

const INCIDENT = ['--incident <id>', 'another incident than the current one'] as const

/** Commands by which people find the cause together, hand an incident on, and end it. */
export function addHandoverCommands(halligan: Command, finish: Finish): void {
  addHypothesis(halligan, finish)
  addStatus(halligan, finish)
  addHandover(halligan, finish)
  addClose(halligan, finish)
  addSettle(halligan, finish)
  addNotify(halligan, finish)
}

function addHypothesis(halligan: Command, finish: Finish): void {
  const hypothesis = halligan
    .command('hypothesis')
    .description('what may be the cause, and what showed that it is not, or is')
    .helpCommand('help [command]', 'what a command does, with examples')
    .showHelpAfterError('Try: halligan hypothesis --help')
    .addHelpText('after', HYPOTHESIS_EXAMPLES)
    .action(async () => {
      throw (await import('../commands/hypothesis.ts')).hypothesisWithout(hypothesis.args)
    })
  hypothesis
    .command('add')
    .description('write down what may be the cause')
    .argument('[words...]', 'the hypothesis')
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan hypothesis --help')
    .action(async (words: readonly string[], flags: IncidentFlags) =>
      finish(await (await import('../commands/hypothesis.ts')).addHypothesis(words, flags)),
    )
  for (const [name, state, said] of [
    ['rule-out', 'ruled-out', 'it is not the cause, and these entries show it'],
    ['confirm', 'confirmed', 'it is the cause, and these entries show it'],
  ] as const)
    hypothesis
      .command(name)
      .description(said)
      .argument('[number]', 'of the hypothesis')
      .argument('[why...]', 'in a few words')
      .option('--by <entries>', 'numbers of the entries that show it, with commas')
      .option(...INCIDENT)
      .showHelpAfterError('Try: halligan hypothesis --help')
      .action(async (number: string | undefined, words: readonly string[], flags: JudgeFlags) =>
        finish(await (await import('../commands/hypothesis.ts')).judgeHypothesis(state, number, words, flags)),
      )
  hypothesis
    .command('list')
    .description('all of them, with what became of each')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan hypothesis --help')
    .action(async (flags: IncidentFlags) =>
      finish(await (await import('../commands/hypothesis.ts')).listHypotheses(flags)),
    )
  // What is no command is answered above, with an example; after the commands, which would inherit it.
  hypothesis.allowExcessArguments()
}

function addStatus(halligan: Command, finish: Finish): void {
  halligan
    .command('status')
    .description('where the incident stands, on one screen, from the record alone')
    .option('--markdown', 'all of it, for a ticket or a chat')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan status --help')
    .action(async (flags: StatusFlags) => finish(await (await import('../commands/status.ts')).status(flags)))
  halligan
    .command('catch-up')
    .description('what others wrote into the incident since you last looked')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan catch-up --help')
    .action(async (flags: IncidentFlags) => finish(await (await import('../commands/catch-up.ts')).catchUp(flags)))
}

function addHandover(halligan: Command, finish: Finish): void {
  halligan
    .command('handover')
    .description('look again at every box, and say all that the next person has to know')
    .argument('[words...]', 'what you want to say to them')
    .option('--to <who>', 'whom it is for (default: whoever takes it)')
    .option('--no-look', 'do not look at the boxes again')
    .option('--markdown', 'all of it, for a ticket or a chat')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan handover --help')
    .addHelpText('after', HANDOVER_EXAMPLES)
    .action(async (words: readonly string[], flags: HandoverFlags) =>
      finish(await (await import('../commands/handover.ts')).handover(words, flags)),
    )
  halligan
    .command('take-over')
    .description(
      'the incident is yours from now on, or again if nobody took what you handed over; shows where it stands',
    )
    .argument('[id]', 'the incident (default: your current one, or the only one that is open)')
    .option('--markdown', 'all of it, for a ticket or a chat')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan take-over --help')
    .action(async (id: string | undefined, flags: StatusFlags) =>
      finish(await (await import('../commands/take-over.ts')).takeOverIncident(id, flags)),
    )
}

function addClose(halligan: Command, finish: Finish): void {
  halligan
    .command('close')
    .description('end the incident, once nothing is left on a box and the cause is known')
    .option('--cause <text>', 'what it was, where no hypothesis is confirmed')
    .option('--anyway <reason>', 'close it although something stands against it; the reason is recorded')
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan close --help')
    .addHelpText('after', CLOSE_EXAMPLES)
    .action(async (flags: CloseFlags) => finish(await (await import('../commands/close.ts')).close(flags)))
  halligan
    .command('reopen')
    .description('open a closed incident again')
    .argument('<id>', 'the incident, or the letters at the end of its id')
    .showHelpAfterError('Try: halligan reopen --help')
    .action(async (id: string) => finish(await (await import('../commands/reopen.ts')).reopenIncident(id)))
}

function addSettle(halligan: Command, finish: Finish): void {
  halligan
    .command('link')
    .description('say which commit or page belongs to an entry: a hotfix is in the repository then')
    .argument('<entry>', 'its number')
    .argument('<commit>', 'as git knows it, or an http address')
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan link --help')
    .action(async (seq: string, target: string, flags: IncidentFlags) =>
      finish(await (await import('../commands/settle.ts')).linkEntry(seq, target, flags)),
    )
  halligan
    .command('undone')
    .description('say that what an entry began on a box is over, or was taken back by hand')
    .argument('<entry>', 'its number')
    .argument('[why...]', 'how')
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan undone --help')
    .action(async (seq: string, words: readonly string[], flags: IncidentFlags) =>
      finish(await (await import('../commands/settle.ts')).undoneEntry(seq, words, flags)),
    )
}

function addNotify(halligan: Command, finish: Finish): void {
  halligan
    .command('notify')
    .description('whom halligan.yaml tells of incidents')
    .option('--test', 'tell all of them that this is a test')
    .option('--retry', 'tell again what did not arrive')
    .option('--allow', 'let the commands of this halligan.yaml run')
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan notify --help')
    .addHelpText('after', NOTIFY_EXAMPLES)
    .action(async (flags: NotifyFlags) => finish(await (await import('../commands/notify.ts')).notify(flags)))
}

const HYPOTHESIS_EXAMPLES = `
Examples:
  halligan hypothesis add "the pool of connections is too small"
  halligan hypothesis rule-out 1 "p99 of the database is 3 ms" --by 4,6
  halligan hypothesis confirm 2 "each request leaves one socket in CLOSE_WAIT" --by 9
  halligan hypothesis list

The numbers after --by are those of the entries (halligan timeline) that show it: whoever takes over need not do it again.`

const HANDOVER_EXAMPLES = `
Examples:
  halligan handover --to bob "the pool grows again, I restarted it at 3:10"
  halligan handover --no-look --markdown    for the ticket, without touching a box

The other one runs halligan take-over, then halligan catch-up; halligan show 12 has all of an entry #12 that the screen names,
with its evidence. Both need the same record: HALLIGAN_HOME on a machine that
you share, or halligan export and import.`

const CLOSE_EXAMPLES = `
Examples:
  halligan close
  halligan close --cause "the pool was never given back after a timeout"
  halligan close --anyway "the tcpdump on web-1 stays until Monday"

It is refused while something still runs or holds on a box (halligan undone), while a hotfix is not in the repository
(halligan link), and while nothing says what the cause was (halligan hypothesis confirm, or --cause).`

const NOTIFY_EXAMPLES = `
In halligan.yaml:
  notify:
    - slack: $SLACK_WEBHOOK                 {"text": ...}, from a variable, since the address is a secret
    - webhook: https://ops.example.org/in   JSON (halligan.notification/1)
      on: [opened, handed-over, took-over, confirmed, relieved, changed, undone, overrode, closed]
    - command: [/usr/local/bin/page, --team, shop]    the same JSON on its standard input, no shell

Without "on" they hear of opened, handed-over, changed and closed. A command of halligan run is a "changed" if you say
--price change or pause; one that only counts as a change, since you did not say, is told to nobody. A command in a
halligan.yaml that is not in your own configuration folder runs only after halligan notify --allow. The command that
writes the entry answers first, then waits at most 4 s for all of them; what did not arrive stands in the record, and
--retry tells it again.`
