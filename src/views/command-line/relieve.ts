import { Option, type Command } from 'commander'
import { PRICES } from '../../boxes/price.ts'
import type { RelieveFlags } from '../commands/relieve.ts'
import { colorOption, NO_COLOR } from './color.ts'

/** What eases a fire without a change of code. */
export function addRelieve(halligan: Command, finish: (exitCode: number) => void): void {
  halligan
    .command('relieve')
    .description('stop the bleeding without a change of code: restart, roll back, free a disk, raise a limit, …')
    .usage('[options] BOX [WHAT TARGET]')
    .argument('[words...]', 'a box, then what to do and to what; without that, what could be done there')
    .option('--plan', 'show only what would be done')
    .addOption(new Option('--accept <price>', 'the price that you accept, instead of being asked').choices([...PRICES]))
    .option(
      '--kill',
      'of end: SIGKILL for a process that does not obey; of end-query and end-mysql-query: closes the connection',
    )
    .option('--no-preserve', 'do not keep first what will be gone')
    .option('--sudo', 'as root through sudo; asks for the password if sudo does')
    .option('--anyway <why>', 'although another machine answers by that name, or the policy forbids it; recorded')
    .option('--json', 'print JSON (halligan.relief/1)')
    .addOption(colorOption())
    .option(...NO_COLOR)
    .option('--incident <id>', 'record it in another incident than the current one')
    .showHelpAfterError('Try: halligan relieve --help')
    .addHelpText('after', EXAMPLES)
    .action(async (words: readonly string[], flags: RelieveFlags) =>
      finish(await (await import('../commands/relieve.ts')).relieve(words, flags)),
    )
}

const EXAMPLES = `
Examples:
  halligan relieve web-1                              what could be done there, what fits what burns first
  halligan relieve web-1 restart orders.service       keeps what would be gone, restarts, sees whether it stays up
  halligan relieve web-1 rollback /srv/shop/current shop.service
  halligan relieve web-1 free-deleted 812:4           empties a deleted file that process 812 holds open
  halligan relieve web-1 vacuum-journal 200M
  halligan relieve web-1 rotate-log /var/log/shop/app.log   compresses it into a copy, and empties it
  halligan relieve web-1 raise-limit 812 nofile 4096
  halligan relieve web-1 end 812 --kill
  halligan relieve db-1 end-query 4711                the query of that backend of PostgreSQL
  halligan relieve lb-1 drain orders/web-2            no new connections to that server of HAProxy
  halligan relieve web-1 pause-timer backup.timer
  halligan relieve web-1 undo 15                      takes back what entry #15 did

The plan is shown, and you are asked (or --accept change). It is written down before it is done. Once it has begun it finishes by itself on the
box, whatever becomes of the line; whether it worked is seen there afterwards. docs/relieve.md

Exit codes: 0 it worked; 1 it did not, could not be done, or nobody saw yet how it ended (NOT KNOWN YET); 2 wrong usage; 130 Ctrl-C.`
