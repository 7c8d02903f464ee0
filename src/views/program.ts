import { Command } from 'commander'
import { addBoxWorkCommands } from './command-line/box-work.ts'
import { addConsoleCommands } from './command-line/console.ts'
import { addDebug } from './command-line/debug.ts'
import { addHotfix } from './command-line/hotfix.ts'
import { addHandoverCommands } from './command-line/handover.ts'
import { addList, addNote, addOpen, addShow, addSwitch, addTimeline } from './command-line/incident.ts'

import { addInspect } from './command-line/inspect.ts'
import { addLogs } from './command-line/logs.ts'
import { addRelieve } from './command-line/relieve.ts'
import { addLook } from './command-line/look.ts'
import { addWriteUpCommand } from './command-line/write-up.ts'
import { addRecordCommands } from './command-line/record.ts'
import { fittedHelp } from './help-text.ts'
import { Problem } from './problem.ts'
import { version } from '../base/version.ts'

/** Commands that are made together. */
interface Group {
  readonly names: readonly string[]
  readonly add: (halligan: Command, finish: (exitCode: number) => void) => void
}

/** In the order of the help. */
export const GROUPS: readonly Group[] = [
  { names: ['look'], add: addLook },
  { names: ['logs'], add: addLogs },
  { names: ['inspect'], add: addInspect },
  { names: ['debug'], add: addDebug },
  { names: ['relieve'], add: addRelieve },
  { names: ['hotfix'], add: addHotfix },
  { names: ['open'], add: addOpen },
  { names: ['note'], add: addNote },
  { names: ['timeline'], add: addTimeline },
  { names: ['show'], add: addShow },
  { names: ['list'], add: addList },
  { names: ['switch'], add: addSwitch },
  { names: ['run', 'preserve', 'shell', 'replay'], add: addBoxWorkCommands },
  {
    names: 'hypothesis status catch-up handover take-over close reopen link undone notify'.split(' '),
    add: addHandoverCommands,
  },
  { names: ['write-up'], add: addWriteUpCommand },
  { names: ['search', 'audit', 'export', 'import', 'purge'], add: addRecordCommands },
  { names: ['boxes', 'doctor'], add: addConsoleCommands },
]

/**
 * The command line: what there is, and what each word means. Actions are loaded when they are asked for.
 *
 * @param word the first word that was typed: when it is a command, only its group is made, since making all takes a short command a tenth of its time
 */
export function program(finish: (exitCode: number) => void, word?: string): Command {
  const halligan = new Command('halligan')
    .description('A console for software firefighting: what burns on that box, why, which process, what to do next.')
    .version(version)
    .usage('COMMAND ...')
    .configureOutput({
      outputError: (text, write) => write(errorWords(text)),
      writeOut: (text) => process.stdout.write(fittedHelp(text, process.stdout.columns || HELP_COLUMNS)),
    })
    .helpCommand('help [command]', 'what a command does, with examples')
    .showHelpAfterError('Try: halligan --help')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      if (halligan.args.length > 0) throw await noCommand(halligan)
      finish(await (await import('./commands/start.ts')).start())
    })
  const asked = GROUPS.filter(({ names }) => word !== undefined && names.includes(word))
  for (const { add } of asked.length > 0 ? asked : GROUPS) add(halligan, finish)
  // What is no command is answered above, with what was probably meant; after the commands, which would inherit it.
  return halligan.allowExcessArguments().allowUnknownOption()
}

/** Where nobody knows how wide it is: as the parser has it. Columns. */
const HELP_COLUMNS = 80

/** What was typed is no command: perhaps one with a typing mistake, perhaps a box. */
async function noCommand(halligan: Command): Promise<Problem> {
  const { closest } = await import('../base/closest.ts')
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
