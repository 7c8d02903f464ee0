import { Option, type Command } from 'commander'
import type { LogsFlags } from '../commands/logs.ts'
import { colorOption, NO_COLOR } from './color.ts'

const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** What the software logs. */
export function addLogs(halligan: Command, finish: (exitCode: number) => void): void {
  halligan
    .command('logs')
    .description('find the logs, and say which lines are new, spiking or gone since it began')
    .usage('[options] BOX... [SERVICE|UNIT|PROCESS|PID|PATH...]')
    .argument(
      '[words...]',
      'boxes (as for look; default: local), then what is meant: a service of halligan.yaml, a unit, a process, a path, container:NAME, kernel; - reads standard input',
    )
    .optionsGroup('Which part:')
    .option('--since <time>', '14:05, -30m, 2026-11-25 14:05 (default: the last hour; of a file named here, all of it)')
    .option('--until <time>', 'up to then (default: now)')
    .option('--between <from..to>', '14:05..14:20')
    .option('--around <time>', 'half a minute before and after, or as long as --span')
    .option('--span <time>', 'for --around: 30s, 5m')
    .option(
      '--grep <regexp>',
      'lines that match (extended regular expression, found on the box); may be repeated',
      repeated,
    )
    .option('--not <regexp>', 'lines that do not match; may be repeated', repeated)
    .option('--field <name=value>', 'records whose field has that value: status=500; may be repeated', repeated)
    .option('-i, --ignore-case', 'for --grep and --not')
    .optionsGroup('What is shown:')
    .option('--list', 'the logs that there are: size, growth, format, time span')
    .option(
      '--compare [onset]',
      'patterns before against after that moment (default: when the incident began, or as proposed)',
    )
    .option('--lines', 'the records themselves, of all boxes and logs by time')
    .option('-n, --last <count>', 'at most so many of them, the last ones (default with --lines: 1000)')
    .option('-f, --follow', 'go on with what is written from now on')
    .option('--raw', 'records as they were written, nothing else; for pipes')
    .option('--repo <folder>', 'trace patterns to the statement in this repository that writes them')
    .option('--json', 'the contract halligan.logs/1, for scripts')
    .option('--details', 'all patterns, with more samples')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .optionsGroup('How it reads:')
    .option('--sudo', 'read as root through sudo; asks for the password if sudo does')
    .option('--max-bytes <size>', 'send at most so much of each log: 64M, 2G (default 256M)')
    .option('--timeout <seconds>', 'take at most so long for each log (1 to 3600, default 60)')
    .option('--connect-timeout <seconds>', 'give up on a box that does not answer (1 to 600, default 8)')
    .optionsGroup('What comes of it:')
    .addOption(
      new Option('--fail-on <state>', 'exit 3 if a finding is at least this bad').choices(['critical', 'warning']),
    )
    .option('--incident <id>', 'record it in another incident than the current one')
    .optionsGroup('Help:')
    .helpOption('-h, --help', 'this help')
    .showHelpAfterError('Try: halligan logs --help')
    .addHelpText('after', EXAMPLES)
    .action(async (words: readonly string[], flags: LogsFlags) =>
      finish(await (await import('../commands/logs.ts')).logs(words, flags)),
    )
}

const EXAMPLES = `
Examples:
  halligan logs web-1                          what is new, spiking or gone in the logs of this box
  halligan logs web-1 web-2 nginx orders-api   of these services on both, in one answer
  halligan logs web-1 --compare 14:05          before against after 14:05
  halligan logs web-1 --repo ~/src/orders      and which statement wrote it
  halligan logs web-1 --list                   which logs there are
  halligan logs web-1 nginx --around 14:05:33  what was written then, by time
  halligan logs web-1 --grep 'timeout|refused' --since -30m
  halligan logs web-1 orders-api -f            what is written from now on
  halligan logs /var/log/syslog                a file here; zcat x.gz | halligan logs -

It reads only. The window is found by bisection on the box and filters run there; what was skipped, cut by
a limit, or could not be read is said. Times are yours; clocks of boxes that are off are corrected and said.`
