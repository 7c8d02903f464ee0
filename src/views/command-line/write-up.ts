import { Option, type Command } from 'commander'
import type { WriteUpFlags } from '../commands/write-up.ts'

/** The command that turns an incident into something to read. */
export function addWriteUpCommand(halligan: Command, finish: (exitCode: number) => void): void {
  halligan
    .command('write-up')
    .description('tell the incident for the team: blameless Markdown and one HTML page, made from the record')
    .optionsGroup('What is made:')
    .option('-o, --out <file>', 'write the Markdown there; what you changed in it before stays (default: print it)')
    .option(
      '--html',
      'the page as well, beside the Markdown: FILE.html, on a terminal ID.md and ID.html; made from the Markdown as you left it',
    )
    .addOption(
      new Option('--front-matter <kind>', 'for a static blog; once there it stays (default: none)').choices([
        'jekyll',
        'hugo',
        'none',
      ]),
    )
    .addOption(
      new Option(
        '--runbook [form]',
        'in place of the write-up: the commands that led to the cause, to be run again',
      ).choices(['markdown', 'sh']),
    )
    .optionsGroup('What becomes of your changes:')
    .option('--renew <sections>', 'write these anew, with commas, and give up what you changed in them; or "all"')
    .option('--force', 'write over a file that is not ours; the old one stays beside it as FILE~')
    .optionsGroup('Which incident:')
    .option('--incident <id>', 'another incident than the current one')
    .optionsGroup('Help:')
    .helpOption('-h, --help', 'this help')
    .showHelpAfterError('Try: halligan write-up --help')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: WriteUpFlags) => finish(await (await import('../commands/write-up.ts')).writeUp(flags)))
}

const EXAMPLES = `
Examples:
  halligan write-up                                      read it first
  halligan write-up --out checkout.md --html             Markdown to edit, and checkout.html to show
  halligan write-up --out _posts/2026-11-25-checkout.md --front-matter jekyll
  halligan write-up --out checkout.md --renew timeline   give up your changes in one section
  halligan write-up --runbook                            the way to the cause, with BOX and PID to set
  halligan write-up --runbook sh --out find-leak.sh      the same as a script that asks before it does more than read

Run it again whenever the record has news: sections that you changed, moved or took out stay as you left them. Notes that
begin with "impact:", "learned:" or "todo:" (halligan note) go into their sections.`
