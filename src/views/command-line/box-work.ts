import { Option, type Command } from 'commander'
import { PRICES } from '../../boxes/price.ts'
import type { PreserveFlags } from '../commands/preserve.ts'
import type { ReplayFlags } from '../commands/replay.ts'
import type { RunFlags } from '../commands/run.ts'
import type { ShellFlags } from '../commands/shell.ts'
import { colorOption, NO_COLOR } from './color.ts'

const INCIDENT = ['--incident <id>', 'record it in another incident than the current one'] as const
const BOX = 'local, a name or user@host[:port] for ssh, docker:NAME, podman:NAME'

/** Commands with which the engineer works on a box, recorded. */
export function addBoxWorkCommands(halligan: Command, finish: (exitCode: number) => void): void {
  halligan
    .command('run')
    .description('run your own command on a box, recorded with its output and exit code')
    .usage('[options] BOX... -- COMMAND...')
    .argument('[words...]', `boxes (${BOX}, @group, glob), then -- and the command`)
    .option('--timeout <seconds>', 'end it after that long (exit 124)')
    .option('--detach', 'let it go on by itself on the box, to be collected later')
    .option(
      '--collect [job]',
      'fetch what a detached command printed, and leave nothing of it there; without a name, of all that have ended',
    )
    .option('--jobs', 'list detached commands')
    .option('--stop <job>', 'end a detached command')
    .option('--sudo', 'run it as root through sudo; asks for the password if sudo does')
    .addOption(
      new Option('--price <price>', 'what it costs the box, for the record and the policy (default: change)').choices(
        PRICES,
      ),
    )
    .option('--off-the-record', 'write down only that something was run')
    .option('--anyway <why>', 'although another machine answers by that name, or the policy forbids it; recorded')
    .option(...INCIDENT)
    .showHelpAfterError('Try: put -- before the command (halligan run web-1 -- ls -la), or halligan run --help')
    .addHelpText('after', RUN_EXAMPLES)
    .action(async (words: readonly string[], flags: RunFlags) =>
      finish(await (await import('../commands/run.ts')).run(withSeparator(words, halligan), flags)),
    )
  halligan
    .command('preserve')
    .description('before anyone restarts anything: keep what would be gone')
    .argument('<box>', BOX)
    .argument('[pid]', 'a process; without one, those that a look finds burning')
    .option('--sudo', 'as root through sudo: what belongs to other users is unseen without it')
    .option('--save <file>', 'keep it in a file that recorded:FILE reads, too')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan preserve --help')
    .addHelpText('after', PRESERVE_EXAMPLES)
    .action(async (name: string, pid: string | undefined, flags: PreserveFlags) =>
      finish(await (await import('../commands/preserve.ts')).preserve(name, pid, flags)),
    )
  halligan
    .command('shell')
    .description('open a terminal on a box, recorded so that it can be played back')
    .argument('<box>', BOX)
    .option('--sudo', 'a shell of root, through sudo -i')
    .option('--off-the-record', 'keep nothing of it but that it was')
    .option('--anyway <why>', 'although another machine answers by that name, or the policy forbids it; recorded')
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan shell --help')
    .addHelpText('after', SHELL_EXAMPLES)
    .action(async (name: string, flags: ShellFlags) =>
      finish(await (await import('../commands/shell.ts')).shell(name, flags)),
    )
  halligan
    .command('replay')
    .description('play a recorded shell')
    .argument('[what]', 'number of its entry in the timeline, or an asciicast file (default: the last shell)')
    .option('--print', 'its text instead')
    .option('--speed <factor>', '2 is twice as fast (0.1 to 100, default 1)')
    .option('--idle-limit <seconds>', 'longer pauses are cut to this (default 2)')
    .option('--incident <id>', 'a shell of another incident than the current one')
    .showHelpAfterError('Try: halligan replay --help')
    .addHelpText('after', REPLAY_EXAMPLES)
    .action(async (what: string | undefined, flags: ReplayFlags) =>
      finish(await (await import('../commands/replay.ts')).replay(what, flags)),
    )
}

/** The parser takes `--` out; what stood behind it is known from how it was typed. */
function withSeparator(
  words: readonly string[],
  halligan: Command & { readonly rawArgs?: readonly string[] },
): readonly string[] {
  const typed = halligan.rawArgs ?? []
  const at = typed.indexOf('--')
  if (at < 0) return words
  const behind = typed.length - at - 1
  return [...words.slice(0, words.length - behind), '--', ...words.slice(words.length - behind)]
}

const RUN_EXAMPLES = `
Examples:
  halligan run web-1 -- systemctl status orders-api
  halligan run web-1 -- 'ps aux | grep orders'         one word: shell text, for your shell on the box
  halligan run @checkout --price free -- df -h /var    several boxes at once, each line with its box
  halligan run web-1 --sudo --timeout 60 -- systemctl restart orders-api
  halligan run web-1 --detach -- 'pg_dump orders | zstd >/data/orders.zst'
  halligan run --jobs                                  detached commands of this incident
  halligan run --collect                               the output of those that have ended

Written down before it starts, and again with output and exit code when it has ended; if it cannot be written down it is not
run. --stop is written down before it is done, too. Nothing is asked. The command has an empty standard input and no terminal
(halligan shell gives one). When the line is lost it ends with it, within some 12 s. Ctrl-C interrupts it on the box; a second
one kills it there.

Exit codes: that of the command; of several boxes the highest. 255 it could not be run, or its end was not seen or not
recorded; 124 --timeout; 130 Ctrl-C; 2 wrong usage (then nothing was run).`

const PRESERVE_EXAMPLES = `
Examples:
  halligan preserve web-1               a look with --deep, and the raw state of what burns
  halligan preserve web-1 812 --sudo    of this process: maps, threads with kernel stacks, open files, sockets, limits,
                                        environment (secrets taken out), control group, journal of its unit

It only reads, within some 5 s, and says what it could not see. Then restart it: nothing of this is lost.`

const SHELL_EXAMPLES = `
Examples:
  halligan shell web-1
  halligan shell docker:orders-api
  halligan shell web-1 --off-the-record        keeps only that there was a shell

Your own login shell, over the same connection. What the box shows is recorded (asciicast v3), with secrets taken out; of what
you type only what the box shows: a password typed without echo is nowhere. The lines that you typed can be searched for.
When the line is lost the shell is told to hang up; a killed console loses nothing that it had shown.

Exit codes: that of the shell; 255 it could not be started, or its end was not seen or not recorded.`

const REPLAY_EXAMPLES = `
Examples:
  halligan replay                    the last shell of the incident
  halligan replay 12 --speed 3       the one that began or ended as #12
  halligan replay 12 --print | less  its text
  halligan replay session.cast       a file of asciinema or of an export

It shows text, colours and the cursor, and nothing that does more than show: no title, no clipboard, no answer to a
question that would be typed into your shell.`
