import type { Command } from 'commander'
import type { AuditFlags } from '../commands/audit.ts'
import type { ExportFlags } from '../commands/export.ts'
import type { PurgeFlags } from '../commands/purge.ts'
import type { SearchFlags } from '../commands/search.ts'
import { colorOption, NO_COLOR } from './color.ts'

const INCIDENT = ['--incident <id>', 'another incident than the current one'] as const

/** Commands about the record itself: finding in it, verifying it, carrying it elsewhere. */
export function addRecordCommands(halligan: Command, finish: (exitCode: number) => void): void {
  halligan
    .command('search')
    .description('entries of all incidents in which the words stand, best first')
    .argument('<words...>', 'all of them must stand in an entry; the last may be the beginning of a word')
    .option('--incident <id>', 'only of this incident')
    .option('--limit <count>', 'at most so many (default 50)')
    .option('--json', 'one entry a line, as the record has it')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .showHelpAfterError('Try: halligan search --help')
    .action(async (words: readonly string[], flags: SearchFlags) =>
      finish(await (await import('../commands/search.ts')).search(words, flags)),
    )
  halligan
    .command('audit')
    .description('whether the record is as it was written; names the first broken entry')
    .argument('[id]', 'one incident (default: all of them)')
    .option('--head <hash>', 'whether the entry with this hash is still there, as a hand-over or a write-up printed it')
    .option('--json', 'for scripts')
    .showHelpAfterError('Try: halligan audit --help')
    .addHelpText('after', AUDIT_HELP)
    .action(async (id: string | undefined, flags: AuditFlags) =>
      finish(await (await import('../commands/audit.ts')).audit(id, flags)),
    )
  halligan
    .command('export')
    .description('write the whole incident as one file: entries and evidence')
    .argument('[file]', 'where to (default: ID.jsonl.zst in this folder, with --clean ID.clean.jsonl.zst)')
    .option('--clean', 'other names in place of hosts, addresses and users, the same ones in every export')
    .option('--hide <words>', 'with --clean: take these words out too, separated by commas')
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan export --help')
    .addHelpText('after', EXPORT_HELP)
    .action(async (file: string | undefined, flags: ExportFlags) =>
      finish(await (await import('../commands/export.ts')).exportTo(file, flags)),
    )
  halligan
    .command('import')
    .description('take in an incident that was exported elsewhere, verified as a whole')
    .argument('<file>', 'what `halligan export` wrote')
    .showHelpAfterError('Try: halligan import --help')
    .action(async (file: string) => finish(await (await import('../commands/import.ts')).importFrom(file)))
  halligan
    .command('purge')
    .description('take out for good what an entry says; that there was one stays')
    .argument('<number>', 'the entry, as `halligan timeline` numbers it')
    .requiredOption('--why <reason>', 'why; it stays in the record, so what repeats the purged is refused')
    .option('--yes', 'do not ask')
    .option(...INCIDENT)
    .showHelpAfterError('Try: halligan purge --help')
    .action(async (number: string, flags: PurgeFlags) =>
      finish(await (await import('../commands/purge.ts')).purge(number, flags)),
    )
}

const AUDIT_HELP = `
Examples:
  halligan audit                        all incidents, and the file itself
  halligan audit k7qm --head 5f0c1b2e   nothing before that entry was changed since it was noted

Exit codes: 0 all is as it was written, 1 it could not be looked at, 3 something is not as it was written.
docs/record.md says how to verify an export without Halligan.`

const EXPORT_HELP = `
Examples:
  halligan export                          the current incident, as ID.jsonl.zst
  halligan export fire.jsonl.zst --incident k7qm
  halligan export --clean --hide acme      for somebody outside, without the name of the customer either
  zstd -dc fire.jsonl.zst | jq -c .entry   read it without Halligan

What stands for what in clean exports is kept in clean-map.json in the home folder, and never exported. docs/record.md says what is replaced and what is not.`
